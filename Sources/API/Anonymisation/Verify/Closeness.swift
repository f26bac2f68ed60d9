import Domain
import EventStore
import Projections

/// Ties by closeness in time: records that were erased, and clients in whose own streams the same
/// actor wrote within ``minutes`` or ``positions`` of one of the record's events (ANON-3, ANON-7).
struct Closeness {
    static let minutes: Int64 = 10
    static let positions: Int64 = 20

    private struct Write {
        let position: Int64
        let at: Int64
        let client: UInt128
    }

    /// By actor, in the log's order.
    private var writes: [Actor: [Write]] = [:]
    /// Of each record, the first client near it, and whether there is another.
    private var near: [UInt128: (client: UInt128, isOne: Bool)] = [:]
    private(set) var records: Set<UInt128> = []

    /// An event in a client's own stream.
    mutating func note(client fact: Fact) {
        writes[fact.context.actor, default: []].append(
            Write(
                position: fact.position, at: fact.recordedAt.milliseconds, client: fact.stream.id))
    }

    /// Clients that were erased themselves leave no tie. Before the first record.
    mutating func forget(_ clients: Set<UInt128>) {
        guard !clients.isEmpty else { return }
        writes = writes.mapValues { $0.filter { !clients.contains($0.client) } }
    }

    /// An event in the stream of a record that was erased.
    mutating func note(record fact: Fact) {
        records.insert(fact.stream.id)
        guard let writes = writes[fact.context.actor], near[fact.stream.id]?.isOne ?? true else {
            return
        }
        let at = fact.recordedAt.milliseconds
        func isNear(_ write: Write) -> Bool {
            abs(write.position - fact.position) <= Closeness.positions
                || abs(write.at - at) <= Closeness.minutes * 60_000
        }
        // Positions ascend and times never go back: those near stand together.
        let next = writes.firstIndex(belongs: { $0.position >= fact.position })
        for write in writes[next...] {
            guard isNear(write), add(write.client, to: fact.stream.id) else { break }
        }
        for write in writes[..<next].reversed() {
            guard isNear(write), add(write.client, to: fact.stream.id) else { break }
        }
    }

    /// Whether more may be learned.
    private mutating func add(_ client: UInt128, to record: UInt128) -> Bool {
        guard let known = near[record] else {
            near[record] = (client, true)
            return true
        }
        if known.client != client { near[record] = (known.client, false) }
        return known.client == client
    }

    /// Records with a client near them.
    var tied: Int { near.count }

    /// Of those, records with one client near them and no other.
    var tiedToOne: Int { near.values.count { $0.isOne } }
}

extension Array {
    /// The first index whose element satisfies `belongs`, where all after it do; by halves.
    fileprivate func firstIndex(belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
