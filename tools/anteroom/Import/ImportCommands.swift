import API
import Domain
import EventStore
import Projections

/// The command by which an import keeps book of itself. The operator's, and of this program only:
/// no server offers it.
enum ImportCommands {
    static let run = CommandEntry(
        .importRun, "Notes that a file is coming in, or that the whole of it is.",
        body: Input.init
    ) { input, work throws(Refusal) in
        work.allowByBeing()
        switch input.note {
        case .open(let kind, let fingerprint, let secret):
            try await work.decide(
                Import.self, input.id,
                .open(at: work.at, kind: kind, fingerprint: fingerprint, secret: secret))
            try await work.decide(
                DayBook.self, days(work), .hold(at: work.at, by: input.id))
            try await release(Import.founding(work.organisation), &work)
        case .close(let steps, let rows, let refused):
            if steps > 0 {
                try await work.decide(
                    Import.self, input.id, .noteSteps(at: work.at, steps: 1...steps))
            }
            try await work.decide(
                Import.self, input.id, .close(at: work.at, rows: rows, refused: refused))
            try await release(input.id, &work)
        case .cutShort:
            if input.id != Import.founding(work.organisation) {
                try await work.decide(Import.self, input.id, .cutShort(at: work.at))
            }
            try await release(input.id, &work)
        }
    }

    private static func release(_ id: ID<Import>, _ work: inout Work) async throws(Refusal) {
        try await work.decide(DayBook.self, days(work), .release(at: work.at, by: id))
    }

    /// Whose days the import closes itself.
    private static func days(_ work: Work) -> StreamName {
        StreamName(Category.day, work.organisation.bits)
    }

    struct Input: Sendable {
        let id: ID<Import>
        let note: Note

        enum Note: Sendable {
            case open(ImportKind, Domain.Digest, secret: ID<Domain.RecordKey>)
            case close(steps: Int, rows: Int, refused: Int)
            case cutShort
        }

        init(_ body: inout Body) {
            id = body("import", .id(), "Follows from the fingerprint.")
            let opened = body.optional("open", .object(Opened.init), "It is coming in.")
            let closed = body.optional("close", .object(Closed.init), "The whole of it is in.")
            let isCutShort = body.optional("cutShort", .bool, "The operator ends it as it is.")
            if isCutShort ?? false {
                note = .cutShort
            } else if let opened {
                note = .open(opened.kind, opened.fingerprint, secret: opened.secret)
            } else {
                note = .close(
                    steps: closed?.steps ?? 0, rows: closed?.rows ?? 0,
                    refused: closed?.refused ?? 0)
            }
        }
    }

    private struct Opened {
        let kind: ImportKind
        let fingerprint: Domain.Digest
        let secret: ID<Domain.RecordKey>

        init(_ body: inout Body) {
            kind = body(
                "kind", .choice(ImportKind.allCases.map { ($0.word, $0) }), "What the file holds.")
            let high: ID<Domain.Digest> = body("fingerprintHigh", .id(), "Its first 16 bytes.")
            let low: ID<Domain.Digest> = body("fingerprintLow", .id(), "Its last 16 bytes.")
            fingerprint = Domain.Digest(high: high.bits, low: low.bits)
            secret = body("secret", .id(), "What its commands are named with.")
        }
    }

    private struct Closed {
        let steps: Int
        let rows: Int
        let refused: Int

        init(_ body: inout Body) {
            let count = FieldType<Int64>.whole(0...Int64(ImportPlan.rowsMax) * 4)
            steps = Int(body("steps", count, "Steps fed."))
            rows = Int(body("rows", count, "Rows of the file."))
            refused = Int(body("refused", count, "Rows that could not be taken."))
        }
    }
}
