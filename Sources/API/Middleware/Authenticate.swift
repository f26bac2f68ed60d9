import Domain
import EventStore
import Hummingbird

/// Finds out who asks, from the bearer token; the log says whether it is good, at its head. Source:
/// ACC-6, ROLE-3.
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
        case .http:
            context.bearer = request.headers[.authorization]
            context.actor = try await dispatch.actor(bearing: request.headers[.authorization])
        }
        return try await next(request, context)
    }
}

extension Dispatch {
    /// Whose token the header bears; nobody's where there is no header.
    package func actor(bearing header: String?) async throws(Refusal) -> RequestActor {
        guard let header else { return .nobody }
        let words = header.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .tokenRefused }
        if let token = StaffToken(words[1]) { return try await staff(bearing: token) }
        if let token = CallerToken(words[1]) { return try await caller(bearing: token) }
        throw .tokenRefused
    }

    private func staff(bearing token: StaffToken) async throws(Refusal) -> RequestActor {
        let log = LogID(bits: token.organisation.bits)
        let state = try await loader.load(Staff.self, StreamName(of: token.staff), in: log).state
        guard state.token(token.digest, at: clock.now()) != nil else { throw .tokenRefused }
        return .staff(organisation: token.organisation, token.staff)
    }

    /// The proof is made anew from the visit's record key and the command the caller arrived by.
    private func caller(bearing token: CallerToken) async throws(Refusal) -> RequestActor {
        guard
            let made = try await callerToken(organisation: token.organisation, visit: token.visit),
            made.isSame(as: token)
        else { throw .tokenRefused }
        return .caller(organisation: token.organisation, token.visit)
    }

    /// The token of who arrived in that visit; nil where nobody did, or the record was erased.
    func callerToken(
        organisation: ID<Organisation>, visit: ID<Visit>
    ) async throws(Refusal) -> CallerToken? {
        let log = LogID(bits: organisation.bits)
        let events: [RecordedEvent]
        do {
            events = try await store.readStream(
                StreamName(of: visit), in: log, from: 0, limit: Dispatch.arrivalVersionMax + 1)
        } catch {
            throw .read(error)
        }
        for event in events {
            guard case .arrived(let arrived) = try Coding.event(event, as: VisitEvent.self) else {
                continue
            }
            guard let key = try await vaultKey(KeyID(bits: arrived.entry.key.bits)) else {
                return nil
            }
            return CallerToken(
                organisation: organisation, visit: visit, key: key, commandID: event.commandID)
        }
        return nil
    }

    /// The arrival is a visit's second event: nothing but ending comes between it and opening.
    private static let arrivalVersionMax = 1
}
