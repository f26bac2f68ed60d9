import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/commands/{name}`: one command, its answer when its events are durable. Source:
/// design.md "API", OPS-6.
struct CommandRoutes {
    let dispatch: Dispatch

    /// Bytes of one command's body.
    static let bodyBytesMax = 256 * 1024

    func add(to router: Router<AnteroomContext>) {
        let group = router.group("v1/commands")
        for entry in dispatch.catalogue.commands {
            group.post(RouterPath(entry.name)) { request, context in
                try await answer(entry, request, context)
            }
        }
        group.post("{name}") { _, _ -> Response in throw Refusal.unknownCommand }
    }

    private func answer(
        _ entry: CommandEntry, _ request: Request, _ context: AnteroomContext
    ) async throws(Refusal) -> Response {
        try context.actor.mayKnock(at: entry.operation)
        let command = CommandRequest(
            name: entry.name, body: try await request.json(bytesMax: CommandRoutes.bodyBytesMax),
            key: try request.idempotencyKey(), actor: context.actor, door: context.door,
            actingAs: try request.actingAs())
        return try await dispatch.run(command).response
    }
}

extension CommandAnswer {
    var response: Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if repeated { headers[.idempotencyReplayed] = "true" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}

extension HTTPField.Name {
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else {
            preconditionFailure("not a field name: \(name)")
        }
        return name
    }

    static let idempotencyKey = known("Idempotency-Key")
    static let idempotencyReplayed = known("Idempotency-Replayed")
    /// The role to act in, of those held: `teamMember` or `teamMember@` and a clinic's id (ROLE-1).
    static let actingAs = known("Anteroom-Role")
    /// How much of the log an answer shows; asked: how much it must show.
    static let position = known("Anteroom-Position")
    static let lastEventID = known("Last-Event-ID")
}

extension Request {
    func idempotencyKey() throws(Refusal) -> IdempotencyKey {
        guard let text = headers[.idempotencyKey] else { throw .keyMissing }
        return try IdempotencyKey(text)
    }

    func actingAs() throws(Refusal) -> Grant? {
        guard let text = headers[.actingAs] else { return nil }
        let words = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let role = Domain.Role(word: String(words[0])) else {
            throw .field("Anteroom-Role", .notAllowed, "names no role")
        }
        guard words.count == 2 else { return Grant(role) }
        guard let clinic = ID<Clinic>(String(words[1])) else {
            throw .field("Anteroom-Role", .invalid, "names no clinic")
        }
        return Grant(role, in: clinic)
    }

    func json(bytesMax: Int) async throws(Refusal) -> JSON {
        guard let type = headers[.contentType]?.split(separator: ";").first,
            type.lowercased().trimmingPrefix(" ") == "application/json"
        else { throw .notAJSONType }
        let buffer = try await bytes(max: bytesMax)
        do {
            return try JSON(parsing: buffer.readableBytesView)
        } catch {
            throw .notJSON(error)
        }
    }

    private func bytes(max: Int) async throws(Refusal) -> ByteBuffer {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > max {
            throw .bodyTooLarge(bytesMax: max)
        }
        do {
            return try await body.collect(upTo: max)
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(bytesMax: max)
        } catch {
            throw .stopping
        }
    }
}
