import EventStore
import Testing

@Suite("SegmentStore") struct SegmentStoreTests {
    @Test(
        "OPS-2 over many segments, restarts and repacking, everything reads as it was written",
        arguments: 0..<6)
    func longLife(seed: UInt64) async throws {
        let folder = TestFolder()
        var work = Workload(seed: seed)
        for round in 0..<4 {
            let store = try SegmentStore.open(folder: folder.path, options: .tiny)
            #expect(store.report.readOnly == nil && store.report.cuts.isEmpty, "seed \(seed)")
            #expect(store.report.rebuiltRuns.isEmpty, "seed \(seed)")
            try await expect(store, holds: work)
            for _ in 0..<150 {
                let commit = work.next()
                work.accepted(commit, try await store.append(commit))
            }
            try await expect(store, holds: work)
            if round % 2 == 0 {
                store.settle()
                #expect(store.upkeepFailure == nil)
                try await expect(store, holds: work)
            }
            store.close()
        }
    }

    @Test("OPS-2 deleted or wrong indexes are built again from the segments", arguments: 0..<3)
    func rebuild(seed: UInt64) async throws {
        let folder = TestFolder()
        var work = Workload(seed: seed)
        var store = try SegmentStore.open(folder: folder.path, options: .tiny)
        for _ in 0..<400 {
            let commit = work.next()
            work.accepted(commit, try await store.append(commit))
        }
        store.settle()
        store.close()
        var random = Seeded(seed)
        for name in folder.names where name.hasSuffix(".run") {
            if Bool.random(using: &random) {
                folder.remove(name)
            } else {
                var bytes = folder.bytes(name)
                bytes[bytes.count - 9] ^= 1
                folder.write(bytes, to: name)
            }
        }
        let reading = try SegmentStore.openReadOnly(folder: folder.path, options: .tiny)
        try await expect(reading, holds: work)
        reading.close()
        store = try SegmentStore.open(folder: folder.path, options: .tiny)
        #expect(!store.report.rebuiltRuns.isEmpty)
        try await expect(store, holds: work)
        store.close()
        store = try SegmentStore.open(folder: folder.path, options: .tiny)
        #expect(store.report.rebuiltRuns.isEmpty)
        try await expect(store, holds: work)
        store.close()
    }

    @Test("OPS-5 many tasks at once: each commit gets positions of its own, each command once")
    func concurrent() async throws {
        let folder = TestFolder()
        let store = try SegmentStore.open(folder: folder.path, options: .tiny)
        let log = LogID(bits: 7)
        let answers = try await withThrowingTaskGroup(of: [Appended].self) { group in
            for task in UInt64(0)..<16 {
                group.addTask {
                    var random = Seeded(task % 8)  // Two tasks each send the same commands.
                    var answers: [Appended] = []
                    for _ in 0..<60 {
                        let commit = random.commit(log: log, events: 2)
                        answers.append(try await store.append(commit))
                    }
                    return answers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.filter { !$0.repeated }.count == 480)
        #expect(Set(answers.map(\.first)).count == 480)
        #expect(try store.head(of: log) == 960)
        let events = try store.read(log, from: 0, limit: 2000)
        #expect(events.map(\.position) == Array(0..<960))
        store.close()
        await #expect(throws: AppendError.closed) {
            var random = Seeded(99)
            _ = try await store.append(random.commit(log: log, events: 1))
        }
    }

    private func expect(_ store: SegmentStore, holds work: Workload) async throws {
        #expect(try store.logs() == work.events.keys.sorted())
        for (log, events) in work.events {
            #expect(try store.head(of: log) == Int64(events.count))
            let read = try store.read(log, from: 0, limit: .max)
            #expect(read.map(Seen.init) == events.map(Seen.init))
            let middle = Int64(events.count / 2)
            let part = try store.read(log, from: middle, limit: 7)
            #expect(part.map(Seen.init) == events[Int(middle)...].prefix(7).map(Seen.init))
            let back = try store.readBackward(log, before: middle, limit: 9)
            #expect(
                back.map(Seen.init) == events[..<Int(middle)].suffix(9).reversed().map(Seen.init))
        }
        for log in work.logs {
            for stream in work.streams {
                let events = (work.events[log] ?? []).filter { $0.stream == stream }
                #expect(try store.version(of: stream, in: log) == events.last?.version)
                for from in [0, events.count / 2, events.count] {
                    let read = try store.readStream(stream, in: log, from: Int64(from), limit: 5)
                    #expect(read.map(Seen.init) == events[from...].prefix(5).map(Seen.init))
                }
            }
        }
        for (commit, answer) in work.commits {
            let found = try store.find(commandID: commit.commandID, in: commit.log)
            #expect(found?.first == answer.first && found?.count == answer.count)
        }
        var cursor: Cursor?
        var order: [RecordedEvent] = []
        while true {
            let page = try store.scan(after: cursor, limit: 13)
            if page.events.isEmpty { break }
            order += page.events
            cursor = page.next
        }
        #expect(order.map(Seen.init) == work.order.map(Seen.init))
    }
}
