import API
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Testing

/// One message of a live stream as a browser takes it.
struct Heard: Hashable, Sendable {
    var id: Int64?
    var event = ""
    var data = ""

    var json: JSON { .orNull(Array(data.utf8)) }
}

/// What a browser makes of the bytes. Source: HTML Living Standard, "Server-sent events".
struct EventParser {
    private var rest: [UInt8] = []
    private(set) var heartbeats = 0

    /// The messages that ended in `bytes`.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Heard] {
        rest += bytes
        var heard: [Heard] = []
        let end = Array("\n\n".utf8)
        while let range = rest.firstRange(of: end) {
            let block = String(decoding: rest[..<range.lowerBound], as: UTF8.self)
            rest.removeSubrange(..<range.upperBound)
            var message = Heard()
            for line in block.split(separator: "\n") {
                if line.hasPrefix(":") { heartbeats += 1 }
                if line.hasPrefix("id: ") { message.id = Int64(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { message.event = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { message.data += line.dropFirst(6) }
            }
            if !message.event.isEmpty { heard.append(message) }
        }
        return heard
    }
}

/// The reader's end of a connection: hands on what arrives, and may break after so many bytes.
struct ReaderEnd: ResponseBodyWriter {
    struct Broken: Error {}
    let arrived: AsyncStream<[UInt8]>.Continuation
    /// Bytes until it breaks; nil: it does not.
    var breaksAfter: Int?

    mutating func write(_ buffer: ByteBuffer) async throws {
        let bytes = Array(buffer.readableBytesView)
        guard let left = breaksAfter else {
            arrived.yield(bytes)
            return
        }
        arrived.yield(Array(bytes.prefix(left)))
        guard bytes.count <= left else { throw Broken() }
        breaksAfter = left - bytes.count
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
}

/// What one connection brings.
struct Listening {
    private var bytes: AsyncStream<[UInt8]>.Iterator
    private var parser = EventParser()
    private var waiting: [Heard] = []

    fileprivate init(_ bytes: AsyncStream<[UInt8]>) { self.bytes = bytes.makeAsyncIterator() }

    var heartbeats: Int { parser.heartbeats }

    /// The next message; nil: the connection is over.
    mutating func next() async -> Heard? {
        while waiting.isEmpty {
            guard let bytes = await bytes.next() else { return nil }
            waiting = parser.take(bytes)
        }
        return waiting.removeFirst()
    }

    /// Messages through the first that is wanted; all there are where the connection ends.
    mutating func through(_ isWanted: (Heard) -> Bool) async -> [Heard] {
        var heard: [Heard] = []
        while let message = await next() {
            heard.append(message)
            if isWanted(message) { break }
        }
        return heard
    }

    /// Messages until there is enough of them, asked after each and with each heartbeat.
    mutating func until(_ isEnough: ([Heard]) -> Bool) async -> [Heard] {
        var heard: [Heard] = []
        while !isEnough(heard) {
            if waiting.isEmpty {
                guard let bytes = await bytes.next() else { break }
                waiting = parser.take(bytes)
            }
            if !waiting.isEmpty { heard.append(waiting.removeFirst()) }
        }
        return heard
    }

    mutating func untilHeartbeat() async {
        while parser.heartbeats == 0, let bytes = await bytes.next() {
            waiting += parser.take(bytes)
        }
    }
}

extension Fixture {
    /// Opens a live stream and listens; when `listen` returns, the reader goes away.
    func live<Result: Sendable>(
        _ path: String, by person: Person, after position: Int64? = nil, breaksAfter: Int? = nil,
        _ listen: @Sendable (inout Listening) async throws -> Result
    ) async throws -> Result {
        let (stream, arrived) = AsyncStream<[UInt8]>.makeStream()
        let end = ReaderEnd(arrived: arrived, breaksAfter: breaksAfter)
        let headers = position.map { ["Last-Event-ID": "\($0)"] } ?? [:]
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { arrived.finish() }
                do {
                    let response = try await exchange(
                        .get, path, by: person, headers, body: RequestBody(buffer: ByteBuffer()),
                        to: end)
                    #expect(response.status == .ok, "\(path)")
                    #expect(response.headers[.contentType] == "text/event-stream")
                } catch is CancellationError {
                } catch is ReaderEnd.Broken {
                }
            }
            var listening = Listening(stream)
            let heard: Swift.Result<Result, any Error>
            do { heard = .success(try await listen(&listening)) } catch { heard = .failure(error) }
            group.cancelAll()
            // What broke the stream off says more than what was not heard therefore.
            try await group.waitForAll()
            return try heard.get()
        }
    }
}
