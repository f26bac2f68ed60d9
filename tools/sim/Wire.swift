import Foundation

/// One HTTP/1.1 connection to a server of this machine. Blocking, for a thread of its own.
final class Wire {
    struct Answer {
        let status: Int
        let head: [Substring]
        let body: [UInt8]

        /// A header's value; its name in lower case.
        func header(_ name: String) -> Substring? {
            for line in head {
                guard let colon = line.firstIndex(of: ":") else { continue }
                if line[..<colon].lowercased() == name {
                    return line[line.index(after: colon)...].drop { $0 == " " }
                }
            }
            return nil
        }
    }

    /// The other side went away, hangs, or speaks no HTTP.
    struct Lost: Error {}

    enum Door: Sendable {
        case port(UInt16)
        /// The operator's.
        case socket(String)
    }

    /// Seconds a byte may be waited for: a server that hangs fails the run, and does not hang it.
    private static let patience = 60

    private let socket: Int32
    private var received: [UInt8] = []
    private var next = 0

    init(_ door: Door) throws(Lost) {
        switch door {
        case .port(let port):
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            guard Wire.connect(socket, &address) else { throw Lost() }
            var yes: Int32 = 1
            setsockopt(
                socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        case .socket(let path):
            socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { room in
                room.copyBytes(from: path.utf8.prefix(room.count - 1))
            }
            guard Wire.connect(socket, &address) else { throw Lost() }
        }
        var limit = timeval(tv_sec: Wire.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func connect<Address>(_ socket: Int32, _ address: inout Address) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }

    deinit { close(socket) }

    /// For another thread that wants the reader of this one to stop.
    var descriptor: Int32 { socket }

    func send(_ bytes: [UInt8]) throws(Lost) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Lost() }
            sent += count
        }
    }

    func answer() throws(Lost) -> Answer {
        let (status, head) = try head()
        let answer = Answer(status: status, head: head, body: [])
        if answer.header("transfer-encoding")?.lowercased() == "chunked" {
            var body: [UInt8] = []
            while let chunk = try chunk() { body += chunk }
            return Answer(status: status, head: head, body: body)
        }
        guard let length = answer.header("content-length").flatMap({ Int($0) }) else {
            throw Lost()
        }
        return Answer(status: status, head: head, body: try bytes(length))
    }

    /// Status line and headers.
    func head() throws(Lost) -> (status: Int, lines: [Substring]) {
        let text = try untilBlankLine()
        let lines = text.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { throw Lost() }
        return (status, Array(lines.dropFirst()))
    }

    /// The next chunk of a body that comes in chunks; nil: it is over.
    func chunk() throws(Lost) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            let byte = try bytes(1)[0]
            if byte == UInt8(ascii: "\n") { break }
            if byte != UInt8(ascii: "\r") { line.append(byte) }
        }
        guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16) else { throw Lost() }
        let chunk = try bytes(size)
        _ = try bytes(2)
        return size == 0 ? nil : chunk
    }

    /// Reads and forgets: an answer that is not waited for.
    func skim(_ count: Int) throws(Lost) { _ = try bytes(count) }

    private func untilBlankLine() throws(Lost) -> String {
        let end = Array("\r\n\r\n".utf8)
        var from = next
        while true {
            if let range = received[from...].firstRange(of: end) {
                let text = String(decoding: received[next..<range.lowerBound], as: UTF8.self)
                next = range.upperBound
                return text
            }
            from = max(next, received.count - 3)
            let held = from - next
            try receive()
            from = next + held
        }
    }

    private func bytes(_ count: Int) throws(Lost) -> [UInt8] {
        while received.count - next < count { try receive() }
        defer { next += count }
        return Array(received[next..<next + count])
    }

    private func receive() throws(Lost) {
        received.removeFirst(next)
        next = 0
        let room = 1 << 14
        var count = 0
        let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
            count = recv(socket, buffer.baseAddress, room, 0)
            used = max(0, count)
        }
        guard count > 0 else { throw Lost() }
        received += more
    }
}
