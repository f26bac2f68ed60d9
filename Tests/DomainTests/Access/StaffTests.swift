import Domain
import Testing

@Suite("Staff") struct StaffTests {
    @Test("ROLE-3 an invitation names roles and why; profile and reason are sealed under one key")
    func invite() {
        Given<Staff>().when(.invite(at: second(0), Colleague.invitation(), key: Colleague.key))
            .then(Colleague.invited)
        let state = Staff.fold(Colleague.invited)
        #expect(state.standing == .invited)
        #expect(state.grants == [Colleague.grant])
        #expect(state.key == Colleague.key)
    }

    @Test("ROLE-3 an invitation can be accepted for a month")
    func accept() {
        let last = Instant(milliseconds: Staff.invitationLife.count)
        Given<Staff>(Colleague.invited).when(.accept(at: last))
            .then(.accepted(InvitationAccepted(at: last)))
        Given<Staff>(Colleague.invited)
            .when(.accept(at: Instant(milliseconds: last.milliseconds + 1)))
            .refused(.invitationLapsed)
    }

    @Test("ROLE-3 somebody known already is added at once")
    func add() {
        Given<Staff>().when(.add(at: second(0), Colleague.invitation(), key: Colleague.key))
            .then(Colleague.invited + [.accepted(InvitationAccepted(at: second(0)))])
    }

    @Test("ROLE-3 roles are given and taken with a reason; asked twice, once")
    func roles() {
        let clerk = Grant(.clinicClerk, in: id(2))
        let twice = Given<Staff>(Colleague.active)
            .when(.giveRole(at: second(20), clerk, reason: Colleague.why))
            .then(Colleague.given(clerk, at: 20))
        twice.when(.giveRole(at: second(21), clerk, reason: Colleague.why)).then()
        twice.when(.takeRole(at: second(30), Colleague.grant, reason: Colleague.why))
            .then(Colleague.taken(Colleague.grant, at: 30))
            .when(.takeRole(at: second(31), Colleague.grant, reason: Colleague.why)).then()
        Given<Staff>(Colleague.active)
            .when(.takeRole(at: second(30), Colleague.grant, reason: Colleague.why))
            .refused(.lastRole)
    }

    @Test("ROLE-3 without a reason nothing is done", arguments: 0..<6)
    func reason(which: Int) {
        let commands: [(Reason) -> (StaffCommand, [StaffEvent])] = [
            { (.giveRole(at: second(20), Grant(.orgAdmin), reason: $0), Colleague.active) },
            { (.takeRole(at: second(20), Colleague.grant, reason: $0), Colleague.active) },
            { (.suspend(at: second(20), reason: $0), Colleague.active) },
            { (.restore(at: second(20), reason: $0), Colleague.suspended) },
            { (.remove(at: second(20), reason: $0), Colleague.active) },
            { why in
                var invitation = Colleague.invitation()
                invitation.reason = why
                return (.invite(at: second(0), invitation, key: Colleague.key), [])
            },
        ]
        let (silent, history) = commands[which](Reason(""))
        Given<Staff>(history).when(silent).refused(.reasonMissing)
        let (endless, _) = commands[which](Reason(long(Reason.textMax + 1)))
        Given<Staff>(history).when(endless).refused(.reasonTooLong(limit: Reason.textMax))
    }

    @Test("ROLE-1 a role is held in a clinic or in the organisation, as the role wants it")
    func place() {
        for role in Role.allCases where role != .referrer {
            let wrong = Grant(role, in: role.isOfClinic ? nil : id(1))
            Given<Staff>(Colleague.active)
                .when(.giveRole(at: second(20), wrong, reason: Colleague.why))
                .refused(role.isOfClinic ? .clinicMissing : .clinicNotWanted)
        }
        Given<Staff>()
            .when(.invite(at: second(0), Colleague.invitation([]), key: Colleague.key))
            .refused(.roleMissing)
    }

    @Test("ROLE-2 a referrer holds another clinic role first, and keeps one")
    func referrer() {
        let refers = Grant(.referrer, in: id(2))
        Given<Staff>(Colleague.active).when(
            .giveRole(at: second(20), refers, reason: Colleague.why)
        )
        .then(Colleague.given(refers, at: 20))
        Given<Staff>(Colleague.active(Grant(.orgAdmin)))
            .when(.giveRole(at: second(20), refers, reason: Colleague.why))
            .refused(.referrerNeedsClinicRole)
        Given<Staff>(Colleague.active(Colleague.grant, refers))
            .when(.takeRole(at: second(20), Colleague.grant, reason: Colleague.why))
            .refused(.lastRole)
    }

    @Test("ROLE-3 removed is for good: no role, no token, no way back")
    func remove() {
        let state = Staff.fold(Colleague.removed)
        #expect(state.grants.isEmpty && state.tokens.isEmpty && state.practisesIn.isEmpty)
        Given<Staff>(Colleague.removed)
            .when(.giveRole(at: second(30), Colleague.grant, reason: Colleague.why))
            .refused(.staffRemoved)
    }

