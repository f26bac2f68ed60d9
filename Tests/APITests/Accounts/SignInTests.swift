import API
import Domain
import EventStore
import Testing

@Suite("Accounts: signing in") struct SignInTests {
    @Test("ACC-6 a session begins with address and password, does what its holder may, and ends")
    func session() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let told = try await holder.signIn()
            told.accepted()
            #expect(told.json["staff"]?.text == holder.person.id)
            #expect(told.json["secondFactor"]?.text == "off")
            let session = Person.bearing(try #require(told.json["token"]?.text), "session")
            let profile = try await fixture.get("/v1/profile", by: session)
            profile.accepted()
            #expect(profile.json["profile"]?["name"]?.text == "Grace Hopper")
            let out = try await fixture.account("sign-out", [:], by: session)
            out.accepted()
            let after = try await fixture.get("/v1/profile", by: session)
            after.refused(401, "tokenRefused")
        }
    }

    @Test("ACC-6 by the subdomain too, and the address in any case")
    func subdomain() async throws {
        try await inHospital { hospital in
            let holder = try await AccountHolder(hospital)
            let told = try await hospital.fixture.account(
                "sign-in",
                [
                    "subdomain": "example", "email": " GRACE@example.ORG ",
                    "password": .string(AccountHolder.password),
                ])
            told.accepted()
            #expect(told.json["staff"]?.text == holder.person.id)
        }
    }

    @Test("ACC-2 whatever is wrong, the answer is the same, byte for byte, and so is the hashing")
    func noEnumeration() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let suspended = try await AccountHolder(
                hospital, email: "suspended@example.org", name: "Sus Pended")
            try await fixture.must(
                "staff.suspend",
                [
                    "organisation": .string(hospital.organisation),
                    "staff": .string(suspended.person.id), "reason": "test",
                ], by: .operator)
            let without = try await fixture.must(
                "staff.add",
                [
                    "organisation": .string(hospital.organisation),
                    "profile": ["name": "No Password", "email": "without@example.org"],
                    "roles": [["role": "orgReporter"]], "reason": "test",
                ], by: .operator)
            without.accepted()
            var answers: Set<String> = []
            var hashes: [Int] = []
            for (email, password) in [
                (holder.email, "wrong horse battery staple"),
                ("nobody@example.org", AccountHolder.password),
                ("no address", AccountHolder.password),
                (suspended.email, AccountHolder.password),
                ("without@example.org", AccountHolder.password),
            ] {
                let before = fixture.dispatch.signIns.passwords.hashed
                let told = try await fixture.account(
                    "sign-in",
                    [
                        "organisation": .string(hospital.organisation), "email": .string(email),
                        "password": .string(password),
                    ])
                told.refused(401, "signInRefused", email)
                answers.insert(told.text)
                hashes.append(fixture.dispatch.signIns.passwords.hashed - before)
            }
            let elsewhere = try await fixture.account(
                "sign-in",
                [
                    "subdomain": "nowhere", "email": .string(holder.email),
                    "password": .string(AccountHolder.password),
                ])
            answers.insert(elsewhere.text)
            #expect(answers.count == 1, "\(answers)")
            #expect(hashes == [1, 1, 1, 1, 1])
        }
    }

    @Test("ACC-2 after ten wrong passwords the right one is refused too, for a quarter of an hour")
    func lockedOut() async throws {
        try await inHospital { hospital in
            let holder = try await AccountHolder(hospital)
            for _ in 1...10 {
                let told = try await holder.signIn(password: "wrong horse battery staple")
                told.refused(401, "signInRefused")
            }
            let locked = try await holder.signIn()
            locked.refused(401, "signInRefused")
            hospital.fixture.clock.advance(seconds: 15 * 60 - 1)
            let still = try await holder.signIn()
            still.refused(401, "signInRefused")
            hospital.fixture.clock.advance(seconds: 1)
            let open = try await holder.signIn()
            open.accepted()
        }
    }

    @Test("ACC-2 one address of the net may try a hundred times, then it is told to wait")
    func addressLockedOut() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let body = holder.body(password: "wrong horse battery staple")
                .setting("email", "nobody@example.org")
            for number in 1...100 {
                let told = try await fixture.account(
                    "sign-in", body, ["X-Forwarded-For": "10.0.0.9, 192.0.2.1"])
                told.refused(401, "signInRefused", "\(number)")
            }
            let told = try await fixture.account(
                "sign-in", holder.body(), ["X-Forwarded-For": "192.0.2.1"])
            told.refused(429, "tooManyTries")
            #expect(told.headers[.retryAfter] != nil)
            let other = try await fixture.account(
                "sign-in", holder.body(), ["X-Forwarded-For": "192.0.2.2"])
            other.accepted()
        }
    }

    @Test(
        "ACC-6 a session unused for its time is over; use moves it, but not beyond its whole life")
    func expiry() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let unused = try await holder.session()
            let used = try await holder.session()
            let day: Int64 = 24 * 3600
            for _ in 1...12 {
                fixture.clock.advance(seconds: 7 * day)
                let told = try await fixture.get("/v1/profile", by: used)
                told.accepted()
            }
            let idle = try await fixture.get("/v1/profile", by: unused)
            idle.refused(401, "tokenRefused")
            fixture.clock.advance(seconds: 6 * day + 1)
            let old = try await fixture.get("/v1/profile", by: used)
            old.refused(401, "tokenRefused")
        }
    }

    @Test("ACC-6 use is noted once an hour, not at each request")
    func coarse() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let session = try await holder.session()
            let log = try fixture.log(hospital.organisation)
            let id = try #require(ID<Staff>(holder.person.id))
            func seen() async throws -> Int {
                try await fixture.store.readStream(
                    StreamName(accountOf: id), in: log, from: 0, limit: 100
                ).count { $0.type.description == "account.session-seen" }
            }
            for _ in 1...5 { _ = try await fixture.get("/v1/profile", by: session) }
            #expect(try await seen() == 0)
            fixture.clock.advance(seconds: 3600)
            for _ in 1...5 { _ = try await fixture.get("/v1/profile", by: session) }
            #expect(try await seen() == 1)
        }
    }

    @Test("ACC-6 sessions are listed to their owner, ended one by one or all but one")
    func listed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let first = try await holder.signIn()
            fixture.clock.advance(seconds: 1)
            let second = try await holder.session()
            fixture.clock.advance(seconds: 1)
            let third = try await holder.session()
            let list = try await fixture.get("/v1/sessions", by: second)
            list.accepted()
            #expect(list.json["rows"]?.elements?.count == 3)
            let id = try #require(first.json["session"]?.text)
            try await fixture.must("session.end", ["session": .string(id)], by: second)
            let ended = Person.bearing(try #require(first.json["token"]?.text))
            let refused = try await fixture.get("/v1/profile", by: ended)
            refused.refused(401, "tokenRefused")
            let rest = try await fixture.get("/v1/sessions", by: second)
            let last = try #require(rest.json["rows"]?.elements?.last?["session"]?.text)
            try await fixture.must("session.end-others", ["keeping": .string(last)], by: second)
            let gone = try await fixture.get("/v1/profile", by: second)
            gone.refused(401, "tokenRefused")
            let kept = try await fixture.get("/v1/profile", by: third)
            kept.accepted()
        }
    }

    @Test("ACC-6 a suspension ends every session, and they stay over once it is lifted")
    func suspended() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let session = try await holder.session()
            let body: JSON = [
                "organisation": .string(hospital.organisation),
                "staff": .string(holder.person.id), "reason": "test",
            ]
            fixture.clock.advance(seconds: 1)
            try await fixture.must("staff.suspend", body, by: .operator)
            let during = try await fixture.get("/v1/profile", by: session)
            during.refused(401, "tokenRefused")
            try await fixture.must("staff.restore", body, by: .operator)
            let after = try await fixture.get("/v1/profile", by: session)
            after.refused(401, "tokenRefused")
            fixture.clock.advance(seconds: 1)
            _ = try await holder.session()
        }
    }

    @Test("ACC-6 bad input is refused by field")
    func badInput() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let good: JSON = [
                "organisation": .string(hospital.organisation), "email": "a@example.org",
                "password": "whatever it may be",
            ]
            for (body, field) in [
                (good.setting("email", nil), "email"), (good.setting("password", ""), "password"),
                (good.setting("organisation", nil), "subdomain"),
                (good.setting("subdomain", "example"), "subdomain"),
                (good.setting("code", 123_456), "code"), (good.setting("cookie", "yes"), "cookie"),
                (good.setting("stranger", 1), "stranger"),
            ] {
                let told = try await fixture.account("sign-in", body)
                told.refused(422, "invalidFields", field: field, field)
            }
            let text = try await fixture.account("sign-in", good, ["Content-Type": "text/plain"])
            text.refused(415, "mediaType")
        }
    }
}
