/// Why a payload could not be read or written. Offsets count bytes from the payload's beginning to
/// where reading stopped; `field` is the number of the innermost field in question, 0 where there
/// is none.
package enum WireError: Error, Hashable, Sendable {
    /// The bytes are not what any version of this program writes: damage or a bug. Report it with
    /// the event's position and stop there.
    case malformed(Flaw, offset: Int, field: Int)
    /// A field that every version writes is not there.
    case missing(field: Int)
    /// The event's name is unknown, or its schema number is higher than the one known here: written
    /// by a newer program. A projection stops and says so.
    case newer(name: EventName, number: Int)
    /// An older schema number reached the reader: `Upcasters` lacks a step, a bug.
    case older(name: EventName, number: Int)
    /// An enumeration's value is unknown: written by a newer program. A projection stops and says
    /// so.
    case newerValue(Int, offset: Int, field: Int)
    /// An event was to be written with an open ``Sealed`` and no sealing function: a bug in the
    /// caller.
    case notSealed(field: Int)
    /// The sealing function could not: its key is not at hand (erased meanwhile). Nothing was
    /// written.
    case sealingFailed(field: Int)

    /// True where an upgrade of this program is what is needed, and nothing is damaged.
    package var isNewer: Bool {
        switch self {
        case .newer, .newerValue: true
        case .malformed, .missing, .notSealed, .sealingFailed, .older: false
        }
    }

    /// What is wrong with the bytes.
    package enum Flaw: String, Hashable, Sendable {
        case truncated, wireType, fieldOrder, fieldNumber, varintNotMinimal, varintTooLong
        /// A value is outside its type's bounds, or text is not UTF-8.
        case outOfBounds
        /// A field with a default was written though it has that value.
        case defaultWritten
    }
}
