import API
import Testing

/// A service referrer: may send callers into a clinic they do not see.
@Suite("Service referrers") struct ReferrerTests {
    @Test("ROLE-2 a referrer transfers into the clinic, from the queue and from a call")
    func transfers() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let referrer = try await hospital.referrer()
            let waiting = try await hospital.caller()
            try await fixture.must("visit.transfer", hospital.transfer(waiting), by: referrer)
            let inCall = try await hospital.caller()
            try await fixture.must("visit.admit", ["visit": .string(inCall.id)], by: referrer)
            try await fixture.must("visit.transfer", hospital.transfer(inCall), by: referrer)
        }
    }

    @Test("ROLE-2 the answer to a transfer tells nothing of the queue there")
    func tellsNothing() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let referrer = try await hospital.referrer()
            for _ in 0..<3 {
                let caller = try await hospital.caller()
                let told = try await fixture.must(
                    "visit.transfer", hospital.transfer(caller), by: referrer)
                let position = try #require(told.position)
                let whole: JSON = [
                    "organisation": .string(hospital.organisation),
                    "position": .integer(position), "result": [:],
                ]
                #expect(told.json == whole)
                #expect(try await fixture.head(hospital.organisation) == position + 1)
                _ = try await hospital.caller(in: hospital.otherClinic)
            }
        }
    }

    @Test("ROLE-2 a referrer sees nothing of the clinic: no list, no stream, no visit, no history")
    func seesNothing() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let referrer = try await hospital.referrer()
            let caller = try await hospital.caller()
            try await fixture.must("visit.transfer", hospital.transfer(caller), by: referrer)
            try await fixture.caughtUp(hospital.organisation)
            let paths = [
                "/v1/clinics/\(hospital.otherClinic)/waiting-area",
                "/v1/clinics/\(hospital.otherClinic)/waiting-area/live",
                "/v1/visits/\(caller.id)", "/v1/visits/\(caller.id)/live",
                "/v1/visits?clinic=\(hospital.otherClinic)",
            ]
            for path in paths {
                try await fixture.appendsRefusalOnly(in: hospital.organisation, path) {
                    let told = try await fixture.get(path, by: referrer)
                    told.refused(403, "notPermitted", path)
                }
            }
            let clinics = try await fixture.get("/v1/clinics", by: referrer)
            let shown = clinics.json["rows"]?.elements?.compactMap { $0["clinic"]?.text }
            #expect(shown == [hospital.clinic])
        }
    }

    @Test("ROLE-2 a referrer takes nobody out of the clinic, nor in from where they do not work")
    func oneWay() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let referrer = try await hospital.referrer()
            let there = try await hospital.caller(in: hospital.otherClinic)
            let out = try await fixture.post(
                "visit.transfer",
                ["visit": .string(there.id), "clinic": .string(hospital.clinic)], by: referrer)
            out.refused(403, "notPermitted")
            let third = try await fixture.must(
                "clinic.create",
                [
                    "organisation": .string(hospital.organisation), "name": "Third",
                    "administrator": .string(hospital.administrator.id),
                ], by: .operator)
            let elsewhere = try await hospital.caller(in: third.result("clinic"))
            let refused = try await fixture.post(
                "visit.transfer", hospital.transfer(elsewhere), by: referrer)
            refused.refused(403, "notPermitted")
        }
    }

    @Test("ROLE-2 only who holds a clinic role can be a referrer, and stays one only with it")
    func needsRole() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let reporter = try await hospital.staff(["orgReporter"])
            let given = try await fixture.post(
                "staff.give-role",
                [
                    "staff": .string(reporter.id), "role": "referrer",
                    "clinic": .string(hospital.otherClinic), "reason": "test",
                ], by: hospital.administrator)
            given.refused(409, "referrerNeedsClinicRole")
        }
    }
}

extension Hospital {
    /// Works in the first clinic, refers to the other.
    fileprivate func referrer() async throws -> Person {
        try await staff(["teamMember@\(clinic)", "referrer@\(otherClinic)"])
    }

    fileprivate func transfer(_ caller: Person) -> JSON {
        ["visit": .string(caller.id), "clinic": .string(otherClinic)]
    }
}
