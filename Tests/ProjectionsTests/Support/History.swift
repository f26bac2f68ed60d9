import Domain
import EventStore
import Projections

/// A clinic's history out of a seed. Nobody judged these events: any may follow any, as projections
/// have to take them (design.md, rule 7).
struct History {
    var random: Seeded
    private var now: Int64 = 1_700_000_000_000
    private var command: UInt128
    /// Most of its events are of accounts, mail, rooms and alerts.
    private let isOfAccounts: Bool

    init(seed: UInt64, isOfAccounts: Bool = false) {
        self.isOfAccounts = isOfAccounts
        random = Seeded(seed)
        command = UInt128(seed) << 64
    }

    /// A commit of one to four events of one log.
    mutating func commit(in log: LogID) -> Commit {
        // Sometimes many in one millisecond, sometimes a day later.
        now += random.below(3) == 0 ? Int64(random.below(40_000_000)) : Int64(random.below(2))
        command += 1
        var events: [NewEvent] = []
        for _ in 0..<(1 + random.below(4)) { events.append(event(log)) }
        return Commit(
            log: log, commandID: command, now: now, context: context(),
            events: events)
    }

    private mutating func context() -> Context {
        switch random.below(4) {
        case 0: Context(actor: Actor("self"), role: "caller", basis: "own", origin: "http")
        case 1: Context(actor: Actor("policy"), role: "policy", basis: "rule", origin: "policy")
        default:
            Context(
                actor: Actor("staff", id: (random.id(5) as ID<Staff>).bits), role: "teamMember",
                basis: "treatment", origin: "http")
        }
    }

    private mutating func event(_ log: LogID) -> NewEvent {
        let at = Instant(milliseconds: now)
        if isOfAccounts, let event = eventOfAccounts(log, at) { return event }
        switch random.below(34) {
        case 30, 31, 32, 33: return accountEvent(log, at)
        case 0: return .of(organisation(at), .organisation(log))
        case 1: return .of(clinic(at), .clinic(random.id(3)))
        case 2, 3: return .of(staff(at), .staff(random.id(5)))
        case 4: return .of(client(at), .client(random.id(8)))
        case 5, 6: return .of(appointment(at), .appointment(random.id(10)))
        case 8: return .of(day(at), StreamName(Category.day, log.bits))
        case 9: return .of(settings(at), StreamName(Category.report, log.bits))
        case 11, 12:
            return .of(room(at), StreamName(Category.room, (random.id(4) as ID<Room>).bits))
        case 13:
            return .of(guest(at), StreamName(Category.guest, (random.id(6) as ID<GuestStay>).bits))
        case 14:
            let reported = AppErrorReported(at: at, error: .cameraFailed, clinic: random.id(3))
            return .of(
                AppEvent.errorReported(reported), StreamName(Category.app, 1, part: 19_000))
        case 10: return .of(mail(at), StreamName(Category.mail, (random.id(6) as ID<Mail>).bits))
        case 7: return .of(access(at), StreamName(Category.access, 1, part: 19_000))
        default: return .of(visit(at), .visit(random.id(12)))
        }
    }

    /// Nil: any event.
    private mutating func eventOfAccounts(_ log: LogID, _ at: Instant) -> NewEvent? {
        switch random.below(8) {
        case 0: .of(staff(at), .staff(random.id(5)))
        case 1: .of(mail(at), StreamName(Category.mail, (random.id(6) as ID<Mail>).bits))
        case 2: .of(room(at), StreamName(Category.room, (random.id(4) as ID<Room>).bits))
        case 3:
            .of(guest(at), StreamName(Category.guest, (random.id(6) as ID<GuestStay>).bits))
        case 4, 5, 6: accountEvent(log, at)
        default: nil
        }
    }

