/// A department, specialty or practice inside an organisation, with exactly one waiting area
/// (ORG-2).
package enum Clinic: Decider {
    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case unknown, open, closed
    }

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        package var name: PublicText?
        package var zone: ZoneName?
        /// Who has the role of administrator here: invited, active or suspended.
        package var admins: Set<ID<Staff>> = []
        package var languages: [LanguageTag] = []
        /// Switched on here; ``addOns(allowedBy:)`` says which of them work.
        package var addOns: Set<AddOn> = []

        /// Those that work; the package may have shrunk since they were switched on.
        package func addOns(allowedBy functions: PackageFunctions) -> [AddOn] {
            addOns.filter { functions.allows($0.function) }.sorted { $0.rawValue < $1.rawValue }
        }

        package var settings = WaitingAreaSettings.standard
        package var mode = WaitingAreaMode.on
        /// What callers are told where the waiting area is disabled.
        package var modeText: PublicText?

        package var isOpen: Bool { standing == .open }

        /// What one who comes by the link at `now` is told.
        ///
        /// - Parameter clocks: how the zone's clocks stand from `now` on; as far as they reach the
        ///   next opening is looked for.
        package func door(at now: Instant, _ clocks: ZoneClocks) -> DoorAnswer {
            guard isOpen else { return .closedForGood }
            switch mode {
            case .suspended: return .suspended
            case .disabled: return .disabled(modeText?.description ?? "")
            case .on:
                guard let hours = settings.hours, !hours.isOpen(at: now, clocks) else {
                    return .open
                }
                return .outsideHours(opens: hours.opensNext(after: now, clocks))
            }
        }
    }

    package static let initial = State()

    package static func decide(
        _ command: ClinicCommand, _ state: State
    ) throws(ClinicRejection) -> [ClinicEvent] {
        switch (command, state.standing) {
        case (.create(let at, let name, let zone, let languages), .unknown):
            guard !name.description.isEmpty else { throw .nameMissing }
            guard languages.count <= Organisation.languagesMax else {
                throw .tooManyLanguages(limit: Organisation.languagesMax)
            }
            return [
                .created(ClinicCreated(at: at, name: name, zone: zone, languages: languages))
            ]
        case (.create, .open), (.create, .closed): throw .clinicExists
        case (_, .unknown): throw .clinicUnknown

        case (.rename(let at, let name), .open), (.rename(let at, let name), .closed):
            guard !name.description.isEmpty else { throw .nameMissing }
            return name == state.name ? [] : [.renamed(ClinicRenamed(at: at, name: name))]
        case (.close(let at), .open): return [.closed(ClinicClosed(at: at))]
        case (.close, .closed): return []
        case (.reopen(let at), .closed): return [.reopened(ClinicReopened(at: at))]
        case (.reopen, .open): return []

        case (.seatAdmin(let at, let staff), .open), (.seatAdmin(let at, let staff), .closed):
            if state.admins.contains(staff) { return [] }
            return [.adminSeated(ClinicAdminSeated(at: at, staff: staff))]
        case (.unseatAdmin(let at, let staff), .open), (.unseatAdmin(let at, let staff), .closed):
            guard state.admins.contains(staff) else { return [] }
            guard state.admins.count > 1 else { throw .lastClinicAdmin }
            return [.adminUnseated(ClinicAdminUnseated(at: at, staff: staff))]

        case (.setAddOns(let at, let addOns, let allowed), .open),
            (.setAddOns(let at, let addOns, let allowed), .closed):
            let addOns = Set(addOns)
            guard addOns.allSatisfy({ allowed.allows($0.function) }) else {
                throw .addOnNotInPackage
            }
            if addOns == state.addOns { return [] }
            return [
                .addOnsSet(
                    ClinicAddOnsSet(at: at, addOns: addOns.sorted { $0.rawValue < $1.rawValue }))
            ]
        case (.setWaitingArea(let at, let settings), .open),
            (.setWaitingArea(let at, let settings), .closed):
            if let fault = settings.fault { throw fault }
            if settings == state.settings { return [] }
            return [.waitingAreaSet(WaitingAreaSet(at: at, settings: settings))]
        case (.switchWaitingArea(let at, let mode, let text), .open),
            (.switchWaitingArea(let at, let mode, let text), .closed):
            guard mode != .disabled || text?.description.isEmpty == false else {
                throw .disabledTextMissing
            }
            if mode == state.mode, text == state.modeText { return [] }
            return [.waitingAreaSwitched(WaitingAreaSwitched(at: at, mode: mode, text: text))]
        }
    }

    package static func evolve(_ state: inout State, _ event: ClinicEvent) {
        switch event {
        case .created(let created):
            state.standing = .open
            state.name = created.name
            state.zone = created.zone
            state.languages = created.languages
        case .renamed(let renamed): state.name = renamed.name
        case .closed: state.standing = .closed
        case .reopened: state.standing = .open
        case .adminSeated(let seated): state.admins.insert(seated.staff)
        case .adminUnseated(let unseated): state.admins.remove(unseated.staff)
        case .addOnsSet(let set): state.addOns = Set(set.addOns)
        case .waitingAreaSet(let set): state.settings = set.settings
        case .waitingAreaSwitched(let switched):
            state.mode = switched.mode
            state.modeText = switched.text
        }
    }
}
