import EventStore
import Testing

@Suite("Stopping") struct StoppingTests {
    @Test("OPS-2 stopped at any step of upkeep, the log holds every event, each with its bytes")
    func upkeep() async throws {
        let folder = TestFolder()
        var work = Workload(seed: 5)
        var options = SegmentOptions.tiny
        options.mergeRuns = 1_000  // Kept for the runs below.
        let store = try SegmentStore.open(folder: folder.path, options: options)
        for _ in 0..<120 {
            let commit = work.next()
            work.accepted(commit, try await store.append(commit))
        }
        let before = try store.scan(after: nil, limit: .max).events.map { Array($0.storedBytes) }
        store.settle()
        store.close()
        for name in folder.names where name.hasSuffix(".run") { folder.remove(name) }
        let original = Dictionary(
            uniqueKeysWithValues: folder.names.map { ($0, folder.bytes($0)) })
        var stops = 0
        for calls in 0..<400 {
            let disk = StoppingDisk(after: calls)
            do {
                let stopped = try SegmentStore.open(
                    folder: folder.path, options: .tiny, disk: disk)
                stopped.settle()
                #expect(try bytes(stopped) == before)
                stopped.close()
            } catch OpenError.disk {}
            let again = try SegmentStore.open(folder: folder.path, options: .tiny)
            #expect(again.report.readOnly == nil && again.report.cuts.isEmpty, "after \(calls)")
            #expect(try bytes(again) == before, "after \(calls)")
            again.close()
            if !disk.hasStopped { break }
            stops += 1
            for name in folder.names { folder.remove(name) }
            for (name, bytes) in original { folder.write(bytes, to: name) }
        }
        #expect(stops > 20)
    }

    @Test(
        "AUD-1 stopped at any step of appending, what was answered is there and nothing by halves")
    func appending() async throws {
        for calls in stride(from: 0, to: 160, by: 3) {
            let folder = TestFolder()
            var work = Workload(seed: UInt64(calls))
            let disk = StoppingDisk(after: calls)
            let store = try SegmentStore.open(folder: folder.path, options: .tiny, disk: disk)
            var unanswered: Commit?
            for _ in 0..<40 where unanswered == nil {
                let commit = work.next()
                do {
                    work.accepted(commit, try await store.append(commit))
                } catch { unanswered = commit }
            }
            #expect(try store.scan(after: nil, limit: .max).events.count == work.order.count)
            store.close()
            let again = try SegmentStore.open(folder: folder.path, options: .tiny)
            #expect(again.report.readOnly == nil, "after \(calls)")
            let events = try again.scan(after: nil, limit: .max).events
            // The last commit's outcome may be unknown; then all of it is there or none.
            let extra = events.count - work.order.count
            #expect(extra == 0 || extra == unanswered?.events.count, "after \(calls)")
            #expect(events.prefix(work.order.count).map(Seen.init) == work.order.map(Seen.init))
            again.close()
        }
    }

    private func bytes(_ store: SegmentStore) throws -> [[UInt8]] {
        try store.scan(after: nil, limit: .max).events.map { Array($0.storedBytes) }
    }
}