    private mutating func visit(_ at: Instant) -> VisitEvent {
        let staff: ID<Staff> = random.id(5)
        let who: Participant = random.below(2) == 0 ? .caller : .staff(random.id(5))
        switch random.below(20) {
        case 16, 17, 18: return call(at, staff)
        case 0: return .opened(VisitOpened(at: at, clinic: random.id(3)))
        case 1, 2, 3:
            let start = Instant(milliseconds: now + Int64(random.below(1_000_000)) - 500_000)
            return .arrived(
                CallerArrived(
                    at: at, clinic: random.id(3),
                    entry: Sealed(EntryFields(firstName: "Ada"), under: random.id(99)),
                    appointmentStart: random.below(2) == 0 ? start : nil,
                    askedFor: random.below(2) == 0 ? staff : nil))
        case 4, 5: return .admitted(CallerAdmitted(at: at, staff: staff))
        case 6: return .staffJoined(StaffJoined(at: at, staff: staff))
        case 7: return .left(ParticipantLeft(at: at, participant: who, cause: .onPurpose))
        case 8: return .held(VisitHeld(at: at))
        case 9: return .participantHeld(ParticipantHeld(at: at, participant: who, by: staff))
        case 10:
            return .participantResumed(ParticipantResumed(at: at, participant: who, by: staff))
        case 11: return .disconnected(ParticipantDisconnected(at: at, participant: who))
        case 12: return .returned(ParticipantReturned(at: at, participant: who))
        case 13:
            return .transferred(
                VisitTransferred(at: at, from: random.id(3), to: random.id(3), by: staff))
        case 14:
            return .messageSent(
                MessageSent(
                    at: at, message: random.id(1_000), sender: who,
                    text: Sealed(MessageText("hello"), under: random.id(99))))
        default:
            if random.below(2) == 0 { return .gaveUp(CallerGaveUp(at: at)) }
            return .ended(VisitEnded(at: at, by: staff, reason: .finished))
        }
    }

    private mutating func call(_ at: Instant, _ staff: ID<Staff>) -> VisitEvent {
        let invitee: ID<Invitee> = random.id(4)
        switch random.below(11) {
        case 0: return .started(VisitStarted(at: at, clinic: random.id(3), staff: staff))
        case 1: return .locked(CallLocked(at: at, by: staff))
        case 2: return .unlocked(CallUnlocked(at: at, by: staff))
        case 3: return .staffCalled(StaffCalled(at: at, staff: random.id(5), by: staff))
        case 4:
            return .invited(
                InviteeInvited(
                    at: at, invitee: invitee, role: .external, by: staff,
                    details: Sealed(InviteeDetails(name: "Eve"), under: random.id(99))))
        case 5: return .invitationRevoked(InvitationRevoked(at: at, invitee: invitee, by: staff))
        case 6: return .externalEntered(ExternalEntered(at: at, invitee: invitee))
        case 7: return .groupAsked(GroupAsked(at: at, call: random.id(3), by: staff))
        case 8:
            return .groupAnswered(
                GroupAnswered(at: at, call: random.id(3), accepted: random.below(2) == 0))
        case 9:
            return .questionnaireMarked(VisitQuestionnaireMarked(at: at, questionnaireMark()))
        default:
            if random.below(2) == 0 { return .groupLeft(GroupLeft(at: at, call: random.id(3))) }
            if random.below(2) == 0 {
                return .groupResumed(GroupResumed(at: at, call: random.id(3)))
            }
            return .sentBack(CallerSentBack(at: at, by: staff, reason: .other))
        }
    }

    private mutating func questionnaireMark() -> QuestionnaireMark {
        let states = QuestionnaireState.allCases
        return QuestionnaireMark(random.id(4), states[random.below(states.count)])
    }

