/// What goes when: rules over days, pure. A day is a UTC day, counted since 1970-01-01, so that no
/// zone's table decides what is destroyed.
package enum Retention {
    /// What becomes of a personal record that stands sealed in an event.
    package enum Fate: Hashable, Sendable {
        /// It goes with the record whose stream it stands in.
        case withRecord(RecordKind)
        /// It is sealed under the key of the record it is about, and goes with that.
        case withItsObject
        /// It does not fall due; why.
        case kept(because: String)
    }

    /// Where a personal record stands, and its fate.
    package struct Place: Sendable {
        package let family: any EventFamily.Type
        package let record: any PersonalRecord.Type
        package let fate: Fate

        init(_ family: any EventFamily.Type, _ record: any PersonalRecord.Type, _ fate: Fate) {
            self.family = family
            self.record = record
            self.fate = fate
        }
    }

    private static let employment = Fate.kept(
        because: "who works here answers for what they did for as long as the log stands")

    /// The one list every kind of personal record is in: a test walks all events and fails until
    /// it is.
    package static let places: [Place] = [
        Place(AppointmentEvent.self, AppointmentDetails.self, .withRecord(.appointment)),
        Place(AppointmentEvent.self, Reason.self, .withRecord(.appointment)),
        Place(VisitEvent.self, EntryFields.self, .withRecord(.visit)),
        Place(VisitEvent.self, MessageText.self, .withRecord(.visit)),
        Place(VisitEvent.self, InviteeDetails.self, .withRecord(.visit)),
        Place(AnswersEvent.self, AnswerSet.self, .withRecord(.answers)),
        Place(ClientEvent.self, ClientDetails.self, .withRecord(.client)),
        Place(AccessEvent.self, AccessObject.self, .withItsObject),
        Place(ClientAccessEvent.self, PastAccess.self, .withRecord(.accessYear)),
        Place(MailEvent.self, Letter.self, .withRecord(.mail)),
        Place(GuestStayEvent.self, GuestName.self, .withRecord(.guestStay)),
        Place(
            SignOnEvent.self, ClientSecret.self,
            .kept(because: "it is a system's secret and about nobody")),
        Place(StaffEvent.self, StaffProfile.self, employment),
        Place(StaffEvent.self, StaffPhoto.self, employment),
        Place(StaffEvent.self, Reason.self, employment),
        Place(AlertEvent.self, AlertTarget.self, employment),
        Place(AccountEvent.self, PasswordHash.self, employment),
        Place(AccountEvent.self, TOTPSecret.self, employment),
        Place(SupportEvent.self, SupportDetails.self, employment),
        Place(
            AuditorEvent.self, AuditorPaper.self,
            .kept(because: "who was let in to audit, and what for, is part of the audit")),
    ]

    // MARK: When

    package static let daysRange = 1...36_500

    /// The day a moment is on.
    package static func day(of moment: Instant) -> Int64 {
        let length: Int64 = 86_400_000
        let (day, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: length)
        return rest < 0 ? day - 1 : day
    }

    /// The day an appointment's days are counted from: the local day, which is known even where the
    /// hour is not, and never earlier than its start.
    package static func day(of time: AppointmentTime) -> Int64 {
        max(Int64(time.day.day), time.start.map(day(of:)) ?? .min)
    }

    /// The first day on which a record counted from `day` is due: `days` whole days lie between.
    package static func dueDay(_ day: Int64, days: Int) -> Int64 {
        day.addingClamped(Int64(days) + 1)
    }

    /// Records counted from this day or earlier are due at `now`.
    package static func lastDay(at now: Instant, days: Int) -> Int64 {
        day(of: now).subtractingClamped(Int64(days) + 1)
    }

    /// Days for which carried access logs are kept from the end of their year: six years, where at
    /// least five are asked (AUD-2).
    package static let accessDays = 6 * 366

    /// Days for which it is kept what a mail said and to whom. Nothing ties a mail to a client, so
    /// that none can be found for their erasure: all of them go within the month the law gives.
    package static let mailDays = 14

    /// Records of `kind` counted from this day or earlier are due at `now`, where an organisation's
    /// records lose their client after `days`; nil: none are.
    package static func lastDay(of kind: RecordKind, at now: Instant, days: Int?) -> Int64? {
        switch kind.clock {
        case .itsTime, .whatItBelongsTo: days.map { lastDay(at: now, days: $0) }
        case .accessLog: lastDay(at: now, days: accessDays)
        case .sending: lastDay(at: now, days: mailDays)
        case .request: nil
        }
    }

    /// The last day of a year; nil where it is in no calendar.
    package static func lastDay(ofYear year: UInt32) -> Int64? {
        guard year > 0, year <= 9_999 else { return nil }
        return LocalDate(year: Int(year), month: 12, day: 31).map { Int64($0.day) }
    }

    // MARK: Erasure of one client among others

    /// With fewer records of others beside them, a client's records are not erased yet: one order
    /// that lists them alone would tie them to each other for ever (ANON-3).
    package static let othersMin = 50
    /// Days after which they are erased all the same: the law gives a month. Source: GDPR 12(3).
    package static let waitDaysMax = 21

    /// Whether a client's records go now.
    /// - Parameter others: records that go in the same order and are not theirs.
    package static func goesNow(
        askedAt: Instant, isUrgent: Bool, others: Int, at now: Instant
    ) -> Bool {
        isUrgent || others >= othersMin
            || day(of: now).subtractingClamped(day(of: askedAt)) >= Int64(waitDaysMax)
    }
}
