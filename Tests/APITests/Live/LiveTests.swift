import API
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Testing

@Suite("Live: who sees what, and for how long") struct LiveTests {
    @Test("ROLE-7 a caller's stream shows their own visit, and no stream shows them another")
    func ownVisit() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let caller = try await hospital.caller()
            let other = try await hospital.caller(firstName: "Mallory")
            let member = try await hospital.teamMember()
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: caller) {
                var heard = await $0.through { $0.event == "ready" }
                for person in [other, caller] {
                    let body: JSON = ["visit": .string(person.id), "text": "Hello"]
                    try await fixture.must("visit.message", body, by: person)
                    try await fixture.must(
                        "visit.admit", ["visit": .string(person.id)], by: member)
                }
                heard += await $0.through { $0.json["state"] == "beingSeen" }
                return heard
            }
            #expect(heard.map(\.event) == ["visit", "place", "ready", "message", "visit"])
            #expect(heard.first?.json["entry"]?["firstName"] == "Grace")
            #expect(!heard.contains { $0.data.contains("Mallory") || $0.data.contains(other.id) })
            for path in [
                "/v1/visits/\(other.id)/live", "/v1/clinics/\(hospital.clinic)/waiting-area/live",
            ] {
                let told = try await fixture.get(path, by: caller)
                #expect([403, 404].contains(told.status), "\(path)")
                told.isProblem()
            }
            let nobody = try await fixture.get("/v1/visits/\(other.id)/live", by: .nobody)
            nobody.refused(401, "notSignedIn")
        }
    }

    @Test("AUD-7 one entry for opening the stream, one for each record it shows first")
    func entries() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let first = try await hospital.caller()
            let last = try await fixture.head(hospital.organisation) - 1
            _ = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/waiting-area?position=\(last)", by: member)
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let new = try await fixture.appended {
                try await fixture.live(path, by: member) { listening in
                    _ = await listening.through { $0.event == "ready" }
                    for caller in [first, try await hospital.caller()] {
                        for text in ["one", "two"] {
                            let told = try await fixture.must(
                                "visit.message",
                                ["visit": .string(caller.id), "text": .string(text)], by: caller)
                            _ = await listening.through { $0.id == told.position }
                        }
                    }
                }
            }
            let entries = new.filter { "\($0.stream.category)" == "access" }
            #expect(entries.map(\.described).allSatisfy { $0.hasSuffix("allowed") })
            #expect(entries.count == 3)
        }
    }

    @Test("ROLE-3 a role taken away, or the holder suspended, ends the stream at once")
    func ends() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (command, code) in [
                ("staff.take-role", "notPermitted"), ("staff.suspend", "tokenRefused"),
                ("staff.remove", "tokenRefused"),
            ] {
                let member = try await hospital.staff([
                    "teamMember@\(hospital.clinic)", "orgReporter",
                ])
                let caller = try await hospital.caller()
                try await fixture.caughtUp(hospital.organisation)
                let paths = [
                    "/v1/clinics/\(hospital.clinic)/waiting-area/live",
                    "/v1/visits/\(caller.id)/live",
                ]
                for path in command == "staff.remove" ? paths.suffix(1) : paths.prefix(1) {
                    let heard = try await fixture.live(path, by: member) {
                        _ = await $0.through { $0.event == "ready" }
                        var body: JSON = [
                            "organisation": .string(hospital.organisation),
                            "staff": .string(member.id), "reason": "test",
                        ]
                        if command == "staff.take-role" {
                            body = body.setting("role", "teamMember")
                                .setting("clinic", .string(hospital.clinic))
                        }
                        try await fixture.must(command, body, by: .operator)
                        _ = try await hospital.caller(firstName: "Unseen")
                        return await $0.through { _ in false }
                    }
                    #expect(heard.map(\.event) == ["ended"], "\(command)")
                    #expect(heard.first?.json["code"]?.text == code, "\(command)")
                }
            }
        }
    }

    @Test("WA-6 a visit moved to another clinic is shown no more to staff of the first alone")
    func movedAway() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: member) {
                _ = await $0.through { $0.event == "ready" }
                try await fixture.must(
                    "visit.transfer",
                    ["visit": .string(caller.id), "clinic": .string(hospital.otherClinic)],
                    by: hospital.administrator)
                return await $0.through { _ in false }
            }
            #expect(heard.map(\.event) == ["ended"])
            #expect(heard.first?.json["code"] == "notPermitted")
        }
    }

    @Test("ACC-6 a token whose time is over ends the stream with the next heartbeat")
    func expires() async throws {
        var pace = LivePace()
        pace.heartbeat = .milliseconds(5)
        try await inHospital(pace: pace) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let issued = try await fixture.must(
                "staff.issue-token",
                [
                    "organisation": .string(hospital.organisation), "staff": .string(member.id),
                    "until": .string(fixture.clock.now().description),
                ], by: .operator)
            let person = Person.bearing(try #require(issued.result("token")))
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let heard = try await fixture.live(path, by: person) {
                _ = await $0.through { $0.event == "ready" }
                await $0.untilHeartbeat()
                #expect($0.heartbeats > 0)
                fixture.clock.advance(seconds: 1)
                return await $0.through { _ in false }
            }
            #expect(heard.map(\.event) == ["ended"])
            #expect(heard.first?.json["code"] == "tokenRefused")
        }
    }

    @Test("OPS-6 a reader who takes a write no longer is dropped, and resumes where they were")
    func slowReader() async throws {
        var pace = LivePace()
        pace.writeMax = .milliseconds(10)
        try await inHospital(pace: pace) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let channel = NIOAsyncTestingChannel()
            let stuck = StuckEnd(channel: channel, taken: Box([]))
            await #expect(throws: StuckEnd.Dropped.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try await fixture.exchange(
                            .get, path, by: member, body: RequestBody(buffer: ByteBuffer()),
                            to: stuck, over: channel)
                    }
                    group.addTask {
                        while stuck.taken.content.isEmpty { await Task.yield() }
                        _ = try await hospital.caller(firstName: "Late")
                    }
                    try await group.waitForAll()
                }
            }
            #expect(!channel.isActive)
            var parser = EventParser()
            let seen = try #require(parser.take(stuck.taken.content).last?.id)
            let missed = try await fixture.live(path, by: member, after: seen) {
                await $0.through { $0.event == "caller" }
            }
            #expect(missed.last?.json["entry"]?["firstName"] == "Late")
        }
    }

    @Test("OPS-6 one stream more than there may be is refused, and let in when another is gone")
    func seats() async throws {
        var pace = LivePace()
        pace.streamsMax = 1
        try await inHospital(pace: pace) { hospital in
            let fixture = hospital.fixture
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            for _ in 0..<3 {
                try await fixture.live(path, by: hospital.administrator) {
                    _ = await $0.through { $0.event == "ready" }
                    let told = try await fixture.get(path, by: hospital.administrator)
                    told.refused(503, "busy")
                    #expect(told.headers[.retryAfter] == "1")
                }
                let refused = try await fixture.get(path, by: .nobody)
                refused.refused(401, "notSignedIn")
            }
        }
    }
}

/// A reader's end that takes the first write, and the second only once the connection is closed.
private struct StuckEnd: ResponseBodyWriter {
    struct Dropped: Error {}
    let channel: NIOAsyncTestingChannel
    let taken: Box<[UInt8]>

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard taken.content.isEmpty else {
            try await channel.closeFuture.get()
            throw Dropped()
        }
        taken.content = Array(buffer.readableBytesView)
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
