/// Whose log it is: an organisation's 128-bit id, or zero for the installation itself.
package struct LogID: Hashable, Sendable, Comparable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves

    package var bits: UInt128 { halves.whole }

    package init(bits: UInt128) { halves = Halves(bits) }

    /// Organisation zero: accounts, subdomains, what belongs to no tenant.
    package static let installation = LogID(bits: 0)

    package static func < (one: LogID, other: LogID) -> Bool { one.bits < other.bits }
}

extension LogID: CustomStringConvertible {
    package var description: String { hex(bits) }
}

/// A stream's name within one organisation's log: `visit-0f…`, or `agenda-0f…-19723` where `part`
/// is used.
///
/// Never made from anything personal (ANON-3): `id` is random, `part` a day number or a like plain
/// number.
package struct StreamName: Hashable, Sendable {
    /// What kind of thing it is about. Never empty.
    package let category: Word
    package var id: UInt128 { halves.whole }
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves
    /// Splits what would grow without end, such as a day number (days since 1970-01-01); 0 where
    /// unused.
    package let part: UInt32

    package init(_ category: Word, _ id: UInt128, part: UInt32 = 0) {
        self.category = category
        halves = Halves(id)
        self.part = part
    }
}

extension StreamName: CustomStringConvertible {
    package var description: String {
        part == 0 ? "\(category)-\(hex(id))" : "\(category)-\(hex(id))-\(part)"
    }

    /// The inverse of `description`; nil where `text` is not of that form.
    package init?(_ text: String) {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...3).contains(words.count), let category = Word(String(words[0])),
            !category.isEmpty,
            words[1].utf8.count == 32, let id = UInt128(words[1], radix: 16)
        else { return nil }
        guard words.count == 3 else {
            self.init(category, id)
            return
        }
        guard let part = UInt32(words[2]), part != 0 else { return nil }
        self.init(category, id, part: part)
    }
}

extension StreamName: Comparable {
    package static func < (one: StreamName, other: StreamName) -> Bool {
        (one.category, one.id, one.part) < (other.category, other.id, other.part)
    }
}
