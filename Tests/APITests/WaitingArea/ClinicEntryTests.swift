import API
import Domain
import Foundation
import Testing

/// A clinic's door: hours, questions, disclaimer, texts, who takes visitors, what is announced.
@Suite("The clinic's door") struct ClinicEntryTests {
    /// 2026-11-18, a Wednesday, 12:06:40 in Copenhagen: when the fixture's clock begins.
    private static let morning: JSON = [
        "week": .array(
            (1...5).map {
                [
                    "weekday": .integer($0),
                    "times": [
                        ["from": "08:00", "until": "12:00"], ["from": "13:00", "until": "17:00"],
                    ],
                ]
            }),
        "exceptions": [["day": "2026-11-20", "times": []]],
    ]

    private func set(_ hospital: Hospital, _ settings: JSON) async throws {
        try await hospital.fixture.must(
            "clinic.set-waiting-area", settings.setting("clinic", .string(hospital.clinic)),
            by: hospital.administrator)
    }

    private func entry(_ hospital: Hospital) async throws -> JSON {
        let told = try await hospital.fixture.get(
            "/v1/clinics/\(hospital.clinic)/entry?organisation=\(hospital.organisation)",
            by: .nobody)
        told.accepted()
        return told.json
    }

    private func open(_ hospital: Hospital) async throws -> Told {
        try await hospital.fixture.post(
            "visit.open",
            [
                "organisation": .string(hospital.organisation), "clinic": .string(hospital.clinic),
            ], by: .nobody)
    }

