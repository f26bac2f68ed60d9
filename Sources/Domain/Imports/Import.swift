/// One file of history coming in. Its id follows from the file's fingerprint, so that the same file
/// is the same import for ever: taken up again where it was killed, and adding nothing once closed.
package enum Import: Decider {
    package enum Phase: String, CaseIterable, Hashable, Sendable {
        case unknown, open, closed
    }

    package struct State: Hashable, Sendable {
        package var phase = Phase.unknown
        package var kind: ImportKind?
        package var fingerprint: Digest?
        /// What its command ids are made with; destroyed when it is closed.
        package var secret: ID<RecordKey>?
        /// The first step not dealt with yet, from 1: where a killed import goes on.
        package var nextStep = 1
        /// Closed by the operator before the whole of it was in.
        package var wasCutShort = false
    }

    package static let initial = State()

    /// Stands for the import that founds an organisation, from the founding commit to the one that
    /// opens the import: only then does it have an id, which follows from the organisation's.
    package static func founding(_ organisation: ID<Organisation>) -> ID<Import> {
        ID(bits: organisation.bits)
    }

    package static func decide(
        _ command: ImportCommand, _ state: State
    ) throws(ImportRejection) -> [ImportEvent] {
        switch (command, state.phase) {
        case (.open(let at, let kind, let fingerprint, let secret), .unknown):
            let opened = ImportOpened(
                at: at, kind: kind, fingerprint: fingerprint, secret: secret)
            return [.opened(opened)]
        case (.open(_, let kind, let fingerprint, _), .open),
            (.open(_, let kind, let fingerprint, _), .closed):
            guard fingerprint == state.fingerprint else { throw .otherFile }
            guard kind == state.kind else { throw .otherKind }
            return []  // Taken up again, or known and done: the state says which.
        case (_, .unknown): throw .importUnknown

        case (.noteSteps(let at, let steps), .open):
            if steps.upperBound < state.nextStep { return [] }
            guard steps.lowerBound == state.nextStep else {
                throw .stepsNotNext(next: state.nextStep)
            }
            return [
                .stepsTaken(
                    StepsTaken(at: at, firstStep: steps.lowerBound, lastStep: steps.upperBound))
            ]
        case (.noteSteps(_, let steps), .closed):
            guard steps.upperBound < state.nextStep else { throw .importClosed }
            return []

        case (.close(let at, let rows, let refused), .open):
            guard rows >= 0, (0...rows).contains(refused) else { throw .countsDoNotFit }
            return [.closed(ImportClosed(at: at, rows: rows, refused: refused))]
        case (.close, .closed): return []

        case (.cutShort(let at), .open):
            return [.closed(ImportClosed(at: at, rows: 0, refused: 0, isCutShort: true))]
        case (.cutShort, .closed): return []
        }
    }

    package static func evolve(_ state: inout State, _ event: ImportEvent) {
        switch event {
        case .opened(let opened):
            state.phase = .open
            state.kind = opened.kind
            state.fingerprint = opened.fingerprint
            state.secret = opened.secret
        case .stepsTaken(let steps):
            let (next, overflow) = steps.lastStep.addingReportingOverflow(1)
            state.nextStep = overflow ? .max : next
        case .closed(let closed):
            state.phase = .closed
            state.wasCutShort = closed.isCutShort
        }
    }
}

/// What can be asked of an import.
package enum ImportCommand: Hashable, Sendable {
    /// - Parameter fingerprint: of the whole file, under a key of the installation.
    /// - Parameter secret: the key in the vault that its command ids are made with.
    case open(at: Instant, kind: ImportKind, fingerprint: Digest, secret: ID<RecordKey>)
    /// The next steps of the file's plan (what its rows say happened, in the order of time) are in
    /// the log.
    case noteSteps(at: Instant, steps: ClosedRange<Int>)
    /// - Parameter refused: how many of the rows could not be taken.
    case close(at: Instant, rows: Int, refused: Int)
    /// The operator ends it as it is: what came in stays, the rest never comes.
    case cutShort(at: Instant)
}

