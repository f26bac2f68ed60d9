import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Accounts: invitations") struct InvitationTests {
    @Test("ACC-1 an invitation is mailed as a link; setting a password by it accepts it")
    func invited() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let told = try await InvitationTests.invite(hospital)
            let staff = try #require(told.result("staff"))
            let link = try await InvitationTests.mailed(hospital).last
            let first = try #require(link)
            try await fixture.must(
                "staff.resend-invitation", ["staff": .string(staff)], by: hospital.administrator)
            let second = try #require(try await InvitationTests.mailed(hospital).last)
            #expect(first != second)
            func set(_ link: String) async throws -> Told {
                try await fixture.account(
                    "password/set", ["link": .string(link), "password": "a wholly new sentence"])
            }
            (try await set(first)).refused(410, "linkRefused")
            (try await set(second)).accepted()
            let signedIn = try await InvitationTests.signIn(hospital)
            signedIn.accepted()
            #expect(signedIn.json["staff"]?.text == staff)
            let again = try await fixture.post(
                "staff.resend-invitation", ["staff": .string(staff)], by: hospital.administrator)
            again.refused(409, "alreadyAccepted")
        }
    }

    @Test("ACC-1 the invitation itself lapses after a month, however fresh the link")
    func lapsed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let told = try await InvitationTests.invite(hospital)
            let staff = try #require(told.result("staff"))
            let day: Int64 = 24 * 3600
            fixture.clock.advance(seconds: 30 * day - 60)
            try await fixture.must(
                "staff.resend-invitation", ["staff": .string(staff)], by: hospital.administrator)
            let link = try #require(try await InvitationTests.mailed(hospital).last)
            fixture.clock.advance(seconds: 61)
            let late = try await fixture.account(
                "password/set", ["link": .string(link), "password": "a wholly new sentence"])
            late.refused(410, "linkRefused")
            let again = try await fixture.post(
                "staff.resend-invitation", ["staff": .string(staff)], by: hospital.administrator)
            again.refused(409, "invitationLapsed")
            // More roles are no way around it; whoever invites begins anew.
            let body: JSON = [
                "profile": ["name": "Grace", "email": "invited@example.org"],
                "roles": [["role": "orgReporter"]], "reason": "test",
            ]
            (try await fixture.post("staff.invite", body, by: hospital.administrator))
                .refused(409, "invitationLapsed")
            try await fixture.must(
                "staff.remove", ["staff": .string(staff), "reason": "lapsed"],
                by: hospital.administrator)
            let anew = try await fixture.must(
                "staff.invite", body, by: hospital.administrator)
            #expect(anew.result("staff") != staff)
            let fresh = try #require(try await InvitationTests.mailed(hospital).last)
            let taken = try await fixture.account(
                "password/set", ["link": .string(fresh), "password": "a wholly new sentence"])
            taken.accepted()
        }
    }

    @Test("ACC-1 who has an account here gets the roles at once, and stays one person")
    func knownHere() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital, email: "invited@example.org")
            let told = try await fixture.must(
                "staff.invite",
                [
                    "profile": ["name": "Grace", "email": "Invited@Example.org"],
                    "roles": [["role": "teamMember", "clinic": .string(hospital.otherClinic)]],
                    "reason": "test",
                ], by: hospital.administrator)
            #expect(told.result("staff") == holder.person.id)
            let session = try await holder.session()
            let clinics = try await fixture.get(
                "/v1/clinics?position=\(told.position ?? 0)", by: session)
            #expect(clinics.json["rows"]?.elements?.count == 2)
        }
    }

    @Test("ACC-1 who has an account in another organisation is added at once, with its password")
    func knownElsewhere() async throws {
        try await Fixture.run { fixture in
            let first = try await Hospital(fixture, subdomain: "first")
            let second = try await Hospital(fixture, subdomain: "second")
            _ = try await AccountHolder(
                first, email: "invited@example.org", password: "a wholly new sentence")
            let told = try await InvitationTests.invite(second)
            let signedIn = try await InvitationTests.signIn(second)
            signedIn.accepted()
            #expect(signedIn.json["staff"]?.text == told.result("staff"))
            #expect(try await InvitationTests.mailed(second).isEmpty)
        }
    }

    @Test("ACC-1 an address one took by oneself is nobody's account elsewhere")
    func takenAddress() async throws {
        try await Fixture.run { fixture in
            let first = try await Hospital(fixture, subdomain: "first")
            let second = try await Hospital(fixture, subdomain: "second")
            let mallory = try await AccountHolder(
                first, email: "mallory@example.org", password: "a wholly new sentence")
            let session = try await mallory.session(password: "a wholly new sentence")
            try await fixture.must(
                "staff.change-profile",
                ["profile": ["name": "Mallory", "email": "invited@example.org"]], by: session)
            _ = try await InvitationTests.invite(second)
            (try await InvitationTests.signIn(second)).refused(401, "signInRefused")
            #expect(try await InvitationTests.mailed(second).count == 1)
        }
    }

    @Test("ACC-2 who forgot the password is mailed a link, and a stranger is not")
    func forgotten() async throws {
        try await inHospital { hospital in
            let holder = try await AccountHolder(hospital)
            for email in ["nobody@example.org", holder.email] {
                let told = try await hospital.fixture.account(
                    "password/forgotten",
                    [
                        "organisation": .string(hospital.organisation), "email": .string(email),
                    ])
                told.accepted()
            }
            let links = try await InvitationTests.mailed(hospital)
            #expect(links.count == 1)
            let set = try await hospital.fixture.account(
                "password/set",
                ["link": .string(links[0]), "password": "a wholly new sentence"])
            set.accepted()
            (try await holder.signIn(password: "a wholly new sentence")).accepted()
        }
    }

    /// Of `mail.queued`.
    private static let letterField: UInt32 = 4

    private static func invite(_ hospital: Hospital) async throws -> Told {
        try await hospital.fixture.must(
            "staff.invite",
            [
                "profile": ["name": "Ivy Invited", "email": "invited@example.org"],
                "roles": [["role": "teamMember", "clinic": .string(hospital.clinic)]],
                "reason": "test",
            ], by: hospital.administrator)
    }

    private static func signIn(_ hospital: Hospital) async throws -> Told {
        try await hospital.fixture.account(
            "sign-in",
            [
                "organisation": .string(hospital.organisation), "email": "invited@example.org",
                "password": "a wholly new sentence",
            ])
    }

    /// The secrets of the links mailed so far, as their letters hold them.
    private static func mailed(_ hospital: Hospital) async throws -> [String] {
        let fixture = hospital.fixture
        var links: [String] = []
        for event in try await fixture.events(hospital.organisation, from: 0)
        where event.stream.category == Category.mail {
            let mail: MailEvent = try EventCoding.decode(event)
            guard case .queued(let queued) = mail, case .shut(let sealed) = queued.letter else {
                continue
            }
            let key = try await fixture.dispatch.vault.key(KeyID(bits: sealed.key.bits))
            let place = SealPlace(
                log: event.log, stream: event.stream, type: event.type,
                field: InvitationTests.letterField)
            let letter = try Letter(
                plainBytes: Sealer.open(sealed.bytes, under: try #require(key), at: place))
            let link = try #require(letter.link).split(separator: "#")
            #expect(["/invitation", "/password"].contains(link[0]))
            links.append(String(link[1]))
        }
        return links
    }
}
