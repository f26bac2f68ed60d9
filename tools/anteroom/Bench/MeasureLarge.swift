import EventStore
import Foundation

extension Bench {
    /// Ten million events: memory while idle, start to first accepted append, clean and after `kill
    /// -9`.
    func measureLarge() async throws {
        let count = scaled(10_000_000)
        let folder = try fresh("large")
        let store = try Ours.open(folder)
        var maker = LoadMaker()
        try await Ours.fill(store, &maker, count)
        store.settle()
        store.close()
        let label = "\(short(Double(count))) events"
        let clean = try probe(folder)
        report.add(
            "\(label): resident memory, idle", ours: clean.megabytes, unit: "MB",
            lessIsBetter: true, atLeast: 300)
        report.add(
            "\(label): start to first append, clean", ours: clean.seconds, unit: "s",
            lessIsBetter: true, atLeast: 1)
        try killUnderLoad(folder)
        let killed = try probe(folder)
        report.add(
            "\(label): start to first append, after kill -9", ours: killed.seconds, unit: "s",
            lessIsBetter: true, atLeast: 1)
    }

    /// Starts this program anew on the log and asks it how it went.
    private func probe(_ folder: URL) throws -> Probe.Result {
        let process = try start(["--probe", folder.path])
        defer { process.process.waitUntilExit() }
        guard let line = try process.output.fileHandleForReading.readToEnd(),
            let result = Probe.Result(String(decoding: line, as: UTF8.self))
        else { throw BenchError(message: "the probe said nothing") }
        return result
    }

    /// Starts this program anew, lets it append, and kills it once it has.
    private func killUnderLoad(_ folder: URL) throws {
        let process = try start(["--probe", folder.path, "--load"])
        _ = process.output.fileHandleForReading.availableData  // It says so after 20,000 commits.
        kill(process.process.processIdentifier, SIGKILL)
        process.process.waitUntilExit()
    }

    private func start(_ options: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["bench"] + options
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return (process, output)
    }

    /// Append and stream read, from a thousand events to ten million.
    func measureGrowth() async throws {
        let folder = try fresh("growth")
        let store = try Ours.open(folder)
        var maker = LoadMaker()
        var filled = 0
        let sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
        for size in sizes where size <= max(10_000, scaled(10_000_000)) {
            try await Ours.fill(store, &maker, size - filled)
            store.settle()
            filled = size + 1_000
            var streams: [StreamName] = []
            var appends: [Double] = []
            var bare: [Double] = []
            let clock = ContinuousClock()
            let file = try PrewrittenFile(folder.appending(path: "../bare"), bytes: 1_000 * 4_096)
            let page = [UInt8](repeating: 0xA5, count: 4_096)
            for index in 0..<1_000 {
                let commit = try maker.commit(1)
                streams.append(commit.events[0].stream)
                let started = clock.now
                _ = try await store.append(commit)
                appends.append((clock.now - started).inSeconds * 1e6)
                let began = clock.now
                try file.write(page, at: index * 4_096)
                bare.append((clock.now - began).inSeconds * 1e6)
            }
            file.remove()
            var reads: [Double] = []
            for stream in streams {
                let started = clock.now
                _ = try store.readStream(
                    stream, in: Workload.organisation, from: 0, limit: 100)
                reads.append((clock.now - started).inSeconds * 1e6)
            }
            let label = "at \(short(Double(size))) events"
            report.add(
                "append, median, \(label)", ours: median(appends), unit: "µs",
                peer: "bare append + fdatasync", peerValue: median(bare), lessIsBetter: true)
            report.add(
                "stream read, median, \(label)", ours: median(reads), unit: "µs",
                lessIsBetter: true)
        }
        store.close()
    }
}

/// What a fresh process finds: run by the bench itself (`bench --probe FOLDER`).
struct Probe {
    struct Result {
        let seconds: Double
        let megabytes: Double

        init(seconds: Double, megabytes: Double) {
            self.seconds = seconds
            self.megabytes = megabytes
        }

        init?(_ line: String) {
            let words = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            guard words.count == 2 else { return nil }
            self.init(seconds: words[0], megabytes: words[1])
        }
    }

    let folder: String

    /// Opens, appends one event, says how long both took and how much memory is resident.
    func run() async throws {
        let clock = ContinuousClock()
        let started = clock.now
        let store = try SegmentStore.open(folder: folder)
        var maker = LoadMaker(seed: UInt64(getpid()))
        _ = try await store.append(try maker.commit(1))
        let taken = (clock.now - started).inSeconds
        store.settle()
        print(taken, Probe.residentMegabytes())
        store.close()
    }

    /// Appends until it is killed; says so once, after 20,000 commits. Ends by itself after two
    /// million.
    func load() async throws {
        let store = try SegmentStore.open(folder: folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<64 {
                group.addTask {
                    var maker = LoadMaker(seed: UInt64(getpid()) &* 64 &+ UInt64(writer))
                    for index in 0..<31_250 {
                        _ = try await store.append(try maker.commit(1))
                        if writer == 0, index == 312 {
                            FileHandle.standardOutput.write(Data("loaded\n".utf8))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        store.close()
    }

    private static func residentMegabytes() -> Double {
        do {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
            let kilobytes = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            return (kilobytes.first ?? 0) / 1_024
        } catch { return 0 }
    }
}
