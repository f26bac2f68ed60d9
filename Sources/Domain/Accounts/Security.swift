/// An organisation's rules for signing in: whether it takes a second factor, and whether supporters
/// of the platform may be let in (ACC-3, ROLE-4).
package enum Security: Decider {
    package struct State: Hashable, Sendable {
        package var secondFactor = SecondFactorRule.off
        package var isSupportOn = false
    }

    package static let initial = State()

    package static func decide(
        _ command: SecurityCommand, _ state: State
    ) throws(Never) -> [SecurityEvent] {
        switch command {
        case .setSecondFactor(let at, let rule):
            if rule == state.secondFactor { return [] }
            return [.secondFactorSet(SecondFactorSet(at: at, rule: rule))]
        case .switchSupport(let at, let isOn):
            if isOn == state.isSupportOn { return [] }
            return [.supportSwitched(SupportSwitched(at: at, isOn: isOn))]
        }
    }

    package static func evolve(_ state: inout State, _ event: SecurityEvent) {
        switch event {
        case .secondFactorSet(let set): state.secondFactor = set.rule
        case .supportSwitched(let switched): state.isSupportOn = switched.isOn
        }
    }
}

/// What an organisation wants of second factors.
package enum SecondFactorRule: Int, GrowingEnum {
    case off = 0
    /// A reminder at every signing in until enrolled.
    case offered = 1
    /// Nothing but enrolling may be done before.
    case required = 2

    package var word: String { "\(self)" }
}

/// What can be asked of those rules.
package enum SecurityCommand: Hashable, Sendable {
    case setSecondFactor(at: Instant, SecondFactorRule)
    case switchSupport(at: Instant, isOn: Bool)
}

/// Nothing refuses: whatever is asked can be so.
extension Never: Rejected {
    package var told: Told { switch self {} }
}
