import Crypto
import Foundation
import GRDB
import Synchronization

/// The embedded vault: `keys.sqlite` in the data folder, about 80 bytes a key.
///
/// Keys stand wrapped by the installation key, which is elsewhere. They are made 2,048 at a time,
/// durably, before anyone takes one. All work on the file runs on its own queue; taking a key, and
/// asking for one used lately, touch no file.
package final class SQLiteVault: Vault {
    package static let fileName = "keys.sqlite"
    /// Keys destroyed in one transaction and under one signature of the erasure list.
    static let destroyBatch = 4096
    /// The vault secret's place among the secrets; no other has it, ids are never 0.
    static let vaultSecretID: UInt128 = 0

    /// Where the erasure list lies unless said otherwise: `DIR.erasures`, beside the data folder
    /// and so outside its backups.
    package static func erasureListPath(dataFolder: String) -> String {
        URL(fileURLWithPath: dataFolder).standardizedFileURL.path + ".erasures"
    }

    /// The keys that open the file. Changed on the file's queue only.
    struct Wrapping: Sendable {
        var current: WrappingKey
        /// What a rotation that has not ended leads away from.
        var former: WrappingKey?
    }

    let file: SQLiteFile
    let wrapping: Mutex<Wrapping>
    let cache: KeyCache
    let stock = KeyStock()
    let identity: UInt128
    /// The last batch of earlier runs: what ``putBack(_:reached:)`` settles.
    let lastBatchAtStart: Int64
    private let list: ErasureList
    private let macs: MACKeys
    private let reached: Mutex<Int64>

    private init(file: SQLiteFile, contents: VaultContents, list: ErasureList, cacheKeys: Int) {
        self.file = file
        self.list = list
        wrapping = Mutex(contents.wrapping)
        macs = MACKeys(secret: contents.secret)
        identity = contents.identity
        lastBatchAtStart = contents.lastBatch
        reached = Mutex(contents.lastCursor)
        cache = KeyCache(generationMax: cacheKeys)
    }

    /// Opens the vault of a data folder, or makes it. What the erasure list says was destroyed is
    /// destroyed before this returns.
    /// - Parameters:
    ///   - erasureList: the list's path, outside the data folder.
    ///   - erasuresAtLeast: how many erasures the caller knows of from outside, such as a
    ///     checkpoint; a list with fewer is refused.
    ///   - mayCreate: false where events exist, whose keys a new vault would not hold.
    ///   - cacheKeys: keys kept unwrapped, up to twice this.
    package static func open(
        _ folder: String, key: InstallationKey, erasureList: String, erasuresAtLeast: Int = 0,
        mayCreate: Bool = true, cacheKeys: Int = KeyCache.generationMax
    ) async throws(VaultError) -> SQLiteVault {
        let path = folder + "/" + fileName
        if !mayCreate { try checkHeader(path) }
        let file = try await SQLiteFile.open(path, as: VaultContents.format)
        do throws(VaultError) {
            let (contents, list) = try await file.run { database in
                let contents = try VaultContents.load(database, key: key, path: path)
                let signer = ErasureList.Signer(
                    identity: contents.identity, vaultSecret: contents.secret)
                let (list, missed) = try ErasureList.open(
                    erasureList, signer: signer, after: contents.mark, atLeast: erasuresAtLeast)
                try follow(list, missed, contents.mark, database)
                try SQLiteFile.checkpoint(database)
                return (contents, list)
            }
            return SQLiteVault(file: file, contents: contents, list: list, cacheKeys: cacheKeys)
        } catch {
            try await file.close()
            throw error
        }
    }

    /// SQLite makes a new database of an empty file, and of some that are as good as empty: where
    /// there must be a vault, it is not asked.
    private static func checkHeader(_ path: String) throws(VaultError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .missing(file: path) }
        defer { file.closeFile() }
        let magic = Data("SQLite format 3\0".utf8)
        let header = file.readData(ofLength: magic.count)
        guard !header.isEmpty else { throw .missing(file: path) }
        guard header == magic else { throw .damaged(file: path, reason: "no SQLite header") }
    }

    /// Ends all use of it. Keys in the stock are found again by the next start.
    package func close() async throws(VaultError) {
        stock.clear()
        cache.removeAll()
        try await file.close()
    }

    package func takeKey() async throws(VaultError) -> RecordKey {
        let key = try await stock.take(make: makeBatch).get()
        cache.insert(key)  // Nobody knows its id yet, so nobody can be destroying it.
        return key
    }

    package func giveBack(_ key: RecordKey) { stock.giveBack(key) }

    package func settle(_ key: RecordKey) { stock.settle(key) }

    package func key(_ id: KeyID) async throws(VaultError) -> RecordKey? {
        if let key = cache.find(id) { return key }
        return try await file.run { [self] database in
            guard let key = try read(id, database) else { return nil }
            cache.insert(key)
            return key
        }
    }

    package func readAhead(_ ids: [KeyID]) async throws(VaultError) {
        let missing = ids.filter { cache.find($0) == nil }
        if missing.isEmpty { return }
        try await file.run { [self] database in
            for id in missing { if let key = try read(id, database) { cache.insert(key) } }
        }
    }

    package func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] {
        macs.mac(purpose, message)
    }

    /// On ``VaultError/diskFull`` some may stand in the erasure list already: call it again, or
    /// the next start destroys them.
    package func destroy(_ ids: [KeyID]) async throws(VaultError) {
        try await destroy(ids.map { ErasureList.Entry(kind: .key, id: $0.bits) })
    }

    package func makeSecret() async throws(VaultError) -> EndingSecret {
        let secret = EndingSecret(
            id: SecretID(bits: .random()), key: SymmetricKey(size: .bits256))
        try await file.write { [self] database in
            let wrapped = wrapping.withLock { $0.current }
                .wrap(secret.key, .secret, id: secret.id.bits)
            let insert = try RawStatement(database, "INSERT INTO secret VALUES (?, ?)")
            try insert.bind(1, secret.id.bits)
            try insert.bind(2, wrapped)
            try insert.run()
        }
        return secret
    }

    package func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret? {
        guard id.bits != SQLiteVault.vaultSecretID else { return nil }
        return try await file.run { [self] database in
            let select = try RawStatement(database, "SELECT wrapped FROM secret WHERE id = ?")
            try select.bind(1, id.bits)
            guard let wrapped = try select.first({ $0.bytes(0) }) else { return nil }
            return EndingSecret(id: id, key: try unwrap(wrapped, .secret, id.bits))
        }
    }

    package func destroySecret(_ id: SecretID) async throws(VaultError) {
        try await destroy([ErasureList.Entry(kind: .secret, id: id.bits)])
    }

    package func erasuresDone(in log: LogID) async throws(VaultError) -> Int64 {
        try await file.run { database in
            let select = try RawStatement(
                database, "SELECT position FROM erasures_done WHERE log = ?")
            try select.bind(1, log.bits)
            return try select.first { $0.number(0) } ?? 0
        }
    }

    package func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError) {
        try await file.write { database in
            let upsert = try RawStatement(
                database,
                """
                INSERT INTO erasures_done VALUES (?, ?) ON CONFLICT (log)
                DO UPDATE SET position = max(position, excluded.position)
                """)
            try upsert.bind(1, log.bits)
            try upsert.bind(2, position)
            try upsert.run()
        }
    }

    /// Every event before `cursor` in the store's order was seen by the caller: keys made from now
    /// on can only be named after it, so that the next start reads the log from there.
    package func noteLog(reached cursor: Int64) {
        reached.withLock { $0 = max($0, cursor) }
    }

    /// Where the erasure list lies, and how many erasures it holds.
    var erasureList: String { list.path }
    var listed: Int { list.mark.count }

    // MARK: On the file's queue

    private func makeBatch() {
        let finished = stock.takeFinished()
        file.start { [self] database in
            try SQLiteFile.transaction(database) { try makeBatch($0, finished) }
        } done: { [self] outcome in
            if case .failure = outcome { stock.giveBackFinished(finished) }
            if stock.made(outcome) { makeBatch() }
        }
    }

    private func makeBatch(_ database: Database, _ finished: [Int64]) throws -> [RecordKey] {
        let current = wrapping.withLock { $0.current }
        let ids = (0..<KeyStock.batchKeys).map { _ in KeyID(bits: .random()) }.sorted()
        let batch = try VaultContents.addBatch(
            ids, cursor: reached.withLock { $0 }, dropping: finished, database)
        let insert = try RawStatement(database, "INSERT INTO key VALUES (?, ?)")
        return try ids.map { id in
            let key = RecordKey(id: id, key: SymmetricKey(size: .bits256), batch: batch)
            try insert.bind(1, id.bits)
            try insert.bind(2, current.wrap(key.key, .recordKey, id: id.bits))
            try insert.run()
            return key
        }
    }

    func read(_ id: KeyID, _ database: Database, batch: Int64 = 0) throws -> RecordKey? {
        let select = try RawStatement(database, "SELECT wrapped FROM key WHERE id = ?")
        try select.bind(1, id.bits)
        guard let wrapped = try select.first({ $0.bytes(0) }) else { return nil }
        return RecordKey(id: id, key: try unwrap(wrapped, .recordKey, id.bits), batch: batch)
    }

    func opens(_ wrapped: [UInt8], _ kind: WrappingKey.Kind, _ id: UInt128) -> Bool {
        let keys = wrapping.withLock { $0 }
        return keys.current.unwrap(wrapped, kind, id: id) != nil
            || keys.former?.unwrap(wrapped, kind, id: id) != nil
    }

    func unwrap(
        _ wrapped: [UInt8], _ kind: WrappingKey.Kind, _ id: UInt128
    ) throws(VaultError) -> SymmetricKey {
        let keys = wrapping.withLock { $0 }
        if let key = keys.current.unwrap(wrapped, kind, id: id) { return key }
        if let key = keys.former?.unwrap(wrapped, kind, id: id) { return key }
        throw .damaged(file: file.path, reason: "the wrapped key \(hex(id)) was changed")
    }

    private func destroy(_ entries: [ErasureList.Entry]) async throws(VaultError) {
        precondition(!entries.contains { $0.id == SQLiteVault.vaultSecretID }, "the vault's own")
        for start in stride(from: 0, to: entries.count, by: SQLiteVault.destroyBatch) {
            let some = Array(entries[start..<min(start + SQLiteVault.destroyBatch, entries.count)])
            try await file.run { [self] database in
                // The list first: a key that is gone must never be missing there.
                let present = try VaultContents.held(some, database)
                if present.isEmpty { return }
                let mark = try list.append(present)
                try SQLiteFile.transaction(database) { database in
                    try VaultContents.delete(present, mark, database)
                }
                for entry in present { cache.remove(KeyID(bits: entry.id)) }
            }
        }
        try await file.run { try SQLiteFile.checkpoint($0) }
    }

    /// Destroys what the list says was destroyed, and remembers how far that went.
    private static func follow(
        _ list: ErasureList, _ missed: [ErasureList.Entry], _ mark: ErasureList.Mark?,
        _ database: Database
    ) throws {
        guard mark != list.mark else { return }
        try SQLiteFile.transaction(database) { database in
            try VaultContents.delete(missed, list.mark, database)
        }
    }
}
