package import Domain
package import EventStore

/// What `anonymise verify` found in a whole installation (ANON-5). Nothing in it is personal.
package struct AnonymisationReport: Sendable {
    /// One of the questions of docs/anonymisation.md, (a) to (d).
    package struct Check: Sendable {
        /// `a`…`d`
        package let letter: String
        package let question: String
        /// How many were looked at; 0: there was nothing to be right or wrong.
        package var looked = 0
        package var faults = Faults()

        package var isFine: Bool { faults.isEmpty }
        /// In words; empty where all is well.
        package var wrong: [String] { faults.words }

        fileprivate var verdict: String {
            isFine ? (looked > 0 ? "yes" : "nothing to look at") : "no"
        }
    }

    /// What is left of a data set, measured (ANON-7).
    package struct Remainder: Sendable {
        package let dataSet: String
        package let risk: Risk
        package let words: String
        package let count: Int
        package let of: Int
        /// Members of the smallest group that shares what is left; nil where groups say nothing.
        package var smallestGroup: Int?
    }

    /// Source: Article 29 Working Party, Opinion 05/2014 on Anonymisation Techniques, 2.2.1.
    package enum Risk: String, Sendable {
        case singlingOut = "singling out"
        case linkability
        case inference
    }

    package let at: Instant
    package let logs: Int
    package var checks: [Check]
    package var remains: [Remainder] = []
    /// What a reader should know of how it was found.
    package var notes: [String] = []

    package var isFine: Bool { checks.allSatisfy(\.isFine) }
}

/// What is not as it must be, in words: the first ones, and how many more.
package struct Faults: Sendable {
    package private(set) var words: [String] = []
    package private(set) var more = 0

    package static let listedMax = 20

    package var isEmpty: Bool { words.isEmpty }

    mutating func add(_ fault: @autoclosure () -> String) {
        if words.count < Faults.listedMax { words.append(fault()) } else { more += 1 }
    }

    mutating func add(_ other: Faults) {
        for fault in other.words { add(fault) }
        more += other.more
    }

    mutating func addMore(_ count: Int) { more += count }
}

// MARK: - Output

extension AnonymisationReport {
    package var json: JSON {
        [
            "report": "anteroom anonymisation 1", "at": .string(at.description),
            "logs": .integer(Int64(logs)), "isFine": .bool(isFine),
            "checks": .array(
                checks.map { check in
                    [
                        "check": .string(check.letter), "question": .string(check.question),
                        "answer": .string(check.verdict),
                        "looked": .integer(Int64(check.looked)),
                        "wrong": .array(check.wrong.map(JSON.string)),
                        "more": .integer(Int64(check.faults.more)),
                    ]
                }),
            "remains": .array(
                remains.map { left in
                    [
                        "dataSet": .string(left.dataSet), "risk": .string(left.risk.rawValue),
                        "what": .string(left.words), "count": .integer(Int64(left.count)),
                        "of": .integer(Int64(left.of)),
                        "smallestGroup": left.smallestGroup.map { .integer(Int64($0)) },
                    ]
                }),
            "notes": .array(notes.map(JSON.string)),
        ]
    }

    /// For people.
    package var lines: [String] {
        var lines: [String] = []
        for check in checks {
            let verdict = check.isFine ? check.verdict : "NO"
            lines.append(
                "(\(check.letter)) \(check.question): \(verdict), \(check.looked) looked at")
            lines += check.wrong.map { "    \($0)" }
            if check.faults.more > 0 { lines.append("    and \(check.faults.more) more") }
        }
        lines.append("(e) what remains:" + (remains.isEmpty ? " nothing was erased yet" : ""))
        for left in remains {
            lines.append(
                "    \(left.dataSet), \(left.risk.rawValue): \(left.count) of \(left.of) "
                    + left.words
                    + (left.smallestGroup.map { "; the smallest group has \($0)" } ?? ""))
        }
        return lines + notes
    }

    /// The report with an Ed25519 signature over its canonical JSON; whose key it is, the vault's
    /// public key in it says. docs/anonymisation.md tells how others check it.
    package func signed(by vault: SQLiteVault) -> JSON {
        let report = json.canonical
        let (key, signature) = vault.attest(report.bytes)
        return [
            "report": report, "algorithm": "Ed25519", "key": .string(hexText(key)),
            "signature": .string(hexText(signature)),
        ]
    }
}

func hexText(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") - 10 + half)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
