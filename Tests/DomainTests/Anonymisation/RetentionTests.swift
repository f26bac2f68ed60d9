import Domain
import Testing

@Suite("Retention") struct RetentionTests {
    @Test("ANON-2 every personal record of every family has its fate, and none is named in vain")
    func everyRecord() throws {
        var found: Set<String> = []
        for family in EventFamilies.all {
            for record in try sealedRecords(of: family) { found.insert("\(family) \(record)") }
        }
        let listed = Retention.places.map { "\($0.family) \($0.record)" }
        #expect(Set(listed).count == listed.count, "listed twice")
        for missing in found.subtracting(listed).sorted() {
            Issue.record("\(missing) stands in no line of Retention.places: when does it go?")
        }
        for surplus in Set(listed).subtracting(found).sorted() {
            Issue.record("\(surplus) is in no event")
        }
    }

    @Test("ANON-2 each kind's streams are of a family that holds what goes with it")
    func kinds() {
        let categories = RecordKind.allCases.map(\.category)
        #expect(Set(categories).count == categories.count)
        for place in Retention.places {
            guard case .withRecord(let kind) = place.fate else { continue }
            #expect(place.family.category == kind.category, "\(place.family) \(place.record)")
        }
    }

    @Test("ANON-2 a record is due once so many whole days lie between", arguments: [1, 30, 36_500])
    func due(days: Int) {
        let noon = Instant(milliseconds: (1_000 * 24 + 12) * 3_600_000)
        #expect(Retention.day(of: noon) == 1_000)
        let first = Retention.dueDay(1_000, days: days)
        #expect(first == 1_000 + Int64(days) + 1)
        let midnight = Instant(milliseconds: first * 86_400_000)
        #expect(Retention.lastDay(at: midnight, days: days) == 1_000)
        #expect(
            Retention.lastDay(at: Instant(milliseconds: midnight.milliseconds - 1), days: days)
                == 999)
    }

    @Test("ANON-2 days before 1970 are days as well, and no moment is beyond them")
    func edges() {
        #expect(Retention.day(of: Instant(milliseconds: -1)) == -1)
        #expect(Retention.day(of: Instant(milliseconds: -86_400_000)) == -1)
        #expect(Retention.day(of: Instant(milliseconds: 0)) == 0)
        #expect(Retention.dueDay(.max, days: 9) == .max)
        _ = Retention.lastDay(at: Instant(milliseconds: .min), days: 36_500)
    }

    @Test("ANON-2 an appointment counts from its local day, or its start where that is later")
    func appointments() {
        let day = day("2026-03-01")
        let number = Int64(day.day)
        let bare = AppointmentTime(day: day, zone: zone("Pacific/Kiritimati"))
        #expect(Retention.day(of: bare) == number)
        let next = Instant(milliseconds: (number + 1) * 86_400_000)
        let late = AppointmentTime(day: day, zone: zone("Pacific/Honolulu"), start: next)
        #expect(Retention.day(of: late) == number + 1)
    }

    @Test("ANON-3 a client goes among others, or at the end of the month the law gives")
    func among() {
        func goes(_ days: Int64, _ others: Int, urgent: Bool = false) -> Bool {
            Retention.goesNow(
                askedAt: Instant(milliseconds: 0), isUrgent: urgent, others: others,
                at: Instant(milliseconds: days * 86_400_000))
        }
        #expect(!goes(0, 0))
        #expect(!goes(20, Retention.othersMin - 1))
        #expect(goes(0, Retention.othersMin))
        #expect(goes(Int64(Retention.waitDaysMax), 0))
        #expect(goes(0, 0, urgent: true))
        #expect(Retention.waitDaysMax < 30)
    }

    private func sealedRecords(of family: any EventFamily.Type) throws -> Set<String> {
        func walk<Family: EventFamily>(_: Family.Type) throws -> Set<String> {
            var records: Set<String> = []
            for member in Family.members.all {
                for field in try member.type.describeFields() {
                    if case .sealed(let record, _) = field.value { records.insert(record) }
                }
            }
            return records
        }
        return try walk(family)
    }
}
