import Domain
import EventStore
import Projections

extension Catalogue {
    static let mailCommands: [CommandEntry] = [
        CommandEntry(
            .clinicSendLink,
            """
            Sends a clinic's link to a caller by mail or text message (WA-10). It is queued: \
            `GET /v1/mails` tells what became of it. Nothing about the caller stays but under \
            its own seal, for two weeks.
            """,
            body: LinkBody.init
        ) { input, work throws(Refusal) in
            try await work.allow(in: input.clinic)
            let clinic = try await work.existing(Clinic.self, input.clinic, field: "clinic")
            let to: Recipient
            switch input.way {
            case .email:
                guard let address = EmailAddress(input.to) else {
                    throw .field("to", .invalid, "must be an e-mail address")
                }
                to = .email(address)
            case .sms:
                guard let number = PhoneNumber(input.to) else {
                    throw .field(
                        "to", .invalid, "must be a telephone number with + and its country")
                }
                guard try await work.sendsTexts(in: input.clinic) else {
                    throw .rule(MailRejection.smsOff.told)
                }
                to = .phone(number)
            }
            try await work.queueMail(
                .clinicLink,
                Letter(
                    to: to, language: try await work.language(input.language), name: input.name,
                    link: "/c/\(input.clinic)", about: clinic.name?.description),
                clinic: input.clinic)
        },
        CommandEntry(
            .staffSetAlerts,
            """
            Chooses of which clinics' arrivals one is told, and how (WA-11). Clinics whose waiting \
            area one may not see are never told of.
            """,
            body: alertSettings
        ) { settings, work throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { throw .notSignedIn }
            try await work.allow(in: nil)
            // Said so, rather than a wish that nobody meets.
            for (index, clinic) in settings.clinics.enumerated() {
                _ = try await work.existing(Clinic.self, clinic, field: "clinics[\(index)]")
                guard settings.bySMS else { continue }
                guard try await work.sendsTexts(in: clinic) else {
                    throw .rule(AlertRejection.smsOff.told)
                }
            }
            if settings.bySMS {
                let shut = try await work.load(Staff.self, staff).state.profile
                let profile = try await work.open(
                    shut, in: StreamName(of: staff), field: "bySMS")
                guard profile?.phoneNumber != nil else {
                    throw .rule(AlertRejection.noPhone.told)
                }
            }
            try await work.decide(
                Alerts.self, StreamName(Category.alert, staff.bits),
                .set(at: work.at, settings))
        },
        CommandEntry(
            .staffSetAlertWebhook,
            """
            Has alerts of the clinics one chose sent to a program of one's own, or to none \
            (WA-11): `POST` of JSON without anything personal, signed as Standard Webhooks are. \
            What answers 410 is asked no more.
            """,
            makes: [
                .secret(
                    "secret", "What requests are signed with: `whsec_…`; told this once alone.")
            ], tellsSecret: true,
            body: { body in body.optional("url", .webhook, "Where; left out: nowhere.") }
        ) { (url: String?, work: inout Work) async throws(Refusal) in
            try await work.allow(in: nil)
            let (staff, key) = try await work.ownKey()
            let stream = StreamName(Category.alert, staff.bits)
            guard let url else {
                try await work.decide(
                    Alerts.self, stream, .removeWebhook(at: work.at, isGone: false))
                return
            }
            guard work.dispatch.reach == .anywhere || WebAddress(url)?.isEncrypted == true else {
                throw .field("url", .invalid, "must be an https address")
            }
            let secret = WebhookSecret(
                bytes: work.newSecret().bigEndianBytes + work.newSecret().bigEndianBytes)
            try await work.decide(
                Alerts.self, stream,
                .setWebhook(
                    at: work.at, AlertWebhook(staff: staff, url: url, secret: secret.text),
                    key: key))
            work.tellOnce("secret", secret.text)
        },
    ]
}

extension Work {
    /// Whether the clinic's add-on for text messages works (ORG-7, ROLE-5).
    mutating func sendsTexts(in clinic: ID<Clinic>) async throws(Refusal) -> Bool {
        let functions = try await functions()
        return try await load(Clinic.self, clinic).state.addOns(allowedBy: functions)
            .contains(.sms)
    }
}

extension StaffProfile {
    /// Nil where there is none that a message can go to.
    var phoneNumber: PhoneNumber? { phone.flatMap(PhoneNumber.init) }
}

private func alertSettings(_ body: inout Body) -> AlertSettings {
    AlertSettings(
        clinics: body("clinics", .list(of: .id(), max: Alerts.clinicsMax), "Of which clinics."),
        byMail: body("byMail", .bool, "A mail to the address of one's profile."),
        sound: body("sound", .bool, "A sound in the live view that is open."),
        bySMS: body.optional(
            "bySMS", .unasked, "A text message to the telephone of one's profile; left out: none.")
            ?? false)
}

