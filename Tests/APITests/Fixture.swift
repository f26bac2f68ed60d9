import API
import Domain
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Projections
import Synchronization
import Testing

/// A clock that stands until it is moved.
final class ManualClock: API.Clock {
    private let time = Mutex(Instant(milliseconds: 1_795_000_000_000))

    func now() -> Instant { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = Instant(milliseconds: $0.milliseconds + seconds * 1000) }
    }
}

/// Random names that are the same in every run of a seed.
final class SeededIDs: IDSource {
    private let state: Mutex<UInt64>

    init(seed: UInt64 = 1) { state = Mutex(seed) }

    func next() -> UInt128 { UInt128(word()) << 64 | UInt128(word()) }

    /// SplitMix64.
    private func word() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}

/// What a request was answered.
struct Told: Sendable {
    let status: Int
    let json: JSON
    let headers: HTTPFields

    var code: String? { json["code"]?.text }
    /// The fields a problem names.
    var fields: [String] { json["errors"]?.elements?.compactMap { $0["field"]?.text } ?? [] }
    var position: Int64? { json["position"]?.whole }
    func result(_ name: String) -> String? { json["result"]?[name]?.text }
}

/// An installation in memory with one organisation, asked over HTTP as anyone would.
struct Fixture: Sendable {
    let store: any EventStore
    let vault: any Vault
    let clock: ManualClock
    let dispatch: Dispatch
    let side: ReadSide
    let server: Server
    let keys = SeededIDs(seed: 99)
    let logs: CapturedLogs
    let folder: String

    /// Runs `test` in a fresh installation, projections following the log.
    static func run(
        store: any EventStore = MemoryStore(), vault: any Vault = MemoryVault(),
        _ test: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "anteroom-api-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        let fixture = try await Fixture(folder, store, vault)
        let runner = fixture.side.runner
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await test(fixture)
            group.cancelAll()
        }
    }

    private init(_ folder: String, _ store: any EventStore, _ vault: any Vault) async throws {
        self.folder = folder
        self.store = store
        self.vault = vault
        clock = ManualClock()
        logs = CapturedLogs()
        dispatch = Dispatch(
            store: store, vault: vault, clock: clock, ids: SeededIDs(), catalogue: .all)
        let shelf = try ViewShelf(folder: folder + "/read", .all) { _ in }
        let index = try await KeyedIndex.open(folder, vault: vault)
        side = ReadSide(
            views: Views(shelf), accessLog: AccessLogReader(shelf, store),
            runner: Runner(store, shelf, cores: 1) { _ in },
            clients: ClientIndex(index: index, store: store, vault: vault))
        server = Server(dispatch: dispatch, side: side, metrics: Prometheus()) {
            Health(parts: [])
        }
    }

    // MARK: Over HTTP

    var application: some ApplicationProtocol {
        Application(router: server.router(.http), logger: logs.logger)
    }

    func request(
        _ method: HTTPRequest.Method, _ uri: String, token: String? = nil,
        _ more: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Told {
        try await application.test(.router) { client in
            var headers = HTTPFields()
            if let token { headers[.authorization] = "Bearer \(token)" }
            for (name, value) in more { headers[try #require(HTTPField.Name(name))] = value }
            let response = try await client.execute(
                uri: uri, method: method, headers: headers,
                body: body.map { ByteBuffer(bytes: $0) })
            let bytes = Array(response.body.readableBytesView)
            return Told(
                status: Int(response.status.code), json: .orNull(bytes), headers: response.headers)
        }
    }

    func post(
        _ command: String, _ body: JSON, token: String? = nil, key: String? = nil,
        _ more: [String: String] = [:]
    ) async throws -> Told {
        let key = key ?? hex(keys.next())
        let headers = more.merging(
            ["Content-Type": "application/json", "Idempotency-Key": key], uniquingKeysWith: { $1 })
        return try await request(
            .post, "/v1/commands/\(command)", token: token, headers, body: body.bytes)
    }

    func get(
        _ path: String, token: String? = nil, _ more: [String: String] = [:]
    ) async throws -> Told {
        try await request(.get, path, token: token, more)
    }

    /// Posts and expects it to be accepted.
    @discardableResult
    func must(
        _ command: String, _ body: JSON, token: String? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> Told {
        let told = try await post(command, body, token: token)
        #expect(
            told.status == 200, "\(command): \(told.json.description)", sourceLocation: location)
        return told
    }

    // MARK: As the operator

    @discardableResult
    func operate(_ command: String, _ body: JSON) async throws -> CommandAnswer {
        try await dispatch.run(
            CommandRequest(
                name: command, body: body, key: IdempotencyKey(hex(keys.next())),
                actor: .operator, door: .inProcess))
    }

    func head(_ organisation: String) async throws -> Int64 {
        try await store.head(of: LogID(bits: try #require(UInt128(organisation, radix: 16))))
    }
}

/// Deletes what a test left; that it could not is no matter.
func removeQuietly(_ path: String) {
    do { try FileManager.default.removeItem(atPath: path) } catch {}
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

extension CommandAnswer {
    func result(_ name: String) -> String {
        result.first { $0.name == name }?.value.text ?? ""
    }
}

extension JSON {
    /// What bytes say; null where they are not JSON.
    static func orNull(_ bytes: [UInt8]) -> JSON {
        do { return try JSON(parsing: bytes) } catch { return .null }
    }
}
