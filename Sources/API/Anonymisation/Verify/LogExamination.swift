import Domain
import EventStore
import Projections

/// Two readings of one log up to where it ended at the beginning: first what was ordered to go and
/// whether it was due, then whether the rest opens and what went does not.
struct LogExamination: Sendable {
    let log: LogID
    /// How many events are looked at.
    let head: Int64
    private(set) var ledger = DueLedger()
    private var closeness = Closeness()
    private(set) var remainders: [AnonymisationReport.Remainder] = []
    /// (c): values sealed under keys that were ordered to go.
    private(set) var shut = 0
    private(set) var opened = Faults()
    /// (d): all other sealed values.
    private(set) var kept = 0
    private(set) var lost = Faults()
    /// Values whose keys are not there and were not ordered to go up to `head`.
    private(set) var missing: [Missing] = []

    struct Missing: Sendable {
        let key: KeyID
        let words: String
    }

    /// Events read at once.
    private static let page = 4_096

    init(_ log: LogID, _ store: SegmentStore) throws {
        self.log = log
        head = try store.head(of: log)
    }

    // MARK: First reading

    mutating func readOrders(_ store: SegmentStore) async throws {
        var next: Int64 = 0
        while next < head {
            for event in try page(from: next, store) {
                if event.position != next {
                    lost.add("log \(log) goes on with \(event.position) where \(next) should be")
                }
                next = event.position + 1
                let fact = try self.fact(event)
                ledger.take(fact)
                if event.stream.category == Category.client { closeness.note(client: fact) }
            }
            await Task.yield()
        }
        ledger.end()
        lost.add(ledger.wrong)
        closeness.forget(ledger.orderedRecords)
    }

    /// Never empty below the head.
    private func page(from position: Int64, _ store: SegmentStore) throws -> [RecordedEvent] {
        let limit = min(Int64(LogExamination.page), head - position)
        let events = try store.read(log, from: position, limit: Int(limit))
        guard !events.isEmpty else {
            throw Refusal.unreadable(reason: "log \(log) ends at \(position), not at \(head)")
        }
        return events
    }

    private func fact(_ event: RecordedEvent) throws(Refusal) -> Fact {
        do {
            return try EventCoding.fact(event)
        } catch {
            throw .unreadable(reason: "event \(event.position) of log \(log): \(error)")
        }
    }

    // MARK: Second reading

    mutating func openAll(_ store: SegmentStore, _ vault: SQLiteVault) async throws {
        var remainders = Remainders(log, closeness)
        var next: Int64 = 0
        while next < head {
            var fields: [SealedField] = []
            for event in try page(from: next, store) {
                next = event.position + 1
                let fact = try self.fact(event)
                fields += try SealedField.all(in: fact)
                if ledger.orderedRecords.contains(event.stream.id) { remainders.note(fact) }
            }
            try await open(fields, vault)
        }
        self.remainders = remainders.found(ledger)
    }

    private mutating func open(_ fields: [SealedField], _ vault: SQLiteVault) async throws {
        let keys = try await vault.keysOnFile(Set(fields.map(\.key)).sorted())
        for field in fields {
            let key = keys[field.key]
            guard !ledger.orderedKeys.contains(field.key) else {
                shut += 1
                if let key {
                    opened.add("\(field.words): \(LogExamination.opens(field, key))")
                } else if vault.remembers(field.key) {
                    opened.add("\(field.words): this process still holds its key")
                }
                continue
            }
            kept += 1
            guard let key else {
                missing.append(Missing(key: field.key, words: field.words))
                continue
            }
            do {
                _ = try Sealer.open(field.sealed.bytes, under: key, at: field.place)
            } catch {
                lost.add("\(field.words): does not open: \(error)")
            }
        }
    }

    private static func opens(_ field: SealedField, _ key: VaultKey) -> String {
        do throws(SealError) {
            _ = try Sealer.open(field.sealed.bytes, under: key, at: field.place)
            return "it opens"
        } catch {
            return "there is a key to it, with which it does not open: \(error)"
        }
    }

    /// Keys that were ordered to go since the readings began.
    func orderedSince(_ store: SegmentStore) throws -> Set<KeyID> {
        var keys: Set<KeyID> = []
        var position = head
        while true {
            let events = try store.read(log, from: position, limit: LogExamination.page)
            guard let last = events.last else { return keys }
            for event in events where event.stream.category == Category.erasure {
                if case .ordered(let order) = try Coding.event(event, as: ErasureEvent.self) {
                    keys.formUnion(order.keys.map { KeyID(bits: $0.bits) })
                }
            }
            position = last.position + 1
        }
    }
}

extension SealedField {
    /// Where it stands; nothing of what it says.
    fileprivate var words: String { "\(place.stream) \(place.type) field \(place.field)" }
}
