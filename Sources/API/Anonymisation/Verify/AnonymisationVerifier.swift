import Domain
import EventStore
import Foundation
import Projections

/// Proves, for a whole installation, what anonymisation did (ANON-5): reads the log, the vault and
/// every byte of the folder; changes nothing.
package struct AnonymisationVerifier: Sendable {
    private let installation: Installation
    private var log: SegmentStore { installation.store }

    /// Events read at once.
    private static let page = 4_096
    /// Bytes before a key's id in its row, as SQLite writes it: lengths of id and wrapped key.
    private static let keyRow: [UInt8] = [0x2C, 0x6C]

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameter texts: values that must be found nowhere: planted canaries, or what was known
    ///   before.
    package func run(texts: [String] = []) async throws -> AnonymisationReport {
        let logs = try log.logs()
        var walk = Walk()
        walk.listed = try installation.vault.erasedKeys()
        for log in logs { try await read(log, &walk) }
        var report = AnonymisationReport(
            at: installation.dispatch.clock.now(), logs: logs.count, checks: [])
        report.checks.append(try await keysGone(walk))
        report.checks.append(try textsGone(texts))
        report.checks.append(try await shut(walk))
        report.checks.append(walk.kept)
        for log in logs { report.remains += try await remains(log, walk) }
        return report
    }

    /// What one reading of the logs finds.
    struct Walk {
        /// Keys ordered to be destroyed.
        var ordered: Set<KeyID> = []
        var orderedRecords: Set<UInt128> = []
        /// In the erasure list.
        var listed: Set<KeyID> = []
        /// Sealed values under keys that were ordered to go.
        var erasedValues: [SealedField] = []
        var erasedCount = 0
        var kept = AnonymisationReport.Check(
            letter: "d", question: "everything else is there and opens")
        /// By actor, where clients' own streams were written.
        var clientWrites: [Moment] = []
        /// Events of erased records.
        var recordWrites: [Moment] = []
    }

    /// An event's place and time, for what closeness could tell.
    struct Moment: Sendable {
        let log: LogID
        let record: UInt128
        let position: Int64
        let at: Int64
        let actor: Actor
    }

    /// Erased values opened at most: one is as good as another.
    private static let triedMax = 10_000

    // MARK: The log

    private func read(_ id: LogID, _ walk: inout Walk) async throws {
        // Orders first: what is sealed stands before them.
        try each(of: id) { event in
            guard event.stream.category == Category.erasure else { return }
            if case .ordered(let order) = try Coding.event(event, as: ErasureEvent.self) {
                walk.ordered.formUnion(order.keys.map { KeyID(bits: $0.bits) })
                walk.orderedRecords.formUnion(order.records.map(\.bits))
            }
        }
        var waiting: [SealedField] = []
        var position: Int64 = 0
        while true {
            let events = try log.read(id, from: position, limit: Self.page)
            guard let last = events.last else { break }
            position = last.position + 1
            for event in events {
                note(event, &walk)
                waiting += try Coding.sealedFields(event)
            }
            try await open(waiting, &walk)
            waiting = []
        }
    }

    private func each(of id: LogID, _ body: (RecordedEvent) throws -> Void) throws {
        var position: Int64 = 0
        while true {
            let events = try log.read(id, from: position, limit: Self.page)
            guard let last = events.last else { return }
            for event in events { try body(event) }
            position = last.position + 1
        }
    }

    private func note(_ event: RecordedEvent, _ walk: inout Walk) {
        let moment = Moment(
            log: event.log, record: event.stream.id, position: event.position,
            at: event.recordedAt, actor: event.context.actor)
        if event.stream.category == Category.client, !walk.orderedRecords.contains(event.stream.id)
        {
            walk.clientWrites.append(moment)
        } else if walk.orderedRecords.contains(event.stream.id) {
            walk.recordWrites.append(moment)
        }
    }

    /// (d): what is not erased opens.
    private func open(_ fields: [SealedField], _ walk: inout Walk) async throws {
        for field in fields {
            if walk.ordered.contains(field.key) {
                walk.erasedCount += 1
                if walk.erasedValues.count < Self.triedMax { walk.erasedValues.append(field) }
                continue
            }
            walk.kept.looked += 1
            guard let key = try await installation.vault.key(field.key) else {
                // Erased in a later life than the log of this backup knows of: rightly so.
                if !walk.listed.contains(field.key) {
                    walk.kept.fail("\(field.words): its key is lost")
                }
                continue
            }
            do {
                _ = try Sealer.open(field.sealed.bytes, under: key, at: field.place)
            } catch {
                walk.kept.fail("\(field.words): does not open: \(error)")
            }
        }
    }

    // MARK: (a) to (c)

    /// (a): no key that was ordered to go is in the vault, its write-ahead file or a free page, and
    /// no erased record in the keyed index.
    private func keysGone(_ walk: Walk) async throws -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "a", question: "every key that was ordered to go is gone from every page")
        check.looked = walk.ordered.count
        for key in walk.ordered.sorted() {
            if try await installation.vault.key(key) != nil {
                check.fail("key \(key) is in the vault")
            }
            if !walk.listed.contains(key) { check.fail("key \(key) is not in the erasure list") }
        }
        let search = FolderSearch(folder: installation.folder)
        let keys = Needles(
            values: walk.ordered.sorted().map { Self.keyRow + $0.bits.bigEndianBytes })
        for find in try search.run(keys, only: { $0.hasPrefix(SQLiteVault.fileName) }).finds {
            check.fail("the row of a key stands in \(find.file) at \(find.hit.offset)")
        }
        let records = Needles(
            values: walk.orderedRecords.sorted().map { $0.bigEndianBytes })
        for find in try search.run(records, only: { $0.hasPrefix(KeyedIndex.fileName) }).finds {
            check.fail("a record stands in \(find.file) at \(find.hit.offset)")
        }
        return check
    }

    /// (b): the texts stand nowhere.
    private func textsGone(_ texts: [String]) throws -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "b", question: "no known text of it stands in any byte of the folder")
        check.looked = texts.count
        guard !texts.isEmpty else { return check }
        for (index, text) in texts.enumerated() where text.utf8.count < Needles.bytesMin {
            check.fail("text \(index + 1) is too short for a hit to mean anything")
        }
        let found = try FolderSearch(folder: installation.folder).run(Needles(texts: texts))
        for find in found.finds {
            check.fail(
                "text \(find.hit.text + 1), as \(find.hit.form), in \(find.file) at "
                    + "\(find.hit.offset)")
        }
        return check
    }

    /// (c): ciphertexts of erased records do not open.
    private func shut(_ walk: Walk) async throws -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "c", question: "what was sealed under those keys does not open")
        check.looked = walk.erasedCount
        for field in walk.erasedValues {
            for vault in [installation.vault, installation.dispatch.vault] as [any Vault] {
                guard let key = try await vault.key(field.key) else { continue }
                check.fail("\(field.words): there is a key to it, \(key.id)")
            }
        }
        return check
    }

    // MARK: (e)

    private func remains(
        _ id: LogID, _ walk: Walk
    ) async throws -> [AnonymisationReport.Remainder] {
        var groups: [[String]: Int] = [:]
        var moments: [[String]: Int] = [:]
        var erased = 0
        let views = installation.side.views
        try await installation.side.runner.waitUntil(
            Appointments.name, id, shows: try log.head(of: id) - 1)
        var mark: PageMark?
        repeat {
            let page = try await views.appointments(in: id, PageRequest(after: mark))
            for row in page.rows where row.details == nil {
                erased += 1
                let who = row.practitioner?.description ?? ""
                groups[[row.clinic.description, who, row.day.description], default: 0] += 1
                let start = row.start?.description ?? ""
                moments[[row.clinic.description, start], default: 0] += 1
            }
            mark = page.next
        } while mark != nil
        guard erased > 0 || walk.recordWrites.contains(where: { $0.log == id }) else { return [] }
        let smallest = groups.values.min() ?? 0
        let alone = groups.values.filter { $0 == 1 }.count
        let exact = moments.values.filter { $0 == 1 }.count
        let near = linkable(id, walk)
        return [
            .init(
                dataSet: "appointments of \(id)", risk: "singling out",
                words: "consolidated appointments are alone in their clinic, practitioner and day; "
                    + "the smallest group has \(smallest)", count: alone, of: erased),
            .init(
                dataSet: "appointments of \(id)", risk: "inference",
                words: "are the only one of their clinic at their start: who knows that somebody "
                    + "was there then learns the practitioner and the length", count: exact,
                of: erased),
            .init(
                dataSet: "records of \(id)", risk: "linkability",
                words: "erased records have an event within 10 minutes or 20 positions of one in "
                    + "a client's own stream by the same actor", count: near.near, of: near.all),
        ]
    }

    /// Closeness in time: which erased records were written next to some client's own record.
    private func linkable(_ id: LogID, _ walk: Walk) -> (near: Int, all: Int) {
        var clients: [Actor: [Moment]] = [:]
        for moment in walk.clientWrites where moment.log == id {
            clients[moment.actor, default: []].append(moment)
        }
        var near: Set<UInt128> = []
        var all: Set<UInt128> = []
        for moment in walk.recordWrites where moment.log == id {
            all.insert(moment.record)
            guard !near.contains(moment.record), let theirs = clients[moment.actor] else {
                continue
            }
            // Positions ascend, and times never go back: the nearest on either side tell.
            let next = theirs.partitioningIndex { $0.position >= moment.position }
            for index in [next - 1, next] where theirs.indices.contains(index) {
                let other = theirs[index]
                if abs(other.position - moment.position) <= 20
                    || abs(other.at - moment.at) <= 600_000
                {
                    near.insert(moment.record)
                }
            }
        }
        return (near.count, all.count)
    }
}

extension SealedField {
    /// Where it stands; nothing of what it says.
    fileprivate var words: String { "\(place.stream) \(place.type) field \(place.field)" }
}

extension Array {
    /// The first index whose element satisfies `belongs`, where all after it do.
    fileprivate func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
