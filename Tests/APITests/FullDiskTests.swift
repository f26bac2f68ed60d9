import API
import EventStore
import Testing

/// No room on the disk: what would need some is refused, and goes on as soon as there is room.
@Suite("Disk full") struct FullDiskTests {
    @Test(
        "OPS-2 commands are refused by 507, what needs no room goes on, and so does all with room")
    func full() async throws {
        try await withFolder { folder in
            let disk = FillingDisk()
            var options = SegmentOptions()
            options.firstSegmentBytes = 8 << 10
            options.segmentBytes = 16 << 10
            options.batchBytes = 4 << 10
            let store = try SegmentStore.open(
                folder: folder + "/log", options: options, disk: disk)
            defer { store.close() }
            try await Fixture.run(store: store) { fixture in
                let hospital = try await Hospital(fixture)
                let member = try await hospital.teamMember()
                let caller = try await hospital.caller()
                disk.isFull = true
                let last = try await fill(hospital, caller)
                try await fixture.appendsNothing("full") {
                    let command = try await fixture.post(
                        "visit.admit", ["visit": .string(caller.id)], by: member)
                    command.refused(507, "diskFull")
                    // Nothing personal leaves without its access entry (AUD-7).
                    let visit = try await fixture.get("/v1/visits/\(caller.id)", by: member)
                    visit.refused(507, "diskFull")
                    // What was done is answered again; who somebody is, is known.
                    let again = try await fixture.post(
                        "visit.message", last.body, by: caller, key: last.key)
                    #expect(again.bytes == last.answer.bytes)
                    let metrics = try await fixture.get("/metrics", by: .nobody)
                    metrics.accepted()
                    let head = try await fixture.head(hospital.organisation)
                    let events = try await fixture.events(hospital.organisation, from: 0)
                    #expect(Int64(events.count) == head)
                }
                disk.isFull = false
                try await fixture.must("visit.admit", ["visit": .string(caller.id)], by: member)
                let visit = try await fixture.get("/v1/visits/\(caller.id)", by: member)
                visit.accepted()
                #expect(visit.json["state"]?.text == "beingSeen")
                let texts = visit.json["messages"]?.elements?.compactMap { $0["text"]?.text } ?? []
                #expect(texts.last == last.body["text"]?.text)
            }
        }
    }

    /// Sends messages until there is no room; the last that was taken.
    private func fill(
        _ hospital: Hospital, _ caller: Person
    ) async throws -> (body: JSON, key: String, answer: Told) {
        var last: (body: JSON, key: String, answer: Told)?
        for number in 0..<1_000 {
            let text = "\(number) " + String(repeating: "m", count: 1_000)
            let body: JSON = ["visit": .string(caller.id), "text": .string(text)]
            let key = hospital.fixture.newKey()
            let told = try await hospital.fixture.post(
                "visit.message", body, by: caller, key: key)
            guard told.status == 200 else {
                told.refused(507, "diskFull")
                break
            }
            last = (body, key, told)
        }
        return try #require(last)
    }
}
