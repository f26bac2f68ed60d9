import Synchronization

/// Unwrapped keys used lately. Two generations: what is found in the old one moves to the young
/// one; when that is full it becomes the old one, and what nobody asked for is dropped. Constant
/// time, no list to maintain.
///
/// Filled and emptied on the vault file's queue (but for keys nobody knows yet), so that a key
/// destroyed can't come back by a read that overtook it.
final class KeyCache: Sendable {
    /// Keys in one generation: about 100 bytes each, so 13 MB in both.
    static let generationMax = 65_536

    private struct State {
        var young: [KeyID: RecordKey] = [:]
        var old: [KeyID: RecordKey] = [:]
    }

    private let state = Mutex(State())
    private let generationMax: Int

    init(generationMax: Int = KeyCache.generationMax) { self.generationMax = generationMax }

    func find(_ id: KeyID) -> RecordKey? {
        state.withLock { state in
            if let key = state.young[id] { return key }
            guard let key = state.old.removeValue(forKey: id) else { return nil }
            insert(key, &state)
            return key
        }
    }

    func insert(_ key: RecordKey) { state.withLock { insert(key, &$0) } }

    func remove(_ id: KeyID) {
        state.withLock { state in
            state.young[id] = nil
            state.old[id] = nil
        }
    }

    func removeAll() { state.withLock { $0 = State() } }

    private func insert(_ key: RecordKey, _ state: inout State) {
        if state.young.count >= generationMax {
            state.old = state.young
            state.young = [:]
        }
        state.young[key.id] = key
    }
}
