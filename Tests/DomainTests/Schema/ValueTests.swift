import Domain
import Foundation
import Testing

@Suite("Field values") struct ValueTests {
    @Test("SCH-4 each day of the calendar follows the one before, over a whole cycle of 400 years")
    func dates() throws {
        let first = try #require(LocalDate("0000-01-01"))
        let last = try #require(LocalDate("9999-12-31"))
        let start = try #require(LocalDate("1799-12-31"))
        var (year, month, day) = start.parts
        var weekday = start.weekday
        #expect(weekday == 2)
        for number in start.day...start.day + 146_097 {
            let date = try #require(LocalDate(day: number))
            if date.parts != (year, month, day) || date.weekday != weekday {
                Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            weekday = weekday % 7 + 1
            day += 1
            guard day > lengths[month - 1] else { continue }
            (day, month) = (1, month + 1)
            guard month > 12 else { continue }
            (month, year) = (1, year + 1)
        }
        for day in stride(from: first.day, through: last.day, by: 997) {
            let date = try #require(LocalDate(day: day))
            #expect(LocalDate(date.description) == date)
            let (year, month, ofMonth) = date.parts
            #expect(LocalDate(year: year, month: month, day: ofMonth) == date)
        }
        #expect(LocalDate(day: first.day - 1) == nil)
        #expect(LocalDate(day: last.day + 1) == nil)
        #expect(try #require(LocalDate("1970-01-01")).day == 0)
    }

    @Test(
        "SCH-1 what is no day is refused",
        arguments: [
            "", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "26-01-01",
            "2026-1-01", "2026-01-01 ", "+026-01-01", "2026-01--1", "2026/01/01", "２026-01-01",
        ])
    func noDate(text: String) { #expect(LocalDate(text) == nil) }

    @Test("ORG-6 every minute of the day is a local time, and 24:00 ends it")
    func times() throws {
        for minutes in 0...1440 {
            let time = try #require(LocalTime(minutes: minutes))
            #expect(LocalTime(time.description) == time)
        }
        #expect(try #require(LocalTime("24:00")).minutes == 1440)
        #expect(try #require(LocalTime("07:05")).description == "07:05")
        for text in ["", "24:01", "7:05", "07:60", "-1:00", "07:5", "07.05", "07:05:00", "+7:05"] {
            #expect(LocalTime(text) == nil, "\(text)")
        }
        #expect(LocalTime(minutes: -1) == nil)
        #expect(LocalTime(minutes: 1441) == nil)
    }

    @Test("AUD-1 instants read as RFC 3339, before 1970 and in years beyond too")
    func instants() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_763_716_800_123, "2025-11-21T09:20:00.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-86_400_000, "1969-12-31T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "253402300800000"), (.min, "-9223372036854775808"),
        ] as [(Int64, String)] {
            #expect(Instant(milliseconds: milliseconds).description == text)
        }
    }

    @Test("AUD-3 times out of a log never stop a fold: they stay at the end of their range")
    func clamped() {
        let far = Instant(milliseconds: .max)
        let long = Instant(milliseconds: .min)
        #expect(far + .seconds(1) == far)
        #expect(far + .seconds(-1) == Instant(milliseconds: .max - 1000))
        #expect(long - .seconds(1) == long)
        #expect(far - long == Milliseconds(.max))
        #expect(long - far == Milliseconds(.min))
        #expect(Milliseconds.days(.max) == Milliseconds(.max))
        #expect(Milliseconds.days(.min) == Milliseconds(.min))
        #expect(Milliseconds.days(2) == Milliseconds(172_800_000))
    }

    @Test("ORG-1 names of zones, labels, languages and currencies are what their standards say")
    func texts() {
        func check<Value: PlainText>(_: Value.Type, good: [String], bad: [String]) {
            for text in good { #expect(Value(text)?.description == text, "\(Value.self) \(text)") }
            for text in bad { #expect(Value(text) == nil, "\(Value.self) “\(text)”") }
        }
        let x63 = String(repeating: "x", count: 63)
        check(
            ZoneName.self, good: ["UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "W-SU"],
            bad: ["", "/UTC", "UTC/", "A//B", "../etc", "1A", "Europe/Malmö", x63 + "xx"])
        check(
            DNSLabel.self, good: ["a", "a-b", "9", x63, "xn--mnchen-3ya"],
            bad: ["", "-a", "a-", "A", "a.b", "a_b", "é", x63 + "x", "`", "{"])
        check(
            LanguageTag.self, good: ["nl", "pt-BR", "zh-Hant-TW", "de-CH-1996"],
            bad: ["", "n", "nl-", "-nl", "nl_BE", "toolonglang", "en-toolongpart", "n1"])
        check(Currency.self, good: ["EUR", "SEK"], bad: ["", "eur", "EU", "EURO", "€UR", "E1R"])
        let most = String(repeating: "é", count: 4096)
        check(PublicText.self, good: ["", "Ünï \u{0} 🏥", most], bad: [most + "x"])
    }

    @Test("ACC-5 a digest is its 32 bytes, and nothing else is one")
    func digests() {
        let bytes = (0..<32).map { UInt8($0) }
        #expect(Digest(bytes: bytes)?.bytes == bytes)
        #expect(Digest(bytes: bytes.dropLast()) == nil)
        #expect(Digest(bytes: bytes + [0]) == nil)
    }

    @Test("AUD-1 the JSON form is JSON, in the order of the fields")
    func json() throws {
        let json = try SampleEvent.everything(.known).json()
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        let price = #"{"minor_units":-250,"currency":"EUR"}"#
        let digest = "0000000000000000000000000000000100000000000000000000000000000002"
        #expect(
            json == """
                {"at":"2025-11-21T09:20:00.123Z","id":"01000000000000000000000000000002",\
                "flag":true,"number":-1234567,"count":4294967295,"colour":"darkRed",\
                "length":1200000,"date":"2026-11-21","time":"07:30","zone":"Europe/Amsterdam",\
                "label":"city-clinic","language":"pt-BR","price":\(price),\
                "text":"Closed on 5 May","digest":"\(digest)",\
                "sealed":{"key":"abcd0000000000000000000000000000","sealed":"010203"},\
                "perhaps":0,"price_perhaps":\(price),"numbers":[0,-3,9223372036854775807],\
                "prices":[\(price),\(price)],"texts":["Closed on 5 May"],"later":true,\
                "later_colour":"green"}
                """)
        #expect(try SampleEvent.nothing(SampleNothing()).json() == "{}")
    }

    @Test("ANON-1 the JSON form of an event never shows what an open record holds")
    func openJSON() throws {
        let record = SampleRecord(name: "Žofie", born: try #require(LocalDate(day: 0)))
        let event = SampleEvent.typical(
            SampleTypical(
                at: Instant(milliseconds: 0), clinic: ID(bits: 1), staff: ID(bits: 2),
                colour: .green, minutes: 1, note: Sealed(record, under: ID(bits: 3))))
        let json = try event.json()
        #expect(!json.contains("ofie"))
        #expect(json.contains(#""note":{"key":"00000000000000000000000000000003"}"#))
        var output = JSONOutput()
        try record.writeJSON(&output)
        #expect(output.text == #"{"name":"Žofie","born":"1970-01-01","relatives":[]}"#)
    }

    @Test("AUD-1 every character survives JSON", arguments: 0..<50 as Range<UInt64>)
    func escaping(seed: UInt64) throws {
        var samples = Samples(seed: seed)
        let scalars = (0..<40).compactMap { _ in
            Unicode.Scalar(UInt32(samples.next(in: 0...(seed < 10 ? 0x9F : 0x10FFFF))))
        }
        let text = String(String.UnicodeScalarView(scalars))
        var output = JSONOutput()
        output.string(text)
        let read = try JSONSerialization.jsonObject(
            with: Data(output.bytes), options: .fragmentsAllowed)
        #expect((read as? String)?.unicodeScalars.elementsEqual(scalars) == true, "seed \(seed)")
    }
}
