/// Who a client is. Optional where history may not know; ``Completeness/live`` asks for more.
package struct ClientDetails: Hashable, Sendable {
    package var initials: String?
    package var surname: String?
    package var birthDate: LocalDate?
    package var email: String?
    package var phone: String?
    package var language: LanguageTag?
    /// The number in the practice's own system.
    package var externalNumber: String?

    /// Unicode scalars in one text.
    package static let textMax = 200

    package init(
        initials: String? = nil, surname: String? = nil, birthDate: LocalDate? = nil,
        email: String? = nil, phone: String? = nil, language: LanguageTag? = nil,
        externalNumber: String? = nil
    ) {
        self.initials = initials
        self.surname = surname
        self.birthDate = birthDate
        self.email = email
        self.phone = phone
        self.language = language
        self.externalNumber = externalNumber
    }

    /// The first required field that is absent or empty (SCH-1).
    var missing: ClientField? {
        if (initials ?? "").isEmpty { return .initials }
        if (surname ?? "").isEmpty { return .surname }
        if birthDate == nil { return .birthDate }
        if (email ?? "").isEmpty { return .email }
        return nil
    }

    /// The first field that is longer than ``textMax``.
    var tooLong: ClientField? {
        let texts: [(ClientField, String?)] = [
            (.initials, initials), (.surname, surname), (.email, email), (.phone, phone),
            (.externalNumber, externalNumber),
        ]
        return texts.first { ($0.1?.unicodeScalars.count ?? 0) > Self.textMax }?.0
    }

    /// Whether the e-mail address has the shape of one: something, one at sign, something, no white
    /// space.
    var isEmailWhole: Bool {
        guard let email else { return true }
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && !email.contains(where: \.isWhitespace)
    }
}

extension ClientDetails: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        initials = try f(1, "initials", \.initials)
        surname = try f(2, "surname", \.surname)
        birthDate = try f(3, "birth_date", \.birthDate)
        email = try f(4, "email", \.email)
        phone = try f(5, "phone", \.phone)
        language = try f(6, "language", \.language)
        externalNumber = try f(7, "external_number", \.externalNumber)
    }
}

/// The fields of ``ClientDetails``, by name.
package enum ClientField: String, CaseIterable, Hashable, Sendable {
    case initials, surname, birthDate, email, phone, language, externalNumber
}

/// How much has to be known.
package enum Completeness: String, CaseIterable, Hashable, Sendable {
    /// Somebody registers the client now: what SCH-1 requires.
    case live
    /// History, which knows what it knows: an external number at least, or a surname.
    case history
}
