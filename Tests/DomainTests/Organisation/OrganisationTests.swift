import Domain
import Testing

@Suite("Organisation") struct OrganisationTests {
    @Test("ORG-1 an organisation has name, subdomain, zone, languages, contact and a package")
    func create() {
        Given<Organisation>().when(Self.create)
            .then(.created(Self.created)).when(Self.create).refused(.organisationExists)
        let state = Organisation.fold([.created(Self.created)])
        #expect(state.exists && state.isTest)
        #expect(state.staffMax == 10)
        #expect(state.profile == Self.profile)
    }

    @Test("ORG-1 it is changed as a whole; a change that changes nothing is none")
    func change() {
        let other = OrganisationProfile(name: text("St Other"), zone: zone("UTC"))
        let changed = OrganisationEvent.changed(
            OrganisationChanged(at: second(1), profile: other))
        Given<Organisation>(.created(Self.created)).when(.change(at: second(1), profile: other))
            .then(changed).when(.change(at: second(2), profile: other)).then()
        let nameless = OrganisationProfile(name: text(""), zone: zone("UTC"))
        Given<Organisation>(.created(Self.created))
            .when(.change(at: second(1), profile: nameless)).refused(.nameMissing)
        let tongues = Array(repeating: Self.profile.languages[0], count: 21)
        let polyglot = OrganisationProfile(
            name: text("x"), zone: zone("UTC"), languages: tongues)
        Given<Organisation>(.created(Self.created))
            .when(.change(at: second(1), profile: polyglot))
            .refused(.tooManyLanguages(limit: Organisation.languagesMax))
    }

    @Test("ROLE-5 the package is set by the operator, never below who is there")
    func package() {
        let two = [1, 2].map {
            OrganisationEvent.staffEntered(StaffEntered(at: second(1), staff: id($0)))
        }
        let given = Given<Organisation>([.created(Self.created)] + two)
        given.when(.setPackage(at: second(2), staffMax: 1)).refused(.staffMaxTooLow(limit: 2))
        given.when(.setPackage(at: second(2), staffMax: 2))
            .then(.packageSet(PackageSet(at: second(2), staffMax: 2)))
            .when(.enterStaff(at: second(3), staff: id(3))).refused(.packageFull(limit: 2))
        given.when(.setPackage(at: second(2), staffMax: nil))
            .then(.packageSet(PackageSet(at: second(2), staffMax: nil)))
        given.when(.setPackage(at: second(2), staffMax: 10)).then()
        Given<Organisation>(.created(Self.created))
            .when(.setPackage(at: second(2), staffMax: 0)).refused(.staffMaxTooLow(limit: 1))
    }

    @Test("ORG-1 before it is created nothing can be asked of it", arguments: 0..<6)
    func unknown(which: Int) {
        let commands: [OrganisationCommand] = [
            .change(at: second(1), profile: Self.profile), .setPackage(at: second(1), staffMax: 5),
            .enterStaff(at: second(1), staff: id(1)), .leaveStaff(at: second(1), staff: id(1)),
            .seatAdmin(at: second(1), staff: id(1)), .unseatAdmin(at: second(1), staff: id(1)),
        ]
        Given<Organisation>().when(commands[which]).refused(.organisationUnknown)
    }

    @Test("ORG-1 places and seats: taken once, given back once")
    func seats() {
        let entered = OrganisationEvent.staffEntered(StaffEntered(at: second(1), staff: id(1)))
        let seated = OrganisationEvent.adminSeated(OrgAdminSeated(at: second(1), staff: id(1)))
        let one = Given<Organisation>(.created(Self.created), entered, seated)
        one.when(.enterStaff(at: second(2), staff: id(1))).then()
        one.when(.seatAdmin(at: second(2), staff: id(1))).then()
        one.when(.unseatAdmin(at: second(2), staff: id(2))).then()
        one.when(.unseatAdmin(at: second(2), staff: id(1))).refused(.lastOrgAdmin)
        one.when(.leaveStaff(at: second(2), staff: id(2))).then()
        one.when(.seatAdmin(at: second(2), staff: id(2)))
            .then(.adminSeated(OrgAdminSeated(at: second(2), staff: id(2))))
            .when(.unseatAdmin(at: second(3), staff: id(1)))
            .then(.adminUnseated(OrgAdminUnseated(at: second(3), staff: id(1))))
            .when(.leaveStaff(at: second(4), staff: id(1)))
            .then(.staffLeft(StaffLeft(at: second(4), staff: id(1))))
    }

    @Test("ORG-1 a subdomain is held by one organisation at a time, in the whole installation")
    func subdomain() {
        let name = label("elsewhere")
        let claimed = SubdomainEvent.claimed(
            SubdomainClaimed(at: second(1), label: name, organisation: id(1)))
        let held = Given<Subdomain>()
            .when(.claim(at: second(1), label: name, organisation: id(1))).then(claimed)
        held.when(.claim(at: second(2), label: name, organisation: id(1))).then()
        held.when(.claim(at: second(2), label: name, organisation: id(2)))
            .refused(.subdomainTaken)
        held.when(.release(at: second(2), organisation: id(2))).refused(.subdomainTaken)
        held.when(.release(at: second(2), organisation: id(1)))
            .then(.released(SubdomainReleased(at: second(2), organisation: id(1))))
            .when(.claim(at: second(3), label: name, organisation: id(2)))
            .then(
                .claimed(SubdomainClaimed(at: second(3), label: name, organisation: id(2))))
        Given<Subdomain>().when(.release(at: second(2), organisation: id(1))).then()
    }

    private static let profile = OrganisationProfile(
        name: text("St Elsewhere"), zone: zone("Europe/Amsterdam"),
        languages: ["nl", "en"].compactMap { LanguageTag($0) }, contact: text("Main Street 1"))
    private static let create = OrganisationCommand.create(
        at: second(0), profile: profile, subdomain: label("elsewhere"), staffMax: 10,
        isTest: true)
    private static let created = OrganisationCreated(
        at: second(0), profile: profile, subdomain: label("elsewhere"), staffMax: 10,
        isTest: true)
}
