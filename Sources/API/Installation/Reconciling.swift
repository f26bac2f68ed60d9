import Domain
import EventStore
import Projections

/// What a start puts right after a kill.
enum Reconciling {
    /// Events looked at together.
    static let page = 4_096

    /// Looks for keys of earlier runs in the log; those that no event names may be taken again.
    static func putBackLooseKeys(_ vault: SQLiteVault, _ store: any EventStore) async throws {
        var loose = try await vault.looseKeys()
        var cursor: Cursor? = loose.since > 0 ? Cursor(number: loose.since) : nil
        guard !loose.ids.isEmpty else { return }
        while true {
            let (events, next) = try await store.scan(after: cursor, limit: page)
            guard !events.isEmpty, let next else { break }
            for event in events {
                for key in try Coding.sealedKeys(Coding.new(event)) { loose.saw(key) }
            }
            cursor = next
        }
        _ = try await vault.putBack(loose, reached: cursor?.number ?? 0)
    }

    /// Carries out what was ordered to be erased and is not. A log that takes no events has its
    /// orders wait: that an order was carried out could not be said.
    static func finishErasures(
        _ vault: SQLiteVault, _ index: KeyedIndex, _ store: SegmentStore,
        _ options: Installation.Options
    ) async throws {
        let orders = ErasureOrders(store: store, vault: vault, clock: options.clock)
        let erasure = Erasure(vault: vault, index: index, events: orders)
        for log in try store.logs() {
            guard store.report.readOnly == nil else {
                let waiting = try await orders.orders(in: log, from: 0).orders.count
                if waiting > 0 {
                    options.notice("\(waiting) erasures of \(log) wait: the log takes no events")
                }
                continue
            }
            let count = try await erasure.finish(log)
            if count > 0 { options.notice("\(count) erasures of \(log) carried out") }
        }
    }
}

/// Erasures as the log orders them.
struct ErasureOrders: ErasureLog {
    let store: any EventStore
    let vault: any Vault
    let clock: any Clock

    /// All that are open: an organisation's orders stand in one stream, which is short.
    func orders(
        in log: LogID, from position: Int64
    ) async throws -> (orders: [ErasureOrder], next: Int64) {
        var open: [Int: ErasureOrder] = [:]
        var version: Int64 = 0
        while true {
            let page = try await store.readStream(
                ErasureOrders.stream(log), in: log, from: version, limit: Reconciling.page)
            for recorded in page {
                switch try Coding.event(recorded, as: ErasureEvent.self) {
                case .ordered(let ordered):
                    open[ordered.order] = ErasureOrder(
                        log: log, position: recorded.position,
                        keys: ordered.keys.map { KeyID(bits: $0.bits) },
                        records: ordered.records.map(\.bits), claims: ordered.claims.map(\.bits))
                case .carriedOut(let carriedOut): open[carriedOut.order] = nil
                }
                version = recorded.version + 1
            }
            if page.count < Reconciling.page { break }
        }
        let due = open.values.filter { $0.position >= position }
            .sorted { $0.position < $1.position }
        return (due, due.last.map { $0.position + 1 } ?? position)
    }

    func commitErased(_ order: ErasureOrder) async throws {
        let stream = ErasureOrders.stream(order.log)
        let recorded = try await store.read(order.log, from: order.position, limit: 1)
        guard let event = recorded.first, event.stream == stream,
            case .ordered(let ordered) = try Coding.event(event, as: ErasureEvent.self)
        else { throw Refusal.unreadable(reason: "event \(order.position) orders no erasure") }
        let now = clock.now()
        let done = ErasureEvent.carriedOut(ErasureCarriedOut(at: now, order: ordered.order))
        let name = Array("erased \(order.log) \(order.position)".utf8)
        let commandID = UInt128(bigEndianBytes: vault.mac(.commandID, name)[0..<16])
        _ = try await store.append(
            Commit(
                log: order.log, commandID: max(1, commandID), now: now.milliseconds,
                context: Context(
                    actor: Actor("policy"), role: "policy", basis: "erasure-ordered",
                    origin: "policy", cause: order.position),
                events: [try Coding.newEvent(done, into: stream, in: order.log, keys: [:])]))
    }

    static func stream(_ log: LogID) -> StreamName { StreamName(Category.erasure, log.bits) }
}
