import Domain
import Foundation

// What the domain's own types look like in a command's body.

extension FieldType where Value == PublicText {
    /// Text for everyone to read, 1 to `max` characters.
    static func publicText(max: Int) -> FieldType {
        FieldType<String>.text(max: max).map(
            placeholder: PublicText.none, PublicText.init, or: "is too long")
    }
}

extension PublicText {
    static var none: PublicText {
        guard let text = PublicText("") else { preconditionFailure("the empty text is one") }
        return text
    }
}

extension FieldType where Value == ZoneName {
    /// A time zone this machine knows.
    static var zone: FieldType {
        FieldType<String>.text(max: ZoneName.bytesMax).map(
            placeholder: ZoneName.utc,
            { text in TimeZone(identifier: text) == nil ? nil : ZoneName(text) },
            or: "must be a time zone of the IANA database, such as Europe/Copenhagen",
            telling: ["format": "time-zone", "examples": ["Europe/Copenhagen"]])
    }
}

extension ZoneName {
    static var utc: ZoneName {
        guard let zone = ZoneName("UTC") else { preconditionFailure("UTC is a zone's name") }
        return zone
    }
}

extension FieldType where Value == DNSLabel {
    static var label: FieldType {
        FieldType<String>.text(max: DNSLabel.bytesMax).map(
            placeholder: DNSLabel.sample, DNSLabel.init,
            or: "must be of a-z, 0-9 and hyphen, no hyphen first or last",
            telling: [
                "format": "dns-label", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
                "examples": ["example"],
            ])
    }
}

extension DNSLabel {
    fileprivate static var sample: DNSLabel {
        guard let label = DNSLabel("a") else { preconditionFailure("a is a label") }
        return label
    }
}

extension FieldType where Value == LanguageTag {
    static var language: FieldType {
        FieldType<String>.text(max: LanguageTag.bytesMax).map(
            placeholder: LanguageTag.english, LanguageTag.init,
            or: "must be a language tag, such as nl or pt-BR",
            telling: [
                "format": "language-tag", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
                "examples": ["nl"],
            ])
    }
}

extension FieldType where Value == EmailAddress {
    static var email: FieldType {
        FieldType<String>.text(max: EmailAddress.bytesMax).map(
            placeholder: EmailAddress.nobody, EmailAddress.init,
            or: "must be an e-mail address, such as ada@example.org",
            telling: ["format": "email", "examples": ["ada@example.org"]])
    }
}

extension FieldType where Value == PhoneNumber {
    static var phone: FieldType {
        FieldType<String>.text(max: PhoneNumber.typedBytesMax).map(
            placeholder: PhoneNumber.nobody, PhoneNumber.init,
            or: "must be a telephone number with + and its country, such as +4512345678",
            telling: ["examples": ["+4512345678"]])
    }
}

extension PhoneNumber {
    fileprivate static var nobody: PhoneNumber {
        guard let number = PhoneNumber("+10000000") else { preconditionFailure("a number") }
        return number
    }
}

extension EmailAddress {
    fileprivate static var nobody: EmailAddress {
        guard let address = EmailAddress("nobody@example.org") else {
            preconditionFailure("nobody@example.org is an address")
        }
        return address
    }
}

extension LanguageTag {
    static var english: LanguageTag {
        guard let tag = LanguageTag("en") else { preconditionFailure("en is a language tag") }
        return tag
    }
}

extension FieldType where Value == LocalDate {
    static var date: FieldType {
        FieldType<String>.text(max: 10).map(
            placeholder: LocalDate.epoch, LocalDate.init, or: "must be a day, such as 2026-11-21",
            telling: ["format": "date", "examples": ["2026-11-21"]])
    }
}

extension LocalDate {
    fileprivate static var epoch: LocalDate {
        guard let date = LocalDate(day: 0) else { preconditionFailure("day 0 is a day") }
        return date
    }
}

extension FieldType where Value == LocalTime {
    static var clockTime: FieldType {
        FieldType<String>.text(max: 5).map(
            placeholder: LocalTime.midnight, LocalTime.init, or: "must be a time, such as 07:30",
            telling: [
                "format": "clock-time", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
                "examples": ["07:30"],
            ])
    }
}

extension LocalTime {
    fileprivate static var midnight: LocalTime {
        guard let time = LocalTime(minutes: 0) else { preconditionFailure("midnight is a time") }
        return time
    }
}

extension FieldType where Value == Domain.Role {
    static var role: FieldType {
        .choice(Domain.Role.allCases.map { ($0.word, $0) })
    }
}

extension FieldType where Value == Grant {
    /// A role and, where it is held in one, the clinic.
    static var grant: FieldType {
        .object { body in
            Grant(
                body("role", .role, "The role."),
                in: body.optional("clinic", .id(), "The clinic, for the roles held in one."))
        }
    }
}

extension FieldType where Value == Reason {
    static var reason: FieldType {
        FieldType<String>.text(max: Reason.textMax).map(
            placeholder: Reason(""), Reason.init, or: "cannot be taken")
    }
}

extension FieldType where Value == StaffProfile {
    static var profile: FieldType {
        .object { body in
            let text = FieldType<String>.text(max: StaffProfile.textMax)
            return StaffProfile(
                name: body("name", text, "As colleagues and callers see it."),
                email: body.optional("email", text, "E-mail address."),
                phone: body.optional("phone", text, "Telephone number."),
                languages: body.optional(
                    "languages", .list(of: .language, max: StaffProfile.languagesMax),
                    "Languages spoken.") ?? [],
                externalNumber: body.optional(
                    "externalNumber", text, "What identifies them in another system."),
                addressNl: body.optional("addressNl", text, "How they are addressed in Dutch."),
                addressEn: body.optional("addressEn", text, "How they are addressed in English."),
                addressDe: body.optional("addressDe", text, "How they are addressed in German."))
        }
    }
}

extension FieldType where Value == EmailAddress {
    static var emailAddress: FieldType {
        FieldType<String>.text(max: EmailAddress.bytesMax).map(
            placeholder: EmailAddress.placeholder, EmailAddress.init,
            or: "must be an e-mail address, such as ada@example.org",
            telling: ["format": "email", "examples": ["ada@example.org"]])
    }
}

extension EmailAddress {
    fileprivate static var placeholder: EmailAddress {
        guard let address = EmailAddress("ada@example.org") else {
            preconditionFailure("ada@example.org is an address")
        }
        return address
    }
}

extension FieldType where Value == PackageFunction {
    static var function: FieldType {
        .choice(PackageFunction.allCases.map { ($0.word, $0) })
    }
}

extension FieldType where Value == AddOn {
    static var addOn: FieldType { .choice(AddOn.allCases.map { ($0.word, $0) }) }
}

extension FieldType where Value == [UInt8] {
    /// Bytes in base64 (RFC 4648, section 4), 1 to `bytesMax` of them.
    static func base64(bytesMax: Int) -> FieldType {
        FieldType<String>.text(max: (bytesMax + 2) / 3 * 4).map(
            placeholder: [],
            { text in
                guard let data = Data(base64Encoded: text), data.count <= bytesMax else {
                    return nil
                }
                return Array(data)
            }, or: "must be base64 of at most \(bytesMax) bytes",
            telling: ["contentEncoding": "base64", "examples": [.string(FieldType.onePixel)]])
    }

    /// A picture of one point: an example that every rule takes.
    private static var onePixel: String {
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            + "rkJggg=="
    }
}
