package import Domain
package import EventStore

/// Why a request got no answer. What HTTP makes of each stands in ``Problem`` alone.
package enum Refusal: Error, Hashable, Sendable {
    // The request itself.
    case notJSON(JSONError)
    case notAJSONType
    case fields(FieldErrors)
    case bodyTooLarge(bytesMax: Int)
    /// This line and all after it were not read.
    case tooManyLines(linesMax: Int)
    case unknownCommand
    case unknownAddress
    /// - Parameter allowed: methods the address takes, as the `Allow` header lists them.
    case wrongMethod(allowed: String)

    // Who asks.
    case notSignedIn
    /// The token was good once, or never.
    case tokenRefused
    /// The row of the golden table that lacks a yes; nil: the right to manage somebody with their
    /// roles.
    case notPermitted(Permission?)
    /// The actor has a closed list of commands and queries (ROLE-7), and this is not on it.
    case notForThisActor(actor: String)

    // Signing in (ACC-2, ACC-3, ACC-6).
    case signIn(SignInRefusal)
    case tooManyTries(retrySeconds: Int)

    // Idempotency (OPS-6).
    case keyMissing
    case keyInvalid
    /// Without a token, a key has to be one that nobody else can guess.
    case keyTooShort(bytesMin: Int)
    case otherPayload
    case stillRunning

    // What the rules say.
    case rule(Told)
    /// There is no such record here, or it belongs to another organisation: the two are not told
    /// apart.
    case notFound(field: String)
    case erased(field: String)

    // What the machinery says.
    /// Others changed the same streams each time it was tried.
    case contended
    case busy
    case projectionBehind(position: Int64)
    case projectionStopped(reason: String)
    case append(AppendError)
    case read(ReadError)
    case vault(VaultError)
    /// The log holds what this program cannot understand: a newer program wrote it.
    case unreadable(reason: String)
    case stopping
}

extension Refusal {
    static func field(_ field: String, _ code: FieldCode, _ detail: String) -> Refusal {
        .fields(FieldErrors(field, code, detail))
    }
}

/// Why somebody is not signed in.
package enum SignInRefusal: Error, CaseIterable, Hashable, Sendable {
    /// Whatever it was: address, password, or an account that may not.
    case refused
    /// The password was right; a code is asked for too.
    case codeNeeded
    case codeRefused
    /// The link was used, has run out, was replaced or never was.
    case linkRefused
    /// Nothing but enrolling an authenticator may be done before it is done.
    case secondFactorNeeded
    /// A browser says that another site's page sent this.
    case originRefused
}

extension Refusal {
    static let signInRefused = Refusal.signIn(.refused)
    static let linkRefused = Refusal.signIn(.linkRefused)
}
