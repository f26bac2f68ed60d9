/// What a clinic chose for its waiting area (ORG-6). All is told anew with each change.
package struct WaitingAreaSettings: Hashable, Sendable {
    /// Absent: always open.
    package var hours: OpeningHours?
    /// What callers are asked; what is not named is not asked.
    package var entry: [AskedField]
    package var disclaimer: Disclaimer?
    /// What callers read on entering, and while they wait.
    package var welcome: PublicText?
    package var waitingText: PublicText?
    /// What plays while they wait: a reference to music or an animation.
    package var animation: PublicText?
    package var showsPosition: Bool
    package var confirmsBeforeEntry: Bool
    package var allowsLocks: Bool
    /// People in one call, the caller included: 2…6.
    package var peopleMax: Int
    /// Whoever waits longer is flagged (WA-3). Minutes.
    package var longWaitMinutes: Int
    /// Whether messages go along where a caller is moved to another clinic (WA-6).
    package var movesMessages: Bool

    package init(
        hours: OpeningHours? = nil, entry: [AskedField] = AskedField.standard,
        disclaimer: Disclaimer? = nil, welcome: PublicText? = nil, waitingText: PublicText? = nil,
        animation: PublicText? = nil, showsPosition: Bool = true, confirmsBeforeEntry: Bool = false,
        allowsLocks: Bool = false, peopleMax: Int = Visit.peopleMax, longWaitMinutes: Int = 30,
        movesMessages: Bool = true
    ) {
        self.hours = hours
        self.entry = entry
        self.disclaimer = disclaimer
        self.welcome = welcome
        self.waitingText = waitingText
        self.animation = animation
        self.showsPosition = showsPosition
        self.confirmsBeforeEntry = confirmsBeforeEntry
        self.allowsLocks = allowsLocks
        self.peopleMax = peopleMax
        self.longWaitMinutes = longWaitMinutes
        self.movesMessages = movesMessages
    }

    /// In force where nobody chose anything.
    package static let standard = WaitingAreaSettings()

    package static let peopleRange = 2...Visit.peopleMax
    package static let longWaitRange = 1...1_440

    package var callRules: CallRules { CallRules(peopleMax: peopleMax, allowsLocks: allowsLocks) }
    package var terms: EntryTerms {
        EntryTerms(
            entry: entry, disclaimer: disclaimer?.version, confirmsEntry: confirmsBeforeEntry)
    }

    var fault: ClinicRejection? {
        if let fault = hours?.fault { return fault }
        guard Set(entry.map(\.question)).count == entry.count else { return .questionTwice }
        guard Self.peopleRange.contains(peopleMax) else {
            return .peopleMaxOutOfRange(limit: Visit.peopleMax)
        }
        guard Self.longWaitRange.contains(longWaitMinutes) else {
            return .longWaitOutOfRange(limit: Self.longWaitRange.upperBound)
        }
        return nil
    }
}

extension WaitingAreaSettings: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        hours = try f(1, "hours", \.hours)
        entry = try f(2, "entry", \.entry)
        disclaimer = try f(3, "disclaimer", \.disclaimer)
        welcome = try f(4, "welcome", \.welcome)
        waitingText = try f(5, "waiting_text", \.waitingText)
        animation = try f(6, "animation", \.animation)
        showsPosition = try f(7, "shows_position", \.showsPosition)
        confirmsBeforeEntry = try f(8, "confirms_before_entry", \.confirmsBeforeEntry)
        allowsLocks = try f(9, "allows_locks", \.allowsLocks)
        peopleMax = try f(10, "people_max", \.peopleMax)
        longWaitMinutes = try f(11, "long_wait_minutes", \.longWaitMinutes)
        movesMessages = try f(12, "moves_messages", \.movesMessages)
    }
}

/// What can be asked of a caller on entering.
package enum EntryQuestion: Int, GrowingEnum {
    case firstName = 0
    case lastName = 1
    case phone = 2
    case birthDate = 3
    case externalNumber = 4

    /// `firstName`: as the command's field is called.
    package var word: String { "\(self)" }

    func isAnswered(in entry: EntryFields) -> Bool {
        switch self {
        case .firstName: entry.firstName?.isEmpty == false
        case .lastName: entry.lastName?.isEmpty == false
        case .phone: entry.phone?.isEmpty == false
        case .birthDate: entry.birthDate != nil
        case .externalNumber: entry.externalNumber?.isEmpty == false
        }
    }
}

/// One question asked of a caller.
package struct AskedField: Hashable, Sendable {
    package let question: EntryQuestion
    package let isRequired: Bool

    package init(_ question: EntryQuestion, isRequired: Bool = false) {
        self.question = question
        self.isRequired = isRequired
    }

    /// Asked where a clinic chose nothing.
    package static let standard = [
        AskedField(.firstName), AskedField(.lastName), AskedField(.phone), AskedField(.birthDate),
    ]
}

extension AskedField: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        question = try f(1, "question", \.question)
        isRequired = try f(2, "is_required", \.isRequired)
    }
}

/// What a caller accepts before they wait.
package struct Disclaimer: Hashable, Sendable {
    /// From 1; raised by whoever changes the text.
    package let version: Int
    package let text: PublicText

    package init(version: Int, text: PublicText) {
        self.version = version
        self.text = text
    }
}

extension Disclaimer: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        version = try f(1, "version", \.version)
        text = try f(2, "text", \.text)
    }
}

/// What a clinic asks of who comes in.
package struct EntryTerms: Hashable, Sendable {
    package let entry: [AskedField]
    /// The version to accept; nil: there is no disclaimer.
    package let disclaimer: Int?
    /// Whether they have to say that they want to enter.
    package let confirmsEntry: Bool

    package init(entry: [AskedField], disclaimer: Int?, confirmsEntry: Bool = false) {
        self.entry = entry
        self.disclaimer = disclaimer
        self.confirmsEntry = confirmsEntry
    }

    func check(_ arrival: Arrival) throws(VisitRejection) {
        for asked in entry where asked.isRequired {
            guard asked.question.isAnswered(in: arrival.entry) else {
                throw .fieldMissing(asked.question)
            }
        }
        if let disclaimer, arrival.disclaimer != disclaimer {
            throw .disclaimerNotAccepted(version: disclaimer)
        }
        if confirmsEntry, !arrival.isConfirmed { throw .entryNotConfirmed }
    }
}

/// Whether a clinic's waiting area takes callers, but for its hours. Three different answers at the
/// door, the third being that it is closed now (ORG-6).
package enum WaitingAreaMode: Int, GrowingEnum {
    case on = 0
    /// Switched off, with a text of its own.
    case disabled = 1
    case suspended = 2

    package var word: String { "\(self)" }
}

/// What one who comes by the link is told.
package enum DoorAnswer: Hashable, Sendable {
    case open
    /// The clinic was closed (ORG-2).
    case closedForGood
    case suspended
    /// Switched off; the clinic's own words.
    case disabled(String)
    /// Closed now; nil: nobody knows when it opens.
    case outsideHours(opens: Instant?)
}
