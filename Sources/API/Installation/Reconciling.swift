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
}

extension Installation {
    /// Closes what was ordered to be erased and is not, and carries it out. A log that takes no
    /// events has its orders wait, closed: that one was carried out could not be said.
    func finishErasures() async throws {
        guard try await eraser.closeOrdered() else { return }
        guard store.report.readOnly == nil else {
            return options.notice("erasures ordered wait: the log takes no events")
        }
        // Who looked is found by projections; the one that serves runs once, and later.
        let notice = options.notice
        let runner = Runner(store, shelf, cores: options.cores) { notice("projections: \($0)") }
        let side = ReadSide(
            views: side.views, accessLog: side.accessLog, runner: runner, clients: side.clients,
            patience: side.patience)
        let eraser = Eraser(self.eraser, side: side)
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            for log in try store.logs() {
                let count = try await eraser.finish(log)
                if count > 0 { notice("\(count) erasures of \(log) carried out") }
            }
            group.cancelAll()
        }
    }
}

/// Erasures as the log orders them.
struct ErasureOrders: ErasureLog {
    let store: any EventStore
    let vault: any Vault
    let clock: any Clock

    /// Orders read at once: each may fill an event.
    private static let page = 32

    /// All that are open from `position` on.
    func orders(
        in log: LogID, from position: Int64
    ) async throws -> (orders: [ErasureOrder], next: Int64) {
        var open: [Int: ErasureOrder] = [:]
        var version = try await version(in: log, at: position)
        while true {
            let page = try await store.readStream(
                ErasureOrders.stream(log), in: log, from: version, limit: ErasureOrders.page)
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
            if page.count < ErasureOrders.page { break }
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

    /// The first version of the stream at `position` or later, by halving: orders before it are
    /// carried out, and there may be thousands.
    private func version(in log: LogID, at position: Int64) async throws -> Int64 {
        let stream = ErasureOrders.stream(log)
        guard position > 0, let last = try await store.version(of: stream, in: log) else {
            return 0
        }
        var first: Int64 = 0
        var end = last + 1
        while first < end {
            let middle = first + (end - first) / 2
            let event = try await store.readStream(stream, in: log, from: middle, limit: 1).first
            if let event, event.position < position {
                first = middle + 1
            } else {
                end = middle
            }
        }
        return first
    }

    static func stream(_ log: LogID) -> StreamName { StreamName(Category.erasure, log.bits) }
}