    @Test("ROLE-3 a token is good from issuing to its end, and not while its holder is suspended")
    func token() {
        let with = Colleague.active + [Colleague.token(5, at: 15, until: second(100))]
        let state = Staff.fold(with)
        #expect(state.token(Colleague.hash(5), at: second(100)) == id(5))
        #expect(state.token(Colleague.hash(5), at: second(101)) == nil)
        #expect(state.token(Colleague.hash(6), at: second(20)) == nil)
        let suspended =
            with + [
                .suspended(StaffSuspended(at: second(20), reason: Colleague.sealedWhy))
            ]
        #expect(Staff.fold(suspended).token(Colleague.hash(5), at: second(30)) == nil)
        let restored =
            suspended + [
                .restored(StaffRestored(at: second(30), reason: Colleague.sealedWhy))
            ]
        #expect(Staff.fold(restored).token(Colleague.hash(5), at: second(40)) == id(5))
        let revoked = TokenRevoked(at: second(40), token: id(5))
        Given<Staff>(with).when(.revokeToken(at: second(40), token: id(5)))
            .then(.tokenRevoked(revoked)).when(.revokeToken(at: second(41), token: id(5))).then()
        #expect(
            Staff.fold(with + [.tokenRevoked(revoked)]).token(Colleague.hash(5), at: second(50))
                == nil
        )
    }

    @Test("ROLE-3 a token's end lies ahead, its id is new, and their number is bounded")
    func tokenBounds() {
        let with = Colleague.active + [Colleague.token(5, at: 15)]
        Given<Staff>(with)
            .when(
                .issueToken(
                    at: second(20), token: id(6), secretHash: Colleague.hash(6), until: second(19))
            )
            .refused(.untilPast)
        Given<Staff>(with)
            .when(
                .issueToken(at: second(20), token: id(5), secretHash: Colleague.hash(6), until: nil)
            )
            .refused(.tokenExists)
        let spent = (0..<Staff.tokensMax).map {
            Colleague.token(100 + $0, at: 15, until: second(16))
        }
        let good = (0..<Staff.tokensMax).map { Colleague.token(200 + $0, at: 15) }
        let one = StaffCommand.issueToken(
            at: second(20), token: id(6), secretHash: Colleague.hash(6), until: nil)
        Given<Staff>(Colleague.active + spent).when(one).then(Colleague.token(6, at: 20))
        Given<Staff>(Colleague.active + good).when(one)
            .refused(.tooManyTokens(limit: Staff.tokensMax))
    }

    @Test("ROLE-1 practitioner is a mark on a clinic membership, and goes with it")
    func practitioner() {
        let marked = StaffEvent.practitionerMarked(
            PractitionerMarked(at: second(20), clinic: Colleague.clinic))
        Given<Staff>(Colleague.active)
            .when(.markPractitioner(at: second(20), clinic: Colleague.clinic)).then(marked)
            .when(.markPractitioner(at: second(21), clinic: Colleague.clinic)).then()
            .when(.unmarkPractitioner(at: second(22), clinic: Colleague.clinic))
            .then(
                .practitionerUnmarked(
                    PractitionerUnmarked(at: second(22), clinic: Colleague.clinic))
            )
            .when(.unmarkPractitioner(at: second(23), clinic: Colleague.clinic)).then()
        Given<Staff>(Colleague.active).when(.markPractitioner(at: second(20), clinic: id(2)))
            .refused(.notOfClinic)
        let gone = Colleague.active + [marked, Colleague.taken(Colleague.grant, at: 30)]
        #expect(Staff.fold(gone).practisesIn.isEmpty)
    }

    @Test("ROLE-3 a profile's fields are bounded, by name", arguments: ProfileField.allCases)
    func profile(field: ProfileField) {
        var profile = Colleague.profile
        let tooLong = long(StaffProfile.textMax + 1)
        switch field {
        case .name: profile.name = tooLong
        case .email: profile.email = tooLong
        case .phone: profile.phone = tooLong
        case .externalNumber: profile.externalNumber = tooLong
        case .addressNl: profile.addressNl = tooLong
        case .addressEn: profile.addressEn = tooLong
        case .addressDe: profile.addressDe = tooLong
        case .languages:
            let languages = (0...StaffProfile.languagesMax).map { _ in LanguageTag("nl") }
            profile.languages = languages.compactMap { $0 }
        }
        let limit = field == .languages ? StaffProfile.languagesMax : StaffProfile.textMax
        let refusal = StaffRejection.profileTooLong(field, limit: limit)
        Given<Staff>(Colleague.active).when(.changeProfile(at: second(20), profile)).refused(
            refusal)
        #expect(refusal.field == "profile.\(field.rawValue)")
        Given<Staff>(Colleague.active)
            .when(.changeProfile(at: second(20), StaffProfile(name: ""))).refused(.nameMissing)
    }
}
