/// An open-addressing table from 64-bit hashes to places 0, 1, 2 … in the order they were inserted;
/// the caller keeps what stands at each place. Only the newest place can be taken back.
struct HashIndex {
    /// Hash of each place.
    private(set) var hashes: [UInt64] = []
    /// Place + 1, 0 where free; a power of two of them, at most half in use.
    private var slots: [UInt32]
    private var mask: Int

    init() {
        slots = Array(repeating: 0, count: 64)
        mask = 63
    }

    var count: Int { hashes.count }

    /// The newest place with this hash that `matches`.
    func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = Int(slots[slot])
            if entry == 0 { return nil }
            if hashes[entry - 1] == hash, matches(entry - 1) { return entry - 1 }
            slot = (slot + 1) & mask
        }
    }

    /// Adds a place for `hash` and returns it.
    mutating func insert(_ hash: UInt64) -> Int {
        if 2 * (hashes.count + 1) > slots.count { grow() }
        let place = hashes.count
        hashes.append(hash)
        seat(place, hash)
        return place
    }

    /// Takes the newest place back. Nothing was seated behind it since, so its slot is simply
    /// freed.
    mutating func removeLast() {
        guard let hash = hashes.popLast() else { return }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while Int(slots[slot]) != hashes.count + 1 { slot = (slot + 1) & mask }
        slots[slot] = 0
    }

    private mutating func seat(_ place: Int, _ hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(place + 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        mask = slots.count - 1
        for place in hashes.indices { seat(place, hashes[place]) }
    }
}