    private mutating func appointment(_ at: Instant) -> AppointmentEvent {
        switch random.below(8) {
        case 3: return .visited(AppointmentVisited(at: at, visit: random.id(12)))
        case 4:
            return .questionnaireMarked(
                AppointmentQuestionnaireMarked(at: at, questionnaireMark()))
        case 0: return .done(AppointmentDone(at: at, visit: random.id(12)))
        case 1: return .noShow(AppointmentNoShow(at: at))
        case 2: return .cancelled(AppointmentCancelled(at: at, reason: nil))
        default:
            return .booked(
                AppointmentBooked(
                    at: at, clinic: random.id(3),
                    practitioner: random.below(2) == 0 ? random.id(5) : nil,
                    time: .day(19_600 + random.below(40)),
                    details: Sealed(
                        AppointmentDetails(client: random.id(8)), under: random.id(99))))
        }
    }

    private mutating func staff(_ at: Instant) -> StaffEvent {
        let reason = Sealed(Reason("because"), under: random.id(99))
        let role = Role.allCases[random.below(Role.allCases.count)]
        let clinic: ID<Clinic>? = role.isOfClinic ? random.id(3) : nil
        switch random.below(16) {
        case 8: return .restored(StaffRestored(at: at, reason: reason))
        case 9:
            return .profileChanged(
                StaffProfileChanged(
                    at: at, profile: Sealed(StaffProfile(name: "Ada"), under: random.id(99))))
        case 10:
            return .practitionerUnmarked(PractitionerUnmarked(at: at, clinic: random.id(3)))
        case 11:
            return .tokenIssued(
                TokenIssued(at: at, token: random.id(3), secretHash: Digest(high: 1, low: 2)))
        case 12: return .tokenRevoked(TokenRevoked(at: at, token: random.id(3)))
        case 13:
            guard let picture = PictureBytes([1, 2]) else { preconditionFailure("two bytes") }
            let photo = Sealed(StaffPhoto(form: .png, picture: picture), under: random.id(99))
            return .photoSet(StaffPhotoSet(at: at, photo: photo))
        case 14: return .photoRemoved(StaffPhotoRemoved(at: at))
        case 0, 1:
            let profile = Sealed(StaffProfile(name: "Grace"), under: random.id(99))
            return .invited(
                StaffInvited(at: at, profile: profile, until: at, reason: reason))
        case 2: return .accepted(InvitationAccepted(at: at))
        case 3, 4:
            return .roleGiven(RoleGiven(at: at, role: role, clinic: clinic, reason: reason))
        case 5: return .roleTaken(RoleTaken(at: at, role: role, clinic: clinic, reason: reason))
        case 6: return .practitionerMarked(PractitionerMarked(at: at, clinic: random.id(3)))
        case 7: return .suspended(StaffSuspended(at: at, reason: reason))
        default: return .removed(StaffRemoved(at: at, reason: reason))
        }
    }

    private mutating func client(_ at: Instant) -> ClientEvent {
        let details = Sealed(ClientDetails(surname: "Hopper"), under: random.id(99))
        if random.below(2) == 0 {
            return .registered(ClientRegistered(at: at, details: details))
        }
        return .changed(ClientChanged(at: at, details: details))
    }

    private mutating func clinic(_ at: Instant) -> ClinicEvent {
        switch random.below(4) {
        case 0: .closed(ClinicClosed(at: at))
        case 1: .reopened(ClinicReopened(at: at))
        case 2: .renamed(ClinicRenamed(at: at, name: .of("Cardiology")))
        default: .created(ClinicCreated(at: at, name: .of("Dermatology"), zone: .utc))
        }
    }

    private mutating func organisation(_ at: Instant) -> OrganisationEvent {
        let profile = OrganisationProfile(name: .of("North"), zone: .utc)
        switch random.below(3) {
        case 0: return .packageSet(PackageSet(at: at, staffMax: random.below(100)))
        case 1: return .changed(OrganisationChanged(at: at, profile: profile))
        default:
            return .created(
                OrganisationCreated(
                    at: at, profile: profile, subdomain: .of("north"), isTest: false))
        }
    }

