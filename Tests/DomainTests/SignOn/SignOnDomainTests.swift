import Domain
import Testing

@Suite("Single sign-on") struct SignOnDomainTests {
    private static let name = DNSLabel("work")!
    private static let secret = Sealed(ClientSecret("s"), under: id(1))

    private static func settings(
        role: Role? = nil, clinic: ID<Clinic>? = nil, domains: Int = 1
    ) -> ProviderSettings {
        ProviderSettings(
            issuer: PublicText("https://accounts.example.org")!, clientID: PublicText("c")!,
            domains: (0..<domains).map { PublicText("d\($0).example")! },
            buttonText: PublicText("Go")!, createdRole: role, createdClinic: clinic)
    }

    private static let set = SignOnEvent.providerSet(
        ProviderSet(at: second(1), name: name, settings: settings(), secret: secret))

    @Test("ACC-4 a provider is off until switched on, and keeps that when described anew")
    func switching() {
        let on = SignOnEvent.switched(ProviderSwitched(at: second(2), name: Self.name, isOn: true))
        let anew = Self.settings(role: .orgReporter)
        Given<SignOn>()
            .when(.set(at: second(1), name: Self.name, Self.settings(), secret: Self.secret))
            .then(Self.set)
            .when(.switchOn(at: second(2), name: Self.name, isOn: false)).then()
            .when(.switchOn(at: second(2), name: Self.name, isOn: true)).then(on)
            .when(.set(at: second(3), name: Self.name, anew, secret: nil))
            .then(
                .providerSet(
                    ProviderSet(
                        at: second(3), name: Self.name, settings: anew, secret: Self.secret)))
        #expect(!SignOn.fold([Self.set]).isOn)
        #expect(SignOn.fold([Self.set, on, Self.set]).isOn)
        let removed = SignOnEvent.removed(ProviderRemoved(at: second(4), name: Self.name))
        Given<SignOn>(Self.set, on).when(.remove(at: second(4), name: Self.name)).then(removed)
        #expect(!SignOn.fold([Self.set, on, removed]).isOn)
        Given<SignOn>().when(.remove(at: second(4), name: Self.name)).then()
        Given<SignOn>().when(.switchOn(at: second(2), name: Self.name, isOn: true))
            .refused(.providerUnknown)
        Given<SignOn>().when(.set(at: second(1), name: Self.name, Self.settings(), secret: nil))
            .refused(.secretMissing)
    }

    @Test("ACC-4 what a provider may give is bounded: no administrators, no half roles")
    func bounds() {
        func refused(_ settings: ProviderSettings, _ reason: SignOnRejection) {
            Given<SignOn>()
                .when(.set(at: second(1), name: Self.name, settings, secret: Self.secret))
                .refused(reason)
        }
        refused(Self.settings(role: .orgAdmin), .roleNotGiven)
        refused(Self.settings(role: .referrer, clinic: id(1)), .roleNotGiven)
        refused(Self.settings(role: .teamMember), .clinicMissing)
        refused(Self.settings(role: .orgReporter, clinic: id(1)), .clinicNotWanted)
        refused(Self.settings(domains: 51), .tooManyDomains(limit: 50))
        let ten = (0..<10).map { number in
            SignOnEvent.providerSet(
                ProviderSet(
                    at: second(1), name: DNSLabel("p\(number)")!, settings: Self.settings(),
                    secret: Self.secret))
        }
        Given<SignOn>(ten)
            .when(.set(at: second(1), name: Self.name, Self.settings(), secret: Self.secret))
            .refused(.tooManyProviders(limit: 10))
    }

    @Test("ACC-4 a provider's user is one staff member, for good")
    func linked() {
        let linked = SignOnEvent.linked(UserLinked(at: second(1), staff: id(1)))
        Given<SignOn>().when(.link(at: second(1), staff: id(1))).then(linked)
            .when(.link(at: second(2), staff: id(1))).then()
        Given<SignOn>(linked).when(.link(at: second(2), staff: id(2))).refused(.userLinked)
    }

    @Test("ACC-4 a user's domain: hd, else that of a verified address; compared whole")
    func domain() {
        func claims(_ hd: String?, _ email: String?, _ verified: Bool) -> HostedDomain.Claims {
            HostedDomain.Claims(
                hostedDomain: hd, email: email.flatMap(EmailAddress.init),
                isEmailVerified: verified)
        }
        let cases: [(HostedDomain.Claims, domain: String?, vouches: Bool)] = [
            (claims(nil, nil, true), nil, false),
            (claims(nil, "a@x.example", false), nil, false),
            (claims(nil, "a@X.example", true), "x.example", true),
            (claims("Y.example", "a@x.example", true), "y.example", true),
            (claims("y.example", "a@x.example", false), "y.example", false),
            (claims("x.example", "a@x.example", false), "x.example", true),
            (claims("", "a@x.example", true), "x.example", true),
        ]
        for (claims, domain, vouches) in cases {
            #expect(HostedDomain.domain(of: claims) == domain)
            #expect(HostedDomain.vouchesForEmail(claims) == vouches)
            #expect(HostedDomain.isAllowed(claims, domains: []) == (domain != nil))
            #expect(
                HostedDomain.isAllowed(claims, domains: ["x.example"]) == (domain == "x.example"))
            #expect(!HostedDomain.isAllowed(claims, domains: ["example", ".x.example"]))
        }
    }
}
