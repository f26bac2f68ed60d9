/// A bearer token; the subject of its id.
package enum Token {}

/// Why somebody did something, in their words.
package struct Reason: Hashable, Sendable {
    package var text: String

    /// Unicode scalars.
    package static let textMax = 500

    package init(_ text: String) { self.text = text }
}

extension Reason: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        text = try f(1, "text", \.text)
    }
}

/// Who a staff member is.
package struct StaffProfile: Hashable, Sendable {
    package var name: String
    package var email: String?
    package var phone: String?
    package var languages: [LanguageTag]
    /// What identifies them in another system, such as the agent's name in an imported file.
    package var externalNumber: String?
    /// How they are addressed, as `Dr.`, in Dutch, English and German (ORG-1, ACC-1).
    package var addressNl: String?
    package var addressEn: String?
    package var addressDe: String?

    /// Unicode scalars in one text.
    package static let textMax = 200
    package static let languagesMax = 20

    package init(
        name: String, email: String? = nil, phone: String? = nil, languages: [LanguageTag] = [],
        externalNumber: String? = nil, addressNl: String? = nil, addressEn: String? = nil,
        addressDe: String? = nil
    ) {
        self.name = name
        self.email = email
        self.phone = phone
        self.languages = languages
        self.externalNumber = externalNumber
        self.addressNl = addressNl
        self.addressEn = addressEn
        self.addressDe = addressDe
    }

    /// The first field that is longer than its bound.
    var tooLong: ProfileField? {
        let texts: [(ProfileField, String?)] = [
            (.name, name), (.email, email), (.phone, phone), (.externalNumber, externalNumber),
            (.addressNl, addressNl), (.addressEn, addressEn), (.addressDe, addressDe),
        ]
        if let text = texts.first(where: { ($0.1?.unicodeScalars.count ?? 0) > Self.textMax }) {
            return text.0
        }
        return languages.count > Self.languagesMax ? .languages : nil
    }
}

extension StaffProfile: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        email = try f(2, "email", \.email)
        phone = try f(3, "phone", \.phone)
        languages = try f(4, "languages", \.languages)
        externalNumber = try f(5, "external_number", \.externalNumber)
        addressNl = try f(6, "address_nl", \.addressNl)
        addressEn = try f(7, "address_en", \.addressEn)
        addressDe = try f(8, "address_de", \.addressDe)
    }
}

/// The fields of ``StaffProfile`` that have a bound, by name.
package enum ProfileField: String, CaseIterable, Hashable, Sendable {
    case name, email, phone, externalNumber, addressNl, addressEn, addressDe, languages
}
