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
        /// The first line not dealt with yet; the first line of a file is 1.
        package var nextLine = 1
        package var taken = 0
        package var refused = 0
    }

    package static let initial = State()

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

        case (.noteRows(let at, let lines, let taken, let refused), .open):
            if lines.upperBound < state.nextLine { return [] }
            guard lines.lowerBound == state.nextLine else {
                throw .linesNotNext(next: state.nextLine)
            }
            guard taken >= 0, refused >= 0, taken + refused <= lines.count else {
                throw .countsDoNotFit
            }
            return [
                .rowsTaken(
                    RowsTaken(
                        at: at, firstLine: lines.lowerBound, lastLine: lines.upperBound,
                        taken: taken, refused: refused))
            ]
        case (.close(let at), .open):
            return [
                .closed(ImportClosed(at: at, taken: state.taken, refused: state.refused))
            ]
        case (.close, .closed): return []
        case (.noteRows(_, let lines, _, _), .closed):
            guard lines.upperBound < state.nextLine else { throw .importClosed }
            return []
        }
    }

    package static func evolve(_ state: inout State, _ event: ImportEvent) {
        switch event {
        case .opened(let opened):
            state.phase = .open
            state.kind = opened.kind
            state.fingerprint = opened.fingerprint
            state.secret = opened.secret
        case .rowsTaken(let rows):
            let (next, overflow) = rows.lastLine.addingReportingOverflow(1)
            state.nextLine = overflow ? .max : next
            state.taken &+= rows.taken
            state.refused &+= rows.refused
        case .closed: state.phase = .closed
        }
    }
}

/// What can be asked of an import.
package enum ImportCommand: Hashable, Sendable {
    /// - Parameter fingerprint: of the whole file, under a key of the installation.
    /// - Parameter secret: the key in the vault that its command ids are made with.
    case open(at: Instant, kind: ImportKind, fingerprint: Digest, secret: ID<RecordKey>)
    /// Lines that have been dealt with, the next ones of the file; headings count as lines and as
    /// neither taken nor refused.
    case noteRows(at: Instant, lines: ClosedRange<Int>, taken: Int, refused: Int)
    case close(at: Instant)
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
    case linesNotNext(next: Int)
    case countsDoNotFit

    package var told: Told {
        switch self {
        case .importUnknown: Told("importUnknown", "There is no such import.", field: "import")
        case .importClosed: Told("importClosed", "This file is in, and its import closed.")
        case .otherFile:
            Told("otherFile", "This import is of another file.", field: "fingerprint")
        case .otherKind:
            Told("otherKind", "This file came in as another kind.", field: "kind")
        case .linesNotNext(let next):
            Told("linesNotNext", "Line \(next) comes next.", field: "lines", limit: next)
        case .countsDoNotFit:
            Told("countsDoNotFit", "More rows than lines, or fewer than none.", field: "taken")
        }
    }
}

/// What can happen to an import.
package enum ImportEvent: Hashable, Sendable {
    case opened(ImportOpened)
    case rowsTaken(RowsTaken)
    case closed(ImportClosed)
}

extension ImportEvent: EventFamily {
    package static let category = "import"
    package static let members = Members<ImportEvent>(
        Member(ImportOpened.self, ImportEvent.opened),
        Member(RowsTaken.self, ImportEvent.rowsTaken),
        Member(ImportClosed.self, ImportEvent.closed))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .opened(let event): try visitor.visit(event)
        case .rowsTaken(let event): try visitor.visit(event)
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

/// Lines were dealt with; their rows are commits of their own.
package struct RowsTaken: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let firstLine: Int
    /// Included.
    package let lastLine: Int
    package let taken: Int
    package let refused: Int

    package init(at: Instant, firstLine: Int, lastLine: Int, taken: Int, refused: Int) {
        self.at = at
        self.firstLine = firstLine
        self.lastLine = lastLine
        self.taken = taken
        self.refused = refused
    }
}

extension RowsTaken: Event {
    package static let name = "import.rows-taken"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        firstLine = try f(2, "first_line", \.firstLine)
        lastLine = try f(3, "last_line", \.lastLine)
        taken = try f(4, "taken", \.taken)
        refused = try f(5, "refused", \.refused)
    }
}

/// The whole file is in; the secret its command ids were made with is destroyed.
package struct ImportClosed: Hashable, Sendable {
    package let at: Instant
    package let taken: Int
    package let refused: Int

    package init(at: Instant, taken: Int, refused: Int) {
        self.at = at
        self.taken = taken
        self.refused = refused
    }
}

extension ImportClosed: Event {
    package static let name = "import.closed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        taken = try f(2, "taken", \.taken)
        refused = try f(3, "refused", \.refused)
    }
}
