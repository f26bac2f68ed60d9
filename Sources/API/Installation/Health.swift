import EventStore
import Glibc
import Projections

extension Installation {
    /// Events that views may be behind the log before ``health`` says so: a second's work at most.
    package static let behindMax: Int64 = 100_000

    /// Bytes free on the disk, below which ``health`` says that appends are about to be refused.
    package static let freeBytesMin: Int64 = 1 << 20

    /// Whether appends are taken and views follow the log.
    package var health: Health { health(behindMax: Installation.behindMax) }

    package func health(behindMax: Int64) -> Health {
        Health(parts: [logHealth, viewHealth(behindMax)])
    }

    private var logHealth: Health.Part {
        if let reason = store.report.readOnly {
            return Health.Part("log", isGood: false, "open for reading only: \(reason)")
        }
        if let free = freeBytes, free < Installation.freeBytesMin {
            return Health.Part("log", isGood: false, "\(free) bytes are free on its disk")
        }
        let upkeep = store.upkeepFailure.map { "; indexing or compacting failed last: \($0)" }
        return Health.Part("log", isGood: true, "appends are taken" + (upkeep ?? ""))
    }

    /// Nil where the system does not say.
    private var freeBytes: Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    private func viewHealth(_ behindMax: Int64) -> Health.Part {
        let standings = side.runner.standings()
        if let failed = standings.first(where: { $0.failure != nil }), let failure = failed.failure
        {
            return Health.Part("views", isGood: false, "log \(failed.log): \(failure)")
        }
        if let stop = standings.flatMap(\.stops).first {
            return Health.Part("views", isGood: false, "\(stop)")
        }
        do throws(ReadError) {
            let behind = try behind(standings)
            guard let (log, events) = behind.max(by: { $0.events < $1.events }), events > 0 else {
                return Health.Part("views", isGood: true, "follow the log")
            }
            return Health.Part(
                "views", isGood: events <= behindMax,
                "log \(log): \(events) events behind")
        } catch {
            return Health.Part("views", isGood: false, "the log could not be read: \(error)")
        }
    }

    /// How many events each log's slowest projection has not applied.
    private func behind(
        _ standings: [LogStanding]
    ) throws(ReadError) -> [(log: LogID, events: Int64)] {
        var behind: [(log: LogID, events: Int64)] = []
        for log in try store.logs() {
            // Of a projection's versions the furthest is shown.
            var applied: [String: Int64] = [:]
            for standing in standings.first(where: { $0.log == log })?.standings ?? [] {
                applied[standing.projection] = max(
                    applied[standing.projection] ?? 0, standing.applied)
            }
            let slowest = shelf.set.projections.map { applied[$0.name] ?? 0 }.min() ?? 0
            behind.append((log, try store.head(of: log) - slowest))
        }
        return behind
    }
}
