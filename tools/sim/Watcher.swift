import API
import Foundation
import Synchronization

/// One message of a live stream.
struct Heard: Hashable, Sendable {
    var id: Int64?
    var event = ""
    var data = ""

    /// Nil where it is no JSON.
    var json: JSON {
        do { return try JSON(parsing: data.utf8) } catch { return .null }
    }
}

/// Listens to one live stream from its snapshot on. The connection breaks again and again, at bytes
/// the seed says; it comes back with the last position it saw.
final class Watcher: Sendable {
    let path: String
    private let token: String
    private let door: Wire.Door
    private let state = Mutex(State())

    private struct State {
        var random: Seeded
        var heard: [Heard] = []
        var last: Int64?
        var breaks = 0
        var isOver = false
        var descriptor: Int32?
        var findings: [String] = []

        init() { random = Seeded(0) }
    }

    init(_ path: String, token: String, seed: UInt64, _ door: Wire.Door) {
        self.path = path
        self.token = token
        self.door = door
        state.withLock { $0.random = Seeded(seed) }
    }

    /// The snapshot, `ready`, and every change after it, each once.
    var heard: [Heard] { state.withLock { $0.heard } }
    /// Position of the last change, or of the snapshot.
    var last: Int64? { state.withLock { $0.last } }
    var breaks: Int { state.withLock { $0.breaks } }
    var findings: [String] { state.withLock { $0.findings } }

    /// Ends ``run()`` where it is.
    func stop() {
        state.withLock { state in
            state.isOver = true
            if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    func run() {
        var lostInARow = 0
        while !state.withLock({ $0.isOver }), lostInARow < 100 {
            do throws(Wire.Lost) {
                if try listen() { return }
                lostInARow = 0
            } catch {
                lostInARow += 1
            }
        }
        if lostInARow >= 100 { find("\(path): no stream any more") }
    }

    /// - Returns: whether the server ended it for good.
    private func listen() throws(Wire.Lost) -> Bool {
        let wire = try Wire(door)
        let goesOn = state.withLock { state in
            state.descriptor = state.isOver ? nil : wire.descriptor
            return !state.isOver
        }
        guard goesOn else { return true }
        defer { state.withLock { $0.descriptor = nil } }
        let after = last
        try wire.send(Watcher.request(path, token, after: after))
        let (status, _) = try wire.head()
        guard status == 200 else {
            if status != 503 { find("\(path): \(status)") }
            return status != 503
        }
        // Most last long; some break within a message.
        var left = state.withLock { state in
            state.random.happens(percent: 70)
                ? 20_000 + state.random.below(40_000)
                : 300 + state.random.below(2_000)
        }
        var parser = HeardParser()
        var snapshot: [Heard]? = after == nil ? [] : nil
        while let chunk = try wire.chunk() {
            for message in parser.take(chunk.prefix(left)) {
                if message.event == "ended" {
                    find("\(path): ended, \(message.data)")
                    return true
                }
                if snapshot != nil { snapshot?.append(message) } else { take([message]) }
                if message.event == "ready", let whole = snapshot {
                    take(whole)
                    snapshot = nil
                }
            }
            left -= chunk.count
            if left <= 0 {
                state.withLock { $0.breaks += 1 }
                return false
            }
        }
        return false
    }

    private func take(_ messages: [Heard]) {
        state.withLock { state in
            state.heard += messages
            for message in messages {
                guard let id = message.id else { continue }
                if let last = state.last, id <= last, message.event != "ready" {
                    state.findings.append("\(path): \(id) after \(last)")
                }
                state.last = id
            }
        }
    }

    private func find(_ finding: String) { state.withLock { $0.findings.append(finding) } }

    private static func request(_ path: String, _ token: String, after: Int64?) -> [UInt8] {
        let resumed = after.map { [("Last-Event-ID", "\($0)")] } ?? []
        return Request.bytes("GET", path, headers: [("Authorization", "Bearer \(token)")] + resumed)
    }

    /// What somebody hears who was never interrupted: every change after `position` through the one
    /// at `end`.
    static func changes(
        _ path: String, token: String, after position: Int64, through end: Int64, _ door: Wire.Door
    ) throws -> [Heard] {
        let wire = try Wire(door)
        try wire.send(request(path, token, after: position))
        guard try wire.head().status == 200 else { throw SimError("\(path) cannot be read again") }
        var parser = HeardParser()
        var heard: [Heard] = []
        while let chunk = try wire.chunk() {
            heard += parser.take(chunk)
            if let last = heard.last?.id, last >= end { return heard }
        }
        throw SimError("\(path) ended before \(end)")
    }

    /// Every change heard, told again from where it was first heard: `findings` says what differs.
    func compareWithWhole() throws -> [String] {
        let heard = heard
        guard let from = heard.first(where: { $0.event == "ready" })?.id, let end = last, end > from
        else { return [] }
        let changes = heard.filter { $0.id != nil && $0.event != "ready" }
        let whole = try Watcher.changes(path, token: token, after: from, through: end, door)
            .filter { $0.id != nil && $0.event != "ready" }
        if changes == whole { return [] }
        let differs = zip(changes, whole).first { $0 != $1 }
        return ["\(path): \(changes.count) changes heard of \(whole.count), \(differs as Any)"]
    }
}

/// What a browser makes of the bytes. Source: HTML Living Standard, "Server-sent events".
struct HeardParser {
    private var rest: [UInt8] = []

    mutating func take(_ bytes: some Sequence<UInt8>) -> [Heard] {
        rest += bytes
        var heard: [Heard] = []
        while let end = rest.firstRange(of: [UInt8(ascii: "\n"), UInt8(ascii: "\n")]) {
            var message = Heard()
            for line in String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(
                separator: "\n")
            {
                if line.hasPrefix("id: ") { message.id = Int64(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { message.event = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { message.data += line.dropFirst(6) }
            }
            rest.removeSubrange(..<end.upperBound)
            if !message.event.isEmpty { heard.append(message) }
        }
        return heard
    }
}
