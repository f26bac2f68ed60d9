import Foundation
import GRDB

// For those who look through a whole installation (ANON-5): nothing here changes anything, nor
// pushes out of the cache what is in use.
extension SQLiteVault {
    /// Those of `ids` whose keys stand in the file, with them; one turn on it for all.
    package func keysOnFile(_ ids: [KeyID]) async throws(VaultError) -> [KeyID: RecordKey] {
        try await file.run { [self] database in
            var found: [KeyID: RecordKey] = [:]
            for id in ids {
                if let key = try read(id, database) { found[id] = key }
            }
            return found
        }
    }

    /// Whether the key is in this process's memory, whatever the file says.
    package func remembers(_ id: KeyID) -> Bool { cache.find(id) != nil }

    /// Keys as they stand in the file: 32 bytes of ciphertext and 16 of tag each.
    package func wrappedKeys(_ ids: [KeyID]) async throws(VaultError) -> [[UInt8]] {
        try await file.run { database in
            let select = try RawStatement(database, "SELECT wrapped FROM key WHERE id = ?")
            return try ids.compactMap { id in
                try select.bind(1, id.bits)
                return try select.first { $0.bytes(0) }
            }
        }
    }

    /// The ids of all keys there are, and of those in lists of keys made ahead.
    package func keyIDs() async throws(VaultError) -> Set<KeyID> {
        try await file.run { database in
            var ids: Set<KeyID> = []
            for id in try RawStatement(database, "SELECT id FROM key").all({ try $0.bits(0) }) {
                ids.insert(KeyID(bits: id))
            }
            for list in try RawStatement(database, "SELECT ids FROM batch").all({ $0.bytes(0) }) {
                for start in stride(from: 0, to: list.count, by: 16) {
                    guard let id = UInt128(bigEndianBytes: list[start...].prefix(16)) else {
                        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "half a key id")
                    }
                    ids.insert(KeyID(bits: id))
                }
            }
            return ids
        }
    }

    /// The record keys the erasure list says were destroyed, in its order, each with how many
    /// entries stand before it.
    package func erasedKeys() throws(VaultError) -> [KeyID: Int] {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: erasureList)))
        } catch {
            throw .io(file: erasureList, reason: error.localizedDescription)
        }
        var keys: [KeyID: Int] = [:]
        var entries = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            defer { start = end + 1 }
            let line = bytes[start..<end]
            guard line.count == 34, line[start + 1] == UInt8(ascii: " ") else { continue }
            defer { entries += 1 }
            guard line[start] == ErasureList.Entry.Kind.key.rawValue else { continue }
            guard let id = UInt128(String(decoding: line.dropFirst(2), as: UTF8.self), radix: 16)
            else { throw .damaged(file: erasureList, reason: "byte \(start): not an entry") }
            // Destroyed once; what a crash made stand twice counts from the first time.
            if keys[KeyID(bits: id)] == nil { keys[KeyID(bits: id)] = entries }
        }
        return keys
    }
}
