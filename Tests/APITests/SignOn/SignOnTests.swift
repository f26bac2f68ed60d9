import API
import Domain
import EventStore
import HTTPTypes
import Projections
import Testing

/// A hospital whose staff sign in by a provider.
struct SigningHospital: Sendable {
    let hospital: Hospital
    let provider: Provider

    var fixture: Fixture { hospital.fixture }

    static func run(
        _ test: @escaping @Sendable (SigningHospital) async throws -> Void
    ) async throws {
        try await inHospital { hospital in
            try await Provider.run(at: hospital.fixture.clock) { provider in
                try await test(SigningHospital(hospital: hospital, provider: provider))
            }
        }
    }

    func set(_ more: [String: JSON] = [:], isOn: Bool = true) async throws {
        var body: JSON = [
            "name": "work", "issuer": .string(provider.issuer), "clientID": "clinic-client",
            "secret": "client secret +/=", "buttonText": "Sign in at work",
            "domains": ["clinic.example"],
        ]
        for (name, value) in more { body = body.setting(name, value == .null ? nil : value) }
        try await fixture.must("sign-on.set", body, by: hospital.administrator)
        try await fixture.must(
            "sign-on.switch", ["name": "work", "isOn": .bool(isOn)], by: hospital.administrator)
    }

    static let creating: [String: JSON] = ["createdRole": "orgReporter"]

    /// On the way: the provider's answer, and the cookie the browser holds.
    struct Journey: Sendable {
        var path: String
        var cookie: String
    }

    func setOut(as user: JSON) async throws -> Journey {
        try await provider.set(user: user)
        let begun = try await fixture.get("/sign-on/example/work", by: .nobody)
        #expect(begun.status == 303, "\(begun.text)")
        let there = try #require(begun.headers[.location])
        let set = try #require(begun.headers[.setCookie])
        #expect(set.contains("Secure; HttpOnly; SameSite=Lax"))
        let back = try await provider.sentOn(from: there)
        let origin = "https://care.example.org"
        #expect(back.hasPrefix(origin + "/sign-on/example/work/callback?"))
        return Journey(
            path: String(back.dropFirst(origin.count)),
            cookie: String(set.prefix { $0 != ";" }))
    }

    func comeBack(_ journey: Journey) async throws -> Told {
        try await fixture.get(journey.path, by: .nobody, ["Cookie": journey.cookie])
    }

    func signIn(as user: JSON) async throws -> Told {
        try await comeBack(setOut(as: user))
    }

    /// The session's cookie, as a browser would send it.
    func session(_ told: Told) -> String? {
        told.headers[values: .setCookie].first { $0.hasPrefix("__Host-anteroom=") }
            .map { String($0.prefix { $0 != ";" }) }
    }

    /// Who is signed in by it.
    func profile(_ told: Told) async throws -> JSON {
        let cookie = try #require(session(told), "\(told.text)")
        try await fixture.caughtUp(hospital.organisation)
        let profile = try await fixture.get("/v1/profile", by: .nobody, ["Cookie": cookie])
        #expect(profile.status == 200, "\(profile.text)")
        return profile.json
    }

    /// Nobody is signed in, and a person is told why.
    func refused(
        _ told: Told, _ code: String, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(told.status == 409, "\(told.text)", sourceLocation: location)
        #expect(told.text.contains("(\(code))"), "\(told.text)", sourceLocation: location)
        #expect(session(told) == nil, sourceLocation: location)
    }
}

@Suite("Single sign-on, at a real provider") struct SignOnTests {
    private let ada: JSON = [
        "sub": "ada-1", "email": "ada@clinic.example", "email_verified": true,
        "name": "Ada <Lovelace>",
    ]

