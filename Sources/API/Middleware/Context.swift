package import Domain
package import Hummingbird
package import NIOCore

/// What is known about a request on its way to a route.
package struct AnteroomContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by ``Authenticate``.
    package var actor: RequestActor = .nobody
    /// The door it came by.
    package var door: Door = .http
    /// What was shown, so that an open stream can look at it again.
    package var bearer: String?
    /// The session it came by, where it came by one.
    package var session: ID<Session>?
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = CoreRequestContextStorage(source: source)
    }
}

/// By which door a request came.
package enum Door: Hashable, Sendable {
    case http
    /// Over HTTP, by a supporter of the platform who acts as the staff member that is the actor
    /// (ROLE-4).
    case support(ID<Support>)
    /// The Unix socket in the data folder: whoever may open it is the operator (ROLE-5).
    case socket
    /// Inside this process.
    case inProcess
    /// A file of history, at the times it says.
    case importing
    /// The system's own clock.
    case policy
}
