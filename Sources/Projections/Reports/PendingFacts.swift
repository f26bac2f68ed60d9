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

/// Some of what happened in one minute, in the order the log learned it. A minute has as many rows
/// as it takes, so that a busy one is not written whole with each of its facts.
package struct PendingRow: Hashable, Sendable {
    package let key: PendingPart
    /// At most ``factsMax``.
    package var facts: [PendingFact]

    static let factsMax = 256
}

/// One row of a minute.
package struct PendingPart: RowKey {
    /// Since 1970.
    package let minute: Int64
    /// From 0.
    package let part: Int

    package static func < (one: PendingPart, other: PendingPart) -> Bool {
        (one.minute, one.part) < (other.minute, other.part)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(minute)
        binder.bind(part)
    }
}

extension PendingRow: TableRow {
    package static let table = "report_pending"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = PendingPart(
            minute: try c.key("minute", \.key.minute), part: try c.key("part", \.key.part))
        facts = try c("facts", \.facts)
    }
}

/// A minute that has ``PendingRow``s.
package struct PendingMinute: PackedElement {
    package let minute: Int64
    /// How many.
    package var parts: UInt32

    init(_ minute: Int64, parts: UInt32) {
        self.minute = minute
        self.parts = parts
    }

    package static var bytes: Int { 12 }

    /// `minute, 8 bytes ‖ parts, 4 bytes`, highest byte first.
    package func write(to output: inout [UInt8]) {
        output.appendBytes(of: minute)
        output.appendBytes(of: parts)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        minute = input.longNumber(at: 0)
        parts = input.number(at: 8)
    }
}

/// What happened on days that are not closed, by the minute.
struct PendingFacts {
    var rows = Table<PendingRow>()

    /// Puts facts of one minute behind those it has.
    /// - Parameter minutes: those that have rows, ascending.
    /// - Returns: those that have rows now; nil: the same.
    mutating func add(
        _ facts: [PendingFact], of minute: Int64, among minutes: [PendingMinute]
    ) throws(ViewError) -> [PendingMinute]? {
        let index = minutes.firstIndex(notBefore: minute) { $0.minute }
        let isKnown = index < minutes.endIndex && minutes[index].minute == minute
        let known = isKnown ? minutes[index].parts : 0
        var parts = known
        for fact in facts {
            let last = PendingPart(minute: minute, part: Int(parts) - 1)
            let count = parts == 0 ? nil : try rows.row(last)?.facts.count
            if let count, count < PendingRow.factsMax {
                try rows.update(last) { $0.facts.append(fact) }
            } else {
                let key = PendingPart(minute: minute, part: Int(parts))
                rows.put(PendingRow(key: key, facts: [fact]))
                parts += 1
            }
        }
        guard parts > known else { return nil }
        var changed = minutes
        if isKnown {
            changed[index].parts = parts
        } else {
            changed.insert(PendingMinute(minute, parts: parts), at: index)
        }
        return changed
    }

    /// Takes all facts of a minute out, in the order the log learned them.
    mutating func take(_ minute: PendingMinute) throws(ViewError) -> [PendingFact] {
        var facts: [PendingFact] = []
        for part in 0..<Int(minute.parts) {
            let key = PendingPart(minute: minute.minute, part: part)
            facts += try rows.row(key)?.facts ?? []
            rows.remove(key)
        }
        return facts
    }
}
