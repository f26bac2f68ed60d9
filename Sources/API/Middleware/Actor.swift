package import Domain

/// Who asks, once their token was found good. Source: ROLE-7.
package enum RequestActor: Hashable, Sendable {
    case nobody
    case staff(organisation: ID<Organisation>, ID<Staff>)
    /// Somebody in a waiting area, by the token of their own visit.
    case caller(organisation: ID<Organisation>, ID<Visit>)
    /// Somebody who entered a room by a link, by the token of their own stay.
    case guest(organisation: ID<Organisation>, ID<GuestStay>)
    /// Somebody from outside, by the token of the link they were invited by into one visit.
    case external(organisation: ID<Organisation>, ID<Visit>, ID<Invitee>)
    /// Somebody with read access to history for a time (ROLE-6).
    case auditor(organisation: ID<Organisation>, ID<Auditor>)
    case `operator`
    /// Another system, with all its key was made for.
    case apiKey(organisation: ID<Organisation>, ID<APIKey>, scopes: Set<KeyScope>)
    /// The system itself: what falls due by the clock.
    case policy
}

extension RequestActor {
    /// Before anything else of a request is looked at: whoever needs a token is asked for it.
    func mayKnock(at operation: Domain.Operation) throws(Refusal) {
        if self == .nobody, !operation.isOpen(to: .nobody) { throw .notSignedIn }
    }
}
