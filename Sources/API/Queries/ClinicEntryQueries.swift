import Domain
import EventStore
import Projections

// What a clinic's door says, and what its staff see of how it works. Source: ORG-6, TXT-3, WALK-2.
extension QueryCatalogue {
    static let clinicEntryQueries: [QueryEntry] = [
        entry, settings, announcements, practitioners, groupCall,
    ]

    private static let entry = QueryEntry(
        .entryRead, at: "/v1/clinics/{clinic}/entry",
        """
        The clinic's door for callers: open, closed until some time, disabled with its own words \
        or suspended; what is asked on entering, and what callers are told.
        """,
        shows: .one(.clinicEntry), fields: { clinic(&$0) }
    ) { clinic, reading throws(Refusal) in
        let state = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
        if case .staff = reading.actor {
            reading.note(.read, on: .waitingArea, clinic: clinic)
        }
        return try await reading.entry(clinic, state)
    }

    private static let settings = QueryEntry(
        .waitingAreaSettingsRead, at: "/v1/clinics/{clinic}/waiting-area-settings",
        "How the clinic's waiting area works (ORG-6).",
        shows: .one(.waitingAreaSettings), fields: { clinic(&$0) }
    ) { clinic, reading throws(Refusal) in
        let state = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
        reading.note(.read, on: .waitingArea, clinic: clinic)
        return state.settings.json.with([
            "clinic": .id(clinic), "mode": .string(state.mode.word),
            "modeText": .text(state.modeText?.description),
        ])
    }

    private static let announcements = QueryEntry(
        .announcementsRead, at: "/v1/clinics/{clinic}/announcements",
        "Announcements of the clinic and its organisation that were not deleted (TXT-3).",
        shows: .one([.announcements]), fields: { clinic(&$0) }
    ) { clinic, reading throws(Refusal) in
        _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
        reading.note(.listed, on: .waitingArea, clinic: clinic)
        let all = try await reading.announcements(of: clinic)
        return ["announcements": .array(all.map { $0.json(at: reading.now) })]
    }

    private static let practitioners = QueryEntry(
        .practitionersRead, at: "/v1/clinics/{clinic}/practitioners",
        "The clinic's staff by name, who of them can be asked for, and who takes visitors now.",
        shows: .rows(.practitioners),
        fields: { body in (clinic(&body), page(&body)) }
    ) { input, reading throws(Refusal) in
        let (clinic, request) = input
        let state = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
        let log = reading.log
        let page = try await reading.view(Directory.name) { views in
            try await views.staff(in: log, request)
        }
        let book = try await reading.load(WalkIn.self, ID(bits: clinic.bits)).state
        reading.note(.listed, on: .waitingArea, clinic: clinic)
        var rows: [JSON] = []
        for row in page.rows where row.worksIn(clinic) {
            let name = try await reading.name(of: row)
            let hours = book.practitioners[row.staff]
            let isAvailable = try book.isAvailable(row.staff, at: reading.now, state.zone)
            rows.append([
                "staff": .id(row.staff), "name": .text(name),
                "isPractitioner": .bool(row.practisesIn.contains(clinic)),
                "isAvailable": .bool(
                    isAvailable && row.standing == .active && row.practisesIn.contains(clinic)),
                "hours": hours?.schedule?.json,
            ])
        }
        return list(page, rows)
    }

    private static let groupCall = QueryEntry(
        .groupCallRead, at: "/v1/group-calls/{call}",
        "A group call: who is in it, and who was asked (WA-14).",
        shows: .one(.groupCall),
        fields: { body in body("call", .id(), "The group call.") as ID<GroupCall> }
    ) { call, reading throws(Refusal) in
        let state = try await reading.existing(GroupCall.self, call, field: "call")
        try await reading.allow(in: state.clinic)
        reading.note(.read, on: .waitingArea, clinic: state.clinic)
        return [
            "call": .id(call), "clinic": .id(state.clinic),
            "state": .string(state.isOnHold ? "onHold" : state.phase.rawValue),
            "staff": .array(state.staff.sorted().map { .id($0) }),
            "away": .array(state.away.keys.sorted().map { .id($0) }),
            "callers": .array(state.callers.sorted().map { .id($0) }),
            "asked": .array(state.asked.sorted().map { .id($0) }),
        ]
    }

    private static func clinic(_ body: inout Body) -> ID<Clinic> {
        body("clinic", .id(), "The clinic.")
    }
}

