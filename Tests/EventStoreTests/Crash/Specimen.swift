import EventStore

/// A log at rest on a disk in memory, with something of everything in its folder.
struct Specimen {
    let image: Image
    /// The stored bytes of every event, in order.
    let stored: [[UInt8]]

    static func make(seed: UInt64 = 5) async throws -> Specimen {
        let disk = FaultyDisk(try await withTornTail(seed))
        let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        var ledger = Ledger()
        var source = CommitSource(seed: seed + 1)
        // As many again as the runs can be merged from, and then some in a segment that is not
        // full.
        await ledger.ask(store, source.commits(50), width: 2)
        store.settle()
        let stored = try await store.scanEverything().map { Array($0.storedBytes) }
        store.close()
        return Specimen(image: disk.image.afterKill(), stored: stored)
    }

    /// A log whose process ended in the middle of a write.
    private static func withTornTail(_ seed: UInt64) async throws -> Image {
        for number in 1..<200 {
            let disk = FaultyDisk()
            disk.arm(.midway(code: .inputOutput), at: number)
            let image = await interrupted(disk, seed)
            let again = FaultyDisk(image)
            let store = try SegmentStore.open(folder: "log", options: .tiny, disk: again)
            defer { store.close() }
            if !store.report.cuts.isEmpty { return again.image.afterKill() }
        }
        throw Disagreement(description: "no write was torn")
    }

    private static func interrupted(_ disk: FaultyDisk, _ seed: UInt64) async -> Image {
        do throws(OpenError) {
            let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
            var ledger = Ledger()
            var source = CommitSource(seed: seed)
            await ledger.ask(store, source.commits(30), width: 2)
            store.close()
        } catch {}
        return disk.image.afterKill()
    }

    /// The kinds of file a log's folder holds, by what their names end in.
    var kinds: Set<String> {
        Set(
            image.files.map { path, _ in
                let name = path.dropFirst("log/".count)
                if name.hasPrefix("cut-") { return "cut" }
                if name == "prepared.seg" { return "prepared" }
                return name.hasSuffix(".seg")
                    ? "seg" : name.hasSuffix(".run") ? "run" : String(name)
            })
    }

    /// What is on `image` opens without a complaint and holds every event.
    func expectWhole(_ image: Image, _ note: String) async throws {
        try agree([try await eventsMissing(image, note)], [0], "events missing", note)
    }

    /// How many of the newest events are not there; what is on `image` opens without a complaint.
    func eventsMissing(_ image: Image, _ note: String) async throws -> Int {
        let disk = FaultyDisk(image)
        let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        defer { store.close() }
        if let reason = store.report.readOnly {
            throw Disagreement(description: "read-only: \(reason). \(note)")
        }
        let read = try await store.scanEverything().map { Array($0.storedBytes) }
        try agree(read, stored.first(read.count), "scan", note)
        return stored.count - read.count
    }

    /// Opens a log in which something is wrong, reads in it what can be read, closes it.
    /// - Returns: what lies on the disk then, and whether the log was opened for appending.
    func opened(_ image: Image, _ note: String) async throws -> (image: Image, isWritable: Bool) {
        let disk = FaultyDisk(image)
        let store: SegmentStore
        do throws(OpenError) {
            store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
        } catch {
            return (disk.image.afterKill(), false)
        }
        try expectNothingWrong(store, note)
        let isWritable = store.report.readOnly == nil
        if isWritable { store.settle() }
        store.close()
        return (disk.image.afterKill(), isWritable)
    }

    /// What can be read is what was written; what cannot is told.
    private func expectNothingWrong(_ store: SegmentStore, _ note: String) throws {
        let known = Set(stored)
        for log in [LogID.one, .two] {
            var position: Int64 = 0
            while position < stored.count {
                var page: [RecordedEvent] = []
                do throws(ReadError) {
                    page = try store.read(log, from: position, limit: 16)
                } catch {
                    position += 1  // Behind the damage reading goes on.
                    continue
                }
                guard let last = page.last else { break }
                position = last.position + 1
                let wrong = page.filter { !known.contains(Array($0.storedBytes)) }
                try agree(wrong.positions, [], "events nobody wrote", note)
            }
        }
    }
}
