import API
import Domain
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Projections
import Testing

/// Who asks, and at which door they stand.
struct Person: Sendable, CustomStringConvertible {
    let description: String
    let token: String?
    var id = ""
    var isOperator = false

    /// Without a token.
    static let nobody = Person(description: "nobody", token: nil)
    /// At the socket in the data folder.
    static let `operator` = Person(description: "operator", token: nil, isOperator: true)

    static func bearing(_ token: String, _ description: String = "", id: String = "") -> Person {
        Person(description: description, token: token, id: id)
    }
}

/// What a request was answered.
struct Told: Sendable {
    let status: Int
    let bytes: [UInt8]
    let headers: HTTPFields

    var json: JSON { .orNull(bytes) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var code: String? { json["code"]?.text }
    /// The fields a problem names.
    var fields: [String] { errors.map(\.field) }
    /// `field: code` of each.
    var errors: [(field: String, code: String)] {
        json["errors"]?.elements?.map { ($0["field"]?.text ?? "", $0["code"]?.text ?? "") } ?? []
    }
    var position: Int64? { json["position"]?.whole }
    func result(_ name: String) -> String? { json["result"]?[name]?.text }
}

/// An installation asked over HTTP as anyone would: both doors, the projections following the log.
struct Fixture: Sendable {
    let store: any EventStore
    let clock: ManualClock
    let dispatch: Dispatch
    let side: ReadSide
    let eraser: Eraser
    let server: Server
    let metrics: Prometheus
    let logs: CapturedLogs
    /// Where its views and its keyed index lie.
    let folder: String
    let keys: SeededIDs
    private let http: any TestClientProtocol
    private let socket: any TestClientProtocol
    let responder: RouterResponder<AnteroomContext>

    /// Runs `test` in a fresh installation in memory.
    /// - Parameter patience: How long a view is waited for.
    static func run(
        store: any EventStore = MemoryStore(), vault: any Vault = MemoryVault(),
        pace: LivePace = LivePace(), reach: WebReach = .anywhere, patience: Duration = .testing,
        _ test: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let shelf = try ViewShelf(folder: folder + "/read", .all) { _ in }
            let runner = Runner(store, shelf, cores: 1) { _ in }
            let index = try await KeyedIndex.open(folder, vault: vault)
            let clock = ManualClock()
            let vault = ClosingVault(vault)
            let clients = ClientIndex(index: index, store: store, vault: vault)
            let dispatch = Dispatch(
                store: store, vault: vault, clock: clock, ids: SeededIDs(), catalogue: .all,
                signIns: SignInDesk(
                    passwords: PasswordHasher(cost: .test), people: clients),
                clients: clients, reach: reach,
                began: runner.follow(log:))
            let side = ReadSide(
                views: Views(shelf), accessLog: AccessLogReader(shelf, store), runner: runner,
                clients: clients,
                statements: StatementProcess(program: Checkout.program),
                patience: patience)
            let eraser = Eraser(dispatch: dispatch, side: side, vault: vault)
            try await serve(dispatch, side, eraser, clock, pace, folder, keys: 99, test)
        }
    }

    /// Runs `test` on a data folder, with everything as it is in service.
    static func run(
        in folder: String, opening number: UInt64 = 0,
        _ test: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        var options = Installation.Options(clock: clock, ids: SeededIDs(seed: 1_000 + number)) {
            _ in
        }
        options.program = Checkout.program
        options.passwordCost = .test
        options.patience = .testing
        let installation = try await Installation.open(folder + "/data", options)
        try await serve(
            installation.dispatch, installation.side, installation.eraser, clock, LivePace(),
            installation.folder, keys: 2_000 + number, test)
        try await installation.close()
    }

