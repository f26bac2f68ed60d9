import API
import Foundation
import Synchronization
import Testing

/// A loaded server, killed. Rounds in one test, so that each starts on what the ones before left.
@Suite("Killed server", .serialized) struct CrashTests {
    private static let rounds = 50
    private static let connections = 4

    /// What was sent under each key, and what was answered before the server died.
    private final class Ledger: Sendable {
        struct Entries {
            var sent: Set<String> = []
            var acknowledged: [String: JSON] = [:]
        }
        let entries = Mutex(Entries())
        /// Answers of this round.
        let answers = Mutex(0)
    }

    @Test(
        "AUD-1 whatever was answered before kill -9 is there once, and nothing is there by halves")
    func killed() async throws {
        let folder = try Folder()
        let made = try await Program.succeed(
            "org", "create", "--json", "--data", folder.path("data"), "--name", "Killed",
            "--subdomain", "killed", "--zone", "UTC", "--admin-name", "A B", "--admin-email",
            "a@b.example", in: folder
        ).json()
        let organisation = try #require(made.first?["organisation"]?.text)
        let administrator = try #require(made.first?["result"]?["administrator"]?.text)
        let token = try await Program.succeed(
            "token", "--data", folder.path("data"), "--org", organisation, "--staff", administrator,
            in: folder
        ).lines.first.map(String.init)
        let ledger = Ledger()
        var random = Seeded.told(for: "CrashTests")
        for round in 0..<Self.rounds {
            let server = try await Server.start(in: folder)
            let deadline = Int.random(in: 1...60, using: &random)
            await load(server, round, try #require(token), ledger, until: deadline)
            await server.die()
        }
        try await check(ledger.entries.withLock { $0 }, organisation, folder)
    }

    /// Registers clients over several connections, and kills the server after `deadline` answers.
    /// Connections block, so they have threads of their own.
    private func load(
        _ server: Server, _ round: Int, _ token: String, _ ledger: Ledger, until deadline: Int
    ) async {
        ledger.answers.withLock { $0 = 0 }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<Self.connections {
                group.addTask {
                    await withCheckedContinuation { done in
                        Thread.detachNewThread {
                            self.load(server, "\(round)-\(number)", token, ledger, deadline)
                            done.resume()
                        }
                    }
                }
            }
        }
    }

    private func load(
        _ server: Server, _ name: String, _ token: String, _ ledger: Ledger, _ deadline: Int
    ) {
        do {
            let connection = try Connection(port: server.port)
            for command in 0... {
                let key = "round-\(name)-\(command)"
                ledger.entries.withLock { _ = $0.sent.insert(key) }
                let answer = try connection.request(
                    "POST", "/v1/commands/client.register",
                    headers: Self.headers(token, key), body: Self.body(key))
                guard answer.status == 200 else { continue }
                let json = try JSON(parsing: answer.body)
                ledger.entries.withLock { $0.acknowledged[key] = json }
                let count = ledger.answers.withLock { count in
                    count += 1
                    return count
                }
                if count >= deadline { server.program.send(SIGKILL) }
            }
        } catch {
            // The server died: what was not answered may be there or not.
            server.program.send(SIGKILL)
        }
    }

    private static func headers(_ token: String, _ key: String) -> [(String, String)] {
        [
            ("Authorization", "Bearer \(token)"), ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
        ]
    }

    private static func body(_ key: String) -> [UInt8] {
        let details: JSON = [
            "initials": "K.", "surname": .string(key), "birthDate": "1970-01-01",
            "email": "k@example.org", "externalNumber": .string(key),
        ]
        return JSON.object([JSON.Member("details", details)]).bytes
    }

    private func check(
        _ ledger: Ledger.Entries, _ organisation: String, _ folder: Folder
    ) async throws {
        #expect(ledger.acknowledged.count >= Self.rounds)
        let events = try await Program.succeed(
            "log", "--json", "--org", organisation, "--type", "client.registered", "--data",
            folder.path("data"), in: folder
        ).json()
        let streams = counts(events.compactMap { $0["subject"]?.text })
        #expect(streams.values.allSatisfy { $0 == 1 })
        #expect(events.count <= ledger.sent.count)
        for (key, answer) in ledger.acknowledged {
            let client = answer["result"]?["client"]?.text ?? ""
            #expect(streams["client-\(client)"] == 1, "\(key)")
        }
        try await Program.succeed("verify", "--data", folder.path("data"), in: folder)
    }
}
