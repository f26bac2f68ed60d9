import Domain

/// What a question is answered with, for the documents; a test compares with the answers.
package struct Shown: Sendable {
    package let members: [Field]
    /// Rows, and where there may be more of them, `next`.
    package let isList: Bool
    /// What else it comes as, where `format` says so.
    package private(set) var forms: [ReportFormat] = []
    /// The media types it also comes as, where `as` is `picture`.
    package private(set) var pictures: [String] = []

    var mediaTypes: [String] { forms.map(\.mediaType) + pictures }

    /// One thing.
    static func one(_ members: [Field]) -> Shown { Shown(members: members, isList: false) }
    /// A list of such.
    static func rows(_ members: [Field]) -> Shown { Shown(members: members, isList: true) }

    /// The same, which also comes as a picture.
    func orPicture(_ mediaTypes: [String]) -> Shown {
        var shown = self
        shown.pictures = mediaTypes
        return shown
    }

    /// The same, which also comes as these.
    func or(_ forms: ReportFormat...) -> Shown {
        var shown = self
        shown.forms = forms
        return shown
    }
}

extension Field {
    static func id(_ name: String, _ docs: String, always: Bool = false) -> Field {
        let schema: JSON = ["type": "string", "format": "id", "pattern": "^[0-9a-f]{32}$"]
        return Field(name: name, schema: schema, required: always, docs: docs)
    }

    static func text(
        _ name: String, _ docs: String, always: Bool = false, format: JSON? = nil
    ) -> Field {
        Field(
            name: name, schema: ["type": "string", "format": format], required: always, docs: docs)
    }

    static func instant(_ name: String, _ docs: String, always: Bool = false) -> Field {
        text(name, docs, always: always, format: "date-time")
    }

    static func whole(_ name: String, _ docs: String, always: Bool = false) -> Field {
        Field(name: name, schema: ["type": "integer"], required: always, docs: docs)
    }

    static func yes(_ name: String, _ docs: String) -> Field {
        Field(name: name, schema: ["type": "boolean"], required: true, docs: docs)
    }

    static func object(
        _ name: String, _ docs: String, always: Bool = false, _ members: [Field]
    ) -> Field {
        Field(name: name, schema: open(members), required: always, docs: docs)
    }

    static func list(
        _ name: String, _ docs: String, always: Bool = true, of items: JSON
    ) -> Field {
        Field(
            name: name, schema: ["type": "array", "items": items], required: always, docs: docs)
    }

    /// Members may be added later: whoever reads passes over what they do not know.
    static func open(_ members: [Field]) -> JSON {
        schema(of: members).setting("additionalProperties", nil)
    }

    static let word: JSON = ["type": "string"]
}

extension [Field] {
    private static let participant: [Field] = [
        .text("kind", "`caller`, `staff` or `external`.", always: true),
        .id("staff", "Who, of the staff."), .id("invitee", "Who, of those invited."),
    ]
    private static let entry = Field.object(
        "entry", "What the caller said of themselves.",
        [
            .text("firstName", "First name."), .text("lastName", "Last name."),
            .text("phone", "Telephone number."), .text("birthDate", "Date of birth."),
            .text("externalNumber", "Number in another system."),
        ])

    private static func questionnaires(always: Bool) -> Field {
        .list(
            "questionnaires", "What the client is to fill in, in the order it was chosen.",
            always: always,
            of: Field.open([
                .id("questionnaire", "Which.", always: true),
                .text("state", "`new`, `started`, `completed`.", always: true),
            ]))
    }

