import API
import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// A real OpenID provider: Tests/Interop/oidc_provider.py, on Authlib.
final class Provider: NSObject, Sendable, URLSessionTaskDelegate {
    let port: Int
    private let program: RunningProgram

    var issuer: String { "http://127.0.0.1:\(port)" }

    /// Runs `test` with a provider whose clock stands where the test's does; says so where the
    /// machine has none.
    static func run(
        at clock: ManualClock, _ test: @escaping @Sendable (Provider) async throws -> Void
    ) async throws {
        let seconds = clock.now().milliseconds / 1000
        guard let provider = try await Provider(seconds: seconds) else { return }
        try await test(provider)
        await provider.end()
    }

    private init?(seconds: Int64) async throws {
        let python = Checkout.root.appending(path: ".build/venv/bin/python")
        guard FileManager.default.fileExists(atPath: python.path) else {
            print("skipped: run tools/setup for the provider of Tests/Interop")
            return nil
        }
        program = try await RunningProgram.start([
            python.path, Checkout.root.appending(path: "Tests/Interop/oidc_provider.py").path,
            "\(seconds)",
        ])
        var lines = program.output.makeAsyncIterator()
        port = try #require(await lines.next().flatMap { Int($0) }, "it says no port")
    }

    private func end() async {
        program.send(SIGTERM)
        _ = await program.ended()
    }

    // MARK: As a browser

    /// Where the provider sends a browser on to.
    func sentOn(from address: String) async throws -> String {
        let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let (body, response) = try await session.data(from: try #require(URL(string: address)))
        let http = try #require(response as? HTTPURLResponse)
        return try #require(
            http.value(forHTTPHeaderField: "Location"), "\(String(decoding: body, as: UTF8.self))")
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }

    // MARK: As whoever runs it

    /// Who signs in next.
    func set(user: JSON) async throws { try await tell("user", user) }

    func rotate() async throws { try await tell("rotate", [:]) }

    /// What is wrong in its next token.
    func forge(_ how: String) async throws { try await tell("forge?how=\(how)", [:]) }

    private func tell(_ what: String, _ body: JSON) async throws {
        var request = URLRequest(url: try #require(URL(string: "\(issuer)/test/\(what)")))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.bytes)
        let (_, response) = try await URLSession.shared.data(for: request)
        #expect((response as? HTTPURLResponse)?.statusCode == 200, "\(what)")
    }

    /// How often it was asked for something.
    func count(_ what: String) async throws -> Int {
        let url = try #require(URL(string: "\(issuer)/test/counts"))
        let (data, _) = try await URLSession.shared.data(from: url)
        return Int(try JSON(parsing: data)[what]?.whole ?? 0)
    }
}
