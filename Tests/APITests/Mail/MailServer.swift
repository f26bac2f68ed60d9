import API
import Domain
import Foundation
import Projections
import TestSupport
import Testing

/// A real mail server, a gateway of text messages or a program that takes webhooks:
/// Tests/Interop/smtp_server.py, sms_gateway.py, kannel.py and webhook_receiver.py, which tell what
/// they do.
final class MailServer: Sendable {
    let folder: String
    let port: Int
    private let program: RunningProgram

    /// Runs `test` with a server of its own; says so where the machine has none.
    static func run(
        _ options: [String] = [], as script: String = "smtp_server.py",
        _ test: @escaping @Sendable (MailServer) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            guard let server = try await MailServer(script, folder, options) else { return }
            try await test(server)
            await server.end()
        }
    }

    private init?(_ script: String, _ folder: String, _ options: [String]) async throws {
        let python = Checkout.root.appending(path: ".build/venv/bin/python")
        guard FileManager.default.fileExists(atPath: python.path) else {
            print("skipped: run tools/setup for \(script) of Tests/Interop")
            return nil
        }
        self.folder = folder
        program = try await RunningProgram.start(
            [python.path, Checkout.root.appending(path: "Tests/Interop/\(script)").path]
                + [folder] + options)
        var lines = program.output.makeAsyncIterator()
        port = try #require(await lines.next().flatMap { Int($0) }, "the mail server says no port")
        if port == 0 {
            print("skipped: run tools/setup for what \(script) of Tests/Interop runs")
            return nil
        }
    }

    private func end() async {
        program.send(SIGTERM)
        _ = await program.ended()
    }

    /// How to reach it, as an operator would write it.
    func settings(
        password: String = "open sesame", trusting: Bool = true
    ) throws -> MailSettings {
        MailSettings(
            host: "127.0.0.1", port: port, security: .starttls, user: "anteroom",
            password: password, from: try #require(EmailAddress("noreply@clinics.example")),
            authority: trusting ? "\(folder)/authority.pem" : nil)
    }

    /// The same of a gateway of text messages.
    func gateway(password: String = "open sesame") throws -> SMSSettings {
        SMSSettings(
            url: try #require(WebAddress("http://127.0.0.1:\(port)/cgi-bin/sendsms")),
            user: "anteroom", password: password, from: "Clinics")
    }

    /// What it took, in its order, as Python reads it.
    func taken() throws -> [JSON] {
        var all: [JSON] = []
        while let data = FileManager.default.contents(atPath: "\(folder)/\(all.count + 1).json") {
            all.append(try JSON(parsing: data))
        }
        return all
    }

    /// `account good`, `account bad`: what it was shown.
    func notes() -> [String] {
        let data = FileManager.default.contents(atPath: "\(folder)/notes") ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// A hospital whose mail goes out by `carrier`, or into a folder.
struct MailingHospital: Sendable {
    let hospital: Hospital
    let sender: MailSender
    let folder: String
    let said: Box<[String]>

    var fixture: Fixture { hospital.fixture }

    init(
        _ hospital: Hospital, _ settings: MailSettings?, carrier: (any MailCarrier)? = nil,
        gateway: SMSSettings? = nil, reach: WebReach = .anywhere
    ) throws {
        self.hospital = hospital
        folder = hospital.fixture.folder + "/mail"
        let said = Box<[String]>([])
        self.said = said
        let address = try #require(PublicAddress("https://care.example.org"))
        let threads = OutgoingThreads()
        let server = settings.map {
            SMTPCarrier($0, greeting: address.host, threads: threads)
        }
        sender = MailSender(
            dispatch: hospital.fixture.dispatch, views: hospital.fixture.side.views,
            carrier: carrier ?? server,
            texts: gateway.map { SMSGateway($0, threads: threads) },
            // Who takes them looks at the time they say with a clock of its own.
            webhooks: WebhookSender(
                threads: threads, clock: SystemClock(), reach: reach),
            letters: Letters(address, settings),
            folder: MailFolder(folder), threads: threads
        ) { words in said.content.append(words) }
    }

    /// Sends the clinic's link from the dashboard.
    func sendLink(to address: String, _ more: JSON = [:], by person: Person? = nil) async throws {
        guard case .object(let members) = more else { return }
        let body = JSON.object(
            [JSON.Member("clinic", .string(hospital.clinic)), JSON.Member("to", .string(address))]
                + members)
        let sender: Person
        if let person { sender = person } else { sender = try await hospital.teamMember() }
        try await fixture.must("clinic.send-link", body, by: sender)
    }

    /// One look of the sender, once its view shows all there is.
    func tick() async throws {
        try await fixture.caughtUp(hospital.organisation)
        await sender.tick()
        try await fixture.caughtUp(hospital.organisation)
    }

    /// Events of mails, in their order: `queued`, `failed noConnection`, `sent`.
    func told() async throws -> [String] {
        var told: [String] = []
        for event in try await fixture.events(hospital.organisation, from: 0) {
            guard case .mail(_, let event) = try EventCoding.fact(event).body else { continue }
            switch event {
            case .queued: told.append("queued")
            case .sent(let sent): told.append("sent \(sent.attempt)")
            case .failed(let failed): told.append("failed \(failed.fault)")
            case .givenUp(let givenUp): told.append("given up \(givenUp.fault)")
            case .captured(let captured): told.append("captured \(captured.cause)")
            }
        }
        return told
    }
}

/// A port that nothing listens at: ours for a moment, then free.
func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return try withUnsafeMutablePointer(to: &address) { address in
        try address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            try #require(bind(socket, address, length) == 0)
            try #require(getsockname(socket, address, &length) == 0)
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }
}
