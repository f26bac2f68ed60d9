import Dispatch
import Domain
import EventStore
import Projections
import Synchronization

/// Proves, for a whole installation, what anonymisation did (ANON-5): reads every log, the vault
/// and every byte of the folder; changes nothing. Others may go on meanwhile.
package struct AnonymisationVerifier: Sendable {
    private let installation: Installation
    private var store: SegmentStore { installation.store }
    private var vault: SQLiteVault { installation.vault }

    /// Keys asked for at once.
    private static let keysAtOnce = 4_096

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameters:
    ///   - texts: values that must be found nowhere: canaries that were planted.
    ///   - sample: what was known before a run.
    package func run(
        texts: [String] = [], sample: PlainSample = PlainSample()
    ) async throws -> AnonymisationReport {
        var examined: [LogExamination] = []
        for log in try store.logs() {
            var one = try LogExamination(log, store)
            try await one.readOrders(store)
            try await one.openAll(store, vault)
            examined.append(one)
        }
        let search = VerifySearch(
            texts: texts, sample: sample, ledgers: examined.map(\.ledger),
            keys: try await vault.keyIDs(), control: try control())
        let found = try await run(search)
        let list = try vault.erasedKeys()
        let mark = try RestoredMark(folder: installation.folder)
        var report = AnonymisationReport(
            at: installation.dispatch.clock.now(), logs: examined.count, checks: [])
        report.checks = [
            try await keysGone(examined, list, search, found), search.textsGone(found),
            shut(examined), try kept(examined, list, mark),
        ]
        report.remains = examined.flatMap(\.remainders)
        report.notes = notes(search, found, list, mark)
        return report
    }

    /// On a thread of its own: it may take minutes, and the pool's threads are as few as the cores.
    private func run(_ search: VerifySearch) async throws -> FolderSearch.Result {
        let folder = FolderSearch(folder: installation.folder)
        let isStopped = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting in
                DispatchQueue(label: "anonymise verify", qos: .utility).async {
                    waiting.resume(
                        with: Swift.Result {
                            try folder.run(search.quests) { isStopped.isSet.withLock { $0 } }
                        })
                }
            }
        } onCancel: {
            isStopped.isSet.withLock { $0 = true }
        }
    }

    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    /// The type of some event: it stands in a block of the log, so a search must find it there.
    private func control() throws -> String? {
        guard let log = try store.logs().first else { return nil }
        return try store.read(log, from: 0, limit: 1).first.map { "\($0.type)" }
    }

    // MARK: (a)

    private func keysGone(
        _ examined: [LogExamination], _ list: [KeyID: Int], _ search: VerifySearch,
        _ found: FolderSearch.Result
    ) async throws -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "a", question: "what is due was ordered to go, and its keys are nowhere left")
        let keys = examined.reduce(into: Set()) { $0.formUnion($1.ledger.orderedKeys) }.sorted()
        check.looked = keys.count
        for start in stride(from: 0, to: keys.count, by: AnonymisationVerifier.keysAtOnce) {
            let some = Array(keys[start..<min(start + Self.keysAtOnce, keys.count)])
            let there = try await vault.keysOnFile(some)
            for key in some {
                if there[key] != nil { check.faults.add("key \(key) is in the vault") }
                if list[key] == nil { check.faults.add("key \(key) is not in the erasure list") }
            }
        }
        for unread in found.unread { check.faults.add("could not be searched: \(unread)") }
        check.faults.add(search.keysFound(found))
        for one in examined where one.log != .installation {
            check.faults.add(try await notOrdered(one))
        }
        return check
    }

    /// What is due, by days or on request, and was not ordered to go.
    private func notOrdered(_ one: LogExamination) async throws -> Faults {
        let choice = try await Chosen(installation.dispatch, installation.side, one.log).choice
        var faults = Faults()
        let left = try await open(one.ledger.leftDue(at: choice.now, held: choice.held))
        if left > 0 { faults.add("log \(one.log): \(left) records are due and open: run it") }
        for request in try await choice.asked() where request.notOver == 0 {
            let keys = request.rows.map { $0.keys.map { KeyID(bits: $0.bits) } }
            guard let asked = choice.state.asked[request.client],
                Retention.goesNow(
                    askedAt: asked.at, isUrgent: asked.isUrgent, others: 0, at: choice.now),
                try await open(keys) > 0
            else { continue }
            faults.add(
                "log \(one.log): client \(request.client) was to be erased by now: run it")
        }
        return faults
    }

    /// Of records given by their keys, how many have one that is there: others went in a later life
    /// than this log, which was restored, knows of.
    private func open(_ records: [[KeyID]]) async throws -> Int {
        var open = 0
        for start in stride(from: 0, to: records.count, by: AnonymisationVerifier.keysAtOnce) {
            let some = records[start..<min(start + Self.keysAtOnce, records.count)]
            let there = try await vault.keysOnFile(some.flatMap(\.self).sorted())
            open += some.count { $0.contains { there[$0] != nil } }
        }
        return open
    }

    // MARK: (c) and (d)

    private func shut(_ examined: [LogExamination]) -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "c", question: "what was sealed under those keys does not open")
        for one in examined {
            check.looked += one.shut
            check.faults.add(one.opened)
        }
        return check
    }

    private func kept(
        _ examined: [LogExamination], _ list: [KeyID: Int], _ mark: RestoredMark
    ) throws -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "d",
            question: "everything else is there and opens, and what went was due or asked for")
        var ordered: Set<KeyID> = []
        for one in examined {
            check.looked += one.kept + one.ledger.judged
            check.faults.add(one.lost)
            ordered.formUnion(one.ledger.orderedKeys)
            ordered.formUnion(try one.orderedSince(store))
        }
        for value in examined.flatMap(\.missing) where !ordered.contains(value.key) {
            guard let entry = list[value.key] else {
                check.faults.add("\(value.words): its key is lost")
                continue
            }
            // Erased in a later life than this log, which is of a backup, knows of: rightly so.
            if entry < mark.erasures { continue }
            check.faults.add("\(value.words): its key was destroyed, and nobody ordered it")
        }
        return check
    }

    private func notes(
        _ search: VerifySearch, _ found: FolderSearch.Result, _ list: [KeyID: Int],
        _ mark: RestoredMark
    ) -> [String] {
        var notes = [
            "searched \(found.files) files of \(found.bytes) bytes, and \(found.unpacked) bytes "
                + "unpacked, for \(search.formCount) forms"
        ]
        if let words = search.sampleWords { notes.append(words) }
        let before = list.values.count { $0 < mark.erasures }
        if mark.erasures > 0 {
            notes.append(
                "restored from a backup: the erasure list held \(before) keys by then, of which "
                    + "this log need not know")
        }
        return notes
    }
}
