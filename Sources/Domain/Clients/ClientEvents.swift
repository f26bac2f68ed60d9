/// What can happen to a client's record. Source: SCH-1.
package enum ClientEvent: Hashable, Sendable {
    case registered(ClientRegistered)
    case changed(ClientChanged)
}

extension ClientEvent: EventFamily {
    package static let category = "client"
    package static let members = Members<ClientEvent>(
        Member(ClientRegistered.self, ClientEvent.registered),
        Member(ClientChanged.self, ClientEvent.changed))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .registered(let event): try visitor.visit(event)
        case .changed(let event): try visitor.visit(event)
        }
    }
}

/// A patient is on file; who they are is sealed under the client's record key.
package struct ClientRegistered: Hashable, Sendable {
    package let at: Instant
    package let details: Sealed<ClientDetails>

    package init(at: Instant, details: Sealed<ClientDetails>) {
        self.at = at
        self.details = details
    }
}

extension ClientRegistered: Event {
    package static let name = "client.registered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        details = try f(2, "details", \.details)
    }
}

/// Details were changed; all are told anew.
package struct ClientChanged: Hashable, Sendable {
    package let at: Instant
    package let details: Sealed<ClientDetails>

    package init(at: Instant, details: Sealed<ClientDetails>) {
        self.at = at
        self.details = details
    }
}

extension ClientChanged: Event {
    package static let name = "client.changed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        details = try f(2, "details", \.details)
    }
}
