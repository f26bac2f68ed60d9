import API
import Domain
import EventStore
import Projections
import Testing

/// A running call through the doors: lock, invitations, rooms opened without the client, group
/// calls.
@Suite("The running call") struct RunningCallTests {
    private func allowLocks(_ hospital: Hospital) async throws {
        for clinic in [hospital.clinic, hospital.otherClinic] {
            try await hospital.fixture.must(
                "clinic.set-waiting-area", ["clinic": .string(clinic), "allowsLocks": true],
                by: hospital.administrator)
        }
    }

    private func seen(_ hospital: Hospital, by member: Person) async throws -> Person {
        let caller = try await hospital.caller()
        try await hospital.fixture.must("visit.admit", visit(caller), by: member)
        return caller
    }

    private func visit(_ caller: Person) -> JSON { ["visit": .string(caller.id)] }

    /// Live = rebuilt: each projection's digest, from the log alone.
    private func replaysTheSame(_ hospital: Hospital) async throws {
        try await hospital.fixture.caughtUp(hospital.organisation)
        let log = try hospital.fixture.log(hospital.organisation)
        let live = try await hospital.fixture.side.views.digests(of: log)
        let rebuilt = try await Replay(hospital.fixture.store, cores: 1).views(of: log, at: .head)
        #expect(try await rebuilt.digests(of: log) == live)
    }

