import Foundation

/// One HTTP/1.1 connection over loopback: just enough to send a request and read its answer.
/// Blocking, for a thread of its own.
final class HTTPConnection {
    private let socket: Int32
    private var received: [UInt8] = []

    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw BenchError(message: "connect: \(String(cString: strerror(errno)))")
        }
        var yes: Int32 = 1
        setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }

    /// The body of an answer that says all is well.
    func request(
        _ method: String, _ path: String, headers: String, body: String = ""
    ) throws -> String {
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchError(message: "the server went away") }
            rest = rest.dropFirst(count)
        }
        return try answer()
    }

    private func answer() throws -> String {
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            try receive()
            headEnd = received.indices.first { received[$0...].starts(with: end) }
        }
        let head = String(decoding: received[..<(headEnd ?? 0)], as: UTF8.self)
        received.removeFirst((headEnd ?? 0) + end.count)
        let lines = head.lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        guard let length else { throw BenchError(message: "an answer without length: \(head)") }
        while received.count < length { try receive() }
        let body = String(decoding: received[..<length], as: UTF8.self)
        received.removeFirst(length)
        guard lines.first?.contains(" 2") == true else {
            throw BenchError(message: "\(lines.first ?? ""): \(body)")
        }
        return body
    }

    private func receive() throws {
        let room = 1 << 14
        var count = 0
        let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
            count = recv(socket, buffer.baseAddress, room, 0)
            used = max(0, count)
        }
        guard count > 0 else { throw BenchError(message: "the server went away") }
        received += more
    }
}