extension Reading {
    /// What stands at a clinic's door; says nothing of anybody but who takes visitors now.
    mutating func entry(
        _ clinic: ID<Clinic>, _ state: Clinic.State
    ) async throws(Refusal) -> JSON {
        let door = try state.door(at: now)
        let settings = state.settings
        let own = try await load(Organisation.self, ID(bits: organisation.bits)).state
        let shown = try await announcements(of: clinic).filter { $0.isShown(at: now) }
        var words: String?
        var opens: Instant?
        switch door {
        case .open, .closedForGood, .suspended: break
        case .disabled(let text): words = text
        case .outsideHours(let at): opens = at
        }
        return [
            "clinic": .id(clinic), "name": .text(state.name?.description),
            "organisation": .text(own.profile?.name.description),
            "zone": .text(state.zone?.description), "door": .string(door.word),
            "opensAt": .instant(opens), "text": .text(words),
            "fields": .array(settings.entry.map(\.json)), "disclaimer": settings.disclaimer?.json,
            "welcome": .text(settings.welcome?.description),
            "waitingText": .text(settings.waitingText?.description),
            "animation": .text(settings.animation?.description),
            "showsPosition": .bool(settings.showsPosition),
            "confirmsBeforeEntry": .bool(settings.confirmsBeforeEntry),
            "allowsLocks": .bool(settings.allowsLocks),
            "longWaitMinutes": .whole(settings.longWaitMinutes),
            "announcements": .array(shown.map { $0.json(at: now) }),
            "available": .array(try await available(clinic, state)),
        ]
    }

    /// Practitioners who take visitors now, by name: whoever asks sees it, and that stands in the
    /// access log.
    private mutating func available(
        _ clinic: ID<Clinic>, _ state: Clinic.State
    ) async throws(Refusal) -> [JSON] {
        let book = try await load(WalkIn.self, ID(bits: clinic.bits)).state
        var rows: [JSON] = []
        for staff in book.practitioners.keys.sorted()
        where try book.isAvailable(staff, at: now, state.zone) {
            let practitioner = try await load(Staff.self, staff).state
            guard practitioner.takesVisitors(in: clinic) else { continue }
            let log = log
            let row = try await view(Directory.name) { views in
                try await views.staffMember(staff, in: log)
            }.value
            var name: String?
            if let row { name = try await self.name(of: row) }
            rows.append(["staff": .id(staff), "name": .text(name)])
        }
        return rows
    }

    fileprivate mutating func name(of row: StaffRow) async throws(Refusal) -> String? {
        guard let shut = row.profile else { return nil }
        return try await open(
            shut.sealed(as: StaffProfile.self), of: row.staff, .listed, on: .staff)?.name
    }

    /// Those of the organisation, then the clinic's, in the order they were made.
    mutating func announcements(
        of clinic: ID<Clinic>
    ) async throws(Refusal) -> [Announcements.Standing] {
        var all: [Announcements.Standing] = []
        for scope in [organisation.bits, clinic.bits] {
            all += try await load(Announcements.self, ID(bits: scope)).state.standing
        }
        return all
    }
}

extension StaffRow {
    fileprivate func worksIn(_ clinic: ID<Clinic>) -> Bool {
        standing == .active
            && (practisesIn.contains(clinic)
                || grants.contains { !$0.role.isOfClinic || $0.clinic == clinic })
    }
}

extension Announcements.Standing {
    func json(at now: Instant) -> JSON {
        [
            "announcement": .id(announcement), "at": .instant(at),
            "text": .string(text.description), "expires": .instant(expires),
            "isShown": .bool(isShown(at: now)),
        ]
    }
}

extension DoorAnswer {
    /// As answers write it.
    var word: String {
        switch self {
        case .open: "open"
        case .closedForGood: "closedForGood"
        case .suspended: "suspended"
        case .disabled: "disabled"
        case .outsideHours: "closed"
        }
    }
}

extension AskedField {
    fileprivate var json: JSON {
        ["field": .string(question.word), "required": .bool(isRequired)]
    }
}

extension Disclaimer {
    fileprivate var json: JSON {
        ["version": .whole(version), "text": .string(text.description)]
    }
}

extension OpenTimes {
    fileprivate var json: JSON {
        ["from": .string(from.description), "until": .string(until.description)]
    }
}

extension OpeningHours {
    fileprivate var json: JSON {
        [
            "week": .array(
                week.map {
                    [
                        "weekday": .whole($0.weekday), "times": .array($0.times.map(\.json)),
                    ]
                }),
            "exceptions": .array(
                exceptions.map {
                    [
                        "day": .string($0.day.description), "times": .array($0.times.map(\.json)),
                    ]
                }),
        ]
    }
}

extension WaitingAreaSettings {
    /// As the command takes them.
    fileprivate var json: JSON {
        [
            "hours": hours?.json, "entry": .array(entry.map(\.json)),
            "disclaimer": disclaimer?.json, "welcome": .text(welcome?.description),
            "waitingText": .text(waitingText?.description),
            "animation": .text(animation?.description), "showsPosition": .bool(showsPosition),
            "confirmsBeforeEntry": .bool(confirmsBeforeEntry), "allowsLocks": .bool(allowsLocks),
            "peopleMax": .whole(peopleMax), "longWaitMinutes": .whole(longWaitMinutes),
            "movesMessages": .bool(movesMessages),
        ]
    }
}
