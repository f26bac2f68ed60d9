import GRDB

/// Keys of earlier runs that were never said to stand in the log: left in the stock when the
/// process ended, or handed out right before it was killed. The log says which are used.
package struct LooseKeys: Sendable {
    /// No event before this place in the store's order (``Cursor/number``) names one of them; 0:
    /// look from the beginning.
    package let since: Int64
    /// Those the log was not seen to name.
    package private(set) var ids: Set<KeyID>

    /// The log names this key. Keys that are not loose are passed over.
    package mutating func saw(_ id: KeyID) { ids.remove(id) }
}

extension SQLiteVault {
    /// What the caller has to look for in the log before it calls ``putBack(_:reached:)``.
    package func looseKeys() async throws(VaultError) -> LooseKeys {
        try await file.run { [self] database in
            let select = try RawStatement(
                database, "SELECT cursor, ids FROM batch WHERE number <= ?")
            try select.bind(1, lastBatchAtStart)
            var since = Int64.max
            var ids: Set<KeyID> = []
            for (cursor, bytes) in try select.all({ ($0.number(0), $0.bytes(1)) }) {
                since = min(since, cursor)
                for start in stride(from: 0, to: bytes.count, by: 16) {
                    guard let id = UInt128(bigEndianBytes: bytes[start...].prefix(16)) else {
                        throw VaultError.damaged(file: file.path, reason: "half a key id")
                    }
                    ids.insert(KeyID(bits: id))
                }
            }
            return LooseKeys(since: since == .max ? 0 : since, ids: ids)
        }
    }

    /// Takes the keys that the log does not name back into the stock; the others are settled. None
    /// is destroyed. Once for each start, before commands are accepted.
    /// - Parameters:
    ///   - loose: ``looseKeys()``, after ``LooseKeys/saw(_:)`` for every key named in the log
    ///     from `since` up to its end. A key that is named there and was not told would be given
    ///     to a second record.
    ///   - cursor: the end of what was looked at.
    /// - Returns: how many went back into the stock.
    package func putBack(
        _ loose: LooseKeys, reached cursor: Int64
    ) async throws(VaultError) -> Int {
        noteLog(reached: cursor)
        let keys = try await file.write { [self] database in
            let delete = try RawStatement(database, "DELETE FROM batch WHERE number <= ?")
            try delete.bind(1, lastBatchAtStart)
            try delete.run()
            var keys: [RecordKey] = []
            let ids = loose.ids.sorted()
            for start in stride(from: 0, to: ids.count, by: KeyStock.batchKeys) {
                let some = Array(ids[start..<min(start + KeyStock.batchKeys, ids.count)])
                let batch = try VaultContents.addBatch(
                    some, cursor: cursor, dropping: [], database)
                keys += try some.compactMap { try read($0, database, batch: batch) }
            }
            return keys
        }
        stock.putBack(keys)
        return keys.count
    }
}
