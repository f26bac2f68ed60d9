/// The name of a time zone, such as `Europe/Copenhagen`, as in the IANA database. That the zone
/// exists is checked above (the domain has no table); here only that it looks like one.
package struct ZoneName: PlainText {
    package static let bytesMax = 64
    package static let meaning = "IANA time zone name"

    package let description: String

    /// Nil unless `text` is 1…64 of `a–z A–Z 0–9 _ + - /`, beginning with a letter, and no part
    /// between slashes is empty.
    package init?(_ text: String) {
        let utf8 = Array(text.utf8)
        guard (1...Self.bytesMax).contains(utf8.count), utf8[0].isLetter,
            utf8.allSatisfy({ $0.isLetter || $0.isDigit || "_+-/".utf8.contains($0) }),
            !utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .contains(where: { $0.isEmpty })
        else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        let zones = [
            "UTC", "Europe/Amsterdam", "America/Sao_Paulo", "Asia/Jerusalem",
            "America/Argentina/Buenos_Aires", "Etc/GMT+12",
        ]
        return zones[samples.next(in: 0...zones.count - 1)]
    }
}

extension UInt8 {
    /// An ASCII letter.
    var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    /// An ASCII digit.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
