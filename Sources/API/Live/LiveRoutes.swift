package import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Projections

/// What is sent as it changes, as server-sent events.
///
/// Each stream begins with a snapshot, then one event for each change, `id` its position in the
/// log: whoever comes back with Last-Event-ID goes on after it, without gap or repeat. Source:
/// WA-2, OPS-6, AUD-7.
struct LiveRoutes {
    let dispatch: Dispatch
    let side: ReadSide
    let streams: LiveStreams
    let pace: LivePace

    func add(to router: Router<AnteroomContext>) {
        for entry in LiveCatalogue.all {
            router.get(RouterPath(String(entry.path.dropFirst()))) { request, context in
                try await entry.open(self, request, context)
            }
        }
    }

    fileprivate func stream<View: LiveView>(
        _ request: Request, _ context: AnteroomContext, _ walk: @Sendable (inout Body) -> View
    ) async throws -> Response {
        try context.actor.mayKnock(at: View.operation)
        let query = QueryRequest(
            fields: request.fields(context), isText: true, actor: context.actor,
            door: context.door, actingAs: try request.actingAs(), atLeast: try request.atLeast())
        let seat = try streams.seat()
        let stream = try await LiveStream(
            query, bearer: context.bearer, after: try request.lastEventID(), dispatch: dispatch,
            side: side, pace: pace, view: walk)
        let watch = WriteWatch(context.channel, max: pace.writeMax)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(seat) {} }
                try await stream.run(to: &writer, watch)
                try await writer.finish(nil)
            })
    }
}

/// One live stream, said once: route, `/openapi.json` and docs/commands.md follow.
package struct LiveEntry: Sendable {
    package let operation: Domain.Operation
    package let path: String
    package let docs: String
    package let fields: @Sendable () -> [Field]
    fileprivate let open: @Sendable (LiveRoutes, Request, AnteroomContext) async throws -> Response

    fileprivate init<View: LiveView>(
        at path: String, _ docs: String, _ view: @escaping @Sendable (inout Body) -> View
    ) {
        operation = View.operation
        self.path = path
        self.docs = docs
        fields = { Body.describe(view) }
        open = { routes, request, context in try await routes.stream(request, context, view) }
    }
}

/// Every live stream there is.
package enum LiveCatalogue {
    package static let all: [LiveEntry] = [
        LiveEntry(
            at: "/v1/clinics/{clinic}/waiting-area/live",
            """
            The waiting area as it changes: `caller` with a row, `gone` with a visit that is no \
            longer there; `announcement` and `withdrawn`; `walk-in` with a practitioner who takes \
            visitors or does not; `clinic` when its settings changed.
            """, WaitingAreaView.init),
        LiveEntry(
            at: "/v1/visits/{visit}/live",
            """
            One visit as it changes: `visit` with its state, `message` with a message, `place` \
            with the `position` in the queue, `announcement` and `withdrawn` (without one: all), \
            `clinic` when its settings changed, `erased` when it was anonymised: what is shown of \
            it is to go. For the caller their own; for who was invited its state alone.
            """, VisitView.init),
        LiveEntry(
            at: "/v1/rooms/{room}/live",
            """
            A room as it changes: `room` with who is in it. For a guest while they are inside.
            """, RoomView.init),
    ]
}

extension Request {
    /// The position a reader saw last.
    fileprivate func lastEventID() throws(Refusal) -> Int64? {
        guard let text = headers[.lastEventID], !text.isEmpty else { return nil }
        guard let position = Int64(text), position >= -1 else {
            throw .field("Last-Event-ID", .invalid, "must be the `id` of an event of this stream")
        }
        return position
    }
}
