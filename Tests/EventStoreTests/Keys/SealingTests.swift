import Crypto
import EventStore
import Testing

@Suite("Sealing") struct SealingTests {
    static let place = SealPlace(
        log: LogID(bits: 7), stream: StreamName("visit", 8, part: 9), type: "visit.arrived",
        field: 3)
    static let key = RecordKey(
        id: KeyID(bits: 10), key: SymmetricKey(data: (0..<32).map { UInt8($0) }))

    /// Texts that compress and texts that do not, of every length up to 1,100 and some above.
    static func plains() -> [[UInt8]] {
        var random = Seeded(1)
        let lengths = Array(0...1100) + [4096, 9000, 32_769, 49_149]
        return lengths.flatMap { count in
            [
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) },
                (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 3) },
            ]
        }
    }

    @Test("ANON-1 what was sealed opens to the same bytes, and is as long as a size class")
    func roundTrip() throws {
        for plain in Self.plains() {
            let sealed = try Sealer.seal(plain, under: Self.key, at: Self.place)
            #expect(SizeClass.all.contains(sealed.count - Sealer.overhead))
            #expect(sealed.count <= max(32, 3 * (plain.count + 3) / 2 + 32) + Sealer.overhead)
            #expect(try Sealer.open(sealed, under: Self.key, at: Self.place) == plain)
        }
    }

    @Test("ANON-3 texts of one class are equally long when sealed")
    func padding() throws {
        #expect(
            SizeClass.all == [
                32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192,
                12_288, 16_384, 24_576, 32_768, 49_152,
            ])
        for count in 0...SizeClass.max {
            let smallest = SizeClass.all.first { $0 >= count }
            #expect(SizeClass.holding(count) == smallest)
        }
        #expect(SizeClass.holding(SizeClass.max + 1) == nil)
    }

    @Test("ANON-1 text that compresses takes a smaller class")
    func compression() throws {
        let text = Array(String(repeating: "headache, since Monday; ", count: 100).utf8)
        let sealed = try Sealer.seal(text, under: Self.key, at: Self.place)
        #expect(sealed.count < 160)
        #expect(try Sealer.open(sealed, under: Self.key, at: Self.place) == text)
    }

    @Test("ANON-1 sealed twice, the same text looks different")
    func nonces() throws {
        let sealed = try (0..<1000).map { _ in
            try Sealer.seal([1, 2, 3], under: Self.key, at: Self.place)
        }
        #expect(Set(sealed).count == sealed.count)
        #expect(Set(sealed.map { $0.prefix(12) }).count == sealed.count)
    }

    @Test("ANON-1 one flipped bit, or one byte more or less, and it does not open")
    func tampered() throws {
        let sealed = try Sealer.seal(Array("name".utf8), under: Self.key, at: Self.place)
        for bit in 0..<8 * sealed.count {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealError.notAuthentic) {
                try Sealer.open(changed, under: Self.key, at: Self.place)
            }
        }
        for changed in [[], Array(sealed.dropLast()), sealed + [0], Array(sealed.prefix(28))] {
            #expect(throws: SealError.malformed(reason: "\(changed.count) bytes are no size class"))
            { try Sealer.open(changed, under: Self.key, at: Self.place) }
        }
    }

    @Test("ANON-1 moved to any other place, or under another key or key id, it does not open")
    func moved() throws {
        let sealed = try Sealer.seal(Array("name".utf8), under: Self.key, at: Self.place)
        let stream = Self.place.stream
        func place(
            log: LogID = Self.place.log, stream: StreamName = Self.place.stream,
            type: EventType = Self.place.type, field: UInt32 = Self.place.field
        ) -> SealPlace { SealPlace(log: log, stream: stream, type: type, field: field) }
        let others = [
            place(log: LogID(bits: 8)),
            place(stream: StreamName("client", stream.id, part: stream.part)),
            place(stream: StreamName("visits", stream.id, part: stream.part)),
            place(stream: StreamName(stream.category, 9, part: stream.part)),
            place(stream: StreamName(stream.category, stream.id, part: 8)),
            place(type: "visit.arrived2"), place(type: "visit.left"), place(field: 4),
        ]
        for other in others {
            #expect(throws: SealError.notAuthentic) {
                try Sealer.open(sealed, under: Self.key, at: other)
            }
        }
        for key in [
            RecordKey(id: KeyID(bits: 11), key: Self.key.key),
            RecordKey(id: Self.key.id, key: SymmetricKey(size: .bits256)),
        ] {
            #expect(throws: SealError.notAuthentic) {
                try Sealer.open(sealed, under: key, at: Self.place)
            }
        }
    }

    @Test("ANON-1 text too long for the largest class is refused, with its length")
    func tooLong() throws {
        var random = Seeded(2)
        let noise = (0..<49_150).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(throws: SealError.tooLong(bytes: 49_150)) {
            try Sealer.seal(noise, under: Self.key, at: Self.place)
        }
        let blank = [UInt8](repeating: 32, count: Sealer.plainMax)
        let sealed = try Sealer.seal(blank, under: Self.key, at: Self.place)
        #expect(try Sealer.open(sealed, under: Self.key, at: Self.place) == blank)
        #expect(throws: SealError.tooLong(bytes: 65_536)) {
            try Sealer.seal(blank + [32], under: Self.key, at: Self.place)
        }
    }

    @Test("ANON-1 the example of docs/sealing.md opens")
    func golden() throws {
        // Made with Python's `cryptography` from that page.
        let sealed = bytes(
            ofHex: """
                202122232425262728292a2bd23aaa3108f93a42750a27a2a07b91f9d049ec9c
                878063ee6cf66c12498a5e091f403135e4d5fc1d521b3d1e9d754196
                """)
        let plain = try Sealer.open(sealed, under: Self.key, at: Self.place)
        #expect(String(decoding: plain, as: UTF8.self) == "Ada Lovelace")
    }
}

func bytes(ofHex text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return (0..<digits.count / 2).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
}
