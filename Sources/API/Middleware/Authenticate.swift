import Domain
import EventStore
import Hummingbird

/// Finds out who asks, from the bearer token or a browser's cookie; the log says whether it is
/// good, at its head. Source: ACC-5, ACC-6, ROLE-3.
struct Authenticate: RouterMiddleware {
    typealias Context = AnteroomContext
    let dispatch: Dispatch
    let door: Door

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.door = door
        switch door {
        case .socket, .inProcess, .importing: context.actor = .operator
        case .policy: context.actor = .policy
        case .http, .support: try await identify(request, &context)
        }
        return try await next(request, context)
    }

    private func identify(_ request: Request, _ context: inout Context) async throws(Refusal) {
        let identity: Bearer
        if let header = request.headers[.authorization] {
            context.bearer = header
            identity = try await dispatch.identify(bearing: header)
        } else if let cookie = SessionCookie.value(of: request) {
            try SessionCookie.checkOrigin(of: request)
            do {
                identity = try await dispatch.identify(bearing: "Bearer \(cookie)")
            } catch .tokenRefused {
                return  // A browser keeps it longer than it is good: it says nothing.
            }
            context.bearer = "Bearer \(cookie)"
        } else {
            return
        }
        context.actor = identity.actor
        context.session = identity.session?.id
        if let support = identity.support { context.door = .support(support) }
        if try await dispatch.mustEnrol(identity),
            !Authenticate.enrolling.contains(request.uri.path)
        {
            throw .signIn(.secondFactorNeeded)
        }
        do {
            try await dispatch.noteUse(identity, door: context.door)
        } catch {
            // What was asked may still be answered: only the note is missing.
            context.logger.warning("a session's use was not noted")
        }
    }

    /// All there is before an authenticator is enrolled, where the organisation requires one.
    private static let enrolling: Set<String> = [
        "/v1/commands/totp.enrol", "/v1/commands/totp.confirm", "/v1/sign-in", "/v1/sign-out",
        "/v1/profile",
    ]
}

extension Dispatch {
    /// The proof is made anew from the visit's record key and the command the caller arrived by.
    func caller(bearing token: CallerToken) async throws(Refusal) -> RequestActor {
        guard
            let made = try await callerToken(organisation: token.organisation, visit: token.visit),
            made.isSame(as: token)
        else { throw .tokenRefused }
        return .caller(organisation: token.organisation, token.visit)
    }

    /// As a caller's: made anew from the stay's record key and the command the guest came by.
    func guest(bearing token: GuestToken) async throws(Refusal) -> RequestActor {
        let log = LogID(bits: token.organisation.bits)
        let first = try await loader.page(StreamName(of: token.stay), log, 0).first
        guard let first,
            case .arrived(let arrived) = try Coding.event(first, as: GuestStayEvent.self),
            let key = try await vaultKey(KeyID(bits: arrived.name.key.bits)),
            GuestToken(
                organisation: token.organisation, stay: token.stay, key: key,
                commandID: first.commandID
            ).isSame(as: token)
        else { throw .tokenRefused }
        return .guest(organisation: token.organisation, token.stay)
    }

    /// The token of who arrived in that visit; nil where nobody did, or the record was erased.
    func callerToken(
        organisation: ID<Organisation>, visit: ID<Visit>
    ) async throws(Refusal) -> CallerToken? {
        let log = LogID(bits: organisation.bits)
        var next: Int64 = 0
        var limit = Dispatch.arrivalVersionMax + 1
        while true {
            let events: [RecordedEvent]
            do {
                events = try await store.readStream(
                    StreamName(of: visit), in: log, from: next, limit: limit)
            } catch {
                throw .read(error)
            }
            for event in events {
                switch try Coding.event(event, as: VisitEvent.self) {
                case .arrived(let arrived):
                    guard let key = try await vaultKey(KeyID(bits: arrived.entry.key.bits)) else {
                        return nil
                    }
                    return CallerToken(
                        organisation: organisation, visit: visit, key: key,
                        commandID: event.commandID)
                // The room was opened without them: anything may come before.
                case .started: limit = Loader.page
                default: continue
                }
            }
            guard let last = events.last, limit == Loader.page else { return nil }
            next = last.version + 1
        }
    }

    /// The arrival is a visit's second event: nothing but ending comes between it and opening.
    /// Unless a room was opened without the client.
    private static let arrivalVersionMax = 1
}
