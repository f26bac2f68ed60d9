import EventStore
import Foundation
import Projections

extension Bench {
    /// Everything read, as bytes and as typed events; one stream, warm and cold.
    func measureReads() async throws {
        let load = try Load(scaled(1_000_000))
        let folder = try fresh("ours")
        var store = try Ours.open(folder)
        try await Ours.fill(store, load)
        store.settle()
        let peer = try SQLitePeer(folder: fresh("sqlite"))
        let events = try load.benchEvents()
        for start in stride(from: 0, to: events.count, by: 10_000) {
            try peer.load(events[start..<min(start + 10_000, events.count)])
        }
        try peer.checkpoint()
        try await measureScans(store, peer)
        let streams = sampleStreams(load, count: 2_000)
        try await measureWarm(store, peer, streams)
        peer.close()
        store.close()
        store = try Ours.open(folder)
        try await measureCold(store, folder, streams.suffix(300), peerFolder: peer.folder)
        store.close()
    }

    private func measureScans(_ store: any EventStore, _ peer: SQLitePeer) async throws {
        let count = Double(try await store.head(of: Workload.organisation))
        var best = (bytes: 0.0, typed: 0.0)
        for _ in 0..<3 {
            best.bytes = max(
                best.bytes, count / (try await scanSeconds(store) { $0.storedBytes.count }))
            best.typed = max(
                best.typed,
                count
                    / (try await scanSeconds(store) { event in
                        Int(try EventCoding.fact(event).position & 1)
                    }))
        }
        let rows = try peer.readAll().rows
        let taken = try seconds { _ = try peer.readAll() }
        report.add(
            "read everything, stored bytes", ours: best.bytes, unit: "events/s", atLeast: 5e6)
        report.add(
            "read everything, stored bytes", ours: best.bytes, unit: "events/s", peer: "SQLite",
            peerValue: Double(rows) / taken)
        report.add(
            "read everything, typed events", ours: best.typed, unit: "events/s", atLeast: 4e6)
    }

    /// Reads the whole log page by page; what `touch` makes of each event keeps the reading from
    /// being dropped.
    private func scanSeconds(
        _ store: any EventStore, _ touch: (RecordedEvent) throws -> Int
    ) async throws -> Double {
        let clock = ContinuousClock()
        let started = clock.now
        var cursor: Cursor?
        var sum = 0
        while true {
            let page = try await store.scan(after: cursor, limit: 4_096)
            if page.events.isEmpty { break }
            for event in page.events { sum &+= try touch(event) }
            cursor = page.next
        }
        precondition(sum >= 0)
        return (clock.now - started).inSeconds
    }

    /// Streams that have 10 events.
    private func sampleStreams(_ load: Load, count: Int) -> [StreamName] {
        var lengths: [StreamName: Int] = [:]
        for entry in load.entries { lengths[entry.event.stream, default: 0] += 1 }
        let tens = lengths.filter { $0.value == 10 }.keys.sorted()
        var random = SplitMix64(state: 7)
        return Array(tens.shuffled(using: &random).prefix(count))
    }

    private func measureWarm(
        _ store: any EventStore, _ peer: SQLitePeer, _ streams: [StreamName]
    ) async throws {
        var ours: [Double] = []
        var theirs: [Double] = []
        let clock = ContinuousClock()
        for stream in streams {
            for isWarm in [false, true] {
                let started = clock.now
                let events = try await store.readStream(
                    stream, in: Workload.organisation, from: 0, limit: 100)
                let taken = (clock.now - started).inSeconds
                guard events.count == 10 else { throw BenchError(message: "not 10 events") }
                if isWarm { ours.append(taken * 1e6) }
                let began = clock.now
                _ = try peer.readStream(stream.id)
                if isWarm { theirs.append((clock.now - began).inSeconds * 1e6) }
            }
        }
        report.add(
            "one stream of 10, warm, median", ours: median(ours), unit: "µs", lessIsBetter: true,
            atLeast: 20)
        report.add(
            "one stream of 10, warm, median", ours: median(ours), unit: "µs", peer: "SQLite",
            peerValue: median(theirs), lessIsBetter: true)
    }

    private func measureCold(
        _ store: any EventStore, _ folder: URL, _ streams: ArraySlice<StreamName>, peerFolder: URL
    ) async throws {
        let clock = ContinuousClock()
        var ours: [Double] = []
        forgetCache(folder)
        for stream in streams {
            let started = clock.now
            _ = try await store.readStream(
                stream, in: Workload.organisation, from: 0, limit: 100)
            ours.append((clock.now - started).inSeconds * 1e6)
        }
        let peer = try SQLitePeer(folder: peerFolder)
        defer { peer.close() }
        forgetCache(peerFolder)
        var theirs: [Double] = []
        for stream in streams {
            let started = clock.now
            _ = try peer.readStream(stream.id)
            theirs.append((clock.now - started).inSeconds * 1e6)
        }
        report.add(
            "one stream of 10, cold, median", ours: median(ours), unit: "µs", lessIsBetter: true,
            atLeast: 400)
        report.add(
            "one stream of 10, cold, median", ours: median(ours), unit: "µs", peer: "SQLite",
            peerValue: median(theirs), lessIsBetter: true)
    }
}
