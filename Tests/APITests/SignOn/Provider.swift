import API
import Foundation
import FoundationNetworking
import Testing

/// A real OpenID provider: Tests/Interop/oidc_provider.py, on Authlib.
final class Provider: NSObject, Sendable, URLSessionTaskDelegate {
    let port: Int
    private let process: Process
    private let input: Pipe

    var issuer: String { "http://127.0.0.1:\(port)" }

    /// Runs `test` with a provider whose clock stands where the test's does; says so where the
    /// machine has none.
    static func run(
        at clock: ManualClock, _ test: @escaping @Sendable (Provider) async throws -> Void
    ) async throws {
        guard let provider = try Provider(seconds: clock.now().milliseconds / 1000) else { return }
        defer { provider.end() }
        try await test(provider)
    }

    private init?(seconds: Int64) throws {
        let python = Checkout.root.appending(path: ".build/venv/bin/python")
        guard FileManager.default.fileExists(atPath: python.path) else {
            print("skipped: run tools/setup for the provider of Tests/Interop")
            return nil
        }
        process = Process()
        process.executableURL = python
        process.arguments = [
            Checkout.root.appending(path: "Tests/Interop/oidc_provider.py").path, "\(seconds)",
        ]
        input = Pipe()
        process.standardInput = input
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { break }
            line += part
        }
        let said = String(decoding: line, as: UTF8.self)
        port = try #require(
            Int(said.trimmingCharacters(in: .whitespacesAndNewlines)), "it says no port")
    }

    private func end() {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
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
