import Domain
import EventStore
import Foundation
import Projections

// How calls look, which optional functions a clinic uses, what apps report. Source: ORG-7.
extension Catalogue {
    static let callInterfaceCommands = [setForAll, setForClinic, setAddOns, reportError]

    private static let setForAll = CommandEntry(
        .organisationSetCallInterface,
        """
        Sets the call interface of all clinics, all of it: what is fixed wins at once, the rest \
        holds where a clinic set nothing.
        """,
        body: { body in
            (
                settings(&body),
                body.optional(
                    "fixed", .list(of: .callSetting, max: CallSetting.allCases.count),
                    "Which of them win over a clinic's own.") ?? []
            )
        }
    ) { input, work throws(Refusal) in
        try await work.allow(in: nil)
        let functions = try await work.functions()
        try await work.decide(
            CallInterface.self, ID(bits: work.organisation.bits),
            .set(at: work.at, input.0, fixed: input.1, allowed: functions))
    }

    private static let setForClinic = CommandEntry(
        .clinicSetCallInterface,
        "Sets the call interface of a clinic, all of it, where the organisation leaves it open.",
        body: { body in (body("clinic", .id(), "The clinic.") as ID<Clinic>, settings(&body)) }
    ) { input, work throws(Refusal) in
        let (clinic, settings) = input
        try await work.allow(in: clinic)
        _ = try await work.existing(Clinic.self, clinic, field: "clinic")
        let functions = try await work.functions()
        let organisation = try await work.load(
            CallInterface.self, ID(bits: work.organisation.bits)
        ).state
        try await work.decide(
            CallInterface.self, ID(bits: clinic.bits),
            .setForClinic(
                at: work.at, settings, organisation: organisation, allowed: functions))
    }

    private static let setAddOns = CommandEntry(
        .clinicSetAddOns, "Switches a clinic's optional functions on, and all others off.",
        body: { body in
            (
                body("clinic", .id(), "The clinic.") as ID<Clinic>,
                body(
                    "addOns", .list(of: .addOn, max: AddOn.allCases.count),
                    "Those that are on; the package must hold them.")
            )
        }
    ) { input, work throws(Refusal) in
        let (clinic, addOns) = input
        try await work.allow(in: clinic)
        _ = try await work.existing(Clinic.self, clinic, field: "clinic")
        let functions = try await work.functions()
        try await work.decide(
            Clinic.self, clinic, .setAddOns(at: work.at, addOns, allowed: functions))
    }

    private static let reportError = CommandEntry(
        .appReportError,
        "Reports that something failed, or works again, in the app: for the error log (REP-1).",
        body: { body in
            (
                body("error", .choice(AppError.allCases.map { ($0.word, $0) }), "What."),
                body.optional(
                    "clinic", .id(), "Where; all others leave it out.") as ID<Clinic>?
            )
        }
    ) { (input: (AppError, ID<Clinic>?), work: inout Work) async throws(Refusal) in
        let clinic = try await work.clinic(reporting: input.1)
        let stream = StreamName(Category.app, clinic.bits, part: work.at.utcDay)
        try await work.decide(
            AppErrors.self, stream, .report(at: work.at, input.0, clinic: clinic))
    }

    private static func settings(_ body: inout Body) -> CallSettings {
        body("settings", .object(CallSettings.init), "Those that are set; the others are not.")
    }
}

extension Work {
    /// What the organisation's package holds; read, not expected.
    mutating func functions() async throws(Refusal) -> PackageFunctions {
        try await load(Organisation.self, ID(bits: organisation.bits)).state.functions
    }

    /// The clinic somebody's app reports from: a staff member names one of theirs, for others it
    /// is where they are.
    fileprivate mutating func clinic(
        reporting named: ID<Clinic>?
    ) async throws(Refusal) -> ID<Clinic> {
        var own: ID<Clinic>?
        switch request.actor {
        case .caller(_, let visit), .external(_, let visit, _):
            allowByBeing()
            own = try await existing(Visit.self, visit, field: "clinic").clinic
        case .guest(_, let stay):
            allowByBeing()
            if let room = try await existing(GuestStay.self, stay, field: "clinic").room {
                own = try await existing(Room.self, room, field: "clinic").clinic
            }
        case .staff:
            guard let named else { throw .field("clinic", .missing, "is missing") }
            try await allow(in: named)
            _ = try await existing(Clinic.self, named, field: "clinic")
            own = named
        case .apiKey, .auditor, .operator, .nobody, .policy: break
        }
        guard let own, named == nil || named == own else { throw .notFound(field: "clinic") }
        return own
    }
}

extension FieldType where Value == CallSetting {
    fileprivate static var callSetting: FieldType {
        .choice(CallSetting.allCases.map { ($0.word, $0) })
    }
}

extension FieldType where Value == PublicText {
    /// An address a browser may open beside a call.
    fileprivate static var address: FieldType {
        FieldType<PublicText>.publicText(max: CallSettings.addressMax).map(
            placeholder: PublicText.example,
            { text in
                guard let parts = URLComponents(string: text.description), parts.scheme == "https",
                    let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
                else { return nil }
                return text
            }, or: "must be an address that begins with https://",
            telling: ["format": "uri", "examples": [.string(PublicText.example.description)]])
    }
}

extension PublicText {
    fileprivate static var example: PublicText {
        guard let text = PublicText("https://example.org/consultation") else {
            preconditionFailure("an address is a text")
        }
        return text
    }
}

extension CallSettings {
    fileprivate init(_ body: inout Body) {
        self.init()
        func yes(_ name: String, _ docs: String) -> Bool? { body.optional(name, .bool, docs) }
        screenSharing = yes("screenSharing", "Screens may be shared.")
        fileSharing = yes("fileSharing", "Files may be shared.")
        backgroundReplacement = yes("backgroundReplacement", "Backgrounds may be replaced.")
        backgroundWarning = yes(
            "backgroundWarning", "Warn that a replaced background may hide what has to be seen.")
        resolutionChange = yes("resolutionChange", "The resolution may be changed.")
        videoFit = body.optional(
            "videoFit", .choice(VideoFit.allCases.map { ("\($0)", $0) }),
            "A picture fills its place, or is shown whole.")
        settingsFirst = yes("settingsFirst", "Camera and microphone are tried first.")
        stopsWhenCameraFails = yes(
            "stopsWhenCameraFails", "Nobody enters whose camera check fails.")
        opensInBrowser = yes("opensInBrowser", "In the browser rather than in the app.")
        audibleAlarm = yes("audibleAlarm", "A sound when somebody arrives.")
        customFrame = body.optional(
            "customFrame", .address, "A frame around the call; the package must hold it.")
        customRoom = body.optional(
            "customRoom", .address, "Another consultation room; the package must hold it.")
        subtitles = yes("subtitles", "Speech is shown as text.")
        liveTranslation = yes("liveTranslation", "And translated.")
        languagePerParticipant = yes(
            "languagePerParticipant", "Each participant chooses the language they read.")
        backgroundPictures =
            body.optional(
                "backgroundPictures", .list(of: .address, max: Self.picturesMax),
                "Pictures to stand behind somebody.") ?? []
        sharedDocument = body.optional(
            "sharedDocument", .address, "A document that those in the call share.")
    }
}
