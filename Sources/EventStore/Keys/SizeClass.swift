/// What sealed plain text is padded to, so that its length says little (ANON-3).
///
/// Two classes to each doubling: 32, 64, 96, 128, 192, 256, 384, 512 … 49,152 bytes. A reader of
/// the log learns the class: the text may be up to half as long again as the shortest in it, or
/// twice as long in the class of 64.
package enum SizeClass {
    package static let all: [Int] = {
        var classes = [32, 64]
        while let last = classes.last, last < 49_152 {
            // 3 · 2ⁿ follows 2ⁿ⁺¹, and 2ⁿ⁺² follows it.
            classes.append(last.nonzeroBitCount == 1 ? last / 2 * 3 : last / 3 * 4)
        }
        return classes
    }()

    /// The longest that can be sealed, frame included: with all around it, it must fit a record
    /// (``Limits/recordBytes``).
    package static let max = 49_152

    /// The smallest class that holds `count` bytes; nil above ``max``.
    package static func holding(_ count: Int) -> Int? {
        guard count <= max else { return nil }
        guard count > 32 else { return 32 }
        let power = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)  // The next 2ⁿ ≥ count.
        return count <= power / 4 * 3 && power > 64 ? power / 4 * 3 : power
    }

    /// The class next below `size`, which is one or above ``max``; 0 below the smallest.
    static func below(_ size: Int) -> Int { all.last { $0 < size } ?? 0 }
}
