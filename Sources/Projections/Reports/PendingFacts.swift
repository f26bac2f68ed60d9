package import Domain

/// Something that happened in a visit on a day that is not closed: which day that is, only the
/// closing will tell.
package struct PendingFact: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        case opened = 0
        case arrived = 1
        /// Taken in after `value` seconds.
        case seen = 2
        /// Gone after `value` seconds.
        case left = 3
        case otherwise = 4
        /// A call of `value` seconds ended; `other` took the caller in.
        case called = 5
        /// To the clinic `other`.
        case transferred = 6
        /// A call of `value` seconds in a meeting room or user room ended.
        case roomCalled = 7
        /// One in a group room, or of waiting callers.
        case groupCalled = 8
        /// An app reported the error of that number.
        case reported = 9
    }

    package let at: Instant
    package let kind: Kind
    package let clinic: UInt32
    package let value: UInt32
    package let other: UInt32

    init(_ kind: Kind, at: Instant, clinic: Int, value: UInt32 = 0, other: Int = 0) {
        self.at = at
        self.kind = kind
        self.clinic = UInt32(clamping: clinic)
        self.value = value
        self.other = UInt32(clamping: other)
    }

    /// Since 1970, towards minus infinity.
    var minute: Int64 {
        let (quotient, remainder) = at.milliseconds.quotientAndRemainder(dividingBy: 60_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension PendingFact: PackedElement {
    package static var bytes: Int { 21 }

    /// `at, 8 bytes ‖ kind, 1 ‖ clinic, 4 ‖ value, 4 ‖ other, 4`, highest byte first.
    package func write(to output: inout [UInt8]) {
        output.appendBytes(of: at.milliseconds)
        output.append(kind.rawValue)
        output.appendBytes(of: clinic)
        output.appendBytes(of: value)
        output.appendBytes(of: other)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let kind = Kind(rawValue: input[8]) else { return nil }
        at = Instant(milliseconds: input.longNumber(at: 0))
        self.kind = kind
        clinic = input.number(at: 9)
        value = input.number(at: 13)
        other = input.number(at: 17)
    }
}

/// What happened in one minute, in the order the log learned it.
package struct PendingRow: Hashable, Sendable {
    /// Since 1970.
    package let key: Int64
    package var facts: [PendingFact]
}

extension PendingRow: TableRow {
    package static let table = "report_pending"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = try c.key("minute", \.key)
        facts = try c("facts", \.facts)
    }
}

/// A minute that has a ``PendingRow``.
package struct PendingMinute: PackedElement {
    package let minute: Int64

    init(_ minute: Int64) { self.minute = minute }

    package static var bytes: Int { 8 }
    package func write(to output: inout [UInt8]) { output.appendBytes(of: minute) }
    package init?(packed input: UnsafeRawBufferPointer) { minute = input.longNumber(at: 0) }
}
