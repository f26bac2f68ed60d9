import Domain
import Testing

@Suite("Access log") struct AccessTests {
    @Test("AUD-2 which record and whose it is stand in one seal, under the record's key")
    func sealed() {
        let object = Sealed(
            AccessObject(kind: .appointment, record: id(6), client: id(5)), under: id(2))
        let entry = AccessEntry(
            .read, on: .appointment, clinic: id(1), permission: .useRecords, object: object)
        Given<Access>().when(.note(at: second(9), [entry])).then(
            .noted(
                AccessNoted(
                    at: second(9), event: .read, action: .read, outcome: .allowed,
                    objectKind: .appointment, clinic: id(1), permission: .useRecords, records: 1,
                    object: object)))
    }

    @Test("AUD-2 a refusal is an entry too, and so is a list of many records")
    func refusal() throws {
        let refused = AccessEntry(.searched, outcome: .refused, on: .client, records: 0)
        let listed = AccessEntry(.listed, on: .visit, records: 40)
        let events = try Access.decide(.note(at: second(9), [refused, listed]), Access.initial)
        #expect(events.count == 2)
        #expect(Access.fold(events).entries == 2)
    }

    @Test("AUD-2 refusals of nobody in particular are counted per minute")
    func counted() {
        Given<Access>().when(.countRefusals(minute: second(60), count: 12))
            .then(.refusalsCounted(RefusalsCounted(at: second(60), count: 12)))
        Given<Access>().when(.countRefusals(minute: second(60), count: 0)).then()
    }

    @Test("AUD-2 a commit holds so many entries")
    func bound() {
        let entries = Array(repeating: AccessEntry(.read, on: .visit), count: 257)
        Given<Access>().when(.note(at: second(9), entries)).refused(.tooManyEntries(limit: 256))
    }

    @Test("AUD-2 the action of an entry is one of C, R, U, D, E")
    func letters() {
        #expect(String(AccessAction.allCases.map(\.letter)) == "CRUDE")
    }
}
