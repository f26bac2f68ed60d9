import API
import Domain
import Foundation
import Logging
import Synchronization

/// A clock that stands until it is moved.
final class ManualClock: API.Clock {
    private let time = Mutex(Instant(milliseconds: 1_795_000_000_000))

    func now() -> Instant { time.withLock { $0 } }

    /// Negative: it is put back.
    func advance(seconds: Int64) {
        time.withLock { $0 = Instant(milliseconds: $0.milliseconds + seconds * 1000) }
    }
}

/// Random numbers that are the same in every run of a seed: SplitMix64.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Random names that are the same in every run of a seed.
final class SeededIDs: IDSource {
    private let source: Mutex<Seeded>

    init(seed: UInt64 = 1) { source = Mutex(Seeded(seed)) }

    func next() -> UInt128 {
        source.withLock { source in
            UInt128(source.next()) << 64 | UInt128(source.next())
        }
    }
}

/// Keeps every log line.
final class CapturedLogs: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(logs: self) }
    }

    private struct Handler: LogHandler {
        let logs: CapturedLogs
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        init(logs: CapturedLogs) { self.logs = logs }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            logs.kept.withLock { $0.append("\(event.level) \(event.message) \(all)") }
        }
    }
}

/// Deletes what a test left; that it could not is told and no more.
func removeQuietly(_ path: String) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
        try FileManager.default.removeItem(atPath: path)
    } catch {
        print("left behind: \(path): \(error)")
    }
}

/// A folder that is gone when `body` is done.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "anteroom-api-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { removeQuietly(folder) }
    try await body(folder)
}
