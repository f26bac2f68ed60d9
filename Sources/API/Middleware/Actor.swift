package import Domain

/// Who asks, once their token was found good. Source: ROLE-7.
package enum RequestActor: Hashable, Sendable {
    case nobody
    case staff(organisation: ID<Organisation>, ID<Staff>)
    /// Somebody in a waiting area, by the token of their own visit.
    case caller(organisation: ID<Organisation>, ID<Visit>)
    /// Somebody from outside, by the token of the link they were invited by into one visit.
    case external(organisation: ID<Organisation>, ID<Visit>, ID<Invitee>)
    case `operator`
    /// Another system, with all its key was made for.
    case apiKey(organisation: ID<Organisation>, ID<APIKey>, scopes: Set<KeyScope>)
    /// The system itself: what falls due by the clock.
    case policy
}
