import ArgumentParser
import Foundation

/// Measures ours beside its peers in one run and prints ratios. A missed goal is printed, not an
/// error.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the event store beside SQLite, PostgreSQL and the bare disk.",
        discussion: """
            Everything is made in a folder of its own below --dir and removed at the end. \
            PostgreSQL is started for the run, on loopback, as an ordinary user, where a server \
            is installed. Figures compare within one run only; keep the machine quiet.
            """)

    @Flag(help: "A hundredth of the work: to see that it runs, not to quote.")
    var quick = false

    @Flag(help: "One JSON object per measure.")
    var json = false

    @Option(help: "Folder on the disk to be measured.")
    var dir = "."

    @Option(
        help:
            """
            Groups to run, of: commits, bulk, reads, bytes, rebuild, vault, http, large, growth, \
            reports, anonymise.
            """,
        transform: { $0.split(separator: ",").map(String.init) })
    var only: [String] = []

    @Option(help: .hidden)
    var probe: String?

    @Flag(help: .hidden)
    var load = false

    func run() async throws {
        if let probe {
            let probe = Probe(folder: probe)
            if load { try await probe.load() } else { try await probe.run() }
            return
        }
        let folder = URL(filePath: dir).appending(path: "anteroom-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { remove(folder) }
        let report = Report(json: json)
        let bench = Bench(folder: folder, report: report, scale: quick ? 0.01 : 1)
        for (name, group) in bench.groups where only.isEmpty || only.contains(name) {
            do { try await group() } catch {
                report.note("\(name) could not be measured: \(error)")
            }
        }
    }

    private func remove(_ folder: URL) {
        do { try FileManager.default.removeItem(at: folder) } catch {
            FileHandle.standardError.write(Data("bench: \(folder.path) is left: \(error)\n".utf8))
        }
    }
}

/// What every group of measures needs.
struct Bench {
    let folder: URL
    let report: Report
    /// Share of the full work.
    let scale: Double

    var groups: [(String, () async throws -> Void)] {
        [
            ("commits", measureCommits), ("bulk", measureBulk), ("reads", measureReads),
            ("bytes", measureBytes), ("rebuild", measureRebuild), ("vault", measureVault),
            ("http", measureHTTP), ("large", measureLarge), ("growth", measureGrowth),
            ("reports", measureReports), ("anonymise", measureAnonymise),
        ]
    }

    func scaled(_ count: Int) -> Int { max(1_000, Int(Double(count) * scale)) }

    /// A fresh folder below the run's.
    func fresh(_ name: String) throws -> URL {
        let url = folder.appending(path: name)
        if FileManager.default.fileExists(atPath: url.path) {
            try FileManager.default.removeItem(at: url)
        }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
