import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Projections

/// `GET /v1/clinics/{clinic}/waiting-area/live`: the waiting area as it changes, as server-sent
/// events.
///
/// Begins with a row for each caller who is there, then one event for each change, `id` its
/// position in the log: whoever comes back with Last-Event-ID goes on after it, without gap or
/// repeat. Source: WA-2, OPS-6, AUD-7.
struct LiveRoutes {
    let dispatch: Dispatch
    let side: ReadSide
    let streams: LiveStreams

    func add(to router: Router<AnteroomContext>) {
        router.get("v1/clinics/{clinic}/waiting-area/live") { request, context -> Response in
            let query = QueryRequest(
                fields: request.fields(context), isText: true, actor: context.actor,
                door: context.door, actingAs: try request.actingAs(), atLeast: try request.atLeast()
            )
            let stream = try await WaitingAreaStream(
                query, bearer: context.bearer, after: try request.lastEventID(),
                dispatch: dispatch, side: side)
            let watch = WriteWatch(context.channel, max: WaitingAreaStream.writeMax)
            let seat = try streams.seat()
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    defer { seat.free() }
                    try await stream.run(to: &writer, watch)
                    try await writer.finish(nil)
                })
        }
    }
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