extension FieldType where Value == Bool {
    /// Something that needs more than the asking: its example is `false`.
    fileprivate static var unasked: FieldType {
        FieldType<Bool>.bool.map(
            placeholder: false, { $0 }, or: "", telling: ["examples": [false]])
    }
}

/// How a link can be sent to a caller.
private enum LinkWay: String, CaseIterable {
    case email, sms
}

private struct LinkBody: Sendable {
    let clinic: ID<Clinic>
    let way: LinkWay
    let to: String
    let name: String?
    let language: LanguageTag?

    init(_ body: inout Body) {
        clinic = body("clinic", .id(), "The clinic.")
        way =
            body.optional(
                "by", .choice(LinkWay.allCases.map { ($0.rawValue, $0) }),
                "`email`, where left out; `sms` needs the clinic's add-on for it.")
            ?? .email
        to = body(
            "to", .address, "The caller's e-mail address; by `sms`, their telephone number.")
        name = body.optional("name", .text(max: Letter.nameMax), "How the mail addresses them.")
        language = body.optional(
            "language", .language, "To write in; left out: the organisation's first.")
    }
}

extension FieldType where Value == String {
    fileprivate static var webhook: FieldType {
        FieldType<String>.text(max: AlertWebhook.textMax).map(
            placeholder: "https://example.org/", { WebAddress($0)?.text },
            or: "must be an https address without a query, such as https://hooks.example.org/a",
            telling: ["format": "uri", "examples": ["https://hooks.example.org/a"]])
    }

    /// Where something is sent: looked at closer once it is known by which way.
    fileprivate static var address: FieldType {
        FieldType<String>.text(max: EmailAddress.bytesMax).map(
            placeholder: "", { $0 }, or: "", telling: ["examples": ["ada@example.org"]])
    }
}

extension QueryCatalogue {
    static let mailQueries: [QueryEntry] = [
        QueryEntry(
            .mailsRead, at: "/v1/mails",
            "Mails of the last weeks and what became of them; not what they say, nor to whom.",
            shows: .rows(.mails), fields: { page(&$0) }
        ) { request, reading throws(Refusal) in
            try await reading.allow(in: nil)
            let log = reading.log
            let page = try await reading.view(Outbox.name) { views in
                try await views.mails(in: log, request)
            }
            reading.note(.listed, on: .mail, records: page.rows.count)
            return list(page, page.rows.map(\.json))
        },
        QueryEntry(
            .ownAlertsRead, at: "/v1/alerts", "Of which arrivals one is told, and how (WA-11).",
            shows: .one(.alerts), fields: { _ in }
        ) { _, reading throws(Refusal) in
            guard case .staff(_, let staff) = reading.actor else { throw .notSignedIn }
            try await reading.allow(in: nil)
            let log = reading.log
            let row = try await reading.view(Alerting.name) { views in
                try await views.alertSettings(of: staff, in: log)
            }.value
            reading.note(.read, on: .staff)
            return [
                "clinics": .array((row?.clinics ?? []).map { .id($0) }),
                "byMail": .bool(row?.byMail ?? false), "sound": .bool(row?.sound ?? false),
                "bySMS": .bool(row?.bySMS ?? false), "webhook": .bool(row?.hasWebhook ?? false),
            ]
        },
    ]
}

extension MailRow {
    fileprivate var json: JSON {
        [
            "mail": .id(mail), "kind": .string("\(kind)"), "by": .string("\(way)"),
            "clinic": .id(clinic),
            "queuedAt": .instant(queuedAt), "status": .string("\(status)"),
            "at": .instant(at), "attempts": .whole(attempts),
            "fault": fault.map { .string("\($0)") }, "reply": .whole(reply),
            "nextAttemptAt": due.map { .instant(Instant(milliseconds: $0)) },
        ]
    }
}

extension [Field] {
    fileprivate static let mails: [Field] = [
        .id("mail", "The mail.", always: true),
        .text("kind", "What it is about, such as `clinicLink`.", always: true),
        .text("by", "By which way: `email`, `sms` or `webhook`.", always: true),
        .id("clinic", "For which clinic; left out: the organisation."),
        .instant("queuedAt", "When it was asked for.", always: true),
        .text("status", "`waiting`, `sent`, `givenUp`, `captured`.", always: true),
        .instant("at", "Of the last thing that happened to it.", always: true),
        .whole("attempts", "Made so far.", always: true),
        .text("fault", "Why the last attempt failed, such as `refused`."),
        .whole("reply", "What the mail server or gateway replied then, such as 550."),
        .instant("nextAttemptAt", "When the next attempt is."),
    ]

    fileprivate static let alerts: [Field] = [
        .list("clinics", "Of which clinics.", of: Field.word),
        .yes("byMail", "By mail, to the address of one's profile."),
        .yes("sound", "By a sound in the live view that is open."),
        .yes("bySMS", "By a text message to the telephone of one's profile."),
        .yes("webhook", "By a signed request to a program of one's own."),
    ]
}
