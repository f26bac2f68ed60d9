import API
import Domain
import EventStore
import Hummingbird
import HummingbirdTesting
import Logging
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

@Suite("thin thread") struct ThinThread {
    @Test("WA-1 a caller arrives, is taken in, and the visit ends")
    func day() async throws {
        let clinic = try await TestClinic()
        let visit = try await clinic.open()
        let arrived = try await clinic.arrive(visit)
        #expect(arrived["result"]?["token"]?.text?.hasPrefix("ac_") == true)
        _ = try await clinic.staff("visit.admit", ["visit": .string(visit)])
        _ = try await clinic.staff("visit.end", ["visit": .string(visit)])
    }
}

/// An installation in memory with one organisation, one clinic and one team member, asked over
/// HTTP.
struct TestClinic {
    let store: any EventStore
    let clock = ManualClock()
    let dispatch: Dispatch
    let server: Server
    let organisation: String
    let administrator: String
    let token: String
    let clinic: String
    let keys = SeededIDs(seed: 99)

    init(store: any EventStore = MemoryStore(), vault: any Vault = MemoryVault()) async throws {
        self.store = store
        dispatch = Dispatch(
            store: store, vault: vault, clock: clock, ids: SeededIDs(), catalogue: .all)
        let metrics = Prometheus()
        server = Server(dispatch: dispatch, metrics: metrics) { Health(parts: []) }
        let made = try await dispatch.run(
            CommandRequest(
                name: "organisation.create",
                body: [
                    "name": "Example", "zone": "Europe/Copenhagen", "subdomain": "example",
                    "administrator": ["name": "Ada"],
                ], key: IdempotencyKey("make"), actor: .operator, door: .inProcess))
        organisation = made.organisation.description
        administrator = made.json["result"]?["administrator"]?.text ?? ""
        let issued = try await dispatch.run(
            CommandRequest(
                name: "staff.issue-token",
                body: ["organisation": .string(organisation), "staff": .string(administrator)],
                key: IdempotencyKey("token"), actor: .operator, door: .inProcess))
        token = issued.json["result"]?["token"]?.text ?? ""
        let clinic = try await dispatch.run(
            CommandRequest(
                name: "clinic.create",
                body: [
                    "organisation": .string(organisation), "name": "Cardiology",
                    "administrator": .string(administrator),
                ], key: IdempotencyKey("clinic"), actor: .operator, door: .inProcess))
        self.clinic = clinic.json["result"]?["clinic"]?.text ?? ""
    }

    func post(
        _ command: String, _ body: JSON, token: String? = nil, key: String? = nil
    ) async throws -> (status: Int, json: JSON) {
        let application = Application(router: server.router(.http), logger: quiet)
        return try await application.test(.router) { client in
            var headers: HTTPFields = [.contentType: "application/json"]
            if let token { headers[.authorization] = "Bearer \(token)" }
            headers[.init("Idempotency-Key")!] = key ?? String(keys.next(), radix: 16)
            let response = try await client.execute(
                uri: "/v1/commands/\(command)", method: .post, headers: headers,
                body: ByteBuffer(bytes: body.bytes))
            return (
                Int(response.status.code), try JSON(parsing: response.body.readableBytesView)
            )
        }
    }

    func staff(_ command: String, _ body: JSON) async throws -> JSON {
        let answer = try await post(command, body, token: token)
        #expect(answer.status == 200, "\(answer.json.description)")
        return answer.json
    }

    func open() async throws -> String {
        let answer = try await post(
            "visit.open", ["organisation": .string(organisation), "clinic": .string(clinic)])
        #expect(answer.status == 200, "\(answer.json.description)")
        return answer.json["result"]?["visit"]?.text ?? ""
    }

    func arrive(_ visit: String) async throws -> JSON {
        let answer = try await post(
            "visit.arrive",
            [
                "organisation": .string(organisation), "visit": .string(visit),
                "entry": ["firstName": "Grace", "lastName": "Hopper"],
            ])
        #expect(answer.status == 200, "\(answer.json.description)")
        return answer.json
    }

    private var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }
}
