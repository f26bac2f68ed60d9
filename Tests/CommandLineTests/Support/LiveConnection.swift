import API
import Foundation

/// One reader of one live stream of a running server.
final class LiveConnection {
    struct Message {
        var id: Int64?
        var event = ""
        var data = ""

        var json: JSON {
            do { return try JSON(parsing: data.utf8) } catch { return .null }
        }
    }

    private let connection: Connection
    private var rest: [UInt8] = []
    private var waiting: [Message] = []

    init(_ port: UInt16, _ path: String, token: String) throws {
        connection = try Connection(port: port)
        try connection.open(path, headers: [("Authorization", "Bearer \(token)")])
    }

    /// Messages through the first that is wanted.
    func through(_ isWanted: (Message) -> Bool) throws -> [Message] {
        var messages: [Message] = []
        while true {
            while waiting.isEmpty { take(try connection.chunk()) }
            messages.append(waiting.removeFirst())
            if isWanted(messages[messages.count - 1]) { return messages }
        }
    }

    private func take(_ bytes: [UInt8]) {
        rest += bytes
        while let end = rest.firstRange(of: [UInt8(ascii: "\n"), UInt8(ascii: "\n")]) {
            var message = Message()
            let block = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            for line in block.split(separator: "\n") {
                if line.hasPrefix("id: ") { message.id = Int64(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { message.event = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { message.data += line.dropFirst(6) }
            }
            rest.removeSubrange(..<end.upperBound)
            if !message.event.isEmpty { waiting.append(message) }
        }
    }
}

/// What a process takes.
enum Memory {
    /// Bytes in memory now.
    static func resident(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split(separator: " ", omittingEmptySubsequences: true) ?? []
        let number = words.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }.first
        return (number ?? 0) * 1024
    }
}
