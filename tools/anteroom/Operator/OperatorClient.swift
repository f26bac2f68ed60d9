import API
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Has the server that holds a data folder run a sub-command, over its socket, and shows what it
/// says as it comes. Cancelled, it hangs up, and the server ends the work.
struct OperatorClient {
    private let path: String
    private let folder: String

    /// Bytes of one line of the answer at most: an event as JSON takes a fraction of it.
    private static let lineBytesMax = 16 << 20

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    init(folder: String) {
        self.folder = folder
        path = App.socketPath(folder)
    }

    /// - Throws: ``Failure`` with the exit code the server gave; the words were shown.
    func run(_ request: OperatorRequest) async throws {
        let connection = try await connect()
        let code = try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: OperatorClient.parts(request))
            return try await OperatorClient.show(inbound)
        }
        Terminal.endProgress()
        guard let code else {
            throw Failure.wrong("the server of \(folder) went away in the middle of it")
        }
        if code != .fine { throw Failure(code: code, message: "") }
    }

    private func connect() async throws -> Connection {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                unixDomainSocketPath: path
            ) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        } catch let error as IOError {
            // The lock is held by a process that has no socket: another sub-command, or a server
            // whose folder has too long a path.
            throw Failure.wrong(
                """
                \(folder): another process works in it, and nobody answers at \(path) \
                (\(String(cString: strerror(error.errnoCode)))); end it, or come back later
                """)
        } catch let error as SocketAddressError {
            throw Failure.wrong(
                "\(folder): another process works in it; its socket's path is too long: \(error)")
        }
    }

    private static func parts(_ request: OperatorRequest) -> [HTTPClientRequestPart] {
        let body = ByteBuffer(bytes: request.json.bytes)
        let headers: HTTPHeaders = [
            "Host": "localhost", "Content-Type": "application/json",
            "Content-Length": "\(body.readableBytes)",
        ]
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: OperatorRequest.path, headers: headers)
        return [.head(head), .body(.byteBuffer(body)), .end(nil)]
    }

    /// - Returns: the exit code; nil where the answer broke off.
    private static func show(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> ExitCode? {
        var held: [UInt8] = []
        var isAnswer = true
        for try await part in inbound {
            switch part {
            case .head(let head): isAnswer = head.status == .ok
            case .body(let buffer): held += buffer.readableBytesView
            case .end: return nil
            }
            guard isAnswer else { continue }
            while let end = held.firstIndex(of: 0x0a) {
                if let code = try show(line: held[..<end]) { return code }
                held.removeSubrange(...end)
            }
            guard held.count <= lineBytesMax else {
                throw Failure.wrong("the server sent a line of more than \(lineBytesMax) bytes")
            }
        }
        return nil
    }

    /// - Returns: the exit code, where the line says it.
    private static func show(line: ArraySlice<UInt8>) throws -> ExitCode? {
        guard case .object(let members) = try JSON(parsing: line), let member = members.first else {
            throw Failure.wrong("the server sent a line that is no answer")
        }
        if member.name == "exit" {
            return member.value.whole.flatMap { ExitCode(rawValue: Int32(clamping: $0)) }
        }
        guard let kind = CommandOutput.Kind(rawValue: member.name), let text = member.value.text
        else {
            throw Failure.wrong("the server is of another version: it says «\(member.name)»")
        }
        Terminal.show(kind, text)
        return nil
    }
}
