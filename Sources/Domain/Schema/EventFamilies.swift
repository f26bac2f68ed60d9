/// Every family there is, in the order of docs/events.md. Documentation, golden files and the list
/// of plain fields are made from it; a test compares it with the sources.
package enum EventFamilies {
    package static let all: [any EventFamily.Type] = [
        OrganisationEvent.self, SubdomainEvent.self, ClinicEvent.self, StaffEvent.self,
        AccountEvent.self, SecurityEvent.self, APIKeyEvent.self, SupportEvent.self,
        VisitEvent.self, ClientEvent.self, AppointmentEvent.self, AgendaEvent.self,
        QuestionnaireEvent.self, AnswersEvent.self, AccessEvent.self, ClientAccessEvent.self,
        ErasureEvent.self, AnonymisationEvent.self, ImportEvent.self, DayEvent.self,
        ReportEvent.self, NothingEvent.self, MailEvent.self, RoomEvent.self, GuestStayEvent.self,
        CallInterfaceEvent.self, AppEvent.self,
        GroupCallEvent.self, AnnouncementEvent.self, WalkInEvent.self,
        AlertEvent.self, SignOnEvent.self,
        AuditorEvent.self,
    ]
}
