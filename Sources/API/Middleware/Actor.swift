package import Domain

/// Who asks, once their token was found good. Source: ROLE-7.
package enum RequestActor: Hashable, Sendable {
    case nobody
    case staff(organisation: ID<Organisation>, ID<Staff>)
    /// Somebody in a waiting area, by the token of their own visit.
    case caller(organisation: ID<Organisation>, ID<Visit>)
    case `operator`
    /// The system itself: what falls due by the clock.
    case policy
}
