import Domain
import EventStore
import Projections

// How a waiting area works, what it tells its callers, and who has walk-in hours there. Source:
// ORG-6, TXT-3, WALK-2.
extension Catalogue {
    static let waitingAreaCommands: [CommandEntry] = [
        setWaitingArea, switchWaitingArea, announce, withdraw, withdrawAll, switchWalkIn,
        scheduleWalkIn,
    ]

    private static let setWaitingArea = CommandEntry(
        .clinicSetWaitingArea,
        "Says how the clinic's waiting area works; all is told anew, what is left out is as usual.",
        body: { body in
            (clinic(&body), WaitingAreaSettings(&body))
        }
    ) { input, work throws(Refusal) in
        try await work.allow(in: input.0)
        _ = try await work.existing(Clinic.self, input.0, field: "clinic")
        try await work.decide(Clinic.self, input.0, .setWaitingArea(at: work.at, input.1))
    }

    private static let switchWaitingArea = CommandEntry(
        .clinicSwitchWaitingArea,
        """
        Switches the waiting area on, off with a text of its own, or suspends it. Who waits there \
        is not concerned.
        """,
        body: { body in
            (
                clinic(&body),
                body("mode", .choice(WaitingAreaMode.allCases.map { ($0.word, $0) }), "Which."),
                body.optional(
                    "text", .publicText(max: WaitingAreaSettings.textMax),
                    "What callers are told; it takes one where it is disabled.")
            )
        }
    ) { input, work throws(Refusal) in
        try await work.allow(in: input.0)
        _ = try await work.existing(Clinic.self, input.0, field: "clinic")
        try await work.decide(
            Clinic.self, input.0,
            .switchWaitingArea(at: work.at, input.1, text: input.2))
    }

    private static func clinic(_ body: inout Body) -> ID<Clinic> {
        body("clinic", .id(), "The clinic.")
    }

    // MARK: Announcements

    private static let announce = CommandEntry(
        .announcementMake,
        "Tells the waiting callers of a clinic, or of the organisation, something (TXT-3).",
        makes: [
            .derived("announcement", "The announcement.") { made throws(Refusal) in
                guard let event = made.events.first,
                    event.stream.category == Category.announcement,
                    case .made(let new) = try Coding.decode(event, as: AnnouncementEvent.self)
                else { return nil }
                return .id(new.announcement)
            }
        ],
        body: { body in
            (
                scope(&body),
                body("text", .publicText(max: WaitingAreaSettings.textMax), "What it says."),
                body.optional(
                    "expires", .instant, "From then on it is kept, and shown no longer.")
            )
        }
    ) { input, work throws(Refusal) in
        let stream = try await work.announcements(of: input.0)
        try await work.decide(
            Announcements.self, stream,
            .make(at: work.at, announcement: work.newID(), text: input.1, expires: input.2))
    }

    private static let withdraw = CommandEntry(
        .announcementWithdraw, "Deletes one announcement.",
        body: { body in
            (
                scope(&body),
                body("announcement", .id(), "Which.") as ID<Announcement>
            )
        }
    ) { input, work throws(Refusal) in
        let stream = try await work.announcements(of: input.0)
        try await work.decide(
            Announcements.self, stream, .withdraw(at: work.at, announcement: input.1))
    }

    private static let withdrawAll = CommandEntry(
        .announcementWithdrawAll, "Deletes all announcements of a clinic, or of the organisation.",
        body: { scope(&$0) }
    ) { clinic, work throws(Refusal) in
        let stream = try await work.announcements(of: clinic)
        try await work.decide(Announcements.self, stream, .withdrawAll(at: work.at))
    }

    private static func scope(_ body: inout Body) -> ID<Clinic>? {
        body.optional("clinic", .id(), "Left out: the organisation's, for all its clinics.")
    }

    // MARK: Walk-in hours

    private static let switchWalkIn = CommandEntry(
        .walkInSwitch,
        """
        A practitioner is available for visitors, or is not, until their schedule next changes \
        (WALK-2).
        """,
        body: { body in
            (clinic(&body), practitioner(&body), body("available", .bool, "Whether they are."))
        }
    ) { input, work throws(Refusal) in
        let staff = try await work.practitioner(input.1, of: input.0)
        try await work.decide(
            WalkIn.self, ID(bits: input.0.bits),
            .switched(at: work.at, staff: staff, on: input.2))
    }

    private static let scheduleWalkIn = CommandEntry(
        .walkInSchedule, "When in the week a practitioner is available for visitors (WALK-2).",
        body: { body in
            (
                clinic(&body), practitioner(&body),
                body.optional("hours", .hours, "Left out: by the switch alone.")
            )
        }
    ) { input, work throws(Refusal) in
        let staff = try await work.practitioner(input.1, of: input.0)
        try await work.decide(
            WalkIn.self, ID(bits: input.0.bits),
            .schedule(at: work.at, staff: staff, input.2))
    }