    static let callers: [Field] =
        [
            .id("visit", "The visit.", always: true),
            .id("clinic", "Where it is now.", always: true),
            .text("state", "`waiting`, `beingSeen`, `onHold`.", always: true),
            .text("colour", "As the waiting area shows it.", always: true), entry,
            .instant("firstArrivedAt", "In any clinic."), .instant("arrivedAt", "In this clinic."),
            .whole("queued", "Callers wait in the order of this number."),
            .instant("waitingSince", "Left out: waits no more."),
            .instant("heldSince", "Since when on hold."),
            .whole("waitedMilliseconds", "So far, or until taken in.", always: true),
            .instant("admittedAt", "When taken in."), .id("practitioner", "By whom."),
            .id("appointment", "The appointment they come for."),
            .instant("appointmentStart", "When that begins."),
            .id("askedFor", "Whom they asked for."),
            .list("participants", "Who is there.", of: Field.open(participant)),
            .list(
                "away", "Who lost contact.",
                of: Field.open([
                    .object("who", "Who.", always: true, participant),
                    .instant("since", "Since when.", always: true),
                ])),
            .list("onHold", "Who is on hold in the call.", of: Field.open(participant)),
            .list(
                "stays", "In which clinics, one after the other.",
                of: Field.open([
                    .id("clinic", "The clinic.", always: true), .text("name", "Its name."),
                    .instant("arrivedAt", "From.", always: true), .instant("leftAt", "Until."),
                    .whole("waitedMilliseconds", "Waited there.", always: true),
                    .id("by", "Who moved them on."),
                ])),
            .whole("messages", "How many messages.", always: true),
            .whole("unanswered", "Of them the caller's since staff wrote last.", always: true),
            questionnaires(always: true),
        ] + callState

    private static let callState: [Field] = [
        .yes("isLocked", "Nobody joins the call but who is invited."),
        .yes("awaitsClient", "The room was opened without the client."),
        .id("question", "The group call they are asked into."),
        .id("group", "The group call they are in."),
    ]

    static let visit: [Field] =
        [
            .id("visit", "The visit.", always: true),
            .id("clinic", "Where it is now.", always: true),
            .text(
                "state", "`opened`, `waiting`, `beingSeen`, `onHold`, `ended`.", always: true),
            .instant("arrivedAt", "When they began to wait."), entry,
            .yes("isAway", "The caller lost contact, and has to come back."),
            .yes("isOnHold", "The caller is on hold in the call."),
            .text(
                "ending",
                "How it ended: `finished`, `neverArrived`, `lostContact`, `everyoneLeft`, "
                    + "`timedOut`, `left`, `dismissed`."),
            .text("reason", "Why they were sent back, or disconnected."),
            .text("reasonText", "What else was said of it."),
            .whole("position", "Place in the queue, from 1; left out: waits no more."),
            .list(
                "messages", "In the order written.",
                of: Field.open([
                    .id("message", "Its id.", always: true), .instant("at", "When.", always: true),
                    .object("from", "Whose.", always: true, participant),
                    .text("text", "Left out: erased."),
                ])),
            questionnaires(always: false),
        ] + callState

    static let visits: [Field] = [
        .id("visit", "The visit.", always: true), .id("clinic", "The clinic.", always: true),
        .instant("openedAt", "When the link was opened."),
        .instant("waitingFrom", "When they began to wait."),
        .instant("beingSeenAt", "When they were taken in."), .id("practitioner", "By whom."),
        .instant("endedAt", "When it ended."),
        .text("outcome", "`seen`, `gaveUp`, `none`.", always: true),
        .whole("waitMilliseconds", "Until taken in, or given up."),
        .whole("transfers", "How often moved on.", always: true),
    ]

    static let appointments: [Field] = [
        .id("appointment", "The appointment.", always: true),
        .id("clinic", "The clinic.", always: true), .id("practitioner", "With whom."),
        .text("day", "In the zone.", always: true, format: "date"),
        .text("time", "On the zone's clock."), .text("zone", "Of the clinic.", always: true),
        .instant("start", "When it begins."), .whole("minutes", "How long."),
        .instant("bookedAt", "When it was booked.", always: true),
        .text("status", "`booked`, `done`, `noShow`, `cancelled`.", always: true),
        .instant("settledAt", "When it became so."), .id("visit", "The visit it took place in."),
        .id("client", "Whose; not for the operator."), .text("note", "Note."),
        questionnaires(always: true),
    ]

    static let client: [Field] = [
        .id("client", "The client.", always: true),
        .object(
            "details", "What is known of them.", always: true,
            [
                .text("initials", "Initials."), .text("surname", "Surname."),
                .text("birthDate", "Date of birth.", format: "date"),
                .text("email", "E-mail address."), .text("phone", "Telephone number."),
                .text("language", "Language spoken."),
                .text("externalNumber", "Number in the practice's own system."),
            ]),
    ]