    @Test("ACC-4 a user is made at their first signing in, with the role set, and is known after")
    func created() async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            let listed = try await signing.fixture.get("/sign-on/example", by: .nobody)
            #expect(listed.json["providers"]?.elements?.count == 1)
            let first = try await signing.signIn(as: ada)
            #expect(
                first.status == 200
                    && first.text.contains(#"content="0;url=/?organisation=example""#))
            let profile = try await signing.profile(first)
            #expect(profile["profile"]?["name"] == "Ada <Lovelace>")
            #expect(profile["roles"]?.elements?.first?["role"] == "orgReporter")
            // Known by the provider's own name for them, whatever becomes of the address.
            let moved = try await signing.signIn(
                as: ada.setting("email", "ada.byron@clinic.example"))
            #expect(try await signing.profile(moved)["staff"] == profile["staff"])
            let another = try await signing.signIn(as: ada.setting("sub", "eve-1"))
            #expect(
                try await signing.profile(another)["staff"] == profile["staff"],
                "the same verified address")
        }
    }

    @Test("ACC-4 who is invited is found by their verified address, and has accepted")
    func invited() async throws {
        try await SigningHospital.run { signing in
            try await signing.set()
            let invited = try await signing.fixture.must(
                "staff.invite",
                [
                    "profile": ["name": "Ada", "email": "Ada@clinic.example"],
                    "roles": [
                        ["role": "teamMember", "clinic": .string(signing.hospital.clinic)]
                    ], "reason": "test",
                ], by: signing.hospital.administrator)
            let unverified = try await signing.signIn(
                as: ada.setting("email_verified", false).setting("hd", "clinic.example")
                    .setting("email", "ada@elsewhere.example"))
            signing.refused(unverified, "userUnknown")
            let told = try await signing.signIn(as: ada)
            let profile = try await signing.profile(told)
            #expect(profile["staff"]?.text == invited.result("staff"))
            #expect(profile["standing"] == "active")
            // Suspended, their provider's word is not enough.
            try await signing.fixture.must(
                "staff.suspend",
                [
                    "organisation": .string(signing.hospital.organisation),
                    "staff": profile["staff"], "reason": "test",
                ], by: .operator)
            signing.refused(try await signing.signIn(as: ada), "userRefused")
        }
    }

    @Test("ACC-4 domains: hd, else a verified address's, else refused")
    func domains() async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            for user in [
                ada.setting("email_verified", false), ada.setting("email", nil),
                ada.setting("email", "ada@elsewhere.example"),
                ada.setting("hd", "elsewhere.example"),
                ada.setting("email", "ada@evil.clinic.example"),
                ada.setting("email", "ada@clinic.example.evil.example"),
            ] {
                signing.refused(try await signing.signIn(as: user), "domainRefused")
            }
            let hosted = try await signing.signIn(
                as: ada.setting("email_verified", false).setting("hd", "Clinic.example"))
            #expect(hosted.status == 200, "\(hosted.text)")
        }
    }

    @Test("ACC-4 where none are made, or the package is full, that is said")
    func full() async throws {
        try await SigningHospital.run { signing in
            try await signing.set()
            signing.refused(try await signing.signIn(as: ada), "userUnknown")
            try await signing.set(SigningHospital.creating)
            let organisation = JSON.string(signing.hospital.organisation)
            try await signing.fixture.must(
                "organisation.set-package", ["organisation": organisation, "staffMax": 1],
                by: .operator)
            signing.refused(try await signing.signIn(as: ada), "packageFull")
            signing.refused(try await signing.signIn(as: ["sub": "denied"]), "refusedByProvider")
        }
    }

    @Test(
        "ACC-4 a token that is wrong in anything signs nobody in",
        arguments: ["key", "alg", "aud", "iss", "exp", "nonce"])
    func forged(how: String) async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            let journey = try await signing.setOut(as: ada)
            try await signing.provider.forge(how)
            signing.refused(try await signing.comeBack(journey), "tokenWrong")
            let told = try await signing.signIn(as: ada)
            #expect(told.status == 200, "and what is right does")
        }
    }

    @Test("ACC-4 keys rotate: one that is not known yet is asked for, at a pace")
    func rotation() async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            #expect(try await signing.signIn(as: ada).status == 200)
            #expect(try await signing.signIn(as: ada).status == 200)
            #expect(try await signing.provider.count("keys") == 1)
            #expect(try await signing.provider.count("discovery") == 1)
            try await signing.provider.rotate()
            // Not asked again within half a minute, whatever tokens come.
            for _ in 0..<3 {
                signing.refused(try await signing.signIn(as: ada), "tokenWrong")
            }
            #expect(try await signing.provider.count("keys") == 1)
            signing.fixture.clock.advance(seconds: 31)
            #expect(try await signing.signIn(as: ada).status == 200)
            #expect(try await signing.provider.count("keys") == 2)
        }
    }

    @Test("ACC-4 nobody comes back who did not set out in the same browser, nor twice")
    func otherBrowser() async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            let mine = try await signing.setOut(as: ada)
            let theirs = try await signing.setOut(as: ada.setting("sub", "eve-1"))
            var mixed = mine
            mixed.cookie = theirs.cookie
            signing.refused(try await signing.comeBack(mixed), "signOnNotBegun")
            mixed.cookie = "other=1"
            signing.refused(try await signing.comeBack(mixed), "signOnNotBegun")
            var elsewhere = mine
            elsewhere.path += "&iss=https%3A%2F%2Fanother.example"
            signing.refused(try await signing.comeBack(elsewhere), "signOnNotBegun")
            #expect(try await signing.comeBack(mine).status == 200)
            signing.refused(try await signing.comeBack(mine), "refusedByProvider")
        }
    }

    @Test("ACC-4 once a provider is on, passwords sign nobody in; off, it is not to be used")
    func passwords() async throws {
        try await SigningHospital.run { signing in
            let body: JSON = [
                "subdomain": "example", "email": "ada@clinic.example", "password": "x",
            ]
            func byPassword() async throws -> Told {
                try await signing.fixture.request(
                    .post, "/v1/sign-in", by: .nobody, ["Content-Type": "application/json"],
                    body: body.bytes)
            }
            try await signing.set(isOn: false)
            #expect(try await byPassword().code == "signInRefused")
            let off = try await signing.fixture.get("/sign-on/example/work", by: .nobody)
            off.refused(404, "notFound")
            let none = try await signing.fixture.get("/sign-on/example", by: .nobody)
            #expect(none.json["providers"] == [])
            try await signing.set()
            #expect(try await byPassword().code == "signOnOnly")
        }
    }

    @Test("ACC-4 ANON-1 the secret is sealed, shown nowhere, and stays when not said again")
    func secret() async throws {
        try await SigningHospital.run { signing in
            try await signing.set(SigningHospital.creating)
            try await signing.set(["secret": .null, "createdRole": "orgReporter"])
            #expect(try await signing.signIn(as: ada).status == 200)
            for event in try await signing.fixture.events(signing.hospital.organisation, from: 0) {
                #expect(!String(decoding: event.payload, as: UTF8.self).contains("client secret"))
            }
            let shown = try await signing.fixture.get(
                "/v1/sign-on", by: signing.hospital.administrator)
            #expect(shown.status == 200 && !shown.text.contains("client secret"))
            #expect(!signing.fixture.logs.lines.contains { $0.contains("code=") })
        }
    }

    @Test(
        "ACC-4 only https issuers, or http of this machine, are asked",
        arguments: [
            "http://accounts.example.org", "ftp://127.0.0.1", "https://", "https://a b.example",
            "https://user@accounts.example.org", "https://accounts.example.org?x=1",
            "http://127.0.0.1.example.org", "http://localhost.example.org", "file:///etc/passwd",
            "https://accounts.example.org:0", "https://accounts.example.org#x",
        ])
    func issuers(issuer: String) async throws {
        try await inHospital { hospital in
            let told = try await hospital.fixture.post(
                "sign-on.set",
                [
                    "name": "work", "issuer": .string(issuer), "clientID": "x", "secret": "x",
                    "buttonText": "x",
                ], by: hospital.administrator)
            told.refused(422, "invalidFields", field: "issuer")
        }
    }
}
