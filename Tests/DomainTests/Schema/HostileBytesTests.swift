import Domain
import Testing

@Suite("Hostile payloads") struct HostileBytesTests {
    @Test("OPS-2 a truncated golden payload is refused, or is another event written as it must be")
    func truncated() throws {
        for line in try GoldenLine.all() {
            for count in line.payload.indices {
                try expectRefusedOrCanonical(line, Array(line.payload[..<count]))
            }
        }
    }

    @Test("OPS-2 a golden payload with any byte changed is refused, or reads as what it then says")
    func mutated() throws {
        for line in try GoldenLine.all() {
            for index in line.payload.indices {
                for change: UInt8 in [0x01, 0x80, 0x7F, 0xFF, 0x08] {
                    var payload = line.payload
                    payload[index] ^= change
                    try expectRefusedOrCanonical(line, payload)
                }
            }
        }
    }

    @Test(
        "OPS-2 random bytes are refused, or read as what they say",
        arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var samples = Samples(seed: seed)
        for line in try GoldenLine.all() {
            for _ in 0..<20 {
                // A stretch of the real payload, then anything.
                let kept = samples.next(in: 0...line.payload.count)
                let more = (0..<samples.next(in: 0...40)).map { _ in
                    UInt8(truncatingIfNeeded: samples.next() >> UInt64(samples.next(in: 0...56)))
                }
                try expectRefusedOrCanonical(line, line.payload[..<kept] + more)
            }
        }
    }

    /// Reading either throws, or gives a value whose own bytes read as the same value: no longer
    /// than what was read, and the very same unless unknown fields were passed over.
    private func expectRefusedOrCanonical(_ line: GoldenLine, _ payload: [UInt8]) throws {
        func check<Family: EventFamily>(_ family: Family.Type) throws {
            let event: Family
            do throws(WireError) {
                event = try Family.decode(line.eventName, number: line.number, payload[...])
            } catch {
                return
            }
            let again = try GoldenLine(event)
            #expect(again.payload.count <= payload.count, "\(line.name): \(hex(payload))")
            if again.payload.count == payload.count {
                #expect(again.payload == payload, "\(line.name): \(hex(payload))")
            }
            #expect(try again.decode(Family.self) == event, "\(line.name): \(hex(payload))")
        }
        for family in allFamilies where line.name.hasPrefix(family.category + ".") {
            try check(family)
        }
    }
}