    private static func serve(
        _ dispatch: Dispatch, _ side: ReadSide, _ eraser: Eraser, _ clock: ManualClock,
        _ pace: LivePace, _ folder: String, keys seed: UInt64,
        _ test: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        let metrics = Prometheus()
        let logs = CapturedLogs()
        let server = Server(
            dispatch: dispatch, side: side, metrics: metrics, pace: pace,
            signOn: SignOnDesk(
                dispatch: dispatch,
                client: OpenIDClient(threads: OutgoingThreads(), clock: clock),
                address: try #require(PublicAddress("https://care.example.org")))
        ) {
            Health(parts: [])
        }
        let http = Application(router: server.router(.http), logger: logs.logger)
        let socket = Application(router: server.router(.socket), logger: logs.logger)
        try await http.test(.router) { http in
            try await socket.test(.router) { socket in
                let fixture = Fixture(
                    store: dispatch.store, clock: clock, dispatch: dispatch, side: side,
                    eraser: eraser, server: server, metrics: metrics, logs: logs, folder: folder,
                    keys: SeededIDs(seed: seed),
                    http: http, socket: socket, responder: server.router(.http).buildResponder())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await side.runner.run() }
                    try await test(fixture)
                    group.cancelAll()
                }
            }
        }
    }

    // MARK: Over HTTP

    func request(
        _ method: HTTPRequest.Method, _ uri: String, by person: Person,
        _ more: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Told {
        let client = person.isOperator ? socket : http
        let response = try await client.execute(
            uri: uri, method: method, headers: try headers(of: person, more),
            body: body.map { ByteBuffer(bytes: $0) })
        return Told(
            status: Int(response.status.code), bytes: Array(response.body.readableBytesView),
            headers: response.headers)
    }

    func headers(of person: Person, _ more: [String: String]) throws -> HTTPFields {
        var headers = HTTPFields()
        if let token = person.token { headers[.authorization] = "Bearer \(token)" }
        for (name, value) in more { headers[try #require(HTTPField.Name(name))] = value }
        return headers
    }

    /// Sends a command; without a key, under a fresh one.
    func post(
        _ command: String, _ body: JSON, by person: Person, key: String? = nil,
        _ more: [String: String] = [:]
    ) async throws -> Told {
        try await post(command, bytes: body.bytes, by: person, key: key, more)
    }

    func post(
        _ command: String, bytes: [UInt8], by person: Person, key: String? = nil,
        _ more: [String: String] = [:]
    ) async throws -> Told {
        let headers = more.merging(
            ["Content-Type": "application/json", "Idempotency-Key": key ?? newKey()],
            uniquingKeysWith: { mine, _ in mine })
        return try await request(
            .post, "/v1/commands/\(command)", by: person, headers, body: bytes)
    }

    func newKey() -> String { hex(keys.next()) }

    func get(
        _ path: String, by person: Person, _ more: [String: String] = [:]
    ) async throws -> Told {
        try await request(.get, path, by: person, more)
    }

    /// Sends a command and expects it to be accepted.
    @discardableResult
    func must(
        _ command: String, _ body: JSON, by person: Person,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> Told {
        let told = try await post(command, body, by: person)
        #expect(told.status == 200, "\(command): \(told.text)", sourceLocation: location)
        return told
    }

    // MARK: What the log holds

    func log(_ organisation: String) throws -> LogID {
        LogID(bits: try #require(UInt128(organisation, radix: 16)))
    }

    func head(_ organisation: String) async throws -> Int64 {
        try await store.head(of: log(organisation))
    }

    /// How many events every log holds: what must not change where nothing happens.
    func heads() async throws -> [LogID: Int64] {
        var heads: [LogID: Int64] = [:]
        for log in try await store.logs() { heads[log] = try await store.head(of: log) }
        return heads
    }

    /// Events of an organisation from a position on.
    func events(_ organisation: String, from position: Int64) async throws -> [RecordedEvent] {
        try await store.read(log(organisation), from: position, limit: 10_000)
    }
}

extension JSON {
    /// What bytes say; null where they are not JSON.
    static func orNull(_ bytes: [UInt8]) -> JSON {
        do { return try JSON(parsing: bytes) } catch { return .null }
    }
}

extension Duration {
    /// Long enough beside hundreds of other tests: only what stands still comes so far.
    static let testing = Duration.seconds(300)
}

extension PasswordHasher.Cost {
    /// Little, so that tests are quick; what it is stands in each hash.
    static let test = PasswordHasher.Cost(logRounds: 4, blockSize: 8, parallelism: 1)
}
