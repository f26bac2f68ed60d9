import API
import Foundation
import Testing

/// The Big List of Naughty Strings, and every character that means something to somebody on the
/// way: what a caller is called and what they write comes back as it was.
@Suite("Input: texts") struct NaughtyStringTests {
    private static func strings() throws -> [String] {
        var strings = NaughtyStringTests.ours
        if let file = Checkout.shared("naughty-strings/blns.json") {
            strings += try JSONDecoder().decode([String].self, from: Data(contentsOf: file))
            #expect(strings.count > 500)
        }
        return strings
    }

    /// Every control character, ends of lines of all kinds, what no text should hold, and the
    /// longest that are taken.
    private static let ours: [String] = {
        let scalars = (0...0x9f).compactMap { Unicode.Scalar($0) }.map { "a\($0)b" }
        let odd = [
            "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffe}", "\u{ffff}", "\u{10ffff}", "\u{202e}",
            "e\u{301}", "\u{e9}", "\u{1f468}\u{200d}\u{1f469}", "\r\n\r\ndata: x\n\n", "\\u0000",
            "data: {}\n\nid: 7\n\n", String(repeating: "\u{1f3e5}", count: 200),
        ]
        return scalars + odd
    }()

    @Test("WA-1 every name a caller may have comes back byte for byte, in JSON and in the stream")
    func names() async throws {
        let strings = try NaughtyStringTests.strings()
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            var names: [String: String] = [:]
            for name in strings {
                let visit = try await hospital.opened()
                let told = try await fixture.post(
                    "visit.arrive",
                    [
                        "organisation": .string(hospital.organisation), "visit": .string(visit),
                        "entry": ["firstName": .string(name)],
                    ], by: .nobody)
                guard (1...200).contains(name.unicodeScalars.count) else {
                    told.refused(422, "invalidFields", field: "entry.firstName", name)
                    #expect(told.errors.first?.code == (name.isEmpty ? "empty" : "tooLong"))
                    continue
                }
                told.accepted(name)
                names[visit] = name
            }
            try await fixture.caughtUp(hospital.organisation)
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area"
            let area = try await fixture.get("\(path)?limit=1000", by: member)
            var read: [String: String] = [:]
            for row in try Rows(area.bytes).rows { read[row.visit] = row.entry?.firstName }
            #expect(read.isSame(as: names))
            let heard = try await fixture.live(path + "/live", by: member) {
                await $0.through { $0.event == "ready" }
            }
            var streamed: [String: String] = [:]
            for message in heard where message.event == "caller" {
                let row = try Rows.Row(Array(message.data.utf8))
                streamed[row.visit] = row.entry?.firstName
            }
            #expect(streamed.isSame(as: names))
        }
    }

    @Test("WA-7 every message comes back byte for byte, in JSON and in the stream")
    func messages() async throws {
        let strings = try NaughtyStringTests.strings()
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            var sent: [String] = []
            for text in strings {
                let told = try await fixture.post(
                    "visit.message", ["visit": .string(caller.id), "text": .string(text)],
                    by: caller)
                guard (1...4_000).contains(text.unicodeScalars.count) else {
                    told.refused(422, "invalidFields", field: "text", text)
                    continue
                }
                told.accepted(text)
                sent.append(text)
            }
            let visit = try await fixture.get("/v1/visits/\(caller.id)", by: member)
            let read = try JSONDecoder().decode(Messages.self, from: Data(visit.bytes))
            #expect(read.messages.map(\.text).isSame(as: sent))
            let most = sent.count
            for after in [nil, -1] as [Int64?] {
                let heard = try await fixture.live(
                    "/v1/visits/\(caller.id)/live", by: member, after: after
                ) {
                    var count = 0
                    return await $0.through {
                        count += $0.event == "message" ? 1 : 0
                        return count == most
                    }
                }
                let texts = heard.filter { $0.event == "message" }.map { $0.json["text"]?.text }
                #expect(texts.compactMap { $0 }.isSame(as: sent))
            }
        }
    }
}

/// What staff read, by Foundation's reader and not by ours.
private struct Rows: Decodable {
    struct Row: Decodable {
        struct Entry: Decodable { let firstName: String? }
        let visit: String
        let entry: Entry?

        init(_ bytes: [UInt8]) throws {
            self = try JSONDecoder().decode(Row.self, from: Data(bytes))
        }
    }
    let rows: [Row]

    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(Rows.self, from: Data(bytes))
    }
}

private struct Messages: Decodable {
    struct Message: Decodable { let text: String }
    let messages: [Message]
}

extension [String] {
    /// Byte for byte: Swift's own comparison takes é and e with an accent for the same.
    fileprivate func isSame(as other: [String]) -> Bool {
        elementsEqual(other) { $0.utf8.elementsEqual($1.utf8) }
    }
}

extension [String: String] {
    fileprivate func isSame(as other: [String: String]) -> Bool {
        keys == other.keys
            && keys.sorted().map { self[$0] ?? "" }.isSame(
                as: keys.sorted().map { other[$0] ?? "" })
    }
}
