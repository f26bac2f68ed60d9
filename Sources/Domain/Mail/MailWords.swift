/// By which way a mail leaves.
package enum MailWay: Int, GrowingEnum {
    case email = 0
    /// A text message to a telephone (WA-10, WA-11).
    case sms = 1
    /// A signed request to another program (WA-11).
    case webhook = 2
}

/// Where a mail goes.
package enum Recipient: Hashable, Sendable {
    case email(EmailAddress)
    case phone(PhoneNumber)
    case webhook(AlertWebhook)

    package var way: MailWay {
        switch self {
        case .email: .email
        case .phone: .sms
        case .webhook: .webhook
        }
    }
}

/// What a mail is about: each kind has its own text in every language. A new kind is a case at the
/// end and its text in API's `MailTexts`.
package enum MailKind: Int, GrowingEnum {
    /// To set a password for an account made for them (ACC-1).
    case staffInvitation = 0
    /// To set a new password (ACC-2).
    case passwordReset = 1
    /// A guest link to a meeting room, user room or group room (ORG-3 to ORG-5).
    case roomInvitation = 2
    /// A clinic's link, sent to a caller from the dashboard (WA-10).
    case clinicLink = 3
    /// Somebody waits. Says nothing about whom (WA-11).
    case arrivalAlert = 4

    /// How long after it was queued a mail of this kind is still worth sending.
    package var life: Milliseconds {
        switch self {
        case .arrivalAlert: .minutes(30)
        case .staffInvitation, .passwordReset, .roomInvitation, .clinicLink: .hours(24)
        }
    }
}

/// Why an attempt to send came to nothing.
package enum MailFault: Int, GrowingEnum {
    /// The server was not reached, did not answer in time or broke off.
    case noConnection = 0
    /// The server offers no TLS where it is required, or shows a certificate that is not trusted.
    case noTrust = 1
    /// The server does not take our account's name and password.
    case signInRefused = 2
    /// The server refuses it for now (a 4xx reply; a gateway's 5xx).
    case refusedForNow = 3
    /// The server refuses it for good (a 5xx reply; a gateway's 4xx): another attempt would end the
    /// same.
    case refused = 4
    /// It was erased, or its organisation was, before it could be sent.
    case erased = 5
    /// There is nothing any more where the webhook leads (410): it is switched off.
    case gone = 6

    /// Whether another attempt may go better.
    package var isPassing: Bool {
        switch self {
        case .noConnection, .noTrust, .signInRefused, .refusedForNow: true
        case .refused, .erased, .gone: false
        }
    }
}

/// Why a mail was written to a folder instead of being sent.
package enum MailCapture: Int, GrowingEnum {
    /// The organisation is marked test (ORG-12).
    case testOrganisation = 0
    /// The installation has no mail server, or no gateway of text messages.
    case noServer = 1
}

/// What a mail holds besides its kind's text: who it is to, and what is filled in. Sealed under a
/// key of the mail's own.
package struct Letter: Hashable, Sendable {
    /// One of the three is there.
    private let email: EmailAddress?
    private let phone: PhoneNumber?
    private let webhook: AlertWebhook?
    /// The language to write in, if there is a text in it; else English.
    package var language: LanguageTag
    /// How the text addresses them.
    package var name: String?
    /// Where its link leads: path and fragment under the installation's public address, from the
    /// first `/` on. A secret stands in the fragment.
    package var link: String?
    /// How long the link is good.
    package var until: Instant?
    /// What it is about, as people call it: a clinic, a room.
    package var about: String?
    /// Who had it sent, as people call them.
    package var from: String?

    /// Characters of a name in it; longer ones are cut.
    package static let nameMax = 200

    /// Nil where nobody wrote one.
    package var to: Recipient? {
        email.map(Recipient.email) ?? phone.map(Recipient.phone)
            ?? webhook.map(Recipient.webhook)
    }

    package init(
        to: Recipient, language: LanguageTag, name: String? = nil, link: String? = nil,
        until: Instant? = nil, about: String? = nil, from: String? = nil
    ) {
        switch to {
        case .email(let address): (email, phone, webhook) = (address, nil, nil)
        case .phone(let number): (email, phone, webhook) = (nil, number, nil)
        case .webhook(let target): (email, phone, webhook) = (nil, nil, target)
        }
        self.language = language
        self.name = name.map { String($0.prefix(Self.nameMax)) }
        self.link = link
        self.until = until
        self.about = about.map { String($0.prefix(Self.nameMax)) }
        self.from = from.map { String($0.prefix(Self.nameMax)) }
    }
}

extension Letter: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        email = try f(1, "to", \.email)
        language = try f(2, "language", \.language)
        name = try f(3, "name", \.name)
        link = try f(4, "link", \.link)
        until = try f(5, "until", \.until)
        about = try f(6, "about", \.about)
        from = try f(7, "from", \.from)
        phone = try f(8, "phone", \.phone)
        webhook = try f(9, "webhook", \.webhook)
    }
}
