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

    // Never implemented by a family: being requirements, the defaults below are compiled for each
    // family within this module, where the optimiser sees all of them (7 times as fast as a generic
    // call from another module).

    /// Appends the event's binary form to `bytes`; nothing where it throws.
    /// - Parameter sealing: shuts open ``Sealed`` records; without it those are refused.
    func encode(into bytes: inout [UInt8], sealing: Sealing?) throws(WireError) -> EventHead

    /// The event of that name and schema number in `payload`, of which nothing is kept.
    /// - Throws: ``WireError/newer(name:number:)`` where a newer program wrote it;
    ///   ``WireError/older(name:number:)`` where upcasting was forgotten; else what is wrong with
    ///   the bytes.
    static func decode(
        _ name: EventName, number: Int, _ payload: ArraySlice<UInt8>
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
    package func member(_ name: EventName) -> Member<Family>? { index(of: name).map { all[$0] } }

    @inline(__always) private func index(of name: EventName) -> Int? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if all[index].name == name { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The event in `payload`. A member is used where it lies: copying one counts references.
    @inline(__always) fileprivate func read(
        _ name: EventName, number: Int, _ payload: UnsafeRawBufferPointer
    ) throws(WireError) -> Family {
        guard let index = index(of: name), number <= all[index].number else {
            throw .newer(name: name, number: number)
        }
        guard number == all[index].number else { throw .older(name: name, number: number) }
        return try all[index].read(payload)
    }
}

extension EventFamily {
    package func encode(
        into bytes: inout [UInt8], sealing: Sealing?
    ) throws(WireError) -> EventHead {
        var encoder = Encoder(bytes: [], sealing: sealing)
        swap(&encoder.bytes, &bytes)
        defer { swap(&encoder.bytes, &bytes) }
        return try accept(&encoder)
    }

    /// Without open records.
    package func encode(into bytes: inout [UInt8]) throws(WireError) -> EventHead {
        try encode(into: &bytes, sealing: nil)
    }

    package static func decode(
        _ name: EventName, number: Int, _ payload: ArraySlice<UInt8>
    ) throws(WireError) -> Self {
        try payload.withUnsafeBufferPointer { bytes throws(WireError) in
            try members.read(name, number: number, UnsafeRawBufferPointer(bytes))
        }
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
