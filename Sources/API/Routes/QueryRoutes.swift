import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Everything read: `GET` under `/v1`, and searches by `POST` where what is looked for is personal.
struct QueryRoutes {
    let dispatch: Dispatch
    let side: ReadSide

    func add(to router: Router<AnteroomContext>) {
        for entry in QueryCatalogue.all {
            let method: HTTPRequest.Method =
                switch entry.method {
                case .get: .get
                case .post: .post
                }
            router.on(RouterPath(String(entry.path.dropFirst())), method: method) {
                request, context in
                try await answer(entry, request, context)
            }
        }
    }

    private func answer(
        _ entry: QueryEntry, _ request: Request, _ context: AnteroomContext
    ) async throws(Refusal) -> Response {
        try context.actor.mayKnock(at: entry.operation)
        let isText = entry.method == .get
        let fields =
            isText
            ? request.fields(context)
            : try await request.json(bytesMax: CommandRoutes.bodyBytesMax)
        let query = QueryRequest(
            fields: fields, isText: isText, actor: context.actor, door: context.door,
            actingAs: try request.actingAs(), atLeast: try request.atLeast())
        return try await dispatch.answer(entry, query, from: side).response
    }
}

extension QueryAnswer {
    var response: Response {
        var headers: HTTPFields = [
            .contentType: page?.mediaType ?? "application/json", .cacheControl: "no-store",
        ]
        if let position { headers[.position] = String(position) }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page?.bytes ?? json.bytes)))
    }
}

extension Request {
    /// Path parameters and query as one object of texts.
    func fields(_ context: AnteroomContext) -> JSON {
        var members = context.parameters.map { name, value in
            JSON.Member(String(name), .string(String(value)))
        }
        for (name, value) in uri.queryParameters where name != "position" {
            members.append(JSON.Member(String(name), .string(String(value))))
        }
        return .object(members)
    }

    /// What the view must show: `?position=`, or the `Anteroom-Position` header.
    func atLeast() throws(Refusal) -> Int64? {
        let query = uri.queryParameters["position"].map { String($0) }
        guard let text = query ?? headers[.position] else { return nil }
        guard let position = Int64(text), position >= 0 else {
            throw .field("position", .invalid, "must be a position")
        }
        return position
    }
}
