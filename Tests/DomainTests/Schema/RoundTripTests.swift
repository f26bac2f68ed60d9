import Domain
import Testing

@Suite("Schema, binary form") struct RoundTripTests {
    @Test("AUD-3 what was written is read back, and written again gives the same bytes")
    func roundTrip() throws {
        for seed in UInt64(0)..<1000 {
            var samples = Samples(seed: seed)
            for member in SampleEvent.members.all {
                let event = try member.sample(&samples)
                var bytes: [UInt8] = []
                let head = try event.encode(into: &bytes)
                let read = try SampleEvent.decode(head.name, number: head.number, bytes[...])
                #expect(read == event, "seed \(seed)")
            }
        }
    }
}
