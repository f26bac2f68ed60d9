/// A language the caller's page speaks, by its BCP 47 tag.
package enum PageLanguage: String, CaseIterable, Hashable, Sendable {
    case en, nl, de, da, nb, pl, uk, th

    /// As its speakers call it.
    package var ownName: String {
        switch self {
        case .en: "English"
        case .nl: "Nederlands"
        case .de: "Deutsch"
        case .da: "Dansk"
        case .nb: "Norsk bokmål"
        case .pl: "Polski"
        case .uk: "Українська"
        case .th: "ไทย"
        }
    }

    /// What is spoken where nothing that is asked for is.
    static let fallback = PageLanguage.en

    /// Ranges of an Accept-Language header that are looked at; browsers send a handful.
    static let rangesMax = 30
}

extension PageLanguage {
    /// The language of a tag or range, by its first subtag; nil: none of ours.
    init?(range: some StringProtocol) {
        let first = range.split(separator: "-", maxSplits: 1).first?.lowercased() ?? ""
        switch first {
        // The macrolanguage, and its other written form, are read by whoever reads Bokmål.
        case "no", "nn": self = .nb
        default:
            guard let language = PageLanguage(rawValue: first) else { return nil }
            self = language
        }
    }

    /// The best of ours for an Accept-Language header: the highest quality wins, among equals the
    /// earlier. Source: RFC 9110, 12.5.4.
    package static func best(for header: String?) -> PageLanguage {
        var best: (language: PageLanguage, quality: Int)?
        for range in (header ?? "").split(separator: ",").prefix(rangesMax) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let tag = parts.first,
                let language = tag == "*" ? fallback : PageLanguage(range: tag)
            else { continue }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            let quality = weight.map { thousandths($0.dropFirst(2)) } ?? 1_000
            if quality > best?.quality ?? 0 { best = (language, quality) }
        }
        return best?.language ?? fallback
    }

    /// `0.75` as 750; what is no weight counts as none.
    private static func thousandths(_ weight: Substring) -> Int {
        let parts = weight.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int($0) }), whole == 0 || whole == 1,
            parts.count <= 2
        else { return 0 }
        let digits = parts.count == 2 ? parts[1].prefix(3) : ""
        guard digits.allSatisfy(\.isNumber) else { return 0 }
        let padded = digits + String(repeating: "0", count: 3 - digits.count)
        return min(1_000, whole * 1_000 + (Int(padded) ?? 0))
    }
}
