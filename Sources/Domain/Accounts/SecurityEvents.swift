/// What can happen to an organisation's rules for signing in. Source: ACC-3, ROLE-4.
package enum SecurityEvent: Hashable, Sendable {
    case secondFactorSet(SecondFactorSet)
    case supportSwitched(SupportSwitched)
}

extension SecurityEvent: EventFamily {
    package static let category = "security"
    package static let members = Members<SecurityEvent>(
        Member(SecondFactorSet.self, SecurityEvent.secondFactorSet),
        Member(SupportSwitched.self, SecurityEvent.supportSwitched))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .secondFactorSet(let event): try visitor.visit(event)
        case .supportSwitched(let event): try visitor.visit(event)
        }
    }
}

/// Whether signing in takes a second factor.
package struct SecondFactorSet: Hashable, Sendable {
    package let at: Instant
    package let rule: SecondFactorRule

    package init(at: Instant, rule: SecondFactorRule) {
        self.at = at
        self.rule = rule
    }
}

extension SecondFactorSet: Event {
    package static let name = "security.second-factor-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        rule = try f(2, "rule", \.rule)
    }
}

/// Whether supporters of the platform may be let in, session by session.
package struct SupportSwitched: Hashable, Sendable {
    package let at: Instant
    package let isOn: Bool

    package init(at: Instant, isOn: Bool) {
        self.at = at
        self.isOn = isOn
    }
}

extension SupportSwitched: Event {
    package static let name = "security.support-switched"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        isOn = try f(2, "is_on", \.isOn)
    }
}
