import Domain
import EventStore
import Foundation
import Projections

extension QueryCatalogue {
    static let callInterfaceQueries: [QueryEntry] = [forAll, forClinic, logo]

    private static let forAll = QueryEntry(
        .callInterfaceRead, at: "/v1/call-interface",
        "The call interface the organisation set for all its clinics.",
        shows: .one([
            .object("settings", "Those that are set.", always: true, .callSettings), .fixed,
        ]),
        fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.read, on: .organisation)
        let state = try await reading.load(
            CallInterface.self, ID(bits: reading.organisation.bits)
        ).state
        return ["settings": state.settings.json, "fixed": state.fixedJSON]
    }

    private static let forClinic = QueryEntry(
        .clinicCallInterfaceRead, at: "/v1/clinics/{clinic}/call-interface",
        """
        What holds in calls of a clinic, with its optional functions: for its staff, its callers \
        and whom they are joined by, and the guests of its rooms.
        """,
        shows: .one([
            .id("clinic", "The clinic.", always: true),
            .object("settings", "What holds.", always: true, .callSettings), .fixed,
            .object("own", "For staff: what the clinic set itself.", .callSettings),
            .list("addOns", "Optional functions that are on.", of: Field.word),
            .yes("hasLogo", "The organisation shows a logo: `/v1/organisation/logo`."),
        ]),
        fields: { $0("clinic", .id(), "The clinic.") as ID<Clinic> }
    ) { clinic, reading throws(Refusal) in
        try await reading.allow(toCallIn: clinic)
        let state = try await reading.existing(Clinic.self, clinic, field: "clinic")
        let organisation = try await reading.load(
            Organisation.self, ID(bits: reading.organisation.bits)
        ).state
        let forAll = try await reading.load(
            CallInterface.self, ID(bits: reading.organisation.bits)
        ).state
        let own = try await reading.load(CallInterface.self, ID(bits: clinic.bits)).state.settings
        let effective = CallInterface.effective(
            organisation: forAll, clinic: own, allowed: organisation.functions)
        let addOns = state.addOns(allowedBy: organisation.functions)
        var isStaff = false
        if case .staff = reading.actor {
            isStaff = true
            reading.note(.read, on: .clinic, clinic: clinic)
        }
        return [
            "clinic": .id(clinic), "settings": effective.json, "fixed": forAll.fixedJSON,
            "own": isStaff ? own.json : nil,
            "addOns": .array(addOns.map { .string($0.word) }),
            "hasLogo": .bool(organisation.logo != nil),
        ]
    }

    private static let logo = QueryEntry(
        .logoRead, at: "/v1/organisation/logo",
        "The organisation's logo, for everyone; with `as=picture` as it is.",
        shows: .one([
            .text("mediaType", "Such as `image/png`.", always: true),
            .text("picture", "In base64.", always: true),
        ]).orPicture(LogoForm.allCases.map(\.mediaType)),
        fields: { body in
            body.optional(
                "as", .choice([("json", false), ("picture", true)]), "Left out: `json`.")
                ?? false
        }
    ) { isPicture, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let state = try await reading.load(
            Organisation.self, ID(bits: reading.organisation.bits)
        ).state
        guard let logo = state.logo else { throw .notFound(field: "organisation") }
        if isPicture { reading.answer(as: logo.form.mediaType, logo.picture.bytes) }
        return [
            "mediaType": .string(logo.form.mediaType),
            "picture": .string(Data(logo.picture.bytes).base64EncodedString()),
        ]
    }
}

extension Reading {
    /// Lets on who takes part in calls of a clinic.
    fileprivate mutating func allow(toCallIn clinic: ID<Clinic>) async throws(Refusal) {
        var own: ID<Clinic>? = clinic
        switch actor {
        case .caller(_, let visit), .external(_, let visit, _):
            own = try await existing(Visit.self, visit, field: "clinic").clinic
        case .guest(_, let stay):
            let room = try await existing(GuestStay.self, stay, field: "clinic").room
            own = nil
            if let room { own = try await existing(Room.self, room, field: "clinic").clinic }
        case .staff, .apiKey, .auditor, .operator, .nobody, .policy: break
        }
        guard own == clinic else { throw .notFound(field: "clinic") }
        try await allow(in: clinic)
    }
}

extension CallInterface.State {
    fileprivate var fixedJSON: JSON {
        .array(fixed.sorted { $0.rawValue < $1.rawValue }.map { .string($0.word) })
    }
}

extension CallSettings {
    /// Those that are set.
    var json: JSON {
        func yes(_ value: Bool?) -> JSON? { value.map(JSON.bool) }
        let pictures = backgroundPictures.map { JSON.string($0.description) }
        return [
            "screenSharing": yes(screenSharing), "fileSharing": yes(fileSharing),
            "backgroundReplacement": yes(backgroundReplacement),
            "backgroundWarning": yes(backgroundWarning),
            "resolutionChange": yes(resolutionChange),
            "videoFit": .text(videoFit.map { "\($0)" }), "settingsFirst": yes(settingsFirst),
            "stopsWhenCameraFails": yes(stopsWhenCameraFails),
            "opensInBrowser": yes(opensInBrowser), "audibleAlarm": yes(audibleAlarm),
            "customFrame": .text(customFrame?.description),
            "customRoom": .text(customRoom?.description), "subtitles": yes(subtitles),
            "liveTranslation": yes(liveTranslation),
            "languagePerParticipant": yes(languagePerParticipant),
            "backgroundPictures": pictures.isEmpty ? nil : .array(pictures),
            "sharedDocument": .text(sharedDocument?.description),
        ]
    }
}

extension Field {
    fileprivate static let fixed = list(
        "fixed", "Settings of the organisation that win over a clinic's.", of: word)
}

extension [Field] {
    fileprivate static let callSettings: [Field] = CallSetting.allCases.map { setting in
        switch setting {
        case .videoFit: .text(setting.word, "`cover` or `contain`.")
        case .customFrame, .customRoom, .sharedDocument: .text(setting.word, "An address.")
        case .backgroundPictures:
            .list(setting.word, "Addresses.", always: false, of: Field.word)
        case .screenSharing, .fileSharing, .backgroundReplacement, .backgroundWarning,
            .resolutionChange, .settingsFirst, .stopsWhenCameraFails, .opensInBrowser,
            .audibleAlarm, .subtitles, .liveTranslation, .languagePerParticipant:
            Field(
                name: setting.word, schema: ["type": "boolean"], required: false,
                docs: "Whether it is on.")
        }
    }
}
