import Foundation
import Synchronization

extension Bench {
    private static let connections = 64

    /// The whole server over loopback: durable commands, and reads of something personal with the
    /// access entry each of them makes durable first. The load is made on the same cores.
    func measureHTTP() async throws {
        let server = try DemoServer(folder: fresh("served"))
        defer { server.stop() }
        let opening = "{\"clinic\":\"\(server.clinic)\"}"
        let commands = try load(server, scaled(40_000)) { connection, headers, number in
            _ = try connection.request(
                "POST", "/v1/commands/visit.open",
                headers: headers + "Content-Type: application/json\r\n"
                    + "Idempotency-Key: bench-\(getpid())-\(number)\r\n",
                body: opening)
        }
        add("visit.open, \(Bench.connections) connections", commands)
        let visit = try server.someVisit()
        let reads = try load(server, scaled(40_000)) { connection, headers, _ in
            _ = try connection.request("GET", "/v1/visits/\(visit)", headers: headers)
        }
        add("read of a visit, \(Bench.connections) connections", reads)
    }

    private func add(_ label: String, _ result: (rate: Double, seconds: [Double])) {
        report.add("HTTP \(label)", ours: result.rate, unit: "/s")
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            report.add(
                "HTTP \(label), \(name)", ours: percentile(result.seconds, share) * 1e3,
                unit: "ms", lessIsBetter: true)
        }
    }

    /// `count` requests over all connections, a thread each: requests a second, and what each took.
    private func load(
        _ server: DemoServer, _ count: Int,
        _ request: @escaping @Sendable (HTTPConnection, String, Int) throws -> Void
    ) throws -> (rate: Double, seconds: [Double]) {
        let (port, headers) = (server.port, "Authorization: Bearer \(server.token)\r\n")
        let failures = Failures()
        let times = Mutex<[Double]>([])
        let taken = try seconds {
            let threads = (0..<Bench.connections).map { lane in
                let done = DispatchSemaphore(value: 0)
                let thread = Thread {
                    failures.catching {
                        let connection = try HTTPConnection(port: port)
                        var own: [Double] = []
                        for number in stride(from: lane, to: count, by: Bench.connections) {
                            own.append(try seconds { try request(connection, headers, number) })
                        }
                        times.withLock { $0 += own }
                    }
                    done.signal()
                }
                thread.stackSize = 1 << 19
                thread.start()
                return done
            }
            for thread in threads { thread.wait() }
            try failures.rethrow()
        }
        return (Double(count) / taken, times.withLock { $0 })
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

    /// A visit in which somebody waits whose name is sealed.
    func someVisit() throws -> String {
        let area = try HTTPConnection(port: port).request(
            "GET", "/v1/clinics/\(clinic)/waiting-area",
            headers: "Authorization: Bearer \(token)\r\n")
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