/// What a file holds.
package enum ImportKind: Int, GrowingEnum {
    case appointments = 0
    case visits = 1

    /// `appointments`: as the command line writes it.
    package var word: String { "\(self)" }

    package init?(word: String) {
        guard let kind = ImportKind.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }
}

/// Why an import refuses. In order: where two reasons apply, the earlier is thrown.
package enum ImportRejection: Rejected {
    case importUnknown
    case importClosed
    case otherFile
    case otherKind
    case stepsNotNext(next: Int)
    case countsDoNotFit

    package var told: Told {
        switch self {
        case .importUnknown: Told("importUnknown", "There is no such import.", field: "import")
        case .importClosed: Told("importClosed", "This file is in, and its import closed.")
        case .otherFile:
            Told("otherFile", "This import is of another file.", field: "fingerprint")
        case .otherKind:
            Told("otherKind", "This file came in as another kind.", field: "kind")
        case .stepsNotNext(let next):
            Told("stepsNotNext", "Step \(next) comes next.", field: "steps", limit: next)
        case .countsDoNotFit:
            Told("countsDoNotFit", "More refused than there are, or less than none.", field: "rows")
        }
    }
}

/// What can happen to an import.
package enum ImportEvent: Hashable, Sendable {
    case opened(ImportOpened)
    case stepsTaken(StepsTaken)
    case closed(ImportClosed)
}

extension ImportEvent: EventFamily {
    package static let category = "import"
    package static let members = Members<ImportEvent>(
        Member(ImportOpened.self, ImportEvent.opened),
        Member(StepsTaken.self, ImportEvent.stepsTaken),
        Member(ImportClosed.self, ImportEvent.closed))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .opened(let event): try visitor.visit(event)
        case .stepsTaken(let event): try visitor.visit(event)
        case .closed(let event): try visitor.visit(event)
        }
    }
}

/// A file is coming in.
package struct ImportOpened: Hashable, Sendable {
    package let at: Instant
    package let kind: ImportKind
    /// Of the whole file, under a key of the installation.
    package let fingerprint: Digest
    /// The key in the vault that command ids are made with while the import is open. It seals
    /// nothing: once it is gone, no id can be worked out from a row again (ANON-3).
    package let secret: ID<RecordKey>

    package init(
        at: Instant, kind: ImportKind, fingerprint: Digest, secret: ID<RecordKey>
    ) {
        self.at = at
        self.kind = kind
        self.fingerprint = fingerprint
        self.secret = secret
    }
}

extension ImportOpened: Event {
    package static let name = "import.opened"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        kind = try f(2, "kind", \.kind)
        fingerprint = try f(3, "fingerprint", \.fingerprint)
        secret = try f(4, "secret", \.secret)
    }
}

/// Steps of the file's plan are in the log, as commits of their own.
package struct StepsTaken: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let firstStep: Int
    /// Included.
    package let lastStep: Int

    package init(at: Instant, firstStep: Int, lastStep: Int) {
        self.at = at
        self.firstStep = firstStep
        self.lastStep = lastStep
    }
}

extension StepsTaken: Event {
    package static let name = "import.steps-taken"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        firstStep = try f(2, "first_step", \.firstStep)
        lastStep = try f(3, "last_step", \.lastStep)
    }
}

/// The whole file is in; the secret its command ids were made with is destroyed.
package struct ImportClosed: Hashable, Sendable {
    package let at: Instant
    package let rows: Int
    package let refused: Int
    /// The operator ended it before the whole of it was in: nobody counted rows.
    package let isCutShort: Bool

    package init(at: Instant, rows: Int, refused: Int, isCutShort: Bool = false) {
        self.at = at
        self.rows = rows
        self.refused = refused
        self.isCutShort = isCutShort
    }
}

extension ImportClosed: Event {
    package static let name = "import.closed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        rows = try f(2, "rows", \.rows)
        refused = try f(3, "refused", \.refused)
        isCutShort = try f(4, "is_cut_short", \.isCutShort, default: false)
    }
}