    @Test("ORG-6 closed, a caller is told when it opens next; disabled and suspended differ")
    func threeAnswers() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await set(hospital, ["hours": Self.morning])
            let shut = try await open(hospital)
            shut.refused(409, "outsideHours")
            #expect(shut.text.contains("2026-11-18T12:00:00.000Z"))
            #expect(try await entry(hospital)["opensAt"] == "2026-11-18T12:00:00.000Z")
            fixture.clock.advance(seconds: 3_600)  // 13:06, the break is over.
            #expect(try await entry(hospital)["door"] == "open")
            try await open(hospital).accepted()
            // Thursday evening: Friday is an exception, so Monday at eight.
            fixture.clock.advance(seconds: 29 * 3_600)
            #expect(try await entry(hospital)["opensAt"] == "2026-11-23T07:00:00.000Z")
            let administrator = hospital.administrator
            let clinic: JSON = ["clinic": .string(hospital.clinic)]
            try await fixture.must(
                "clinic.switch-waiting-area",
                clinic.setting("mode", "disabled").setting("text", "Moved to Dermatology."),
                by: administrator)
            let disabled = try await open(hospital)
            disabled.refused(409, "clinicDisabled")
            #expect(disabled.json["detail"] == "Moved to Dermatology.")
            #expect(try await entry(hospital)["text"] == "Moved to Dermatology.")
            try await fixture.must(
                "clinic.switch-waiting-area", clinic.setting("mode", "suspended"),
                by: administrator)
            try await open(hospital).refused(409, "clinicSuspended")
            #expect(try await entry(hospital)["door"] == "suspended")
            try await fixture.must("clinic.close", clinic, by: administrator)
            try await open(hospital).refused(409, "clinicClosed")
            // Staff and who is inside are not concerned.
            #expect(try await entry(hospital)["door"] == "closedForGood")
        }
    }

    @Test("ORG-6 what is required and missing is refused by its name; the disclaimer is accepted")
    func questions() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await set(
                hospital,
                [
                    "entry": [
                        ["field": "lastName", "required": true], ["field": "phone"],
                        ["field": "birthDate", "required": true],
                    ],
                    "disclaimer": ["version": 3, "text": "No emergencies."],
                ])
            let door = try await entry(hospital)
            #expect(door["disclaimer"]?["text"] == "No emergencies.")
            #expect(door["fields"]?.elements?.count == 3)
            let visit = try await hospital.opened()
            func arrive(_ entry: JSON, _ disclaimer: JSON?) async throws -> Told {
                try await fixture.post(
                    "visit.arrive",
                    [
                        "organisation": .string(hospital.organisation), "visit": .string(visit),
                        "entry": entry, "disclaimer": disclaimer,
                    ], by: .nobody)
            }
            let grace: JSON = ["lastName": "Hopper", "birthDate": "1906-12-09"]
            try await arrive(["birthDate": "1906-12-09"], 3)
                .refused(409, "fieldMissing", field: "entry.lastName")
            try await arrive(["lastName": "Hopper"], 3)
                .refused(409, "fieldMissing", field: "entry.birthDate")
            try await arrive(grace, nil).refused(409, "disclaimerNotAccepted", field: "disclaimer")
            try await arrive(grace, 2).refused(409, "disclaimerNotAccepted", field: "disclaimer")
            try await arrive(grace, 3).accepted()
        }
    }

    @Test("ORG-6 where callers confirm before entry, the door says so, and asks it by its field")
    func confirms() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            #expect(try await entry(hospital)["confirmsBeforeEntry"] == false)
            let page = "/c/\(hospital.clinic)"
            try await fixture.caughtUp(hospital.organisation)
            let unasked = try await fixture.request(.get, page, by: .nobody)
            #expect(!unasked.text.contains("id=\"f-confirmed\""))
            try await set(hospital, ["confirmsBeforeEntry": true])
            #expect(try await entry(hospital)["confirmsBeforeEntry"] == true)
            try await fixture.caughtUp(hospital.organisation)
            let asked = try await fixture.request(.get, page, by: .nobody)
            #expect(asked.text.contains("id=\"f-confirmed\""))
            let visit = try await hospital.opened()
            func arrive(_ confirmed: JSON?) async throws -> Told {
                try await fixture.post(
                    "visit.arrive",
                    [
                        "organisation": .string(hospital.organisation), "visit": .string(visit),
                        "entry": ["firstName": "Grace"], "confirmed": confirmed,
                    ], by: .nobody)
            }
            for refused: JSON? in [nil, false] {
                try await arrive(refused).refused(409, "entryNotConfirmed", field: "confirmed")
            }
            try await arrive(true).accepted()
        }
    }

    @Test("ORG-6 faulty settings are refused by field or rule, and kept settings are told again")
    func settings() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let clinic = JSON.string(hospital.clinic)
            let seven = try await fixture.post(
                "clinic.set-waiting-area", ["clinic": clinic, "peopleMax": 7],
                by: hospital.administrator)
            seven.refused(422, "invalidFields", field: "peopleMax")
            try await set(
                hospital,
                [
                    "hours": Self.morning, "peopleMax": 2, "longWaitMinutes": 45,
                    "waitingText": "Soon.",
                ])
            let told = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/waiting-area-settings",
                by: hospital.administrator)
            #expect(told.json["hours"] == Self.morning)
            #expect(told.json["longWaitMinutes"] == 45 && told.json["waitingText"] == "Soon.")
            // Two people in a call, the caller included.
            fixture.clock.advance(seconds: 3_600)
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            try await fixture.must("visit.admit", ["visit": .string(caller.id)], by: member)
            let third = try await fixture.post(
                "visit.join", ["visit": .string(caller.id)], by: hospital.administrator)
            third.refused(409, "callFull")
            #expect(third.json["limit"] == 2)
        }
    }

    @Test("ORG-6 a hidden position is hidden from callers, and messages stay where they were")
    func hidden() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await set(hospital, ["showsPosition": false, "movesMessages": false])
            let caller = try await hospital.caller()
            let visit: JSON = ["visit": .string(caller.id)]
            try await fixture.must("visit.message", visit.setting("text", "Here."), by: caller)
            try await fixture.caughtUp(hospital.organisation)
            let path = "/v1/visits/\(caller.id)"
            #expect(try await fixture.get(path, by: caller).json["position"] == nil)
            let administrator = hospital.administrator
            #expect(try await fixture.get(path, by: administrator).json["position"] == 1)
            #expect(
                try await fixture.get(path, by: administrator).json["messages"]?.elements?.count
                    == 1)
            try await fixture.must(
                "visit.transfer", visit.setting("clinic", .string(hospital.otherClinic)),
                by: administrator)
            #expect(try await fixture.get(path, by: administrator).json["messages"] == [])
            #expect(
                try await fixture.get(path, by: caller).json["messages"]?.elements?.count == 1)
        }
    }

    // MARK: Walk-in hours

    @Test(
        "WALK-2 one action, or a schedule; a visitor goes straight into that waiting list, yellow")
    func walkIn() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let clinic = JSON.string(hospital.clinic)
            let on: JSON = ["clinic": clinic, "available": true]
            try await fixture.post("walk-in.switch", on, by: member)
                .refused(409, "notAPractitioner", field: "staff")
            try await fixture.must(
                "staff.mark-practitioner", ["clinic": clinic, "staff": .string(member.id)],
                by: hospital.administrator)
            func arrive() async throws -> Told {
                let visit = try await hospital.opened()
                return try await fixture.post(
                    "visit.arrive",
                    [
                        "organisation": .string(hospital.organisation), "visit": .string(visit),
                        "entry": ["firstName": "Grace"], "askedFor": .string(member.id),
                        "walkIn": true,
                    ], by: .nobody)
            }
            try await arrive().refused(409, "practitionerNotAvailable", field: "askedFor")
            try await fixture.must("walk-in.switch", on, by: member)
            try await fixture.caughtUp(hospital.organisation)
            let shown = try await entry(hospital)["available"]?.elements
            #expect(shown?.map { $0["staff"] } == [.string(member.id)])
            #expect(shown?.first?["name"] == "Somebody")
            try await arrive().accepted()
            let row = try #require(try await fixture.waitingArea(hospital).first)
            #expect(row["colour"] == "yellow" && row["askedFor"]?.text == member.id)
            // A schedule begins: the switch wins until it next changes, at noon.
            try await fixture.must(
                "walk-in.schedule", ["clinic": clinic, "hours": Self.morning], by: member)
            try await fixture.must(
                "walk-in.switch", on.setting("available", false), by: member)
            try await arrive().refused(409, "practitionerNotAvailable")
            fixture.clock.advance(seconds: 4 * 3_600)
            try await arrive().accepted()
            let rows = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/practitioners", by: member)
            let own = rows.json["rows"]?.elements?.first { $0["staff"]?.text == member.id }
            #expect(own?["isAvailable"] == true && own?["hours"] == Self.morning)
        }
    }

    // MARK: Announcements

    @Test("TXT-3 an announcement reaches waiting callers live, expires, and is deleted")
    func announcements() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let administrator = hospital.administrator
            let caller = try await hospital.caller()
            let clinic = JSON.string(hospital.clinic)
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: caller) {
                var heard = await $0.through { $0.event == "ready" }
                try await fixture.must(
                    "announcement.make",
                    ["text": "Elsewhere.", "clinic": .string(hospital.otherClinic)],
                    by: administrator)
                try await fixture.must(
                    "announcement.make",
                    ["text": "Busy.", "clinic": clinic, "expires": "2026-11-18T11:30:00Z"],
                    by: administrator)
                try await fixture.must(
                    "announcement.make", ["text": "For all."], by: administrator)
                heard += await $0.through { $0.json["text"] == "For all." }
                try await fixture.must("announcement.withdraw-all", [:], by: administrator)
                heard += await $0.through { $0.event == "withdrawn" }
                return heard
            }
            let texts = heard.filter { $0.event == "announcement" }.map { $0.json["text"] }
            #expect(texts == ["Busy.", "For all."])
            #expect(try await entry(hospital)["announcements"]?.elements?.count == 1)
            fixture.clock.advance(seconds: 3_600)  // Expired: kept, shown no longer.
            #expect(try await entry(hospital)["announcements"] == [])
            let path = "/v1/clinics/\(hospital.clinic)/announcements"
            let kept = try await fixture.get(path, by: administrator)
                .json["announcements"]?.elements
            #expect(kept?.map { $0["isShown"] } == [false])
            let id = try #require(kept?.first?["announcement"] as JSON?)
            try await fixture.must(
                "announcement.withdraw", ["clinic": clinic, "announcement": id], by: administrator)
            try await fixture.post(
                "announcement.withdraw", ["clinic": clinic, "announcement": id], by: administrator
            ).refused(409, "announcementUnknown", field: "announcement")
            let member = try await hospital.teamMember()
            try await fixture.post(
                "announcement.make", ["text": "No.", "clinic": clinic], by: member
            ).refused(403, "notPermitted")
        }
    }

    // MARK: Live

    @Test("WA-3 a caller's stream tells their place whenever it changes, the one staff see")
    func place() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let first = try await hospital.caller(firstName: "Ada")
            let second = try await hospital.caller(firstName: "Jean")
            let last = try await hospital.caller(firstName: "Grace")
            let heard = try await fixture.live("/v1/visits/\(last.id)/live", by: last) {
                var heard = await $0.through { $0.event == "ready" }
                try await fixture.must(
                    "visit.admit", ["visit": .string(first.id)], by: member)
                heard += await $0.through { $0.event == "place" }
                _ = try await hospital.caller(firstName: "Behind")
                try await fixture.must(
                    "visit.send-back", ["visit": .string(first.id), "reason": "other"], by: member)
                heard += await $0.through { $0.event == "place" }
                try await fixture.must(
                    "visit.give-up", ["visit": .string(second.id)], by: second)
                heard += await $0.through { $0.event == "place" }
                return heard
            }
            let places = heard.filter { $0.event == "place" }.map { $0.json["position"] }
            #expect(places == [3, 2, 3, 2])
            try await fixture.caughtUp(hospital.organisation)
            let asked = try await fixture.get("/v1/visits/\(last.id)", by: last)
            #expect(asked.json["position"] == 2)
            let bySSE = heard.map(\.data).joined()
            #expect(!bySSE.contains(first.id) && !bySSE.contains("Ada"))
        }
    }

    @Test("WALK-2 ORG-6 TXT-3 staff's stream tells who takes visitors, settings and announcements")
    func staffStream() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let clinic = JSON.string(hospital.clinic)
            try await fixture.must(
                "staff.mark-practitioner", ["clinic": clinic, "staff": .string(member.id)],
                by: hospital.administrator)
            // What is there before is told by the snapshot, and not as changes after it.
            try await fixture.caughtUp(hospital.organisation)
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let heard = try await fixture.live(path, by: member) {
                var heard = await $0.through { $0.event == "ready" }
                try await fixture.must(
                    "walk-in.switch", ["clinic": clinic, "available": true], by: member)
                try await set(hospital, ["longWaitMinutes": 5])
                try await fixture.must(
                    "announcement.make", ["text": "Busy.", "clinic": clinic],
                    by: hospital.administrator)
                heard += await $0.through { $0.event == "announcement" }
                return heard
            }
            #expect(heard.map(\.event) == ["ready", "walk-in", "clinic", "announcement"])
        }
    }
}

