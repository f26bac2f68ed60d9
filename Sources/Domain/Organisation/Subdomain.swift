/// One subdomain of the installation: a stream of organisation zero, whose id follows from the
/// label alone, so that two organisations never hold the same one (ORG-1). Claimed before the
/// organisation is created.
package enum Subdomain: Decider {
    package enum State: Hashable, Sendable {
        case free
        case held(by: ID<Organisation>)
    }

    package static let initial = State.free

    package static func decide(
        _ command: SubdomainCommand, _ state: State
    ) throws(SubdomainRejection) -> [SubdomainEvent] {
        switch (command, state) {
        case (.claim(let at, let label, let organisation), .free):
            return [
                .claimed(SubdomainClaimed(at: at, label: label, organisation: organisation))
            ]
        case (.claim(_, _, let organisation), .held(let holder)):
            guard holder == organisation else { throw .subdomainTaken }
            return []
        case (.release, .free):
            return []
        case (.release(let at, let organisation), .held(let holder)):
            guard holder == organisation else { throw .subdomainTaken }
            return [.released(SubdomainReleased(at: at, organisation: organisation))]
        }
    }

    package static func evolve(_ state: inout State, _ event: SubdomainEvent) {
        switch event {
        case .claimed(let claimed): state = .held(by: claimed.organisation)
        case .released: state = .free
        }
    }
}

/// What can be asked of a subdomain.
package enum SubdomainCommand: Hashable, Sendable {
    case claim(at: Instant, label: DNSLabel, organisation: ID<Organisation>)
    case release(at: Instant, organisation: ID<Organisation>)
}

/// Why a subdomain refuses.
package enum SubdomainRejection: Rejected {
    case subdomainTaken

    package var told: Told {
        switch self {
        case .subdomainTaken:
            Told(
                "subdomainTaken", "Another organisation holds this subdomain.",
                field: "subdomain")
        }
    }
}

/// What can happen to a subdomain.
package enum SubdomainEvent: Hashable, Sendable {
    case claimed(SubdomainClaimed)
    case released(SubdomainReleased)
}

extension SubdomainEvent: EventFamily {
    package static let category = "subdomain"
    package static let members = Members<SubdomainEvent>(
        Member(SubdomainClaimed.self, SubdomainEvent.claimed),
        Member(SubdomainReleased.self, SubdomainEvent.released))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .claimed(let event): try visitor.visit(event)
        case .released(let event): try visitor.visit(event)
        }
    }
}

/// An organisation holds the subdomain from now on.
package struct SubdomainClaimed: Hashable, Sendable {
    package let at: Instant
    package let label: DNSLabel
    package let organisation: ID<Organisation>

    package init(at: Instant, label: DNSLabel, organisation: ID<Organisation>) {
        self.at = at
        self.label = label
        self.organisation = organisation
    }
}

extension SubdomainClaimed: Event {
    package static let name = "subdomain.claimed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        label = try f(2, "label", \.label)
        organisation = try f(3, "organisation", \.organisation)
    }
}

/// The subdomain is free again.
package struct SubdomainReleased: Hashable, Sendable {
    package let at: Instant
    package let organisation: ID<Organisation>

    package init(at: Instant, organisation: ID<Organisation>) {
        self.at = at
        self.organisation = organisation
    }
}

extension SubdomainReleased: Event {
    package static let name = "subdomain.released"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        organisation = try f(2, "organisation", \.organisation)
    }
}
