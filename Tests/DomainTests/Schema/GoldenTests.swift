import Domain
import Foundation
import Testing

/// Payloads written once and read for ever: Tests/Golden/events.
@Suite("Golden events") struct GoldenTests {
    static let remedy = """
        run `ANTEROOM_REGENERATE=1 swift test --filter GoldenTests`, look at the lines it adds to \
        \(GoldenLine.path) and commit them; never change or remove a line that was ever released
        """

    @Test("AUD-3 every golden payload still reads, says what it said and is written the same")
    func readable() throws {
        let lines = try GoldenLine.all()
        #expect(!lines.isEmpty)
        for line in lines {
            let family = try #require(
                allFamilies.first { line.name.hasPrefix($0.category + ".") }, "\(line.name)")
            func check<Family: EventFamily>(_ family: Family.Type) throws {
                let member = try #require(family.members.member(line.eventName), "\(line.name)")
                // Older ones are for Upcasters, in Projections.
                guard line.number == member.number else { return }
                let event = try line.decode(family)
                let again = try GoldenLine(event)
                #expect(again.payload == line.payload, "\(line.name)")
                #expect(
                    try says(again.json, line.json),
                    "\(line.name) said \(line.json) and now says \(again.json)")
            }
            try check(family)
        }
    }

    @Test("AUD-3 every field of every event stands in a golden payload")
    func complete() throws {
        var lines = try GoldenLine.all()
        var added = ""
        for family in allFamilies {
            func check<Family: EventFamily>(_ family: Family.Type) throws {
                for member in family.members.all {
                    let mine = lines.filter {
                        $0.eventName == member.name && $0.number == member.number
                    }
                    let shown = Set(mine.flatMap { topFields($0.payload) })
                    let declared = try member.type.describeFields().map(\.number)
                    if !mine.isEmpty, shown.isSuperset(of: declared) { continue }
                    #expect(
                        Checkout.isRegenerating,
                        "\(member.name) lacks a golden payload with all its fields: \(Self.remedy)")
                    for fullness in [Samples.Fullness.sparse, .complete] {
                        var samples = Samples(seed: UInt64(declared.count), fullness)
                        let line = try GoldenLine(member.sample(&samples)).text
                        // Without anything that may be absent, both are the same.
                        if !added.hasSuffix(line) { added += line }
                    }
                }
            }
            try check(family)
        }
        guard Checkout.isRegenerating, !added.isEmpty else { return }
        lines = []
        try Checkout.write(try Checkout.text(GoldenLine.path) + added, to: GoldenLine.path)
    }

    /// Numbers of the fields in a payload, read by other means than the reader under test.
    private func topFields(_ payload: [UInt8]) -> [Int] {
        var fields: [Int] = []
        var rest = payload[...]
        func varint() -> Int {
            var value = 0
            var shift = 0
            while let byte = rest.popFirst() {
                value |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        while !rest.isEmpty {
            let tag = varint()
            fields.append(tag >> 3)
            let value = varint()
            if tag & 7 == 2 { rest = rest.dropFirst(value) }
        }
        return fields
    }

    /// Whether everything `old` says stands in `new` as well, where fields may have been added.
    private func says(_ new: String, _ old: String) throws -> Bool {
        func includes(_ new: Any?, _ old: Any) -> Bool {
            switch (new, old) {
            case (let new as [String: Any], let old as [String: Any]):
                old.allSatisfy { includes(new[$0.key], $0.value) }
            case (let new as [Any], let old as [Any]):
                new.count == old.count && zip(new, old).allSatisfy { includes($0, $1) }
            case (let new as NSObject, let old as NSObject): new == old
            default: false
            }
        }
        return includes(
            try JSONSerialization.jsonObject(with: Data(new.utf8)),
            try JSONSerialization.jsonObject(with: Data(old.utf8)))
    }
}
