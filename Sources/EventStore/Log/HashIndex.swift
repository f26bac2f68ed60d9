/// An open-addressing table from 64-bit hashes to places 0, 1, 2 … in the order they were inserted;
/// the caller keeps what stands at each place. Only the newest place can be taken back.
struct HashIndex {
    /// Hash of each place.
    private(set) var hashes: [UInt64] = []
    /// The hash's upper half above place + 1, so that a look at another hash's slot ends there; 0
    /// where free. A power of two of them, at most half in use.
    private var slots: [UInt64]
    private var mask: Int

    private static let upperHalf: UInt64 = 0xFFFF_FFFF_0000_0000

    init() {
        slots = Array(repeating: 0, count: 64)
        mask = 63
    }

    var count: Int { hashes.count }

    /// The newest place with this hash that `matches`.
    func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if (entry ^ hash) & HashIndex.upperHalf == 0 {
                let place = HashIndex.place(entry)
                if hashes[place] == hash, matches(place) { return place }
            }
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
        while slots[slot] == 0 || HashIndex.place(slots[slot]) != hashes.count {
            slot = (slot + 1) & mask
        }
        slots[slot] = 0
    }

    private mutating func seat(_ place: Int, _ hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash & HashIndex.upperHalf | UInt64(place + 1)
    }

    private static func place(_ entry: UInt64) -> Int { Int(entry & ~upperHalf) - 1 }

    private mutating func grow() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        mask = slots.count - 1
        for place in hashes.indices { seat(place, hashes[place]) }
    }
}
