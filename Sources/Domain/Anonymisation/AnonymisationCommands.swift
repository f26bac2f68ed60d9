/// What can be asked of an organisation's anonymisation.
package enum AnonymisationCommand: Hashable, Sendable {
    /// - Parameter days: nil: nothing falls due any more.
    case setDays(at: Instant, days: Int?)
    /// Tells staff that runs begin.
    /// - Parameter isTest: a test organisation, which may begin at once.
    case announce(at: Instant, runsFrom: Instant, isTest: Bool)
    case hold(at: Instant, ID<LegalHold>, HoldGround, on: HoldSubject)
    case lift(at: Instant, ID<LegalHold>)
    case askErasure(at: Instant, ID<Client>, isUrgent: Bool)
    /// - Parameters:
    ///   - due: whether records go because their days are over.
    ///   - clients: whose erasure was asked for and is done with this batch.
    case orderBatch(at: Instant, counts: [RecordCount], due: Bool, clients: [ID<Client>])
}

/// A legal hold's ID.
package enum LegalHold {}

/// What a hold is on.
package enum HoldSubject: Hashable, Sendable {
    case record(ID<AnyRecord>)
    /// All records of theirs, those that come later too.
    case client(ID<Client>)
}

/// Why it is refused. In order: where two reasons apply, the earlier is thrown.
package enum AnonymisationRejection: Rejected {
    case daysOutOfRange(limit: Int)
    case daysNotSet
    case noticeTooShort(limit: Int)  // Hours.
    case notAnnounced
    case beforeAnnouncedTime
    case holdKnown
    case holdUnknown
    case tooManyHolds(limit: Int)
    case clientHeld
    case tooManyAsked(limit: Int)
    case nothingToOrder

    package var told: Told {
        switch self {
        case .daysOutOfRange(let limit):
            Told("daysOutOfRange", "From 1 to \(limit) days.", field: "days", limit: limit)
        case .daysNotSet:
            Told("daysNotSet", "First say after how many days records lose their client.")
        case .noticeTooShort(let limit):
            Told(
                "noticeTooShort", "Staff are told \(limit) hours before, at least.",
                field: "runsFrom", limit: limit)
        case .notAnnounced: Told("notAnnounced", "Staff have not been told yet: announce it.")
        case .beforeAnnouncedTime:
            Told("beforeAnnouncedTime", "Staff were told that runs begin later.")
        case .holdKnown: Told("holdKnown", "There is a hold of that ID.", field: "hold")
        case .holdUnknown: Told("holdUnknown", "There is no such hold.", field: "hold")
        case .tooManyHolds(let limit):
            Told("tooManyHolds", "At most \(limit) holds at a time.", limit: limit)
        case .clientHeld:
            Told("clientHeld", "A legal hold is on this client: lift it first.", field: "client")
        case .tooManyAsked(let limit):
            Told("tooManyAsked", "At most \(limit) clients wait to be erased.", limit: limit)
        case .nothingToOrder: Told("nothingToOrder", "No record is named.")
        }
    }
}
