/// What can be asked of an auditor's grant.
package enum AuditorCommand: Hashable, Sendable {
    /// `paper` is plain here: rules look at it; the event's writer seals it under `key`.
    case grant(at: Instant, AuditorPaper, key: ID<RecordKey>, AuditorTerms)
    case revoke(at: Instant)
}

/// For how long, how far, and by which token.
package struct AuditorTerms: Hashable, Sendable {
    package var until: Instant
    package var opensPersonal: Bool
    package var secretHash: Digest

    package init(until: Instant, opensPersonal: Bool, secretHash: Digest) {
        self.until = until
        self.opensPersonal = opensPersonal
        self.secretHash = secretHash
    }
}

/// Why an auditor's grant refuses. In order: where two reasons apply, the earlier is thrown.
package enum AuditorRejection: Rejected {
    case auditorUnknown
    case auditorExists
    case nameMissing
    case purposeMissing
    case paperTooLong(limit: Int)  // Characters.
    case untilPast
    case grantTooLong(limit: Int)  // Days.

    package var told: Told {
        switch self {
        case .auditorUnknown:
            Told("auditorUnknown", "There is no such auditor.", field: "auditor")
        case .auditorExists: Told("auditorExists", "This auditor exists.", field: "auditor")
        case .nameMissing: Told("nameMissing", "An auditor has a name.", field: "name")
        case .purposeMissing: Told("purposeMissing", "Say what for.", field: "purpose")
        case .paperTooLong(let limit):
            Told("fieldTooLong", "At most \(limit) characters are taken.", limit: limit)
        case .untilPast: Told("untilPast", "The end lies in the past.", field: "until")
        case .grantTooLong(let limit):
            Told(
                "grantTooLong", "A grant is good for at most \(limit) days; give another after it.",
                field: "until", limit: limit)
        }
    }
}
