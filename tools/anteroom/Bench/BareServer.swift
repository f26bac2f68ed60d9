import Hummingbird
import Logging
import NIOCore

/// Hummingbird by itself: takes a body and answers so many bytes. What the HTTP server beneath ours
/// gives anyone on this machine.
struct BareServer {
    private let answer = ByteBuffer(repeating: UInt8(ascii: "x"), count: 120)

    /// Serves on a free port for as long as `body` takes.
    func during<Value: Sendable>(
        _ body: @escaping @Sendable (_ port: UInt16) async throws -> Value
    ) async throws -> Value {
        let (ports, port) = AsyncStream<UInt16>.makeStream()
        let router = Router()
        let answer = answer
        router.post("answer") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 16)
            return Response(status: .ok, body: ResponseBody(byteBuffer: answer))
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .critical
        let server = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port.flatMap(UInt16.init(exactly:)) ?? 0)
            }, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask {
                for await port in ports where port > 0 { return try await body(port) }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw BenchError(message: "the bare HTTP server ended")
        }
    }
}