    @Test(
        "WA-13 a lock keeps others out, not the invited; it survives a transfer, and all are told")
    func lock() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.staff([
                "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
            ])
            let colleague = try await hospital.staff([
                "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
            ])
            let caller = try await seen(hospital, by: member)
            let refused = try await fixture.post("visit.lock", visit(caller), by: member)
            refused.refused(409, "locksNotAllowed")
            try await allowLocks(hospital)
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: caller) {
                var heard = await $0.through { $0.event == "ready" }
                try await fixture.must("visit.lock", visit(caller), by: member)
                heard += await $0.through { $0.json["isLocked"] == true }
                return heard
            }
            #expect(heard.last?.event == "visit")
            let kept = try await fixture.post("visit.join", visit(caller), by: colleague)
            kept.refused(409, "callLocked")
            try await fixture.must(
                "visit.transfer",
                visit(caller).setting("clinic", .string(hospital.otherClinic)), by: member)
            try await fixture.must("visit.admit", visit(caller), by: member)
            let still = try await fixture.post("visit.join", visit(caller), by: colleague)
            still.refused(409, "callLocked")
            try await fixture.must(
                "visit.call-staff", visit(caller).setting("staff", .string(colleague.id)),
                by: member)
            try await fixture.must("visit.join", visit(caller), by: colleague)
            let rows = try await fixture.waitingArea(hospital, in: hospital.otherClinic)
            #expect(rows.first?["isLocked"] == true)
            try await replaysTheSame(hospital)
        }
    }

    @Test("WA-4 an external participant enters by their link, only once the client is present")
    func external() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await seen(hospital, by: member)
            let invited = try await fixture.must(
                "visit.invite",
                visit(caller).setting("name", "Eve Relative").setting("as", "external"),
                by: member)
            let token = try #require(invited.result("token"))
            #expect(token.hasPrefix("ai_"))
            let eve = Person.bearing(token, "eve", id: caller.id)
            try await fixture.must("visit.disconnect", visit(caller), by: caller)
            let early = try await fixture.post("visit.enter", visit(caller), by: eve)
            early.refused(409, "clientAbsent")
            try await fixture.must("visit.come-back", visit(caller), by: caller)
            try await fixture.must("visit.enter", visit(caller), by: eve)
            let rows = try await fixture.waitingArea(hospital)
            let kinds = rows.first?["participants"]?.elements?.compactMap { $0["kind"]?.text }
            #expect(kinds == ["caller", "staff", "external"])
            // They see the state of the call, and nothing of the client's.
            let look = try await fixture.get("/v1/visits/\(caller.id)", by: eve)
            look.accepted()
            #expect(look.json["state"] == "beingSeen")
            #expect(look.json["entry"] == nil && !look.text.contains("Hopper"))
            let other = try await hospital.caller(firstName: "Jean")
            let elsewhere = try await fixture.get("/v1/visits/\(other.id)", by: eve)
            elsewhere.refused(404, "notFound", field: "visit")
            let message = try await fixture.post(
                "visit.message", visit(caller).setting("text", "Hello"), by: eve)
            message.refused(403, "notForThisActor")
            try await fixture.must(
                "visit.revoke-invitation",
                visit(caller).setting("invitee", .string(try #require(invited.result("invitee")))),
                by: member)
            let gone = try await fixture.post("visit.enter", visit(caller), by: eve)
            gone.refused(401, "tokenRefused")
            try await replaysTheSame(hospital)
        }
    }

    @Test(
        "ROLE-7 an external participant reads how calls look in their visit's clinic, and no other")
    func externalReads() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let eve = try await hospital.external()
            let own = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/call-interface", by: eve)
            own.accepted()
            #expect(own.json["clinic"] == .string(hospital.clinic))
            #expect(own.json["own"] == nil)
            let other = try await fixture.get(
                "/v1/clinics/\(hospital.otherClinic)/call-interface", by: eve)
            other.refused(404, "notFound", field: "clinic")
            try await fixture.must("app.report-error", ["error": "cameraFailed"], by: eve)
            let elsewhere = try await fixture.post(
                "app.report-error",
                ["error": "cameraFailed", "clinic": .string(hospital.otherClinic)], by: eve)
            elsewhere.refused(404, "notFound", field: "clinic")
            let entry = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/waiting-area", by: eve)
            entry.refused(403, "notForThisActor")
        }
    }

    @Test("WA-4 the link's token is answered again under the same key, and stands in no log")
    func again() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await seen(hospital, by: member)
            let body = visit(caller).setting("name", "Eve").setting("as", "external")
            let key = fixture.newKey()
            let first = try await fixture.post("visit.invite", body, by: member, key: key)
            let second = try await fixture.post("visit.invite", body, by: member, key: key)
            #expect(first.result("token") == second.result("token"))
            let token = try #require(first.result("token")).dropFirst(3)
            let proof = Array(token.utf8.suffix(20))
            for event in try await fixture.events(hospital.organisation, from: 0) {
                #expect(!Array(event.payload).contains(proof))
            }
        }
    }

    @Test("WA-8 a force-started room opens without the client, who is taken straight in")
    func forceStart() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let body: JSON = ["clinic": .string(hospital.clinic), "appointment": appointment]
            let room = try await fixture.must("visit.start", body, by: member)
            let started = try #require(room.result("visit"))
            let rows = try await fixture.waitingArea(hospital)
            #expect(rows.first?["awaitsClient"] == true)
            #expect(rows.first?["state"] == "beingSeen")
            let link = try await hospital.opened()
            let arrived = try await fixture.must(
                "visit.arrive",
                [
                    "organisation": .string(hospital.organisation), "visit": .string(link),
                    "entry": ["firstName": "Grace"], "appointment": appointment,
                ], by: .nobody)
            #expect(arrived.result("visit") == started)
            let caller = Person.bearing(try #require(arrived.result("token")), id: started)
            let own = try await fixture.get("/v1/visits/\(started)", by: caller)
            #expect(own.json["state"] == "beingSeen")
            let after = try await fixture.waitingArea(hospital)
            #expect(after.count == 1, "one entry for one caller")
            #expect(after.first?["participants"]?.elements?.count == 2)
            #expect(after.first?["colour"] == "green")
            try await replaysTheSame(hospital)
        }
    }

    @Test("WA-9 a quick consultation: no queue, the client comes in by the practitioner's link")
    func quick() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let room = try await fixture.must(
                "visit.start", ["clinic": .string(hospital.clinic)], by: member)
            let id = try #require(room.result("visit"))
            let started = Person.bearing("", id: id)
            let entry: JSON = [
                "organisation": .string(hospital.organisation), "visit": .string(id),
                "entry": ["firstName": "Grace"],
            ]
            // Who only knows the room's id is no guest of it.
            let stranger = try await fixture.post("visit.arrive", entry, by: .nobody)
            stranger.refused(422, "invalidFields", field: "invitation")
            let invited = try await fixture.must(
                "visit.invite", visit(started).setting("name", "Grace").setting("as", "client"),
                by: member)
            let token = JSON.string(try #require(invited.result("token")))
            let arrived = try await fixture.must(
                "visit.arrive", entry.setting("invitation", token), by: .nobody)
            let caller = Person.bearing(try #require(arrived.result("token")), id: id)
            let own = try await fixture.get("/v1/visits/\(id)", by: caller)
            #expect(own.json["state"] == "beingSeen")
            #expect(own.json["position"] == nil)
        }
    }

    @Test("WA-15 sent back to wait and disconnected: both sides see why")
    func dismissed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await seen(hospital, by: member)
            let behind = try await hospital.caller(firstName: "Jean")
            let why = visit(caller).setting("reason", "practitionerCalledAway")
                .setting("text", "Ten minutes.")
            try await fixture.must("visit.send-back", why, by: member)
            for person in [caller, member] {
                let look = try await fixture.get("/v1/visits/\(caller.id)", by: person)
                #expect(look.json["state"] == "waiting")
                #expect(look.json["reason"] == "practitionerCalledAway")
                #expect(look.json["reasonText"] == "Ten minutes.")
            }
            try await fixture.caughtUp(hospital.organisation)
            let first = try await fixture.get("/v1/visits/\(caller.id)", by: caller)
            #expect(first.json["position"] == 1)
            let second = try await fixture.get("/v1/visits/\(behind.id)", by: behind)
            #expect(second.json["position"] == 2)
            try await fixture.must(
                "visit.dismiss", visit(caller).setting("reason", "conduct"), by: member)
            let over = try await fixture.get("/v1/visits/\(caller.id)", by: caller)
            #expect(over.json["ending"] == "dismissed" && over.json["reason"] == "conduct")
            let faulty = try await fixture.post(
                "visit.dismiss", visit(behind).setting("reason", "mood"), by: member)
            faulty.refused(422, "invalidFields", field: "reason")
            try await replaysTheSame(hospital)
        }
    }

    @Test("WA-14 waiting callers are asked first, and learn of nobody before they accept")
    func group() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let grace = try await hospital.caller()
            let jean = try await hospital.caller(firstName: "Jean")
            let mary = try await hospital.caller(firstName: "Mary")
            let begun = try await fixture.must(
                "group-call.start",
                [
                    "clinic": .string(hospital.clinic),
                    "visits": [.string(grace.id), .string(jean.id)],
                ], by: member)
            let call = JSON.string(try #require(begun.result("call")))
            try await fixture.must(
                "group-call.ask", ["call": call, "visits": [.string(mary.id)]], by: member)
            for (caller, accepts) in [(grace, true), (jean, false)] {
                let look = try await fixture.get("/v1/visits/\(caller.id)", by: caller)
                #expect(look.json["question"] == call)
                for other in [grace, jean, mary] where other.id != caller.id {
                    #expect(!look.text.contains(other.id))
                }
                try await fixture.must(
                    "visit.answer-group",
                    visit(caller).setting("call", call).setting("accept", .bool(accepts)),
                    by: caller)
            }
            let inside = try await fixture.get("/v1/group-calls/\(call.text ?? "")", by: member)
            #expect(inside.json["callers"] == [.string(grace.id)])
            #expect(inside.json["asked"] == [.string(mary.id)])
            let byCaller = try await fixture.get(
                "/v1/group-calls/\(call.text ?? "")", by: grace)
            byCaller.refused(403, "notForThisActor")
            // Not asked twice by another's call, nor let in without a question.
            let uninvited = try await fixture.post(
                "visit.answer-group",
                visit(jean).setting("call", call).setting("accept", true), by: jean)
            uninvited.refused(409, "notAskedToGroup")
            try await fixture.must("group-call.end", ["call": call], by: member)
            let held = try await fixture.get("/v1/visits/\(grace.id)", by: grace)
            #expect(held.json["state"] == "onHold" && held.json["group"] == nil)
            let free = try await fixture.get("/v1/visits/\(mary.id)", by: mary)
            #expect(free.json["question"] == nil)
            try await replaysTheSame(hospital)
        }
    }

    @Test("WA-14 a caller who is ended, or drops out, is in the group call no longer")
    func leavesGroup() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let grace = try await hospital.caller()
            let begun = try await fixture.must(
                "group-call.start",
                ["clinic": .string(hospital.clinic), "visits": [.string(grace.id)]], by: member)
            let call = JSON.string(try #require(begun.result("call")))
            try await fixture.must(
                "visit.answer-group",
                visit(grace).setting("call", call).setting("accept", true), by: grace)
            let kept = try await fixture.post("visit.join", visit(grace), by: member)
            kept.refused(409, "inGroupCall")
            try await fixture.must("visit.end", visit(grace), by: member)
            let inside = try await fixture.get("/v1/group-calls/\(call.text ?? "")", by: member)
            #expect(inside.json["callers"] == [])
        }
    }
}

extension Fixture {
    /// Rows of a clinic's waiting area, once the view shows all there is.
    func waitingArea(_ hospital: Hospital, in clinic: String? = nil) async throws -> [JSON] {
        try await caughtUp(hospital.organisation)
        let told = try await get(
            "/v1/clinics/\(clinic ?? hospital.clinic)/waiting-area", by: hospital.administrator)
        told.accepted()
        return told.json["rows"]?.elements ?? []
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
