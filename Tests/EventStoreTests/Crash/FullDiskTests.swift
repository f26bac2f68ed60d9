import EventStore
import Foundation
import TestSupport
import Testing

/// The disk is full: appends are refused, reading goes on, and appending too as soon as there is
/// room.
@Suite("Crash: disk full") struct FullDiskTests {
    @Test("OPS-2 a full disk refuses, reads go on, and room is enough to go on", arguments: 0..<12)
    func full(seed: UInt64) async throws {
        let disk = FaultyDisk()
        let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        defer { store.close() }
        var ledger = Ledger()
        var source = CommitSource(seed: 80 + seed)
        await ledger.ask(store, source.commits(5), width: 2)
        store.settle()
        var used = disk.image.files.reduce(0) { $0 + $1.bytes.count }
        for round in 0..<3 {
            disk.limit(toBytes: used + 1_000 * Int(seed))
            let before = ledger.entries.count
            while !ledger.entries.dropFirst(before).contains(where: {
                $0.outcome == .notDone(.diskFull)
            }) {
                await ledger.ask(store, source.commits(8), width: 4)
                try #require(ledger.entries.count < 2_000, "never full")
            }
            #expect(disk.unknownOutcome == nil)
            try await ledger.expectKept(by: store, "full, seed \(seed)")
            disk.limit(toBytes: nil)
            let done = ledger.done
            await ledger.ask(store, source.commits(6), width: 3)
            #expect(ledger.done == done + 6, "round \(round), seed \(seed)")
            store.settle()
            used = disk.image.files.reduce(0) { $0 + $1.bytes.count }
        }
        try await ledger.askAgain(store, "room again, seed \(seed)")
        try agree(try faults(of: store), [], "verify")
        let image = disk.image.afterKill()
        try await Trial.expectSound(image, ledger, "after a full disk, seed \(seed)")
    }

    @Test("OPS-2 a commit larger than what room there is is refused and leaves nothing")
    func largeCommit() async throws {
        let disk = FaultyDisk()
        let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        var ledger = Ledger()
        var source = CommitSource(seed: 90)
        await ledger.ask(store, source.commits(4), width: 1)
        store.settle()
        disk.limit(toBytes: disk.image.files.reduce(0) { $0 + $1.bytes.count } + 50_000)
        var random = Seeded(91)
        let large = commit(
            7, (0..<Limits.commitEvents).map { _ in .on(.visit, random.bytes(1_000)) })
        await ledger.ask(store, [large], width: 1)
        #expect(ledger.entries.last?.outcome == .notDone(.diskFull))
        #expect(disk.unknownOutcome == nil)
        await ledger.ask(store, source.commits(2), width: 1)
        #expect(ledger.done == 6)
        try await Trial.expectSound(disk.image.afterKill(), ledger, "killed while full")
        disk.limit(toBytes: nil)
        try await ledger.askAgain(store, "room again")
        #expect(ledger.done == 7)
        store.close()
    }

    @Test(
        "AUD-1 what was decided behind a batch that finds no room is refused with it",
        arguments: 0..<20)
    func decidedBehind(seed: UInt64) async throws {
        let disk = FaultyDisk()
        let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        defer { store.close() }
        var ledger = Ledger()
        var source = CommitSource(seed: 110 + seed)
        await ledger.ask(store, source.commits(5), width: 2)
        store.settle()
        disk.holdWrite()
        async let released: Void = {
            await disk.held()
            // Others come in line meanwhile: more of them, the longer.
            for _ in 0..<(20 * seed) { await Task.yield() }
            disk.release()
        }()
        await ledger.ask(store, source.commits(12), width: 12)
        await released
        store.settle()  // Where it was upkeep's write that was held.
        #expect(disk.struck != nil && disk.unknownOutcome == nil)
        try await ledger.expectKept(by: store, "no room, seed \(seed)")
        try await ledger.askAgain(store, "room again, seed \(seed)")
        await ledger.ask(store, source.commits(5), width: 2)
        try await ledger.expectKept(by: store, "and went on, seed \(seed)")
        store.settle()
        try agree(try faults(of: store), [], "verify", "seed \(seed)")
    }

    @Test("OPS-2 the same on a real file system")
    func tmpfs() async throws {
        try await withFolder { folder in
            guard try await run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
            else {
                print("skipped: a tmpfs cannot be mounted here, so a full file system is not tried")
                return
            }
            do {
                try await fillAndEmpty(folder)
            } catch {
                _ = try await run("/bin/umount", "-l", folder)
                throw error
            }
            #expect(try await run("/bin/umount", folder))
        }
    }

    private func fillAndEmpty(_ folder: String) async throws {
        var options = SegmentOptions()
        options.firstSegmentBytes = 64 << 10
        options.segmentBytes = 256 << 10
        // Without it there is room for one more segment.
        let ballast = "\(folder)/ballast"
        try Data(count: options.segmentBytes + (64 << 10)).write(to: URL(filePath: ballast))
        let store = try SegmentStore.open(folder: "\(folder)/log", options: options)
        defer { store.close() }
        var ledger = Ledger()
        var source = CommitSource(seed: 95)
        while !ledger.entries.contains(where: { $0.outcome == .notDone(.diskFull) }) {
            await ledger.ask(store, source.commits(50), width: 10)
            try #require(ledger.entries.count < 20_000, "never full")
        }
        try await ledger.expectKept(by: store, "full")
        try FileManager.default.removeItem(atPath: ballast)
        let done = ledger.done
        await ledger.ask(store, source.commits(10), width: 2)
        #expect(ledger.done == done + 10)
        try await ledger.expectKept(by: store, "room again")
        try agree(try faults(of: store), [], "verify")
    }

    private func run(_ command: String...) async throws -> Bool {
        try await RunningProgram.run(command).status == 0
    }
}
