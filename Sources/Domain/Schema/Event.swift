/// Something whose fields are walked: declared once, and every form follows from that declaration.
///
/// The walk calls `f` once per stored property, numbers ascending. Numbers and names are for ever:
/// a field may be added (as optional, as a list, or with `default:`), never renumbered, retyped or
/// taken away.
///
/// Conform to one of ``Event``, ``PlainStruct``, ``PersonalRecord`` or ``PersonalStruct``, not to
/// this.
package protocol Walked: Hashable, Sendable {}

/// One kind of fact, by its wire name and schema number.
///
///     extension CallerArrived: Event {
///         static let name = "visit.arrived", number = 1
///         init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
///             at = try f(1, "at", \.at)
///             // Absent: nil for an optional, empty for a list.
///             askedFor = try f(2, "asked_for", \.askedFor)
///             // Added later.
///             urgent = try f(3, "urgent", \.urgent, default: false)
///         }
///     }
package protocol Event: Walked {
    /// `category.past-tense`, 1 to 32 bytes of `a–z 0–9 . -`. For ever.
    static var name: String { get }
    /// The schema number, from 1. Raised only when an upcaster turns older payloads into this
    /// shape; a field that is merely added leaves it alone.
    static var number: Int { get }
    init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self
}

/// Several plain values that belong together, such as an amount and its currency; a field of
/// events.
package protocol PlainStruct: Walked, Plain {
    init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self
}

/// Personal data of one record: the only thing ``Sealed`` can hold, and the only place where a
/// `String` may stand.
package protocol PersonalRecord: Walked {
    init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self
}

/// Several values that belong together inside a personal record, such as a relative's name and
/// telephone number.
package protocol PersonalStruct: Walked, FieldValue {
    init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self
}
