/// All events of one aggregate: an enumeration with one case per event.
///
///     extension VisitEvent: EventFamily {
///         static let category = "visit"
///         static let members = Members<VisitEvent>(
///             Member(CallerArrived.self, VisitEvent.arrived),
///             Member(StaffJoined.self, VisitEvent.joined))
///         func accept<V: EventVisitor>(_ visitor: inout V) throws(WireError) -> V.Result {
///             switch self {
///             case .arrived(let event): try visitor.visit(event)
///             case .joined(let event): try visitor.visit(event)
///             }
///         }
///     }
///
/// `accept` is complete because the compiler says so; that `members` is, a test says.
package protocol EventFamily: Hashable, Sendable {
    /// The category of the streams these stand in, and what their names begin with.
    static var category: String { get }
    static var members: Members<Self> { get }
    /// Hands the event inside to `visitor`.
    func accept<Visitor: EventVisitor>(_ visitor: inout Visitor) throws(WireError)
        -> Visitor.Result

    /// What `encode` and `decode` do. Never implemented by a family: being requirements, the
    /// defaults are compiled for each family within this module (7 times as fast as a generic call
    /// from another module, which the optimiser cannot see through).
    func specializedEncode(
        into bytes: inout [UInt8], sealing: Sealing?
    ) throws(WireError) -> EventHead
    static func specializedDecode(
        _ name: EventName, number: Int, _ payload: UnsafeRawBufferPointer
    ) throws(WireError) -> Self
}

/// What says which form a payload has: kept beside it in the log.
package struct EventHead: Hashable, Sendable {
    package let name: EventName
    package let number: Int

    package init(name: EventName, number: Int) {
        self.name = name
        self.number = number
    }
}

/// Something done to an event of whatever type.
package protocol EventVisitor {
    associatedtype Result
    mutating func visit<E: Event>(_ event: E) throws(WireError) -> Result
}

/// One event of a family: how it is found and read.
package struct Member<Family: EventFamily>: Sendable {
    package let name: EventName
    package let number: Int
    /// The event's Swift type.
    package let type: any Event.Type
    let read: @Sendable (UnsafeRawBufferPointer) throws(WireError) -> Family
    package let sample: @Sendable (inout Samples) throws(WireError) -> Family

    @inline(__always)
    package init<E: Event>(_ type: E.Type, _ wrap: @escaping @Sendable (E) -> Family) {
        name = EventName(E.name)
        number = E.number
        self.type = type
        read = { payload throws(WireError) in
            wrap(
                try WireReader<E>.whole(payload) { reader throws(WireError) in
                    try E(&reader)
                })
        }
        sample = { samples throws(WireError) in wrap(try E.sample(&samples)) }
    }
}

/// A family's events, found by name without a search.
package struct Members<Family: EventFamily>: Sendable {
    /// In the order they were declared.
    package let all: [Member<Family>]
    /// Index + 1 into `all` at the hash of each name; 0 where there is none. A power of two long,
    /// at least twice as long as `all`, so that a walk past collisions ends soon.
    private let slots: [UInt8]

    private static var countMax: Int { 255 }

    package init(_ members: Member<Family>...) {
        precondition(members.count <= Self.countMax)
        all = members
        var length = 4
        while length < 2 * members.count { length *= 2 }
        var slots = [UInt8](repeating: 0, count: length)
        for (index, member) in members.enumerated() {
            var slot = Self.hash(member.name) & (length - 1)
            while slots[slot] != 0 {
                precondition(
                    members[Int(slots[slot]) - 1].name != member.name, "two events of one name")
                slot = (slot + 1) & (length - 1)
            }
            slots[slot] = UInt8(index + 1)
        }
        self.slots = slots
    }

    @inline(__always) private static func hash(_ name: EventName) -> Int {
        let bits = name.high ^ name.low
        let folded = UInt64(truncatingIfNeeded: bits) ^ UInt64(truncatingIfNeeded: bits >> 64)
        return Int(truncatingIfNeeded: (folded &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }

    /// The member of that name; nil where there is none.
    @inline(__always) package func member(_ name: EventName) -> Member<Family>? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if all[index].name == name { return all[index] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}

extension EventFamily {
    /// Appends the event's binary form to `bytes`; nothing where it throws.
    /// - Parameter sealing: shuts open ``Sealed`` records; without it those are refused.
    package func encode(
        into bytes: inout [UInt8], sealing: Sealing? = nil
    ) throws(WireError) -> EventHead {
        try specializedEncode(into: &bytes, sealing: sealing)
    }

    /// The event of that name and schema number in `payload`, which is not kept.
    /// - Throws: ``WireError/newer(name:number:)`` where a newer program wrote it;
    ///   ``WireError/older(name:number:)`` where upcasting was forgotten; else what is wrong with
    ///   the bytes.
    package static func decode(
        _ name: EventName, number: Int, _ payload: UnsafeRawBufferPointer
    ) throws(WireError) -> Self {
        try specializedDecode(name, number: number, payload)
    }

    /// As the other, for bytes in an array or a part of one; nothing is copied.
    package static func decode(
        _ name: EventName, number: Int, _ payload: ArraySlice<UInt8>
    ) throws(WireError) -> Self {
        try payload.withUnsafeBufferPointer { bytes throws(WireError) in
            try specializedDecode(name, number: number, UnsafeRawBufferPointer(bytes))
        }
    }

    package func specializedEncode(
        into bytes: inout [UInt8], sealing: Sealing?
    ) throws(WireError) -> EventHead {
        var encoder = Encoder(bytes: [], sealing: sealing)
        swap(&encoder.bytes, &bytes)
        defer { swap(&encoder.bytes, &bytes) }
        return try accept(&encoder)
    }

    package static func specializedDecode(
        _ name: EventName, number: Int, _ payload: UnsafeRawBufferPointer
    ) throws(WireError) -> Self {
        guard let member = members.member(name), number <= member.number else {
            throw .newer(name: name, number: number)
        }
        guard number == member.number else { throw .older(name: name, number: number) }
        return try member.read(payload)
    }
}

/// Writes whatever event it is handed.
private struct Encoder: EventVisitor {
    var bytes: [UInt8]
    let sealing: Sealing?

    @inline(__always) mutating func visit<E: Event>(_ event: E) throws(WireError) -> EventHead {
        let name = EventName(E.name)
        try WireMemory.append(to: &bytes, event: name, sealing: sealing) {
            output throws(WireError) in
            try WireWriter.write(event, to: &output) { writer throws(WireError) in
                try E(&writer)
            }
        }
        return EventHead(name: name, number: E.number)
    }
}
