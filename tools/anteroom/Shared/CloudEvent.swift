import API
import Domain
import EventStore
import Foundation
import Projections

/// One event as CloudEvents 1.0 JSON: `source` is the organisation, `id` the position in its log.
/// Extension attributes carry the rest of the envelope (AUD-1).
struct CloudEvent {
    let text: String

    /// - Parameter raw: the payload's bytes instead of its fields.
    init(_ event: RecordedEvent, raw: Bool) throws(Failure) {
        let context = event.context
        var members: [(String, String?)] = [
            ("specversion", "1.0"), ("id", "\(event.position)"),
            ("source", "/organisations/\(event.log)"), ("type", "\(event.type)"),
            ("subject", "\(event.stream)"),
            ("time", Instant(milliseconds: event.recordedAt).description),
            ("datacontenttype", raw ? "application/protobuf" : "application/json"),
            ("sequence", CloudEvent.sequence(event.position)),
            ("actor", "\(context.actor.kind)"), ("actorid", CloudEvent.id(context.actor.id)),
            ("role", "\(context.role)"), ("basis", "\(context.basis)"),
            ("origin", "\(context.origin)"),
            ("onbehalfof", context.onBehalfOf.map { "\($0.kind)" }),
            ("onbehalfofid", context.onBehalfOf.flatMap { CloudEvent.id($0.id) }),
            ("command", hex(event.commandID)), ("correlation", CloudEvent.id(context.correlation)),
            ("fingerprint", CloudEvent.id(context.fingerprint)),
        ]
        if let cause = context.cause { members.append(("cause", "\(cause)")) }
        var bytes = Array("{".utf8)
        for (name, value) in members {
            guard let value else { continue }
            bytes += "\"\(name)\":".utf8
            JSON.string(value).write(to: &bytes)
            bytes += ",".utf8
        }
        bytes += "\"streamversion\":\(event.version),\"schema\":\(event.schema),".utf8
        if raw {
            bytes += "\"data_base64\":\"\(Data(event.payload).base64EncodedString())\"}".utf8
        } else {
            bytes += "\"data\":\(try CloudEvent.fields(event))}".utf8
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Zero-padded, so that it sorts as text.
    private static func sequence(_ position: Int64) -> String {
        let digits = String(position)
        return String(repeating: "0", count: 19 - digits.utf8.count) + digits
    }

    private static func id(_ bits: UInt128) -> String? { bits == 0 ? nil : hex(bits) }

    private static func fields(_ event: RecordedEvent) throws(Failure) -> String {
        do {
            return try EventCoding.fact(event).body.json()
        } catch {
            throw .wrong("event \(event.position) of \(event.log) cannot be read: \(error)")
        }
    }
}
