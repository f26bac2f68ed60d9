/// What can be asked of an account: how a staff member signs in. Passwords and codes are compared
/// above; what stands here is what follows.
package enum AccountCommand: Hashable, Sendable {
    /// Another of the same purpose is good no more.
    case makeLink(at: Instant, LinkPurpose, secretHash: Digest)
    /// By the link with that hash; every session ends.
    case setPassword(at: Instant, PasswordHash, key: ID<RecordKey>, link: Digest)
    /// By who is signed in, or by other means than a link; sessions but `keeping` end.
    case putPassword(
        at: Instant, PasswordHash, key: ID<RecordKey>, PasswordMeans, keeping: ID<Session>?)
    /// The profile names another address, which nobody has shown to be theirs.
    case changeAddress(at: Instant)
    case beginSession(
        at: Instant, ID<Session>, secretHash: Digest, SessionKind, SecondFactor)
    case seeSession(at: Instant, ID<Session>)
    case endSession(at: Instant, ID<Session>, SessionEnd)
    case endSessions(at: Instant, keeping: ID<Session>?)
    case enrolTOTP(at: Instant, TOTPSecret, key: ID<RecordKey>)
    /// The code of `step` was right.
    case confirmTOTP(at: Instant, step: Int, recovery: [Digest])
    case renewRecovery(at: Instant, [Digest])
    case switchOffTOTP(at: Instant, byOther: Bool)
}

/// Why an account refuses. In order: where two reasons apply, the earlier is thrown.
package enum AccountRejection: Rejected {
    case linkSpent
    case noPassword
    case codeNeeded
    case codeUsed
    case recoveryUnknown
    case sessionUnknown
    case sessionExists
    case totpNotBegun
    case totpOff
    case totpOn

    package var told: Told {
        switch self {
        case .linkSpent:
            Told("linkSpent", "The link was used, has run out or was replaced; ask for another.")
        case .noPassword: Told("noPassword", "No password has been set.")
        case .codeNeeded: Told("codeNeeded", "Give the code of the authenticator.", field: "code")
        case .codeUsed:
            Told("codeUsed", "A code is good once; wait for the next.", field: "code")
        case .recoveryUnknown:
            Told("recoveryUnknown", "This is no recovery code, or it was used.", field: "code")
        case .sessionUnknown:
            Told("sessionUnknown", "There is no such session, or it is over.", field: "session")
        case .sessionExists: Told("sessionExists", "This session exists.", field: "session")
        case .totpNotBegun:
            Told("totpNotBegun", "Begin with a secret for the authenticator.")
        case .totpOff: Told("totpOff", "No authenticator is enrolled.")
        case .totpOn: Told("totpOn", "An authenticator is enrolled; switch it off first.")
        }
    }
}