    private static func practitioner(_ body: inout Body) -> ID<Staff>? {
        body.optional("staff", .id(), "The practitioner; left out: oneself.")
    }
}

extension Work {
    fileprivate mutating func announcements(
        of clinic: ID<Clinic>?
    ) async throws(Refusal) -> ID<Announcements> {
        try await allow(in: clinic)
        guard let clinic else { return ID(bits: organisation.bits) }
        _ = try await existing(Clinic.self, clinic, field: "clinic")
        return ID(bits: clinic.bits)
    }

    fileprivate mutating func practitioner(
        _ named: ID<Staff>?, of clinic: ID<Clinic>
    ) async throws(Refusal) -> ID<Staff> {
        guard case .staff(_, let own) = request.actor else { throw .notSignedIn }
        try await allow(in: clinic)
        _ = try await existing(Clinic.self, clinic, field: "clinic")
        let staff = try await existing(Staff.self, named ?? own, field: "staff")
        guard staff.practisesIn.contains(clinic) else {
            throw .rule(WalkInRejection.notAPractitioner.told)
        }
        return named ?? own
    }
}

extension WaitingAreaSettings {
    /// Characters of one text.
    static let textMax = 2_000
    static let animationMax = 500

    fileprivate init(_ body: inout Body) {
        let text = FieldType<PublicText>.publicText(max: Self.textMax)
        let usual = Self.standard
        self.init(
            hours: body.optional("hours", .hours, "When it is open; left out: always."),
            entry: body.optional(
                "entry", .list(of: .askedField, max: EntryQuestion.allCases.count),
                "What callers are asked.") ?? usual.entry,
            disclaimer: body.optional(
                "disclaimer",
                .object { body in
                    Disclaimer(
                        version: Int(
                            body("version", .whole(1...1_000_000), "Raised with the text.")),
                        text: body("text", .publicText(max: 6_000), "What is accepted."))
                }, "What callers accept before they wait."),
            welcome: body.optional("welcome", text, "What callers read on entering."),
            waitingText: body.optional("waitingText", text, "What they read while they wait."),
            animation: body.optional(
                "animation", .publicText(max: Self.animationMax),
                "A reference to music or an animation."),
            showsPosition: body.optional(
                "showsPosition", .bool, "Callers see their place in the queue.")
                ?? usual.showsPosition,
            confirmsBeforeEntry: body.optional(
                "confirmsBeforeEntry", .bool, "Callers enter with `confirmed`: they were asked.")
                ?? usual.confirmsBeforeEntry,
            allowsLocks: body.optional("allowsLocks", .bool, "Calls may be locked (WA-13).")
                ?? usual.allowsLocks,
            peopleMax: Self.whole(
                &body, "peopleMax", Self.peopleRange, "People in one call.", usual.peopleMax),
            longWaitMinutes: Self.whole(
                &body, "longWaitMinutes", Self.longWaitRange, "Whoever waits longer is flagged.",
                usual.longWaitMinutes),
            movesMessages: body.optional(
                "movesMessages", .bool, "Messages go along to another clinic (WA-6).")
                ?? usual.movesMessages)
    }

    private static func whole(
        _ body: inout Body, _ name: String, _ range: ClosedRange<Int>, _ docs: String,
        _ usual: Int
    ) -> Int {
        let range = Int64(range.lowerBound)...Int64(range.upperBound)
        return body.optional(name, .whole(range), docs).map { Int($0) } ?? usual
    }
}

extension FieldType where Value == AskedField {
    fileprivate static var askedField: FieldType {
        .object { body in
            AskedField(
                body(
                    "field", .choice(EntryQuestion.allCases.map { ($0.word, $0) }), "What is asked."
                ),
                isRequired: body.optional("required", .bool, "It must be answered.") ?? false)
        }
    }
}

extension FieldType where Value == OpeningHours {
    /// Times of the week, and days with times of their own.
    static var hours: FieldType {
        .object { body in
            let times = FieldType<[OpenTimes]>.list(of: .openTimes, max: OpeningHours.timesMax)
            return OpeningHours(
                week: body(
                    "week",
                    .list(
                        of: .object { body in
                            WeekdayTimes(
                                weekday: Int(
                                    body("weekday", .whole(1...7), "1 Monday to 7 Sunday.")),
                                times: body(
                                    "times", times, "In order; breaks are what lies between."))
                        }, max: 7), "Weekdays not named are closed."),
                exceptions: body.optional(
                    "exceptions",
                    .list(
                        of: .object { body in
                            DayTimes(
                                day: body("day", .date, "Which."),
                                times: body("times", times, "In order; none: closed."))
                        }, max: OpeningHours.exceptionsMax), "Days with times of their own.") ?? [])
        }
    }
}

extension FieldType where Value == OpenTimes {
    fileprivate static var openTimes: FieldType {
        .object { body in
            OpenTimes(
                from: body("from", .clockTime, "The first minute."),
                until: body("until", .clockTime, "No longer open; 24:00 is the day's end."))
        }
    }
}
