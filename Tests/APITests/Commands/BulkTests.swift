import API
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import Testing

/// Many commands as NDJSON, their answers line by line (design.md "API").
@Suite("Commands: in bulk") struct BulkTests {
    /// A line that opens a visit.
    private static func opening(_ hospital: Hospital, key: String) -> String {
        """
        {"name":"visit.open","key":"\(key)","body":{"organisation":"\(hospital.organisation)",\
        "clinic":"\(hospital.clinic)"}}

        """
    }

    @Test("OPS-6 lines are answered in order, the broken and the refused in their places")
    func order() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let faulty = [
                3: (#"{"name":"visit.open","key":"#, "notJSON"),
                10: ("[]", "invalidFields"),
                11: (#"{"name":"visit.open","body":{}}"#, "invalidFields"),
                12: (#"{"name":"visit.vanish","key":"\#(fixture.newKey())"}"#, "unknownCommand"),
                13: (#"{"name":"visit.open","key":"short","body":{}}"#, "keyTooShort"),
                14: (#"{"name":"visit.open","key":"\#(fixture.newKey())"}"#, "invalidFields"),
                15: (#"{"name":"visit.end","key":"\#(fixture.newKey())"}"#, "notSignedIn"),
                16: (#"{"name":"visit.open","key":"k k","body":{}}"#, "keyInvalid"),
                199: ("nul", "notJSON"),
            ]
            let lines = (1...200).map { line in
                faulty[line].map { $0.0 + "\n" }
                    ?? BulkTests.opening(hospital, key: fixture.newKey())
            }
            let answers = Box<[JSON]>([])
            let new = try await fixture.appended {
                answers.content = try await fixture.bulk(lines.joined(), by: .nobody)
            }
            #expect(answers.content.map { $0["line"]?.whole } == (1...200).map { $0 })
            for (index, answer) in answers.content.enumerated() {
                if let code = faulty[index + 1]?.1 {
                    #expect(answer["problem"]?["code"]?.text == code, "\(answer.description)")
                } else {
                    #expect(answer["answer"]?["result"]?["visit"] != nil, "\(answer.description)")
                }
            }
            #expect(new.count == 200 - faulty.count)
        }
    }

    @Test("OPS-6 empty lines are passed over, and the last line needs no end")
    func lineEnds() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let one = BulkTests.opening(hospital, key: fixture.newKey())
            let other = BulkTests.opening(hospital, key: fixture.newKey())
            let text = "\r\n\n  \n" + one + "\n" + other.dropLast()
            #expect(try await fixture.bulk(text, by: .nobody).count == 2)
            #expect(try await fixture.bulk("", by: .nobody).isEmpty)
            let wrong = try await fixture.request(
                .post, "/v1/commands", by: .nobody, ["Content-Type": "application/json"],
                body: Array(one.utf8))
            wrong.refused(415, "mediaType")
        }
    }

    @Test("OPS-6 commands of one lane run one after the other, in the order sent")
    func lanes() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let callers = [try await hospital.caller(), try await hospital.caller()]
            let member = try await hospital.teamMember()
            let lines = (0..<200).map { number in
                let visit = callers[number % 2].id
                return """
                    {"name":"visit.message","key":"\(number)","lane":"\(visit)",\
                    "body":{"visit":"\(visit)","text":"\(number)"}}

                    """
            }
            let answers = try await fixture.bulk(lines.joined(), by: member)
            #expect(answers.allSatisfy { $0["answer"] != nil })
            for (index, caller) in callers.enumerated() {
                let visit = try await fixture.get("/v1/visits/\(caller.id)", by: member)
                let texts = visit.json["messages"]?.elements?.compactMap { $0["text"]?.text }
                #expect(texts == (0..<100).map { "\($0 * 2 + index)" })
            }
            let again = try await fixture.bulk(lines.joined(), by: member)
            #expect(again == answers)
        }
    }

    @Test("OPS-6 a line too long is refused by itself, and the others go on")
    func longLine() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let long = String(repeating: "x", count: 300 * 1024) + "\n"
            let text =
                BulkTests.opening(hospital, key: fixture.newKey()) + long
                + BulkTests.opening(hospital, key: fixture.newKey()) + long
            let answers = try await fixture.bulk(text, by: .nobody)
            #expect(
                answers.map { $0["problem"]?["code"]?.text }
                    == [nil, "bodyTooLarge", nil, "bodyTooLarge"])
        }
    }

    @Test("OPS-6 what follows the most lines there may be is not read, and the last answer says so")
    func manyLines() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let text = String(repeating: "x\n", count: 100_001)
            let last = BulkTests.opening(hospital, key: fixture.newKey())
            let answers = Box<[[UInt8]]>([])
            try await fixture.appendsNothing("what follows") {
                let told = try await fixture.request(
                    .post, "/v1/commands", by: .nobody, ["Content-Type": "application/x-ndjson"],
                    body: Array((text + last).utf8))
                answers.content = told.bytes.lines
            }
            #expect(answers.content.count == 100_001)
            let end = JSON.orNull(try #require(answers.content.last))
            #expect(end["problem"]?["code"] == "tooManyLines")
            #expect(end["problem"]?["limit"] == 100_000)
        }
    }

    @Test("OPS-6 a body that breaks off inside a line does not run that line, but those before it")
    func brokenOff() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let whole = BulkTests.opening(hospital, key: fixture.newKey())
            // Without its end it is a whole command: all the more it must not be run.
            let key = fixture.newKey()
            let cut = BulkTests.opening(hospital, key: key).dropLast()
            let body = Pieces(
                pieces: [
                    Array(whole.utf8) + Array(cut.utf8.prefix(20)), Array(cut.utf8.dropFirst(20)),
                ], breaksOff: true)
            await #expect(throws: Pieces.BrokenOff.self) {
                _ = try await fixture.exchange(
                    .post, "/v1/commands", by: .nobody, ["Content-Type": "application/x-ndjson"],
                    body: RequestBody(asyncSequence: body), to: Collector(written: Box([])))
            }
            // Whatever became of the first, asked again it is there once.
            let again = try await fixture.bulk(whole + whole, by: .nobody)
            #expect(again.count == 2)
            #expect(again[0]["answer"] != nil)
            #expect(again[0]["answer"] == again[1]["answer"])
            // The key of the second was never used: it is free for something else.
            let free = try await fixture.post(
                "visit.open",
                [
                    "organisation": .string(hospital.organisation),
                    "clinic": .string(hospital.otherClinic),
                ], by: .nobody, key: key)
            free.accepted()
        }
    }

    @Test("OPS-2 each answer in bulk is durable: all are there when the folder is opened again")
    func durable() async throws {
        try await withFolder { folder in
            let sent = Box<(lines: String, answers: [JSON])>(("", []))
            try await Fixture.run(in: folder) { fixture in
                let hospital = try await Hospital(fixture)
                let lines = (0..<300).map { _ in
                    BulkTests.opening(hospital, key: fixture.newKey())
                }.joined()
                sent.content = (lines, try await fixture.bulk(lines, by: .nobody))
                #expect(sent.content.answers.count == 300)
                #expect(sent.content.answers.allSatisfy { $0["answer"] != nil })
            }
            try await Fixture.run(in: folder, opening: 1) { fixture in
                try await fixture.appendsNothing("again") {
                    let again = try await fixture.bulk(sent.content.lines, by: .nobody)
                    #expect(again == sent.content.answers)
                }
            }
        }
    }
}
