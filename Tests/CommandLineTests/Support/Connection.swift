import Foundation

/// One HTTP/1.1 connection to a server on loopback: just enough to send commands and to see each
/// answer come.
///
/// Blocking, for threads of its own: what is tested is what stood on the wire when the server was
/// killed.
final class Connection {
    private let socket: Int32
    private var received: [UInt8] = []
    private var next = 0

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    /// The other side went away, or says something that is not HTTP.
    struct Lost: Error {}

    /// Seconds a byte may be waited for: a server that hangs fails the test, and does not hang it.
    private static let patience = 60

    init(port: UInt16) throws {
        socket = Connection.made(AF_INET)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        try Connection.connect(socket, to: &address)
    }

    /// The operator's.
    init(socket path: String) throws {
        socket = Connection.made(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8.prefix(room.count - 1))
        }
        try Connection.connect(socket, to: &address)
    }

    private static func made(_ family: Int32) -> Int32 {
        let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        return socket
    }

    private static func connect<Address>(_ socket: Int32, to address: inout Address) throws {
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard connected == 0 else { throw Lost() }  // `deinit` closes it.
    }

    deinit { close(socket) }

    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) throws -> Answer {
        var head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
        return try answer()
    }

    /// Asks for a stream; what it brings comes by ``chunk()``.
    func open(_ path: String, headers: [(String, String)]) throws {
        var head = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try send(Array((head + "\r\n").utf8))
        let status = try line().split(separator: " ")
        guard status.count >= 2, status[1] == "200" else { throw Lost() }
        while try !line().isEmpty {}
    }

    /// The next piece of an answer that comes in pieces.
    func chunk() throws -> [UInt8] {
        guard let size = Int(try line(), radix: 16), size > 0 else { throw Lost() }
        let piece = try bytes(size)
        _ = try line()
        return piece
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Lost() }
            sent += count
        }
    }

    private func answer() throws -> Answer {
        let status = try line().split(separator: " ")
        guard status.count >= 2, let code = Int(status[1]) else { throw Lost() }
        var length = 0
        var chunked = false
        while true {
            let header = try line().lowercased()
            if header.isEmpty { break }
            if header.hasPrefix("content-length:") {
                length = Int(header.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
            }
            if header.hasPrefix("transfer-encoding:") { chunked = header.contains("chunked") }
        }
        guard chunked else { return Answer(status: code, body: try bytes(length)) }
        var body: [UInt8] = []
        while let size = Int(try line(), radix: 16) {
            body += try bytes(size)
            _ = try line()
            if size == 0 { return Answer(status: code, body: body) }
        }
        throw Lost()
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while true {
            let byte = try self.byte()
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            line.append(byte)
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes.append(try byte()) }
        return bytes
    }

    private func byte() throws -> UInt8 {
        if next == received.count {
            var room = [UInt8](repeating: 0, count: 1 << 14)
            let count = recv(socket, &room, room.count, 0)
            guard count > 0 else { throw Lost() }
            received = Array(room[..<count])
            next = 0
        }
        next += 1
        return received[next - 1]
    }
}
