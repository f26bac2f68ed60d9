import EventStore
import Foundation

extension Bench {
    /// Durable single-event commits by 1, 64 and 256 writers, the bare disk before and after.
    func measureCommits() async throws {
        let disk = BareDisk(folder: folder)
        for (writers, count, share, ahead) in [
            (1, 5_000, 0.8, 1.0), (64, 300_000, 0.6, 4.0), (256, 800_000, 0.5, 8.0),
        ] {
            let label = "durable commits, \(writers) writer\(writers == 1 ? "" : "s")"
            let load = try Load(scaled(count))
            let bare = try await bareRate(disk, writers: writers, count: scaled(count))
            let ours = try await oursRate(load, writers: writers)
            let again = try await bareRate(disk, writers: writers, count: scaled(count))
            if writers > 1 { try await measureHandOver(label, load, writers: writers) }
            report.add(
                label, ours: ours, unit: "/s",
                peer: writers == 1 ? "bare append + fdatasync" : "bare group-commit loop",
                peerValue: (bare + again) / 2, atLeast: share)
            let peers = try load.benchEvents()
            try await measureSQLite(label, peers, writers: writers, ours: ours, ahead: ahead)
            try measurePostgres(label, peers, writers: writers, ours: ours, ahead: ahead)
        }
    }

    private func bareRate(_ disk: BareDisk, writers: Int, count: Int) async throws -> Double {
        writers == 1
            ? try disk.appends(count) : try await disk.groupCommits(count, writers: writers)
    }

    private func oursRate(_ load: Load, writers: Int) async throws -> Double {
        let folder = try fresh("ours")
        let store = try Ours.open(folder)
        let rate = try await append(load.lanes(writers), to: store)
        store.close()
        return rate
    }

    /// What the measure itself costs: the same commits made and handed to a thread that only
    /// answers. No store can be faster with this load.
    private func measureHandOver(_ label: String, _ load: Load, writers: Int) async throws {
        let thread = GroupThread<Commit> { _ in }
        let rate = try await drive(load.lanes(writers)) { try await thread.submit(Commit($0)) }
        thread.close()
        report.add("\(label): handed over only", ours: rate, unit: "/s")
    }

    private func measureSQLite(
        _ label: String, _ events: [BenchEvent], writers: Int, ours: Double, ahead: Double
    ) async throws {
        // A tenth of the events: SQLite's rate does not depend on how many.
        let share = Array(events.prefix(max(1_000, events.count / (writers == 1 ? 1 : 10))))
        let peer = try SQLitePeer(folder: fresh("sqlite"))
        defer { peer.close() }
        if writers == 1 {
            let taken = try seconds { for event in share { try peer.commit([event]) } }
            report.add(
                label, ours: ours, unit: "/s", peer: "SQLite WAL FULL",
                peerValue: Double(share.count) / taken, atLeast: ahead)
            return
        }
        let thread = GroupThread<BenchEvent> { try peer.commit($0) }
        let rate = try await drive(Lanes.deal(share, to: writers, stream: \.stream)) {
            try await thread.submit($0)
        }
        thread.close()
        report.add(
            label, ours: ours, unit: "/s", peer: "SQLite + group-commit thread", peerValue: rate,
            atLeast: ahead)
    }

    private func measurePostgres(
        _ label: String, _ events: [BenchEvent], writers: Int, ours: Double, ahead: Double
    ) throws {
        guard let binaries = PostgresServer.installed() else {
            report.note("PostgreSQL is not installed: not measured")
            return
        }
        let connections = min(writers, 64)  // Its default is 100; more only queue.
        let share = Array(events.prefix(min(events.count, writers == 1 ? 3_000 : 30_000)))
        let server = try PostgresServer(
            binaries: binaries, folder: fresh("postgres"), port: 54_000 + Int(getpid()) % 1_000)
        defer {
            do { try server.stop() } catch { report.note("PostgreSQL did not stop: \(error)") }
        }
        let rate = try postgresCommits(port: server.port, connections: connections, events: share)
        report.add(
            label, ours: ours, unit: "/s", peer: "PostgreSQL, \(connections) connections",
            peerValue: rate, atLeast: ahead)
    }

    /// Commits of 256 encoded events by one writer, beside SQLite's bulk load.
    func measureBulk() async throws {
        let load = try Load(scaled(1_000_000))
        let commits = stride(from: 0, to: load.entries.count, by: Limits.commitEvents).map {
            Commit(load.entries[$0..<min($0 + Limits.commitEvents, load.entries.count)])
        }
        let store = try Ours.open(fresh("ours"))
        let clock = ContinuousClock()
        let started = clock.now
        for commit in commits { _ = try await store.append(commit) }
        let ours = Double(load.entries.count) / (clock.now - started).inSeconds
        store.close()
        report.add(
            "commits of 256 events, 1 writer", ours: ours, unit: "events/s", atLeast: 500_000)
        let events = try load.benchEvents()
        let peer = try SQLitePeer(folder: fresh("sqlite"))
        defer { peer.close() }
        let taken = try seconds {
            for start in stride(from: 0, to: events.count, by: 10_000) {
                try peer.load(events[start..<min(start + 10_000, events.count)])
            }
        }
        report.add(
            "commits of 256 events, 1 writer", ours: ours, unit: "events/s",
            peer: "SQLite bulk load", peerValue: Double(events.count) / taken, atLeast: 3)
    }
}
