/// What can be asked of a client's record.
package enum ClientCommand: Hashable, Sendable {
    /// The details are sealed under `key`.
    case register(
        at: Instant, details: ClientDetails, completeness: Completeness, key: ID<RecordKey>)
    /// - Parameter before: the details so far, opened, where a change that changes nothing is to be
    ///   told from one that does.
    case change(at: Instant, details: ClientDetails, before: ClientDetails?)
}

/// Why a client's record refuses. In order: where two reasons apply, the earlier is thrown.
package enum ClientRejection: Rejected {
    case clientUnknown
    case clientExists
    case fieldMissing(ClientField)
    case fieldTooLong(ClientField, limit: Int)  // Characters.
    case emailMalformed
    case nothingKnown

    package var told: Told {
        switch self {
        case .clientUnknown: Told("clientUnknown", "There is no such client.", field: "client")
        case .clientExists: Told("clientExists", "This client is on file.", field: "client")
        case .fieldMissing(let field):
            Told("fieldMissing", "This is required.", field: "details.\(field.rawValue)")
        case .fieldTooLong(let field, let limit):
            Told(
                "fieldTooLong", "At most \(limit) characters are taken.",
                field: "details.\(field.rawValue)", limit: limit)
        case .emailMalformed:
            Told("emailMalformed", "That is no e-mail address.", field: "details.email")
        case .nothingKnown:
            Told(
                "nothingKnown", "An external number or a surname is needed at least.",
                field: "details.externalNumber")
        }
    }
}
