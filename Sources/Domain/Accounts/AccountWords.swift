/// One signing in, until it is over; the subject of its id.
package enum Session {}

/// Who keeps a session's token. What runs out when follows from it (ACC-6).
package enum SessionKind: Int, GrowingEnum {
    /// A cookie.
    case browser = 0
    /// A bearer token.
    case app = 1

    package var word: String { "\(self)" }

    /// How long it lasts unused. Use is noted once in ``Account/seenPace``, so that it may be over
    /// that much sooner, never later.
    package var idleMax: Milliseconds {
        switch self {
        case .browser: .hours(8)
        case .app: .days(14)
        }
    }

    /// How long it lasts at all.
    package var lifeMax: Milliseconds {
        switch self {
        case .browser: .hours(24)
        case .app: .days(90)
        }
    }
}

/// Why a session is over before its time.
package enum SessionEnd: Int, GrowingEnum {
    case signedOut = 0
    case revoked = 1
    /// There were more than ``Account/sessionsMax``: the oldest goes.
    case displaced = 2
}

/// What a link sent by e-mail is for.
package enum LinkPurpose: Int, GrowingEnum {
    case invitation = 0
    case reset = 1
}

/// How a password came to be set.
package enum PasswordMeans: Int, GrowingEnum {
    /// By the link of an invitation: whoever set it reads that address's mail.
    case invitation = 0
    /// By the link of a reset; as the other.
    case reset = 1
    /// By who knew the one before.
    case change = 2
    /// Taken over from the account the same person has in another organisation.
    case carried = 3
    /// By who runs the installation, for the demonstration.
    case `operator` = 4

    /// Whether it shows that the holder reads the mail of their address.
    var provesAddress: Bool {
        switch self {
        case .invitation, .reset, .carried: true
        case .change, .operator: false
        }
    }
}

/// What is kept of a password: a salted memory-hard hash and what it was made with, in the string
/// form of the Password Hashing Competition: `$scrypt$ln=17,r=8,p=1$SALT$HASH`.
package struct PasswordHash: Hashable, Sendable {
    package var text: String

    package init(_ text: String) { self.text = text }
}

extension PasswordHash: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        text = try f(1, "text", \.text)
    }
}

/// What an authenticator shares with us (RFC 6238), in Base32.
package struct TOTPSecret: Hashable, Sendable {
    package var base32: String

    package init(base32: String) { self.base32 = base32 }
}

extension TOTPSecret: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        base32 = try f(1, "base32", \.base32)
    }
}

/// What was shown besides the password, found good above.
package enum SecondFactor: Hashable, Sendable {
    case none
    /// The code of a time step: seconds since 1970-01-01 by 30.
    case code(step: Int)
    /// One of the recovery codes, by its hash.
    case recovery(Digest)
    /// A provider of single sign-on vouches for them: neither password nor code is asked (ACC-4).
    case signOn
}
