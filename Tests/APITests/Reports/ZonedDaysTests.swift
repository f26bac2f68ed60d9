import API
import Domain
import Foundation
import Testing

/// The machine's days against a table made by other means (zic and zdump).
@Suite("Days of zones") struct ZonedDaysTests {
    /// Every continent, both hemispheres, halves and quarters of hours, midnight changes, a day
    /// left out.
    static let zones = [
        "Europe/Amsterdam", "Europe/London", "Europe/Lisbon", "Europe/Istanbul",
        "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Havana",
        "America/Asuncion", "America/Caracas", "Africa/Cairo", "Africa/Casablanca",
        "Asia/Jerusalem", "Asia/Tehran", "Asia/Gaza", "Asia/Beirut", "Asia/Pyongyang",
        "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
        "Pacific/Apia",
    ]

    /// One line of the table.
    struct Change {
        /// Seconds since 1970.
        let at: Int64
        let before: Int64
        let after: Int64
    }

    @Test("REP-1 days of 20 zones have the moments the zone table gives them", arguments: zones)
    func days(name: String) throws {
        guard let changes = try Self.changes(of: name) else { return }
        let calendar = try calendar(name)
        // From the second change on: the first one tells the offset before it.
        var date = try #require(LocalDate("2000-01-02"))
        let end = try #require(LocalDate("2037-12-30"))
        var before: DaySpan?
        var odd = 0
        while date <= end {
            let span = try #require(calendar.span(of: date, from: nil))
            let told = Self.start(of: date, changes)
            #expect(span.from.milliseconds == told * 1000, "\(name) \(date)")
            #expect(before == nil || before?.until == span.from, "\(name) \(date)")
            let hours = span.until - span.from
            if hours != .hours(24) {
                odd += 1
                let within = changes.filter {
                    $0.at * 1000 > span.from.milliseconds && $0.at * 1000 < span.until.milliseconds
                }
                #expect(span.shifts.map(\.at.milliseconds) == within.map { $0.at * 1000 })
                #expect(span.shifts.map(\.offsetSeconds) == within.map { Int($0.after) })
            }
            if span.from < span.until {
                #expect(calendar.day(of: span.from) == date)
                #expect(calendar.day(of: span.until - Milliseconds(1)) == date)
            }
            before = span
            date = try #require(LocalDate(day: date.day + 1))
        }
        #expect(odd > 0, "\(name) never changed its clocks?")
    }

    @Test("REP-1 a spring day has 23 hours, an autumn day 25, and one in Samoa none")
    func lengths() throws {
        #expect(try hours("Europe/Copenhagen", "2026-03-29") == 23)
        #expect(try hours("Europe/Copenhagen", "2026-10-25") == 25)
        #expect(try hours("Europe/Copenhagen", "2026-11-21") == 24)
        #expect(try hours("Pacific/Apia", "2011-12-30") == 0)
        let nowhere = try #require(ZoneName("Nowhere/Never"))
        #expect(ZonedDays(nowhere) == nil)
    }

    @Test("REP-1 a zone moved mid-way leaves no moment out and shares none")
    func moved() throws {
        let west = try calendar("Pacific/Pago_Pago")
        let east = try calendar("Pacific/Kiritimati")
        for (one, other) in [(west, east), (east, west)] {
            let day = try #require(LocalDate("2026-06-01"))
            let last = try #require(one.span(of: day, from: nil))
            let following = try #require(LocalDate(day: day.day + 1))
            let next = try #require(other.span(of: following, from: last.until))
            #expect(next.from == last.until)
            #expect(next.until >= next.from)
            #expect(next.until - next.from <= .hours(50))
        }
    }

    private func calendar(_ zone: String) throws -> ZonedDays {
        let name = try #require(ZoneName(zone))
        return try #require(ZonedDays(name))
    }

    private func hours(_ zone: String, _ day: String) throws -> Int64 {
        let date = try #require(LocalDate(day))
        let span = try #require(try calendar(zone).span(of: date, from: nil))
        return (span.until - span.from).count / 3_600_000
    }

    /// The first second at which clocks show `day` or later, by the table.
    private static func start(of day: LocalDate, _ changes: [Change]) -> Int64 {
        let midnight = Int64(day.day) * 86_400
        var from = Int64.min
        for change in changes {
            let start = max(from, midnight - change.before)
            if start < change.at { return start }
            from = change.at
        }
        return max(from, midnight - (changes.last?.after ?? 0))
    }

    static func changes(of zone: String) throws -> [Change]? {
        let path = "/work/shared/data/tz/transitions-2000-2037.csv"
        let beside = FileManager.default.currentDirectoryPath + "/../shared/data/tz"
        let file = "\(beside)/transitions-2000-2037.csv"
        let known = [file, path].first { FileManager.default.fileExists(atPath: $0) }
        guard let known else {
            print("\(file) is not here: the zone table is not compared")
            return nil
        }
        let text = try String(contentsOfFile: known, encoding: .utf8)
        var changes: [Change] = []
        for line in text.split(separator: "\n") where line.hasPrefix(zone + ",") {
            let fields = line.split(separator: ",")
            let at = try #require(Instant(rfc3339: String(fields[1])))
            changes.append(
                Change(
                    at: at.milliseconds / 1000, before: try #require(Int64(fields[2])),
                    after: try #require(Int64(fields[3]))))
        }
        return changes.isEmpty ? nil : changes
    }
}
