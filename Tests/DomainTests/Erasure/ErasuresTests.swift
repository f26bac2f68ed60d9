import Domain
import Testing

@Suite("Erasures") struct ErasuresTests {
    @Test("ANON-4 an order is open until it was carried out, and orders count from 1")
    func order() {
        let first = ErasureEvent.ordered(Self.ordered(1))
        let done = ErasureEvent.carriedOut(ErasureCarriedOut(at: second(2), order: 1))
        Given<Erasures>().when(Self.order()).then(first)
        Given<Erasures>(first).when(Self.order()).then(.ordered(Self.ordered(2)))
        Given<Erasures>(first).when(.noteCarriedOut(at: second(2), order: 1)).then(done)
            .when(.noteCarriedOut(at: second(3), order: 1)).then()
        #expect(Erasures.fold([first, .ordered(Self.ordered(2)), done]).open == [2])
        Given<Erasures>(first).when(.noteCarriedOut(at: second(2), order: 2))
            .refused(.orderUnknown)
    }

    @Test("ANON-3 lists stand sorted, so that no place in them ties a key to a record")
    func sorted() {
        Given<Erasures>()
            .when(
                .order(
                    at: second(1), keys: [id(3), id(1)], records: [id(9), id(8)],
                    claims: [id(7), id(6)])
            )
            .then(
                .ordered(
                    ErasureOrdered(
                        at: second(1), order: 1, keys: [id(1), id(3)], records: [id(8), id(9)],
                        claims: [id(6), id(7)])))
    }

    @Test("ANON-4 an order names something, and no more than fits into one event")
    func bounds() throws {
        Given<Erasures>()
            .when(.order(at: second(1), keys: [], records: [], claims: []))
            .refused(.nothingToErase)
        let many = (1...Erasures.listMax).map { UInt128.max - UInt128($0) }
        let full = ErasureCommand.order(
            at: second(1), keys: many.map { ID(bits: $0) }, records: many.map { ID(bits: $0) },
            claims: many.map { ID(bits: $0) })
        let events = try Erasures.decide(full, Erasures.initial)
        var bytes: [UInt8] = []
        _ = try #require(events.first).encode(into: &bytes, sealing: nil)
        // EventStore's Limits.recordBytes, which this module does not know, less the envelope.
        #expect(bytes.count < 60 * 1024 - 1024)
        Given<Erasures>()
            .when(
                .order(
                    at: second(1), keys: (many + [1]).map { ID(bits: $0) }, records: [], claims: [])
            )
            .refused(.tooMuchAtOnce(limit: Erasures.listMax))
    }

    private static func order() -> ErasureCommand {
        .order(at: second(1), keys: [id(1)], records: [id(2)], claims: [])
    }
    private static func ordered(_ number: Int) -> ErasureOrdered {
        ErasureOrdered(at: second(1), order: number, keys: [id(1)], records: [id(2)], claims: [])
    }
}
