import API
import Domain
import Foundation
import Testing

@Suite("Accounts: a second factor") struct TOTPTests {
    @Test("ACC-3 every vector of RFC 6238 appendix B and RFC 4226 appendix D")
    func vectors() throws {
        guard let file = Checkout.shared("totp-rfc6238/vectors.json") else { return }
        let json = try JSON(parsing: Array(Data(contentsOf: file)))
        var tried = 0
        for (list, step, expected) in [("totp", "time", "totp"), ("hotp", "counter", "hotp")] {
            for vector in json[list]?.elements ?? [] {
                let hash = try #require(vector["alg"]?.text.flatMap(TOTP.Hash.init))
                let secret = try #require(vector["secret_ascii"]?.text)
                let digits = Int(try #require(vector["digits"]?.whole))
                let totp = TOTP(secret: Array(secret.utf8), hash: hash, digits: digits)
                let moment = Int(try #require(vector[step]?.whole))
                let number =
                    list == "totp"
                    ? TOTP.step(at: Instant(milliseconds: Int64(moment) * 1000)) : moment
                #expect(totp.code(step: number) == vector[expected]?.text, "\(vector.description)")
                tried += 1
            }
        }
        #expect(tried == 28)
    }

    @Test("ACC-3 Base32 as RFC 4648 has it, without padding")
    func base32() {
        let vectors = [
            "": "", "f": "MY", "fo": "MZXQ", "foo": "MZXW6", "foob": "MZXW6YQ",
            "fooba": "MZXW6YTB", "foobar": "MZXW6YTBOI",
        ]
        for (plain, text) in vectors {
            #expect(Base32.text(Array(plain.utf8)) == text)
            #expect(Base32.bytes(text.lowercased()) == Array(plain.utf8))
        }
        #expect(Base32.bytes("1") == nil)
    }

    @Test("ACC-3 enrolled with a secret and a picture, confirmed with a code, then asked for one")
    func enrol() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let session = try await holder.session()
            let enrolled = try await fixture.must("totp.enrol", [:], by: session)
            let uri = try #require(enrolled.result("uri"))
            #expect(uri.hasPrefix("otpauth://totp/Example:grace%40example.org?secret="))
            #expect(try #require(enrolled.result("qr")).hasPrefix("<svg "))
            let totp = try TOTPTests.totp(enrolled)
            (try await holder.signIn()).accepted()  // Nothing changes before it is confirmed.
            let wrong = try await fixture.post("totp.confirm", ["code": "000000"], by: session)
            wrong.refused(422, "invalidFields", field: "code")
            let confirmed = try await fixture.must(
                "totp.confirm", ["code": .string(totp.now(fixture))], by: session)
            #expect(confirmed.result("codes")?.split(separator: " ").count == 10)

            (try await holder.signIn()).refused(401, "codeNeeded")
            let used = try await holder.signIn(code: totp.now(fixture))
            used.refused(401, "codeRefused")
            fixture.clock.advance(seconds: 30)
            let told = try await holder.signIn(code: totp.now(fixture))
            told.accepted()
            #expect(told.json["secondFactor"]?.text == "on")
            (try await holder.signIn(code: totp.now(fixture))).refused(401, "codeRefused")
            let without = try await holder.signIn(
                password: "wrong horse battery staple", code: totp.now(fixture))
            without.refused(401, "signInRefused")
        }
    }

    @Test("ACC-3 a recovery code is good once; new ones replace them")
    func recovery() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let (holder, session, codes) = try await TOTPTests.enrolled(hospital)
            (try await holder.signIn(code: codes[0])).accepted()
            (try await holder.signIn(code: codes[0])).refused(401, "codeRefused")
            (try await holder.signIn(code: codes[1].lowercased())).accepted()
            let renewed = try await fixture.must("totp.renew-recovery", [:], by: session)
            (try await holder.signIn(code: codes[2])).refused(401, "codeRefused")
            let new = try #require(renewed.result("codes")?.split(separator: " ").first)
            (try await holder.signIn(code: String(new))).accepted()
        }
    }

    @Test("ACC-3 where it is required nothing else is done before; one may be excused until then")
    func required() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            func set(_ rule: JSON) async throws {
                try await fixture.must(
                    "security.set-second-factor", ["rule": rule], by: hospital.administrator)
            }
            try await set("offered")
            let offered = try await holder.signIn()
            #expect(offered.json["secondFactor"]?.text == "offered")
            try await set("required")
            let told = try await holder.signIn()
            #expect(told.json["secondFactor"]?.text == "required")
            let session = Person.bearing(try #require(told.json["token"]?.text))
            (try await fixture.get("/v1/profile", by: session)).accepted()
            (try await fixture.get("/v1/clinics", by: session)).refused(403, "secondFactorNeeded")
            try await fixture.must(
                "staff.excuse-second-factor", ["staff": .string(holder.person.id)],
                by: hospital.administrator)
            (try await fixture.get("/v1/clinics", by: session)).accepted()
            let enrolled = try await fixture.must("totp.enrol", [:], by: session)
            let totp = try TOTPTests.totp(enrolled)
            try await fixture.must(
                "totp.confirm", ["code": .string(totp.now(fixture))], by: session)
            (try await fixture.get("/v1/clinics", by: session)).accepted()
            try await fixture.must("totp.switch-off", [:], by: session)
            (try await fixture.get("/v1/clinics", by: session)).refused(403, "secondFactorNeeded")
        }
    }

    @Test("ACC-3 an administrator switches it off for one user; others may not")
    func excused() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let (holder, _, _) = try await TOTPTests.enrolled(hospital)
            let body: JSON = ["staff": .string(holder.person.id)]
            let member = try await hospital.teamMember()
            (try await fixture.post("staff.excuse-second-factor", body, by: member))
                .refused(403, "notPermitted")
            (try await holder.signIn()).refused(401, "codeNeeded")
            try await fixture.must(
                "staff.excuse-second-factor", body, by: hospital.administrator)
            (try await holder.signIn()).accepted()
        }
    }

    static func totp(_ enrolled: Told) throws -> TOTP {
        let secret = try #require(enrolled.result("secret"))
        return TOTP(secret: try #require(Base32.bytes(secret)))
    }

    /// Somebody with a second factor, a session of theirs, and recovery codes.
    static func enrolled(
        _ hospital: Hospital
    ) async throws -> (AccountHolder, Person, [String]) {
        let holder = try await AccountHolder(hospital)
        let session = try await holder.session()
        let enrolled = try await hospital.fixture.must("totp.enrol", [:], by: session)
        let code = try totp(enrolled).now(hospital.fixture)
        let told = try await hospital.fixture.must(
            "totp.confirm", ["code": .string(code)], by: session)
        let codes = try #require(told.result("codes")).split(separator: " ").map(String.init)
        return (holder, session, codes)
    }
}

extension TOTP {
    func now(_ fixture: Fixture) -> String { code(step: TOTP.step(at: fixture.clock.now())) }
}
