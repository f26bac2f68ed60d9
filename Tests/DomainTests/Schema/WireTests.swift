import Domain
import Testing

/// The bytes themselves: what they are, and what is refused.
@Suite("Schema, wire format") struct WireTests {
    /// at 1, clinic 2, staff 3, colour dark red, 300 minutes, a note of three bytes under key 4.
    static let typical = """
        0802 1210 00000000000000000000000000000002 1a10 00000000000000000000000000000003 \
        2002 28ac02 3213 00000000000000000000000000000004 010203
        """

    private func decode(_ name: String, _ number: Int, hex text: String) throws -> SampleEvent {
        let payload = try #require(bytes(hex: text.filter { $0 != " " }))
        return try SampleEvent.decode(EventName(name), number: number, payload[...])
    }

    private func typical(hex text: String) throws -> SampleEvent {
        try decode("sample.typical", 2, hex: text)
    }

    @Test("AUD-3 an event's bytes are those of the protobuf wire format, written out by hand")
    func known() throws {
        let event = SampleEvent.typical(
            SampleTypical(
                at: Instant(milliseconds: 1), clinic: ID(bits: 2), staff: ID(bits: 3),
                colour: .darkRed, minutes: 300,
                note: .shut(SealedBytes(key: ID(bits: 4), bytes: [1, 2, 3]))))
        var payload: [UInt8] = [0xFF]
        let head = try event.encode(into: &payload)
        #expect(head == EventHead(name: EventName("sample.typical"), number: 2))
        #expect(head.name.description == "sample.typical")
        #expect(hex(payload) == "ff" + Self.typical.filter { $0 != " " })
        #expect(try typical(hex: Self.typical) == event)
    }

    @Test(
        "AUD-3 bytes that no writer of ours makes are refused, with their place",
        arguments: [
            // Nothing at all, and less than all.
            ("", WireError.missing(field: 1)),
            ("08", .malformed(.truncated, offset: 1, field: 1)),
            ("0880", .malformed(.truncated, offset: 1, field: 1)),
            ("0802", .missing(field: 2)),
            ("0802 1210 0000", .malformed(.truncated, offset: 4, field: 2)),
            // One number, two spellings.
            ("088200", .malformed(.varintNotMinimal, offset: 1, field: 1)),
            ("08ffffffffffffffffff02", .malformed(.varintTooLong, offset: 1, field: 1)),
            ("08ffffffffffffffffffff01", .malformed(.varintTooLong, offset: 1, field: 1)),
            ("8800", .malformed(.varintNotMinimal, offset: 0, field: 0)),
            // Fields that are none, stand twice, come late, or are of another kind.
            ("0000", .malformed(.fieldNumber, offset: 1, field: 0)),
            ("0802 0802", .malformed(.fieldOrder, offset: 3, field: 1)),
            ("1210 00000000000000000000000000000002 0802", .missing(field: 1)),
            ("0a00", .malformed(.wireType, offset: 1, field: 1)),
            ("0b", .malformed(.wireType, offset: 1, field: 1)),
            ("0802 120f", .malformed(.truncated, offset: 4, field: 2)),
            (
                "0802 120f 000000000000000000000000000002",
                .malformed(.outOfBounds, offset: 4, field: 2)
            ),
        ])
    func refused(text: String, error: WireError) throws {
        #expect(throws: error) { try typical(hex: text) }
    }

    @Test("AUD-3 a list's elements stand together, and parts are held to the same rules")
    func nested() throws {
        var payload: [UInt8] = []
        _ = try SampleEvent.everything(.known).encode(into: &payload)
        let whole = hex(payload)
        func replacing(_ old: String, _ new: String) throws -> SampleEvent {
            #expect(whole.contains(old), "\(old) is not in \(whole)")
            return try decode(
                SampleEverything.name, 1, hex: whole.replacing(old, with: new, maxReplacements: 1))
        }
        #expect(try replacing("6a08", "6a08") == .everything(.known))
        // -250 cents is zigzag 499, bytes f303; the part is 8 bytes long.
        let part = "6a0808f3031203455552"
        for (changed, reason) in [
            ("6a0908f3831203455552", "a longer varint"), ("6a0408f30312", "cut short"),
            ("6a051203455552", "its amount missing"), ("6a0b08f303120345555208f303", "order"),
            ("6a0808f3031203457552", "a small letter"), ("6a0708f30312024555", "two letters"),
        ] {
            #expect(throws: WireError.self, "\(reason)") { try replacing(part, changed) }
        }
        // A default is not written: later_colour, field 301, is green (0).
        #expect(
            throws: WireError.malformed(
                .defaultWritten, offset: payload.count + 3, field: 301)
        ) { try decode(SampleEverything.name, 1, hex: whole + "e81200") }
        // Text is UTF-8.
        #expect(throws: WireError.self) { try replacing("720f43", "720fff") }
        // One more of numbers, field 20, at the end.
        #expect(throws: WireError.self) {
            try decode(SampleEverything.name, 1, hex: whole + "a00102")
        }
    }

    @Test("AUD-1 an enumeration's value from the future is called newer, and nothing else is")
    func newerValue() throws {
        let later = Self.typical.replacing("2002", with: "2003")
        let error = WireError.newerValue(3, offset: 39, field: 4)
        #expect(throws: error) { try typical(hex: later) }
        #expect(error.isNewer)
        let tooLarge = Self.typical.replacing("2002", with: "20ffffffff0f")
        #expect(throws: WireError.malformed(.outOfBounds, offset: 39, field: 4)) {
            try typical(hex: tooLarge)
        }
        #expect(!WireError.malformed(.outOfBounds, offset: 39, field: 4).isNewer)
    }

    @Test("AUD-1 fields a newer program added are passed over, whatever their kind")
    func unknownFields() throws {
        let event = try typical(hex: Self.typical)
        // Varint, eight bytes, length and bytes, four bytes; one number twice, as in a list.
        let unknown = "3801 4101020304050607 08 4a020102 4a00 5501020304 c0bbff7f01"
        #expect(try typical(hex: Self.typical + unknown) == event)
        let nothing = try decode("sample.nothing", 1, hex: "0801 1200 " + unknown)
        #expect(nothing == .nothing(SampleNothing()))
        // They are held to the framing all the same.
        for broken in [
            "38", "380180", "4101", "4a02 01", "5501 0203", "3b", "3c", "3f", "3801 3001",
        ] {
            #expect(throws: WireError.self, "\(broken)") {
                try typical(hex: Self.typical + broken)
            }
        }
    }

    @Test("AUD-3 parts and texts of every length are written as short as they can be")
    func lengths() throws {
        for count in Array(0...300) + Array(16_370...16_400) + [32_768] {
            let text = String(repeating: "x", count: count)
            let relative = SampleRelative(name: text, phone: "1")
            let record = SampleRecord(
                name: "", born: try #require(LocalDate(day: 0)), relatives: [relative])
            let plain = try record.plainBytes()
            #expect(try SampleRecord(plainBytes: plain) == record, "\(count)")
        }
        let tooLong = SampleRecord(
            name: String(repeating: "x", count: 32_769), born: try #require(LocalDate(day: 0)))
        #expect(throws: WireError.self) { try SampleRecord(plainBytes: tooLong.plainBytes()) }
    }
}
