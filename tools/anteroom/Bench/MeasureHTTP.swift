import Foundation

extension Bench {
    private static let connections = 64

    /// The whole server over loopback: durable commands, and reads of something personal with the
    /// access entry each of them makes durable first. The load is made on the same cores, and over
    /// the HTTP server beneath ours alone, too.
    func measureHTTP() async throws {
        let count = scaled(80_000)
        let bare = try await BareServer().during { port in
            try await Bench.load(port, count) { connection, _ in
                _ = try connection.request(
                    "POST", "/answer", headers: Bench.bodyIsJSON, body: "{\"clinic\":\"\"}")
            }
        }
        let server = try DemoServer(folder: fresh("served"))
        defer { server.stop() }
        let (opening, headers) = ("{\"clinic\":\"\(server.clinic)\"}", server.headers)
        let commands = try await Bench.load(server.port, scaled(40_000)) { connection, number in
            _ = try connection.request(
                "POST", "/v1/commands/visit.open",
                headers: headers + Bench.bodyIsJSON
                    + "Idempotency-Key: bench-\(getpid())-\(number)\r\n",
                body: opening)
        }
        add("visit.open", commands, beside: bare, atLeast: 10_000, within: 20)
        let visit = try server.someVisit()
        let reads = try await Bench.load(server.port, scaled(40_000)) { connection, _ in
            _ = try connection.request("GET", "/v1/visits/\(visit)", headers: headers)
        }
        add("read of a visit", reads, beside: bare, atLeast: 8_000)
    }

    private static let bodyIsJSON = "Content-Type: application/json\r\n"

    /// - Parameters:
    ///   - rate: the goal, requests a second.
    ///   - latest: the goal of the 99th percentile, milliseconds.
    private func add(
        _ label: String, _ result: Loaded, beside bare: Loaded, atLeast rate: Double,
        within latest: Double? = nil
    ) {
        let label = "HTTP \(label), \(Bench.connections) connections"
        report.add(label, ours: result.rate, unit: "/s", atLeast: rate)
        report.add(
            label, ours: result.rate, unit: "/s", peer: "Hummingbird, a constant answer",
            peerValue: bare.rate)
        for (name, share, goal) in [("p50", 0.5, nil), ("p99", 0.99, latest)] {
            report.add(
                "\(label), \(name)", ours: percentile(result.seconds, share) * 1e3, unit: "ms",
                lessIsBetter: true, atLeast: goal)
        }
    }

    /// Requests a second, and what each took.
    private struct Loaded: Sendable {
        let rate: Double
        let seconds: [Double]
    }

    /// `count` requests over all connections, a thread each. None of it waits on the cooperative
    /// pool, which a server of this process answers on.
    private static func load(
        _ port: UInt16, _ count: Int,
        _ request: @escaping @Sendable (HTTPConnection, Int) throws -> Void
    ) async throws -> Loaded {
        let started = ContinuousClock.now
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for lane in 0..<Bench.connections {
                group.addTask {
                    try await Bench.onThread {
                        let connection = try HTTPConnection(port: port)
                        return try stride(from: lane, to: count, by: Bench.connections).map {
                            number in try seconds { try request(connection, number) }
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let taken = (ContinuousClock.now - started).inSeconds
        return Loaded(rate: Double(count) / taken, seconds: times)
    }

    private static func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 1 << 19
            thread.start()
        }
    }
}

/// `anteroom serve --demo`, run as its users run it.
private final class DemoServer {
    private let process = Process()
    let port: UInt16
    /// Of a practitioner, whose clinic it is.
    let token: String
    let clinic: String

    init(folder: URL) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "serve", "--demo", "--port", "0", "--data", folder.appending(path: "data").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while !said.contains("/openapi.json") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw BenchError(message: "the server ended: \(said)") }
            said += String(decoding: more, as: UTF8.self)
        }
        guard let port = said.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/)?.1,
            let number = UInt16(port), let token = said.firstMatch(of: /Bearer (at_[^']+)'/)?.1,
            let clinic = said.firstMatch(of: /\/v1\/clinics\/([^\/]+)\/waiting-area/)?.1
        else {
            process.terminate()
            throw BenchError(message: "the server says something else: \(said)")
        }
        (self.port, self.token, self.clinic) = (number, String(token), String(clinic))
    }

    /// Of every request.
    var headers: String { "Authorization: Bearer \(token)\r\n" }

    /// A visit in which somebody waits whose name is sealed.
    func someVisit() throws -> String {
        let area = try HTTPConnection(port: port).request(
            "GET", "/v1/clinics/\(clinic)/waiting-area",
            headers: headers)
        guard let visit = area.firstMatch(of: /"visit": ?"([^"]+)"/)?.1 else {
            throw BenchError(message: "nobody waits: \(area)")
        }
        return String(visit)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
