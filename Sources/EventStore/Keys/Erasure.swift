/// Something the log orders to be erased: an `erasure ordered` event, read back.
package struct ErasureOrder: Hashable, Sendable {
    package let log: LogID
    /// Where in `log` the order stands.
    package let position: Int64
    /// The keys of the records to erase.
    package var keys: [KeyID]
    /// The records whose rows leave the keyed index.
    package var records: [UInt128]
    /// Claims to release with them.
    package var claims: [UInt128]

    package init(
        log: LogID, position: Int64, keys: [KeyID], records: [UInt128], claims: [UInt128] = []
    ) {
        self.log = log
        self.position = position
        self.keys = keys
        self.records = records
        self.claims = claims
    }
}

/// What erasing asks of the log; given by the module that knows its events.
package protocol ErasureLog: Sendable {
    /// Orders of `log` from `position` on, in order, as many as one page of the log holds, and the
    /// position to go on from, equal to `position` at the head. Of orders whose `erased` stands in
    /// the log too, none need be given.
    func orders(
        in log: LogID, from position: Int64
    ) async throws -> (orders: [ErasureOrder], next: Int64)

    /// Does what has to be done with the records of these orders while their keys are still there.
    /// Doing it again, with some of the keys gone, changes nothing.
    func willErase(_ orders: [ErasureOrder]) async throws

    /// Commits `erased` for the order, under a command id made from log and position, so that
    /// doing it again appends nothing. Asked for several orders at once, in whatever order.
    func commitErased(_ order: ErasureOrder) async throws
}

extension ErasureLog {
    package func willErase(_ orders: [ErasureOrder]) async throws {}
}

/// What leads to records: the keyed index, or who keeps others from it meanwhile.
package protocol ErasableIndex: Sendable {
    /// Removes all that leads to these records, and these claims: on return it is gone from the
    /// files, and nothing that was on its way there comes after it.
    func erase(records: [UInt128], claims: [UInt128]) async throws(VaultError)
}

/// Erases what a log orders, in the one order that survives being killed at any step (design.md,
/// "Erasing"):
/// ```
///  order commits ─▶ what looks left is carried over ─▶ index rows, from the files too
///                ─▶ erasure list ─▶ keys, from the files too
///                ─▶ `erased` commits ─▶ the vault notes the position
/// ```
/// From the order's position on every reader treats the records as erased; that is theirs to do.
/// Each step may be done again, so that after a kill all are done again from the position noted:
/// ``finish(_:)`` at each start, for every log, before anything is answered.
package struct Erasure: Sendable {
    private let vault: any Vault
    private let index: any ErasableIndex
    private let events: any ErasureLog

    package init(vault: any Vault, index: any ErasableIndex, events: any ErasureLog) {
        self.vault = vault
        self.index = index
        self.events = events
    }

    /// Commits an order by `order`, then does all that `log` orders. On an error of `order`
    /// nothing is erased; on a later one, what was ordered is finished by the next call.
    package func run(in log: LogID, order: () async throws -> Void) async throws {
        try await order()
        try await finish(log)
    }

    /// Carries out every order of `log` that is not done; cheap where there is none. Two at once
    /// do no harm.
    /// - Returns: how many it carried out.
    @discardableResult
    package func finish(_ log: LogID) async throws -> Int {
        var position = try await vault.erasuresDone(in: log)
        var noted = position
        var count = 0
        while true {
            let (orders, next) = try await events.orders(in: log, from: position)
            for group in groups(orders) {
                for order in group {
                    precondition(
                        order.log == log && order.position >= position, "order out of place")
                    noted = order.position + 1
                }
                try await carryOut(group)
                try await vault.setErasuresDone(noted, in: log)
                count += group.count
            }
            guard next > position else { break }
            position = next
        }
        if position > noted { try await vault.setErasuresDone(position, in: log) }
        return count
    }

    /// Keys and records whose files are emptied of them at once: each time costs some syncs.
    package static let groupMax = 16_384

    private func groups(_ orders: [ErasureOrder]) -> [[ErasureOrder]] {
        var groups: [[ErasureOrder]] = []
        var size = 0
        for order in orders {
            let more = max(order.keys.count, order.records.count)
            if groups.isEmpty || size + more > Erasure.groupMax {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(order)
            size += more
        }
        return groups
    }

    private func carryOut(_ orders: [ErasureOrder]) async throws {
        try await events.willErase(orders)
        try await index.erase(
            records: orders.flatMap(\.records), claims: orders.flatMap(\.claims))
        try await vault.destroy(orders.flatMap(\.keys))
        try await commitErased(orders)
    }

    /// Commits in flight at once: gathered by the log, they share its syncs.
    private static let commitsMax = 64

    private func commitErased(_ orders: [ErasureOrder]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, order) in orders.enumerated() {
                if index >= Erasure.commitsMax { try await group.next() }
                group.addTask { [events] in try await events.commitErased(order) }
            }
            try await group.waitForAll()
        }
    }
}
