import API
import Domain
import Testing

@Suite("Accounts: passwords") struct PasswordTests {
    @Test("ACC-1 a link to set a password is good once, for 24 hours, and until another is made")
    func link() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            func set(_ link: String) async throws -> Told {
                try await fixture.account(
                    "password/set", ["link": .string(link), "password": "another horse, another"])
            }
            let replaced = try await hospital.link(.reset, to: holder.person.id)
            let late = try await hospital.link(.reset, to: holder.person.id)
            (try await set(replaced)).refused(410, "linkRefused")
            fixture.clock.advance(seconds: 24 * 3600 + 1)
            (try await set(late)).refused(410, "linkRefused")
            let good = try await hospital.link(.reset, to: holder.person.id)
            fixture.clock.advance(seconds: 24 * 3600)
            (try await set(good)).accepted()
            (try await set(good)).refused(410, "linkRefused")
            for other in ["", "al_", "al_" + String(repeating: "A", count: 64), "x"] {
                let told = try await set(other)
                #expect([410, 422].contains(told.status), "\(other): \(told.text)")
            }
            (try await holder.signIn()).refused(401, "signInRefused")
            (try await holder.signIn(password: "another horse, another")).accepted()
        }
    }

    @Test("ACC-6 a changed password ends every session but the one it was changed by")
    func change() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let lost = try await holder.session()
            let here = try await holder.session()
            let body: JSON = [
                "current": .string(AccountHolder.password), "password": "a wholly new sentence",
            ]
            let wrong = try await fixture.account(
                "password/change", body.setting("current", "something else, longer"), by: here)
            wrong.refused(401, "signInRefused")
            (try await fixture.account("password/change", body, by: here)).accepted()
            (try await fixture.get("/v1/profile", by: lost)).refused(401, "tokenRefused")
            (try await fixture.get("/v1/profile", by: here)).accepted()
            (try await holder.signIn()).refused(401, "signInRefused")
            (try await holder.signIn(password: "a wholly new sentence")).accepted()
            (try await fixture.account("password/change", body)).refused(401, "notSignedIn")
        }
    }

    @Test("ACC-2 a password has 13 characters and is neither common nor made of one's own words")
    func rules() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let link = try await hospital.link(.reset, to: holder.person.id)
            for (password, code) in [
                ("short of thir", nil), ("twelve chars", "passwordTooShort"),
                ("manchesterunited", "passwordCommon"), ("aaaaaaaaaaaaaaaa", "passwordCommon"),
                ("GraceHopper1234", "passwordPersonal"),
                ("grace@example.org", "passwordPersonal"),
            ] as [(String, String?)] where code != nil {
                let told = try await fixture.account(
                    "password/set", ["link": .string(link), "password": .string(password)])
                told.refused(409, code ?? "", password)
            }
            let good = try await fixture.account(
                "password/set", ["link": .string(link), "password": "short of thir"])
            good.accepted()
        }
    }

    @Test("ACC-2 who forgot the password is answered the same, whoever they are")
    func forgotten() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            var answers: Set<String> = []
            for email in [holder.email, "nobody@example.org", "no address"] {
                let told = try await fixture.account(
                    "password/forgotten",
                    [
                        "organisation": .string(hospital.organisation), "email": .string(email),
                    ])
                told.accepted()
                answers.insert(told.text)
            }
            let elsewhere = try await fixture.account(
                "password/forgotten", ["subdomain": "nowhere", "email": "a@example.org"])
            answers.insert(elsewhere.text)
            #expect(answers == ["{}"])
        }
    }

    @Test("ACC-2 no password stands in the log, and its hash only under seal")
    func sealed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            _ = try await holder.signIn()
            for log in try await fixture.store.logs() {
                for event in try await fixture.store.read(log, from: 0, limit: 10_000) {
                    let bytes = String(decoding: event.payload, as: UTF8.self)
                    for plain in [AccountHolder.password, "$scrypt$", holder.email] {
                        #expect(!bytes.contains(plain), "\(event.type)")
                    }
                }
            }
        }
    }
}
