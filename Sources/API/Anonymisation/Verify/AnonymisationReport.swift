package import Domain
package import EventStore

/// What `anonymise verify` found in a whole installation (ANON-5).
package struct AnonymisationReport: Sendable {
    /// One of the questions of issue 3, 4 (a) to (d).
    package struct Check: Sendable {
        /// `a`…`d`
        package let letter: String
        package let question: String
        /// How many were looked at.
        package var looked = 0
        /// In words; empty where all is well. Never anything personal.
        package var wrong: [String] = []
        /// Of `wrong`, those beyond what is listed.
        package var more = 0

        package static let listedMax = 20

        mutating func fail(_ words: @autoclosure () -> String) {
            if wrong.count < Check.listedMax { wrong.append(words()) } else { more += 1 }
        }
    }

    /// What is left of a data set, measured (ANON-7).
    package struct Remainder: Sendable {
        package let dataSet: String
        /// `singling out`, `linkability`, `inference`.
        package let risk: String
        package let words: String
        package let count: Int
        package let of: Int
    }

    package let at: Instant
    package let logs: Int
    package var checks: [Check]
    package var remains: [Remainder] = []

    package var isFine: Bool { checks.allSatisfy(\.wrong.isEmpty) }

    package var json: JSON {
        [
            "report": "anteroom anonymisation 1", "at": .string(at.description),
            "logs": .integer(Int64(logs)), "isFine": .bool(isFine),
            "checks": .array(
                checks.map { check in
                    [
                        "check": .string(check.letter), "question": .string(check.question),
                        "looked": .integer(Int64(check.looked)),
                        "wrong": .array(check.wrong.map(JSON.string)),
                        "more": .integer(Int64(check.more)),
                    ]
                }),
            "remains": .array(
                remains.map { left in
                    [
                        "dataSet": .string(left.dataSet), "risk": .string(left.risk),
                        "what": .string(left.words), "count": .integer(Int64(left.count)),
                        "of": .integer(Int64(left.of)),
                    ]
                }),
        ]
    }

    /// For people.
    package var lines: [String] {
        var lines: [String] = []
        for check in checks {
            let verdict = check.wrong.isEmpty ? "yes" : "NO"
            lines.append(
                "(\(check.letter)) \(check.question): \(verdict), \(check.looked) looked at")
            lines += check.wrong.map { "    \($0)" }
            if check.more > 0 { lines.append("    and \(check.more) more") }
        }
        lines.append("(e) what remains:")
        for left in remains {
            lines.append(
                "    \(left.dataSet), \(left.risk): \(left.count) of \(left.of) \(left.words)")
        }
        return lines
    }

    /// The report with an Ed25519 signature over its canonical JSON; whose key it is, the vault's
    /// public key in it says.
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
    bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
}
