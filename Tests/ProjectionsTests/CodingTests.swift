import Domain
import EventStore
import Projections
import Testing

/// The one place where bytes become events.
@Suite("Event coding") struct CodingTests {
    /// Every event of a family stands in its category's streams and comes back as it was written.
    private func check<Family: EventFamily>(
        _ family: Family.Type, _ category: Word
    ) throws {
        #expect(Word(Family.category) == category)
        for member in Family.members.all {
            let store = MemoryStore()
            let type = EventType(high: member.name.high, low: member.name.low)
            #expect(type.description.hasPrefix(Family.category + "."))
            // An empty payload is understood or found wanting, never taken for something newer.
            let stream = StreamName(category, 5, part: 7)
            try store.add(
                NewEvent(stream: stream, type: type, schema: UInt32(member.number), payload: []))
            let event = try #require(try store.read(.north, from: 0, limit: 1).first)
            let error = #expect(throws: CodingError.self) { try EventCoding.fact(event) }
            #expect(error?.isNewer == false, "\(type): \(String(describing: error))")
        }
    }

    @Test("AUD-1 every family's category leads to it")
    func categories() throws {
        try check(OrganisationEvent.self, Category.organisation)
        try check(SubdomainEvent.self, Category.subdomain)
        try check(ClinicEvent.self, Category.clinic)
        try check(StaffEvent.self, Category.staff)
        try check(AccountEvent.self, Category.account)
        try check(SecurityEvent.self, Category.security)
        try check(APIKeyEvent.self, Category.apiKey)
        try check(SupportEvent.self, Category.support)
        try check(VisitEvent.self, Category.visit)
        try check(ClientEvent.self, Category.client)
        try check(AppointmentEvent.self, Category.appointment)
        try check(AgendaEvent.self, Category.agenda)
        try check(QuestionnaireEvent.self, Category.questionnaire)
        try check(AnswersEvent.self, Category.answers)
        try check(AccessEvent.self, Category.access)
        try check(ErasureEvent.self, Category.erasure)
        try check(ImportEvent.self, Category.imports)
        try check(AuditorEvent.self, Category.auditor)
        try check(DayEvent.self, Category.day)
        try check(ReportEvent.self, Category.report)
        try check(MailEvent.self, Category.mail)
        try check(RoomEvent.self, Category.room)
        try check(GuestStayEvent.self, Category.guest)
        try check(CallInterfaceEvent.self, Category.callInterface)
        try check(AppEvent.self, Category.app)
        try check(AlertEvent.self, Category.alert)
        try check(SignOnEvent.self, Category.signOn)
        try check(NothingEvent.self, Category.nothing)
        try check(GroupCallEvent.self, Category.groupCall)
        try check(AnnouncementEvent.self, Category.announcement)
        try check(WalkInEvent.self, Category.walkIn)
    }

    @Test("ANON-1 what a row carries sealed names the event and field it stood in")
    func places() throws {
        let reason = Sealed(Reason("because"), under: ID(bits: 3))
        let profile = Sealed(StaffProfile(name: "Grace"), under: ID(bits: 3))
        let details = Sealed(ClientDetails(), under: ID(bits: 3))
        let at = Instant.minute(0)
        let arrived = CallerArrived(
            at: at, clinic: ID(bits: 1), entry: Sealed(EntryFields(), under: ID(bits: 3)))
        try check(VisitEvent.arrived(arrived), .visitEntry)
        let booked = AppointmentBooked(
            at: at, clinic: ID(bits: 1), practitioner: nil, time: .day(19_000),
            details: Sealed(AppointmentDetails(client: ID(bits: 5)), under: ID(bits: 3)))
        try check(AppointmentEvent.booked(booked), .appointmentDetails)
        let registered = ClientRegistered(at: at, details: details)
        try check(ClientEvent.registered(registered), .clientRegistered)
        try check(ClientEvent.changed(ClientChanged(at: at, details: details)), .clientChanged)
        let invited = StaffInvited(at: at, profile: profile, until: at, reason: reason)
        try check(StaffEvent.invited(invited), .staffInvited)
        let changed = StaffProfileChanged(at: at, profile: profile)
        try check(StaffEvent.profileChanged(changed), .staffProfileChanged)
    }

    private func check<Family: EventFamily>(_ event: Family, _ place: ShutRecord.Place) throws {
        var fields: [Int] = []
        let stream = StreamName("visit", 1)
        let written = try EventCoding.newEvent(event, in: stream) { request in
            fields.append(request.field)
            return SealedBytes(key: request.key, bytes: [1])
        }
        #expect(written.type == place.type)
        #expect(fields.first == place.field)
    }

    @Test("AUD-3 an older schema number is raised step by step before it is read")
    func upcasters() throws {
        let upcasters = Upcasters([
            Upcasters.Step("visit.held", from: 1) { bytes throws(CodingError) in
                Array(bytes) + [2]
            },
            Upcasters.Step("visit.held", from: 2) { bytes throws(CodingError) in
                Array(bytes) + [3]
            },
        ])
        let raised = try upcasters.raise("visit.held", 1, [1])
        #expect(raised.schema == 3)
        #expect(raised.payload == [1, 2, 3])
        #expect(try upcasters.raise("visit.held", 2, [1]).payload == [1, 3])
        #expect(throws: CodingError.noUpcaster(from: 7)) {
            try upcasters.raise("visit.held", 7, [1])
        }
    }
}