    /// A day of any length, around now or anywhere: facts are not judged.
    private mutating func day(_ at: Instant) -> DayEvent {
        if random.below(8) == 0 { return .held(DaysHeld(at: at, by: random.id(2))) }
        let until = now - Int64(random.below(90_000_000))
        guard let day = LocalDate(day: 19_600 + random.below(80)) else {
            preconditionFailure("a day of the calendar")
        }
        let shift = ZoneShift(at: Instant(milliseconds: until - 3_600_000), offsetSeconds: 0)
        return .closed(
            DayClosed(
                at: at,
                span: DaySpan(
                    day: day, zone: .utc, from: Instant(milliseconds: until - 86_400_000),
                    until: Instant(milliseconds: until), offsetSeconds: 3_600,
                    shifts: random.below(2) == 0 ? [shift] : [])))
    }

    private mutating func settings(_ at: Instant) -> ReportEvent {
        let settings = ReportSettings(
            minimumSeconds: random.below(600), suppressBelow: random.below(2) == 0 ? 5 : nil,
            clinics: random.below(2) == 0 ? [random.id(3)] : [], measures: [.waits])
        return .configured(ReportsConfigured(at: at, settings: settings))
    }

    private mutating func room(_ at: Instant) -> RoomEvent {
        let who: Occupant = random.below(2) == 0 ? .staff(random.id(5)) : .guest(random.id(6))
        let kind = RoomKind.allCases[random.below(3)]
        switch random.below(12) {
        case 0, 1:
            let (name, owner): (PublicText?, ID<Staff>?) =
                kind == .user ? (nil, random.id(5)) : (.of("Council"), nil)
            return .added(
                RoomAdded(at: at, clinic: random.id(3), kind: kind, name: name, owner: owner))
        case 2: return .renamed(RoomRenamed(at: at, name: .of("Board")))
        case 3: return .narrowed(RoomNarrowed(at: at, members: [random.id(5)]))
        case 4: return .closed(RoomClosed(at: at))
        case 5:
            return .linkMade(
                GuestLinkMade(
                    at: at, link: random.id(9), secretHash: Digest(high: 1, low: 2)))
        case 6: return .linkRevoked(GuestLinkRevoked(at: at, link: random.id(9)))
        case 7: return .locked(RoomLocked(at: at, by: random.id(5)))
        case 8: return .unlocked(RoomUnlocked(at: at, by: random.id(5)))
        case 9: return .left(RoomLeft(at: at, occupant: who, cause: .onPurpose))
        default: return .entered(RoomEntered(at: at, occupant: who))
        }
    }

    private mutating func guest(_ at: Instant) -> GuestStayEvent {
        switch random.below(4) {
        case 0: return .left(GuestLeft(at: at, cause: .lostContact))
        case 1: return .returned(GuestReturned(at: at))
        default:
            return .arrived(
                GuestArrived(
                    at: at, room: random.id(4), link: random.id(9),
                    name: Sealed(GuestName("Grace"), under: random.id(99))))
        }
    }

    private mutating func mail(_ at: Instant) -> MailEvent {
        switch random.below(6) {
        case 0: return .sent(MailSent(at: at, attempt: 1))
        case 1:
            return .failed(
                MailFailed(at: at, attempt: 1, fault: .noConnection, again: at))
        case 2: return .givenUp(MailGivenUp(at: at, attempt: 2, fault: .refused, reply: 550))
        case 3: return .captured(MailCaptured(at: at, cause: .noServer))
        default:
            guard let to = EmailAddress("ada@example.org"), let language = LanguageTag("en") else {
                preconditionFailure("an address and a language")
            }
            return .queued(
                MailQueued(
                    at: at, kind: .clinicLink, clinic: random.id(3),
                    letter: Sealed(Letter(to: .email(to), language: language), under: random.id(99))
                ))
        }
    }

    private mutating func access(_ at: Instant) -> AccessEvent {
        .noted(
            AccessNoted(
                at: at, event: .read, action: .read,
                outcome: random.below(4) == 0 ? .refused : .allowed, objectKind: .visit,
                clinic: random.id(3), permission: .useWaitingArea, records: 1))
    }
}
