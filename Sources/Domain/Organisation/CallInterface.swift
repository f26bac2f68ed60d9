/// The call interface an organisation sets for all its clinics, and what a clinic sets for itself:
/// a stream each, of the organisation's or the clinic's id (ORG-7).
package enum CallInterface: Decider {
    package struct State: Hashable, Sendable {
        package var settings = CallSettings()
        /// Settings of the organisation that win over a clinic's; the others are defaults.
        package var fixed: Set<CallSetting> = []

        package init(settings: CallSettings = CallSettings(), fixed: Set<CallSetting> = []) {
            self.settings = settings
            self.fixed = fixed
        }
    }

    package static let initial = State()

    /// What holds in a clinic: what the organisation fixed, else what the clinic set, else the
    /// organisation's default, else the built-in one. What the package does not allow is not set,
    /// whoever set it before it was taken away.
    package static func effective(
        organisation: State, clinic: CallSettings, allowed: PackageFunctions
    ) -> CallSettings {
        var settings = CallSettings()
        for setting in CallSetting.allCases {
            if let function = setting.function, !allowed.allows(function) { continue }
            if organisation.fixed.contains(setting) || !clinic.has(setting) {
                let source =
                    organisation.settings.has(setting) ? organisation.settings : .builtIn
                settings.take(setting, from: source)
            } else {
                settings.take(setting, from: clinic)
            }
        }
        return settings
    }

    package static func decide(
        _ command: CallInterfaceCommand, _ state: State
    ) throws(CallInterfaceRejection) -> [CallInterfaceEvent] {
        switch command {
        case .set(let at, let settings, let fixed, let allowed):
            try check(settings, allowed)
            let fixed = Set(fixed)
            if let empty = fixed.sorted(by: { $0.rawValue < $1.rawValue })
                .first(where: { !settings.has($0) })
            {
                throw .fixedWithoutValue(empty)
            }
            if settings == state.settings, fixed == state.fixed { return [] }
            return [
                .set(
                    CallInterfaceSet(
                        at: at, settings: settings,
                        fixed: fixed.sorted { $0.rawValue < $1.rawValue }))
            ]
        case .setForClinic(let at, let settings, let organisation, let allowed):
            try check(settings, allowed)
            if let fixed = settings.chosen.first(where: organisation.fixed.contains) {
                throw .settingFixed(fixed)
            }
            if settings == state.settings { return [] }
            return [.overridden(CallInterfaceOverridden(at: at, settings: settings))]
        }
    }

    package static func evolve(_ state: inout State, _ event: CallInterfaceEvent) {
        switch event {
        case .set(let set): state = State(settings: set.settings, fixed: Set(set.fixed))
        case .overridden(let overridden): state = State(settings: overridden.settings)
        }
    }

    private static func check(
        _ settings: CallSettings, _ allowed: PackageFunctions
    ) throws(CallInterfaceRejection) {
        for setting in settings.chosen {
            if let function = setting.function, !allowed.allows(function) {
                throw .notInPackage(setting)
            }
        }
        guard settings.backgroundPictures.count <= CallSettings.picturesMax else {
            throw .tooManyPictures(limit: CallSettings.picturesMax)
        }
    }
}

/// What can be asked of a call interface; all of it is told anew each time.
package enum CallInterfaceCommand: Hashable, Sendable {
    case set(at: Instant, CallSettings, fixed: [CallSetting], allowed: PackageFunctions)
    /// - Parameter organisation: what the organisation set; read, not expected.
    case setForClinic(
        at: Instant, CallSettings, organisation: CallInterface.State, allowed: PackageFunctions)
}

/// Why a call interface refuses. In order: where two reasons apply, the earlier is thrown.
package enum CallInterfaceRejection: Rejected {
    case notInPackage(CallSetting)
    case tooManyPictures(limit: Int)
    case fixedWithoutValue(CallSetting)
    case settingFixed(CallSetting)

    package var told: Told {
        switch self {
        case .notInPackage(let setting):
            Told(
                "notInPackage", "The organisation's package does not hold this function.",
                field: "settings.\(setting.word)")
        case .tooManyPictures(let limit):
            Told(
                "tooManyPictures", "At most \(limit) pictures.",
                field: "settings.backgroundPictures", limit: limit)
        case .fixedWithoutValue(let setting):
            Told(
                "fixedWithoutValue", "What is fixed has a value: set \(setting.word).",
                field: "fixed")
        case .settingFixed(let setting):
            Told(
                "settingFixed", "The organisation fixed this setting for all its clinics.",
                field: "settings.\(setting.word)")
        }
    }
}

/// What can happen to a call interface. Source: ORG-7.
package enum CallInterfaceEvent: Hashable, Sendable {
    case set(CallInterfaceSet)
    case overridden(CallInterfaceOverridden)
}

extension CallInterfaceEvent: EventFamily {
    package static let category = "call-interface"
    package static let members = Members<CallInterfaceEvent>(
        Member(CallInterfaceSet.self, CallInterfaceEvent.set),
        Member(CallInterfaceOverridden.self, CallInterfaceEvent.overridden))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .set(let event): try visitor.visit(event)
        case .overridden(let event): try visitor.visit(event)
        }
    }
}

/// The organisation set the call interface of all its clinics.
package struct CallInterfaceSet: Hashable, Sendable {
    package let at: Instant
    package let settings: CallSettings
    /// Those that win over a clinic's; in order.
    package let fixed: [CallSetting]

    package init(at: Instant, settings: CallSettings, fixed: [CallSetting]) {
        self.at = at
        self.settings = settings
        self.fixed = fixed
    }
}

extension CallInterfaceSet: Event {
    package static let name = "call-interface.set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        settings = try f(2, "settings", \.settings)
        fixed = try f(3, "fixed", \.fixed)
    }
}

/// A clinic set what the organisation leaves open.
package struct CallInterfaceOverridden: Hashable, Sendable {
    package let at: Instant
    package let settings: CallSettings

    package init(at: Instant, settings: CallSettings) {
        self.at = at
        self.settings = settings
    }
}

extension CallInterfaceOverridden: Event {
    package static let name = "call-interface.overridden"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        settings = try f(2, "settings", \.settings)
    }
}