/// Hours of clinics across every change of the clocks there was and will be, against a table made
/// by other means (zic and zdump).
@Suite("Opening hours across changes of the clocks") struct OpeningHoursZoneTests {
    private static let hours: OpeningHours = {
        func clock(_ minutes: Int) -> LocalTime {
            guard let time = LocalTime(minutes: minutes) else { preconditionFailure("no time") }
            return time
        }
        let times = [(0, 20), (100, 125), (150, 170), (480, 720), (780, 1_020), (1_380, 1_440)]
            .map { OpenTimes(from: clock($0.0), until: clock($0.1)) }
        return OpeningHours(week: (1...7).map { WeekdayTimes(weekday: $0, times: times) })
    }()

    /// The same week, but on the day of the change only some minutes around it, and nothing on the
    /// day after.
    private static func exceptional(on day: Int) throws -> OpeningHours {
        let (date, next) = (LocalDate(day: day), LocalDate(day: day + 1))
        let times = [(0, 30), (90, 130), (1_390, 1_435)].compactMap { pair -> OpenTimes? in
            guard let from = LocalTime(minutes: pair.0), let until = LocalTime(minutes: pair.1)
            else { return nil }
            return OpenTimes(from: from, until: until)
        }
        return OpeningHours(
            week: hours.week,
            exceptions: [
                DayTimes(day: try #require(date), times: times),
                DayTimes(day: try #require(next), times: []),
            ])
    }

    @Test(
        "ORG-6 opens next at the right moment, across every change of 20 zones, exceptions too",
        arguments: ZonedDaysTests.zones)
    func transitions(name: String) throws {
        guard let changes = try ZonedDaysTests.changes(of: name) else { return }
        let days = try #require(ZoneName(name).flatMap { ZonedDays($0) })
        for change in changes {
            let begin = change.at - 6 * 3_600
            let end = change.at + 54 * 3_600
            // Clocks may be changed again soon.
            let near = changes.filter { $0.at > begin && $0.at < end }
            let clocks = days.clocks(
                from: Instant(milliseconds: begin * 1000), until: Instant(milliseconds: end * 1000))
            let day = Self.day(local: change.at + change.after)
            for hours in [Self.hours, try Self.exceptional(on: day)] {
                try check(hours, clocks, near, begin..<end, "\(name) \(change.at)")
            }
        }
    }

    /// Backwards through the time around a change: the first open moment from each on, by the
    /// table, is what the clinic says.
    private func check(
        _ hours: OpeningHours, _ clocks: ZoneClocks, _ near: [ZonedDaysTests.Change],
        _ span: Range<Int64>, _ what: String
    ) throws {
        // As far apart as times of the hours are, in seconds; some clocks are changed at 00:01.
        let step: Int64 = span.lowerBound.isMultiple(of: 300) ? 300 : 60
        let first = try #require(near.first)
        var next: Int64?
        for second in stride(from: span.upperBound - step, through: span.lowerBound, by: -Int(step))
        {
            let offset = near.last { $0.at <= second }?.after ?? first.before
            let isOpen = Self.isOpen(hours, local: second + offset)
            if isOpen { next = second }
            guard (second - span.lowerBound) % (step * 7) == 0 else { continue }
            let instant = Instant(milliseconds: second * 1000)
            let told = hours.opensNext(after: instant, clocks)
            #expect(told?.milliseconds == next.map { $0 * 1000 }, "\(what) \(second)")
            #expect(hours.isOpen(at: instant, clocks) == isOpen, "\(what) \(second)")
        }
        #expect(next != nil, "\(what) is never open")
    }

    private static func day(local: Int64) -> Int {
        Int((local - (local % 86_400 + 86_400) % 86_400) / 86_400)
    }

    private static func isOpen(_ hours: OpeningHours, local: Int64) -> Bool {
        let minute = Int((local % 86_400 + 86_400) % 86_400 / 60)
        let day = Self.day(local: local)
        let times =
            hours.exceptions.first { $0.day.day == day }?.times ?? hours.week.first?.times ?? []
        return times.contains { $0.from.minutes <= minute && minute < $0.until.minutes }
    }
}
