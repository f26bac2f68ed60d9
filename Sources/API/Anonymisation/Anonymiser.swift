package import Domain
package import EventStore
import Projections

/// "Consolidate and anonymise" (ANON-2): chooses what is due, orders its erasure batch by batch and
/// carries it out. Bounded, and taken up again wherever it stopped: what is left is what is still
/// due.
package struct Anonymiser: Sendable {
    let eraser: Eraser

    package init(_ eraser: Eraser) { self.eraser = eraser }

    /// Records of one batch: their orders commit together and their files are emptied together.
    package static let batchRecords = 8_000

    /// Who lets it run, as events name it.
    package enum Door: Sendable {
        case nightly
        case commandLine

        fileprivate var context: Context {
            switch self {
            case .nightly:
                Context(
                    actor: Actor("policy"), role: "policy", basis: "retention", origin: "policy")
            case .commandLine:
                Context(
                    actor: Actor("operator"), role: "operator", basis: "installation",
                    origin: "cli")
            }
        }
    }

    /// What a run did.
    package struct Outcome: Hashable, Sendable {
        package var batches = 0
        package var erased: [RecordKind: Int] = [:]
        package var clients = 0
        /// Stopped at its bound, with more to do.
        package var isCut = false

        package var records: Int { erased.values.reduce(0, +) }
    }

    /// Erases what is due and what was asked for, `recordsMax` at most. What goes together, such as
    /// an appointment with its visit, is not divided for that: the first may be more.
    /// - Parameter told: after each batch.
    package func run(
        in log: LogID, recordsMax: Int, by door: Door,
        told: @Sendable (Outcome) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        var outcome = Outcome()
        // What a kill left behind is finished first.
        try await eraser.finish(log)
        var next = try await order(recordsMax: recordsMax, mayExceed: true, door, log, &outcome)
        while let batch = next {
            // While a batch is carried out, the one after it is chosen and ordered.
            async let carriedOut: Void = carryOut(batch, log)
            let left = recordsMax - outcome.records - batch.gathered.rows.count
            let following: Result<Ordered?, any Error>
            do {
                following = .success(
                    try await order(recordsMax: left, mayExceed: false, door, log, &outcome))
            } catch {
                following = .failure(error)
            }
            try await carriedOut
            outcome.add(batch.gathered)
            try await told(outcome)
            next = try following.get()
        }
        return outcome
    }

    /// A batch whose erasure is ordered, and where its last order stands.
    private struct Ordered {
        let gathered: Gathered
        let last: Int64
    }

    /// Chooses a batch and orders its erasure; nil where there is none left within `recordsMax`, or
    /// the run is to end.
    private func order(
        recordsMax: Int, mayExceed: Bool, _ door: Door, _ log: LogID, _ outcome: inout Outcome
    ) async throws -> Ordered? {
        while !Task.isCancelled {
            let chosen = try await Chosen(eraser.dispatch, eraser.side, log)
            guard recordsMax > 0 else {
                // At the bound: is anything left at all?
                let one = try await gather(chosen.choice, recordsMax: 1, mayExceed: true)
                outcome.isCut = !one.rows.isEmpty
                return nil
            }
            let batch = try await gather(
                chosen.choice, recordsMax: min(recordsMax, Self.batchRecords),
                mayExceed: mayExceed)
            guard !batch.rows.isEmpty else {
                outcome.isCut = batch.isCut
                return nil
            }
            if let last = try await order(batch, chosen, door, log) {
                return Ordered(gathered: batch, last: last)
            }
        }
        return nil
    }

    /// - Returns: the position of the last order; nil where something else came first: to be chosen
    ///   again.
    private func order(
        _ gathered: Gathered, _ chosen: Chosen, _ door: Door, _ log: LogID
    ) async throws -> Int64? {
        var counts: [RecordKind: Int] = [:]
        for row in gathered.rows { counts[row.kind, default: 0] += 1 }
        let batch = Eraser.Batch(
            counts: counts.map { RecordCount(kind: $0.key, count: $0.value) },
            isDue: gathered.isDue, clients: gathered.clients, decidedOn: chosen.version)
        return try await eraser.order(in: log, orders(gathered.rows), batch, door.context)
    }

    private func carryOut(_ batch: Ordered, _ log: LogID) async throws {
        let kinds = Dictionary(
            batch.gathered.rows.map { ($0.record, $0.kind) },
            uniquingKeysWith: { one, _ in one })
        try await eraser.finish(log, through: batch.last, kinds: kinds)
    }

    // MARK: Choosing

    fileprivate struct Gathered {
        var rows: [RetentionRow] = []
        var clients: [ID<Client>] = []
        /// Some go because the days that the organisation set are over.
        var isDue = false
        /// Something was left out since it would have been too much.
        var isCut = false

        /// Whether there is room for `count` more; noted where there is not.
        mutating func takes(_ count: Int, of recordsMax: Int, mayExceed: Bool) -> Bool {
            let fits = rows.count + count <= recordsMax || (rows.isEmpty && mayExceed)
            isCut = isCut || !fits
            return fits
        }
    }

    private func gather(
        _ choice: Choice, recordsMax: Int, mayExceed: Bool
    ) async throws -> Gathered {
        var due: [RetentionRow] = []
        for kind in RecordKind.allCases
        where due.count < recordsMax && choice.state.mayRun(kind, at: choice.now) {
            due += try await page(of: kind, choice, recordsMax - due.count)
        }
        var gathered = try await gatherAsked(
            choice, due, recordsMax: recordsMax, mayExceed: mayExceed)
        // With what belongs to them, whatever their kind: see ``orders(_:)``.
        due += try await choice.following(due)
        var taken = Set(gathered.rows.map(\.record))
        for family in Anonymiser.families(of: due) {
            let rows = family.filter { !taken.contains($0.record) }
            guard gathered.takes(rows.count, of: recordsMax, mayExceed: mayExceed) else { continue }
            gathered.isDue = gathered.isDue || rows.contains { !$0.kind.goesByItself }
            taken.formUnion(rows.map(\.record))
            gathered.rows += rows
        }
        return gathered
    }

    /// Of the clients whose erasure was asked for, those that go now: among the `due`, and each
    /// other.
    private func gatherAsked(
        _ choice: Choice, _ due: [RetentionRow], recordsMax: Int, mayExceed: Bool
    ) async throws -> Gathered {
        let ready = try await choice.asked().filter { $0.notOver == 0 }
        let asked = ready.reduce(0) { $0 + $1.rows.count }
        var gathered = Gathered()
        var taken: Set<ID<AnyRecord>> = []
        for request in ready {
            guard let known = choice.state.asked[request.client] else { continue }
            let theirs = Set(request.rows.map(\.record))
            // Mails hide nobody: no order takes one for a client's.
            let others =
                due.count { !theirs.contains($0.record) && !$0.kind.goesByItself } + asked
                - request.rows.count
            guard
                Retention.goesNow(
                    askedAt: known.at, isUrgent: known.isUrgent, others: others, at: choice.now)
            else { continue }
            // All of a client's records in one batch, among the others of it.
            guard gathered.takes(theirs.count, of: recordsMax, mayExceed: mayExceed) else {
                continue
            }
            gathered.rows += request.rows.filter { taken.insert($0.record).inserted }
            gathered.clients.append(request.client)
        }
        return gathered
    }

    /// Records with what belongs to them, in the order of `rows`; each once.
    private static func families(of rows: [RetentionRow]) -> [[RetentionRow]] {
        let byRecord = Dictionary(rows.map { ($0.record, $0) }, uniquingKeysWith: { one, _ in one })
        func head(of row: RetentionRow) -> ID<AnyRecord> {
            var head = row
            var seen: Set<ID<AnyRecord>> = [row.record]
            while let leader = head.leader.flatMap({ byRecord[$0] }),
                seen.insert(leader.record).inserted
            {
                head = leader
            }
            return head.record
        }
        var families: [[RetentionRow]] = []
        var places: [ID<AnyRecord>: Int] = [:]
        var taken: Set<ID<AnyRecord>> = []
        for row in rows where taken.insert(row.record).inserted {
            let head = head(of: row)
            if let place = places[head] {
                families[place].append(row)
            } else {
                places[head] = families.count
                families.append([row])
            }
        }
        return families
    }

    private func page(
        of kind: RecordKind, _ choice: Choice, _ recordsMax: Int
    ) async throws -> [RetentionRow] {
        var rows: [RetentionRow] = []
        var mark: PageMark?
        repeat {
            let page = try await choice.due(kind, after: mark)
            rows += page.rows
            mark = page.next
        } while mark != nil && rows.count < recordsMax
        return Array(rows.prefix(recordsMax))
    }

    /// In orders that fit into events; which record comes into which, chance says, so that an order
    /// ties no client's records together, nor days. An appointment, its visit and their answers,
    /// which events name beside each other anyway, go in one: whose each was may stand in another.
    private func orders(_ rows: [RetentionRow]) -> [Eraser.Order] {
        let ids = eraser.dispatch.ids
        let shuffled = Anonymiser.families(of: rows).map { (rows: $0, place: ids.next()) }
            .sorted { $0.place < $1.place }
        var orders = [Eraser.Order()]
        for (family, _) in shuffled {
            if !orders[orders.count - 1].takes(family) { orders.append(Eraser.Order()) }
            for row in family {
                // What is of more keys than fit into one order goes in several.
                for start in stride(from: 0, to: max(1, row.keys.count), by: Erasures.listMax) {
                    let keys = row.keys[start..<min(start + Erasures.listMax, row.keys.count)]
                    if !orders[orders.count - 1].takes(keys: keys.count, records: 1) {
                        orders.append(Eraser.Order())
                    }
                    orders[orders.count - 1].keys += keys
                    orders[orders.count - 1].records.append(row.record)
                }
            }
        }
        return orders.filter { !$0.records.isEmpty }
    }
}

extension Anonymiser.Outcome {
    fileprivate mutating func add(_ batch: Anonymiser.Gathered) {
        batches += 1
        clients += batch.clients.count
        for row in batch.rows { erased[row.kind, default: 0] += 1 }
    }
}

extension Eraser.Order {
    fileprivate func takes(keys more: Int, records: Int) -> Bool {
        keys.count + more <= Erasures.listMax && self.records.count + records <= Erasures.listMax
    }

    fileprivate func takes(_ family: [RetentionRow]) -> Bool {
        takes(keys: family.reduce(0) { $0 + $1.keys.count }, records: family.count)
    }
}
