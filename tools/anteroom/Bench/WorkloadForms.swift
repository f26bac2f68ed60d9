import Domain
import EventStore
import Projections

/// The workload's events in the forms that stores take.
extension Workload.Item {
    /// As ours takes it; records sealed in shape only.
    func newEvent(_ random: inout SplitMix64) throws -> NewEvent {
        let noise = random.bytes(120)
        return try EventCoding.newEvent(event, in: stream) { request throws(WireError) in
            SealedBytes(key: request.key, bytes: noise)
        }
    }

    var context: Context {
        Context(actor: actor, role: "teamMember", basis: "role", origin: "http")
    }

    /// As a peer takes it: the event's fields and what stands beside them, as JSON text.
    func benchEvent(_ event: NewEvent, commandID: UInt128) throws -> BenchEvent {
        let decoded = try VisitEvent.decode(
            EventName(high: event.type.high, low: event.type.low), number: Int(event.schema),
            event.payload[...])
        let json = """
            {"id":"\(hex(commandID))","actor":"\(actor.kind)-\(hex(actor.id))","role":"teamMember",\
            "basis":"role","origin":"http","data":\(try decoded.json())}
            """
        return BenchEvent(
            stream: stream.id, version: version, type: event.type.description, recordedAt: at,
            json: Array(json.utf8))
    }
}

/// A small seeded generator (Steele, Lea, Flood 2014): the same workload on every machine.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Never zero: ids are not.
    mutating func bits() -> UInt128 { UInt128(next()) << 64 | UInt128(next() | 1) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