    static let questionnaire: [Field] = [
        .id("questionnaire", "The questionnaire.", always: true),
        .list(
            "versions", "The first is version 1.",
            of: Field.open([
                .text("title", "Its title.", always: true),
                .list(
                    "questions", "In order.",
                    of: Field.open([
                        .text("name", "How answers name it.", always: true),
                        .text("kind", "What is asked.", always: true),
                        .text("text", "The question.", always: true),
                        .yes("isRequired", "It must be answered."),
                        .list("choices", "What can be chosen.", of: Field.word),
                    ])),
            ])),
    ]

    static let answers: [Field] = [
        .id("answers", "The answers.", always: true),
        .id("questionnaire", "To which.", always: true),
        .whole("version", "Which version of it.", always: true),
        .list(
            "given", "One for each question answered.",
            of: Field.open([
                .text("question", "The question's name.", always: true),
                .text("text", "To a textArea."),
                .list(
                    "choices", "Indices, from 0.", always: false, of: ["type": "integer"]),
                .text("date", "To a date.", format: "date"), .text("country", "To a country."),
            ])),
    ]

    static let organisation: [Field] = [
        .id("organisation", "The organisation.", always: true),
        .text("name", "Its name.", always: true), .text("zone", "Time zone.", always: true),
        .text("subdomain", "Unique in the installation.", always: true),
        .list("languages", "Languages spoken.", of: Field.word),
        .text("contact", "Contact details."), .whole("staffMax", "Left out: any number."),
        .list(
            "functions", "What the package holds; left out: all there is.", always: false,
            of: Field.word),
        .yes("hasLogo", "It shows a logo."),
        .yes("isTest", "Outgoing messages are kept, not sent."),
    ]

    static let clinics: [Field] = [
        .id("clinic", "The clinic.", always: true), .text("name", "Its name.", always: true),
        .text("zone", "Time zone.", always: true),
        .list("languages", "Languages spoken.", of: Field.word),
        .yes("isOpen", "It admits callers."),
    ]

    static let staff: [Field] = [
        .id("staff", "The staff member.", always: true),
        .text("standing", "`invited`, `active`, `suspended`, `removed`.", always: true),
        .object(
            "profile", "Left out: erased.",
            [
                .text("name", "Name.", always: true), .text("email", "E-mail address."),
                .text("phone", "Telephone number."),
                .list("languages", "Languages spoken.", of: Field.word),
                .text("externalNumber", "Number in another system."),
                .text("addressNl", "How they are addressed in Dutch."),
                .text("addressEn", "How they are addressed in English."),
                .text("addressDe", "How they are addressed in German."),
            ]),
        .list(
            "roles", "Roles held.",
            of: Field.open([
                .text("role", "The role.", always: true), .id("clinic", "The clinic held in."),
            ])),
        .list("practisesIn", "Clinics where they can be booked.", of: Field.word),
        .instant("lastSignInAt", "When they last signed in; left out: never."),
        .yes("hasPhoto", "They show a photo: `/v1/staff/{staff}/photo`."),
    ]

    static let accessEntries: [Field] = [
        .whole("position", "In the log."), .instant("at", "When."),
        .text("day", "Where the moment is not told any more.", format: "date"),
        .object(
            "actor", "Who.", always: true,
            [.text("kind", "Such as `staff`.", always: true), .id("id", "Who, of the staff.")]),
        .object(
            "onBehalfOf", "For whom.",
            [.text("kind", "Such as `staff`.", always: true), .id("id", "Who.")]),
        .text("role", "In which role.", always: true),
        .text("basis", "On what basis.", always: true),
        .text("source", "By which door.", always: true),
        .text("event", "What was done."),
        .text("action", "`C`, `R`, `U`, `D`, `E`.", always: true),
        .text("outcome", "`allowed`, `refused`.", always: true),
        .text("objectKind", "To what kind of thing."), .text("object", "To which."),
        .id("clinic", "In which clinic."), .text("permission", "The golden table's row."),
        .whole("records", "How many records.", always: true),
    ]
}
