/// Who is told that somebody waits, by their own settings (WA-11). A staff member's settings stand
/// in a stream of their own; what was told stands in one of the clinic's. Neither says who waits.
package enum Alerts: Decider {
    package static let clinicsMax = 100
    /// Staff told of one arrival, each by three ways at most, so that all is one commit; those
    /// beyond, by id, are not told.
    package static let toldMax = 80

    package struct State: Hashable, Sendable {
        package var settings = AlertSettings.none
        package var target: Sealed<AlertTarget>?

        /// How they want to be told where they are not looking.
        package var ways: Set<MailWay> {
            var ways: Set<MailWay> = []
            if settings.byMail { ways.insert(.email) }
            if settings.bySMS { ways.insert(.sms) }
            if target != nil { ways.insert(.webhook) }
            return ways
        }
    }

    package static let initial = State()

    package static func decide(
        _ command: AlertCommand, _ state: State
    ) throws(AlertRejection) -> [AlertEvent] {
        switch command {
        case .set(let at, let settings):
            guard settings.clinics.count <= clinicsMax else {
                throw .tooManyClinics(limit: clinicsMax)
            }
            guard Set(settings.clinics).count == settings.clinics.count else {
                throw .clinicNamedTwice
            }
            if settings == state.settings { return [] }
            return [.set(AlertsSet(at: at, settings: settings))]
        case .setWebhook(let at, let webhook, let key):
            let target = Sealed(AlertTarget(webhook), under: key)
            return [.webhookSet(AlertWebhookSet(at: at, target: target))]
        case .removeWebhook(let at, let isGone):
            if state.target == nil { return [] }
            return [.webhookRemoved(AlertWebhookRemoved(at: at, isGone: isGone))]
        case .tellRaised(let at, let cause, let mails):
            return [.raised(AlertRaised(at: at, cause: cause, mails: mails))]
        }
    }

    package static func evolve(_ state: inout State, _ event: AlertEvent) {
        switch event {
        case .set(let set): state.settings = set.settings
        case .webhookSet(let set): state.target = set.target
        case .webhookRemoved: state.target = nil
        case .raised: return
        }
    }
}

/// What can be asked of alerts.
package enum AlertCommand: Hashable, Sendable {
    case set(at: Instant, AlertSettings)
    /// - Parameter key: of the staff member's own record.
    case setWebhook(at: Instant, AlertWebhook, key: ID<RecordKey>)
    case removeWebhook(at: Instant, isGone: Bool)
    /// - Parameter cause: the position of the arrival in the log.
    case tellRaised(at: Instant, cause: Int, mails: Int)
}

/// Why settings are refused. In order: where two reasons apply, the earlier is thrown.
package enum AlertRejection: Rejected {
    case tooManyClinics(limit: Int)
    case clinicNamedTwice
    /// A clinic's add-on for text messages is off, or the package holds none.
    case smsOff
    /// Their profile has no number that text messages can go to.
    case noPhone

    package var told: Told {
        switch self {
        case .tooManyClinics(let limit):
            Told("tooManyClinics", "At most \(limit) clinics.", field: "clinics", limit: limit)
        case .clinicNamedTwice:
            Told("clinicNamedTwice", "A clinic is named twice.", field: "clinics")
        case .smsOff:
            Told(
                "smsOff", "Text messages are not switched on for all of these clinics.",
                field: "bySMS")
        case .noPhone:
            Told(
                "noPhone", "Your profile has no telephone number that begins with + and a country.",
                field: "bySMS")
        }
    }
}

/// What can happen to alerts. Source: WA-11.
package enum AlertEvent: Hashable, Sendable {
    case set(AlertsSet)
    case raised(AlertRaised)
    case webhookSet(AlertWebhookSet)
    case webhookRemoved(AlertWebhookRemoved)
}

extension AlertEvent: EventFamily {
    package static let category = "alert"
    package static let members = Members<AlertEvent>(
        Member(AlertsSet.self, AlertEvent.set),
        Member(AlertRaised.self, AlertEvent.raised),
        Member(AlertWebhookSet.self, AlertEvent.webhookSet),
        Member(AlertWebhookRemoved.self, AlertEvent.webhookRemoved))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .set(let event): try visitor.visit(event)
        case .raised(let event): try visitor.visit(event)
        case .webhookSet(let event): try visitor.visit(event)
        case .webhookRemoved(let event): try visitor.visit(event)
        }
    }
}

/// A staff member chose what they want to be told; all of it is told anew.
package struct AlertsSet: Hashable, Sendable {
    package let at: Instant
    package let settings: AlertSettings

    package init(at: Instant, settings: AlertSettings) {
        self.at = at
        self.settings = settings
    }
}

extension AlertsSet: Event {
    package static let name = "alert.set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        settings = try f(2, "settings", \.settings)
    }
}

/// Staff of a clinic were told of an arrival, in the same commit's mails; or nobody was, since
/// nobody wanted it any more, or it was too late.
package struct AlertRaised: Hashable, Sendable {
    package let at: Instant
    /// The position of the arrival in the log.
    package let cause: Int
    /// Text messages among them.
    package let mails: Int

    package init(at: Instant, cause: Int, mails: Int) {
        self.at = at
        self.cause = cause
        self.mails = mails
    }
}

extension AlertRaised: Event {
    package static let name = "alert.raised"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        cause = try f(2, "cause", \.cause)
        mails = try f(3, "mails", \.mails)
    }
}

/// What one staff member wants when somebody comes to wait.
package struct AlertSettings: Hashable, Sendable {
    /// In which clinics.
    package let clinics: [ID<Clinic>]
    /// A mail to the address of their profile.
    package let byMail: Bool
    /// A sound in the live view they have open.
    package let sound: Bool
    /// A text message to the telephone of their profile.
    package let bySMS: Bool

    package init(clinics: [ID<Clinic>], byMail: Bool, sound: Bool, bySMS: Bool = false) {
        self.clinics = clinics
        self.byMail = byMail
        self.sound = sound
        self.bySMS = bySMS
    }

    /// Of who never chose.
    package static let none = AlertSettings(clinics: [], byMail: false, sound: false)
}

extension AlertSettings: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        clinics = try f(1, "clinics", \.clinics)
        byMail = try f(2, "by_mail", \.byMail)
        sound = try f(3, "sound", \.sound)
        bySMS = try f(4, "by_sms", \.bySMS, default: false)
    }
}
