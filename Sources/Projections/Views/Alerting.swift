package import Domain
package import EventStore

/// Who wants to be told of arrivals, and the arrivals they have not been told of yet (WA-11). Where
/// nobody wants to be told, an arrival leaves no row; nor does one of history that is imported.
package struct Alerting: Projection {
    package static let name = "alerting"
    package static let version = 2
    package static let categories = [Category.alert, Category.visit]

    private var settings = Table<AlertSettingsRow>()
    private var clinics = Table<WatchedClinicRow>()
    private var arrivals = Table<ArrivalRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        switch fact.body {
        case .alert(let id, .set(let set)):
            try change(ID(bits: id.bits)) { $0.take(set.settings) }
        case .alert(let id, .webhookSet): try change(ID(bits: id.bits)) { $0.hasWebhook = true }
        case .alert(let id, .webhookRemoved):
            try change(ID(bits: id.bits)) { $0.hasWebhook = false }
        case .alert(_, .raised(let raised)): arrivals.remove(Int64(raised.cause))
        case .visit(_, .arrived(let arrived)): try note(fact, in: arrived.clinic, arrived.at)
        case .visit(_, .transferred(let moved)): try note(fact, in: moved.to, moved.at)
        case .visit, .organisation, .subdomain, .clinic, .staff, .client, .appointment, .agenda,
            .questionnaire, .answers, .access, .clientAccess, .erasure, .anonymisation, .imports,
            .days, .reports, .mail, .signOn, .account, .security, .apiKey, .support, .nothing,
            .auditor, .room, .guest, .callInterface, .app, .groupCall, .announcement, .walkIn,
            .unread:
            return
        }
    }

    private mutating func change(
        _ staff: ID<Staff>, _ change: (inout AlertSettingsRow) -> Void
    ) throws(ViewError) {
        let before = try settings.row(staff) ?? AlertSettingsRow(staff)
        var after = before
        change(&after)
        settings.put(after)
        for clinic in before.watched {
            guard var row = try clinics.row(clinic) else { continue }
            row.staff.removeAll { $0 == staff }
            if row.staff.isEmpty { clinics.remove(clinic) } else { clinics.put(row) }
        }
        for clinic in after.watched {
            var row = try clinics.row(clinic) ?? WatchedClinicRow(clinic: clinic)
            row.staff.append(staff)
            clinics.put(row)
        }
    }

    private mutating func note(
        _ fact: Fact, in clinic: ID<Clinic>, _ at: Instant
    ) throws(ViewError) {
        guard fact.context.origin != "import", try clinics.row(clinic) != nil else { return }
        arrivals.put(ArrivalRow(position: fact.position, clinic: clinic, at: at))
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&settings)
        try walker(&clinics)
        try walker(&arrivals)
    }
}

/// What one staff member chose.
package struct AlertSettingsRow: Hashable, Sendable {
    package let staff: ID<Staff>
    package private(set) var clinics: [ID<Clinic>] = []
    package private(set) var byMail = false
    package private(set) var sound = false
    package private(set) var bySMS = false
    package fileprivate(set) var hasWebhook = false

    init(_ staff: ID<Staff>) { self.staff = staff }

    fileprivate mutating func take(_ settings: AlertSettings) {
        clinics = settings.clinics
        byMail = settings.byMail
        sound = settings.sound
        bySMS = settings.bySMS
    }

    /// Clinics of whose arrivals they are sent word, each once.
    fileprivate var watched: [ID<Clinic>] {
        byMail || bySMS || hasWebhook ? Set(clinics).sorted() : []
    }
}

/// Staff who are sent word of a clinic's arrivals, in the order they chose so.
package struct WatchedClinicRow: Hashable, Sendable {
    package let clinic: ID<Clinic>
    package var staff: [ID<Staff>] = []

    init(clinic: ID<Clinic>) { self.clinic = clinic }
}

/// An arrival nobody was told of yet.
package struct ArrivalRow: Hashable, Sendable {
    /// Of the event, in the log.
    package let position: Int64
    package let clinic: ID<Clinic>
    package let at: Instant
}

extension AlertSettingsRow: TableRow {
    package static let table = "alerting_settings"
    package var key: ID<Staff> { staff }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        staff = try c.key("staff", \.staff)
        clinics = try c("clinics", \.clinics)
        byMail = try c("by_mail", \.byMail)
        sound = try c("sound", \.sound)
        bySMS = try c("by_sms", \.bySMS)
        hasWebhook = try c("has_webhook", \.hasWebhook)
    }
}

extension WatchedClinicRow: TableRow {
    package static let table = "alerting_clinics"
    package var key: ID<Clinic> { clinic }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        clinic = try c.key("clinic", \.clinic)
        staff = try c("staff", \.staff)
    }
}

extension ArrivalRow: TableRow {
    package static let table = "alerting_arrivals"
    package var key: Int64 { position }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        position = try c.key("position", \.position)
        clinic = try c("clinic", \.clinic)
        at = try c("at", \.at)
    }
}
