import Domain
package import EventStore
import Projections

/// Between the log's bytes, the domain's events and personal records in the clear: the one place in
/// this module that opens or shuts anything.
package enum Coding {
    /// The event a log holds.
    static func event<Event: EventFamily>(
        _ recorded: RecordedEvent, as family: Event.Type
    ) throws(Refusal) -> Event {
        do {
            return try EventCoding.decode(recorded)
        } catch {
            throw .unreadable(reason: "event \(recorded.position) of log \(recorded.log): \(error)")
        }
    }

    /// A recorded event without its place in the log.
    package static func new(_ recorded: RecordedEvent) -> NewEvent {
        NewEvent(
            stream: recorded.stream, type: recorded.type, schema: recorded.schema,
            payload: Array(recorded.payload))
    }

    static func decode<Event: EventFamily>(
        _ event: NewEvent, as family: Event.Type
    ) throws(Refusal) -> Event {
        do {
            return try Event.decode(
                EventName(high: event.type.high, low: event.type.low), number: Int(event.schema),
                event.payload[...])
        } catch {
            throw .unreadable(reason: "an event of \(event.stream): \(error)")
        }
    }

    /// The bytes of an event about to be appended; its open records are shut under `keys`.
    static func newEvent<Event: EventFamily>(
        _ event: Event, into stream: StreamName, in log: LogID, keys: [KeyID: VaultKey]
    ) throws(Refusal) -> NewEvent {
        do {
            return try EventCoding.newEvent(event, in: stream) { request throws(WireError) in
                guard let key = keys[KeyID(bits: request.key.bits)] else {
                    throw .sealingFailed(field: request.field)
                }
                return try seal(request, under: key, stream, log)
            }
        } catch {
            throw .unreadable(reason: "an event could not be written: \(error)")
        }
    }

    private static func seal(
        _ request: SealRequest, under key: VaultKey, _ stream: StreamName, _ log: LogID
    ) throws(WireError) -> SealedBytes {
        let place = SealPlace(
            log: log, stream: stream,
            type: EventType(high: request.event.high, low: request.event.low),
            field: UInt32(request.field))
        do {
            let bytes = try Sealer.seal(request.plainBytes, under: key, at: place)
            return SealedBytes(key: request.key, bytes: bytes)
        } catch {
            throw .sealingFailed(field: request.field)
        }
    }

    /// A record that stood in an event of `stream`, opened.
    static func open<Record: OpenedRecord>(
        _ sealed: SealedBytes, as record: Record.Type, under key: VaultKey, _ stream: StreamName,
        in log: LogID
    ) throws(Refusal) -> Record {
        for place in Record.places.places {
            let place = SealPlace(log: log, stream: stream, type: place.type, field: place.field)
            do {
                return try Record(plainBytes: Sealer.open(sealed.bytes, under: key, at: place))
            } catch SealError.notAuthentic {
                continue  // It stands in another kind of event.
            } catch {
                throw .unreadable(reason: "a sealed record of \(stream): \(error)")
            }
        }
        throw .unreadable(reason: "a sealed record of \(stream) does not open")
    }
}
