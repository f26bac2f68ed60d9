/// What a password must be (ACC-2): long, and not one that others try first. No rule asks for
/// characters of some kind. Source: NIST SP 800-63B-4 §3.1.1.2, which also says why.
package enum PasswordRules {
    /// Unicode scalars.
    package static let scalarsMin = 13
    package static let scalarsMax = 256
    /// A unit repeated to make a password that is none: `abcabcabcabca`.
    static let unitMax = 6
    /// Of whatever is left once words that belong to the person are taken out.
    static let ownMin = 8
    /// A shorter word stands in too many others.
    static let wordMin = 3

    /// Refuses what is too short, common or made of the person's own words.
    ///
    /// - Parameter words: names, e-mail address and organisation, as they are written.
    package static func check(
        _ password: String, words: [String]
    ) throws(PasswordRejection) {
        let count = password.unicodeScalars.count
        guard count >= scalarsMin else { throw .passwordTooShort(limit: scalarsMin) }
        guard count <= scalarsMax else { throw .passwordTooLong(limit: scalarsMax) }
        let plain = password.lowercased()
        guard !CommonPasswords.all.contains(plain), !isRepeated(plain), !isRun(plain) else {
            throw .passwordCommon
        }
        guard withoutWords(plain, words) >= ownMin else { throw .passwordPersonal }
    }

    /// `aaaaaaaaaaaaa`, `abc123abc123abc123`.
    private static func isRepeated(_ password: String) -> Bool {
        let scalars = Array(password.unicodeScalars)
        return (1...unitMax).contains { unit in
            scalars.indices.dropFirst(unit).allSatisfy { scalars[$0] == scalars[$0 - unit] }
        }
    }

    /// `abcdefghijklm`, `9876543210987`: each character one beyond the one before.
    private static func isRun(_ password: String) -> Bool {
        let values = password.unicodeScalars.map { Int($0.value) }
        let steps = zip(values.dropFirst(), values).map { $0 - $1 }
        return [1, -1].contains { step in
            // From 9 on to 0 is a step too.
            steps.allSatisfy { $0 == step || $0 == -9 * step }
        }
    }

    /// Scalars left once the person's words are taken out, longest first.
    private static func withoutWords(_ password: String, _ words: [String]) -> Int {
        let parts = words.flatMap { word in
            word.lowercased().split { !$0.isLetter && !$0.isNumber }.map(Array.init)
        }
        var rest = Array(password)
        for part in parts.sorted(by: { $0.count > $1.count }) where part.count >= wordMin {
            rest = without(part, rest)
        }
        return rest.count
    }

    private static func without(_ part: [Character], _ text: [Character]) -> [Character] {
        var rest: [Character] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].starts(with: part) {
                index += part.count
            } else {
                rest.append(text[index])
                index += 1
            }
        }
        return rest
    }
}

/// Why a password is refused.
package enum PasswordRejection: Rejected {
    case passwordTooShort(limit: Int)
    case passwordTooLong(limit: Int)
    case passwordCommon
    case passwordPersonal

    package var told: Told {
        switch self {
        case .passwordTooShort(let limit):
            Told(
                "passwordTooShort", "A password has at least \(limit) characters.",
                field: "password", limit: limit)
        case .passwordTooLong(let limit):
            Told(
                "passwordTooLong", "A password has at most \(limit) characters.",
                field: "password", limit: limit)
        case .passwordCommon:
            Told(
                "passwordCommon", "This password is among the first that others would try.",
                field: "password")
        case .passwordPersonal:
            Told(
                "passwordPersonal",
                "This is mostly a name or address of yours, or of the organisation.",
                field: "password")
        }
    }
}
