import Synchronization

/// Decompressed blocks, the most used of them, up to a size. Second chance: what was asked for
/// since the hand last came by stays for another round.
final class BlockCache: Sendable {
    /// A block's place for ever: files are numbered as they are opened, and none is changed but at
    /// its end.
    struct Key: Hashable {
        let file: Int
        let offset: Int64
    }

    private struct Slot {
        var key: Key
        var block: Block
        var asked: Bool
    }

    private struct State {
        var places: [Key: Int] = [:]
        var slots: [Slot] = []
        var hand = 0
        var bytes = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func find(_ key: Key) -> Block? {
        state.withLock { state in
            guard let place = state.places[key] else { return nil }
            state.slots[place].asked = true
            return state.slots[place].block
        }
    }

    func insert(_ block: Block, for key: Key) {
        guard block.size <= bytesMax / 4 else { return }
        state.withLock { state in
            guard state.places[key] == nil else { return }
            state.bytes += block.size
            while state.bytes > bytesMax, !state.slots.isEmpty { BlockCache.drop(&state) }
            state.places[key] = state.slots.count
            state.slots.append(Slot(key: key, block: block, asked: false))
        }
    }

    /// Drops one block: the first at or behind the hand that nobody asked for.
    private static func drop(_ state: inout State) {
        while true {
            if state.hand >= state.slots.count { state.hand = 0 }
            guard state.slots[state.hand].asked else { break }
            state.slots[state.hand].asked = false
            state.hand += 1
        }
        let slot = state.slots[state.hand]
        state.bytes -= slot.block.size
        state.places[slot.key] = nil
        let last = state.slots.removeLast()
        if state.hand < state.slots.count {
            state.slots[state.hand] = last
            state.places[last.key] = state.hand
        }
    }
}
