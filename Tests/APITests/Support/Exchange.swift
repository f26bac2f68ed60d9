import API
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Testing

/// One request whose body comes, or whose answer goes, piece by piece.
extension Fixture {
    /// Sends a request with a body that comes in pieces, and takes all of the answer; throws what
    /// breaks off either.
    func exchange(
        _ method: HTTPRequest.Method, _ path: String, by person: Person,
        _ more: [String: String] = [:], body: RequestBody, to writer: some ResponseBodyWriter,
        over channel: any Channel = NIOAsyncTestingChannel()
    ) async throws -> Response {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: try headers(of: person, more)),
            body: body)
        let context = AnteroomContext(
            source: ApplicationRequestContextSource(channel: channel, logger: logs.logger))
        let response = try await responder.respond(to: request, context: context)
        try await response.body.write(writer)
        return response
    }

    /// Sends many commands at once and gives the answers, one for each line.
    func bulk(_ text: String, by person: Person) async throws -> [JSON] {
        let told = try await request(
            .post, "/v1/commands", by: person, ["Content-Type": "application/x-ndjson"],
            body: Array(text.utf8))
        #expect(told.status == 200, "\(told.text)")
        #expect(told.headers[.contentType] == "application/x-ndjson")
        return told.bytes.lines.map { JSON.orNull($0) }
    }
}

extension [UInt8] {
    var lines: [[UInt8]] { split(separator: UInt8(ascii: "\n")).map { Array($0) } }
}

/// Keeps what is written.
struct Collector: ResponseBodyWriter {
    let written: Box<[UInt8]>

    mutating func write(_ buffer: ByteBuffer) async throws {
        written.content += Array(buffer.readableBytesView)
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
}

/// A body that comes in pieces and then, where so said, breaks off.
struct Pieces: AsyncSequence, Sendable {
    struct BrokenOff: Error {}
    let pieces: [[UInt8]]
    var breaksOff = false

    struct Iterator: AsyncIteratorProtocol {
        var pieces: ArraySlice<[UInt8]>
        let breaksOff: Bool

        mutating func next() async throws -> ByteBuffer? {
            if let piece = pieces.popFirst() { return ByteBuffer(bytes: piece) }
            if breaksOff { throw BrokenOff() }
            return nil
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(pieces: pieces[...], breaksOff: breaksOff)
    }
}
