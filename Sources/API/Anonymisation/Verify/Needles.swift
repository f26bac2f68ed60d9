import Foundation

/// Values to be looked for in bytes, in every form somebody searching would try: UTF-8, UTF-16,
/// base64 wherever in a longer text it began, and hexadecimal. Many at once: one pass over the
/// bytes, whatever their number; each place costs a hash of eight bytes and a look at one bit.
package struct Needles: Sendable {
    /// Shorter values stand in random bytes by chance; they are not looked for.
    package static let bytesMin = 8
    /// Longer values are looked for piece by piece, so that a part that was left is found too, and
    /// no form is long.
    static let pieceMax = 48

    /// One value, or piece of one, as it may stand somewhere.
    package struct Form: Hashable, Sendable {
        /// Which of the values, by its place in the list.
        package let value: Int
        package let name: String
        package let bytes: [UInt8]
    }

    package private(set) var forms: [Form] = []
    /// Bytes of the longest form.
    private(set) var reach = 0
    /// By hash of a form's first eight bytes: those bytes, and the first form that begins so.
    private var starts: [UInt64] = []
    private var first: [Int32] = []
    /// The next form that begins as this one does; -1: none.
    private var next: [Int32] = []
    /// A bit for each hash that some form has.
    private var filter: [UInt64] = []
    private var filterShift: UInt64 = 0
    private var tableMask = 0

    /// Texts, and values in binary after them: those that are long enough.
    package init(texts: [String] = [], values: [[UInt8]] = []) {
        for (index, text) in texts.enumerated() {
            add(index, Needles.forms(text))
        }
        for (index, value) in values.enumerated() {
            let pieces = Needles.pieces(value)
            add(texts.count + index, pieces.map { ("binary", $0) })
            add(texts.count + index, pieces.flatMap(Needles.spelled))
        }
        build()
    }

    /// Values in binary as they are and in no other form, such as ids; none is cut.
    init(exactly values: [[UInt8]]) {
        for (index, value) in values.enumerated() { add(index, [("binary", value)]) }
        build()
    }

    private mutating func add(_ value: Int, _ some: [(name: String, bytes: [UInt8])]) {
        for (name, bytes) in some where bytes.count >= Needles.bytesMin {
            forms.append(Form(value: value, name: name, bytes: bytes))
            reach = max(reach, bytes.count)
        }
    }

    private mutating func build() {
        let bits = max(15, (forms.count * 16).bitWidthNeeded)
        filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
        filterShift = UInt64(64 - bits)
        let room = 1 << max(4, (forms.count * 2).bitWidthNeeded)
        tableMask = room - 1
        starts = [UInt64](repeating: 0, count: room)
        first = [Int32](repeating: -1, count: room)
        next = [Int32](repeating: -1, count: forms.count)
        for (index, form) in forms.enumerated() {
            let start = form.bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            let hash = Needles.hash(start)
            filter[Int(hash &>> filterShift) >> 6] |= 1 << (hash &>> filterShift & 63)
            var slot = Int(truncatingIfNeeded: hash &>> 20) & tableMask
            while first[slot] >= 0, starts[slot] != start { slot = (slot + 1) & tableMask }
            starts[slot] = start
            next[index] = first[slot]
            first[slot] = Int32(index)
        }
    }

    @inline(__always) private static func hash(_ start: UInt64) -> UInt64 {
        let mixed = start &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ (mixed &>> 32)
    }

    /// Each form that begins at one of `places` in `bytes`.
    package func each(
        in bytes: UnsafeRawBufferPointer, at places: Range<Int>? = nil,
        _ found: (Form, Int) -> Void
    ) {
        let last = bytes.count - Needles.bytesMin
        let wanted = (places ?? 0..<bytes.count).clamped(to: 0..<max(0, last + 1))
        guard !forms.isEmpty, let base = bytes.baseAddress else { return }
        filter.withUnsafeBufferPointer { filter in
            var offset = wanted.lowerBound
            while offset < wanted.upperBound {
                let start = (base + offset).loadUnaligned(as: UInt64.self)
                let bit = Needles.hash(start) &>> filterShift
                if filter[Int(truncatingIfNeeded: bit &>> 6)] & (1 &<< (bit & 63)) != 0 {
                    compare(start, bytes, offset, found)
                }
                offset &+= 1
            }
        }
    }

    private func compare(
        _ start: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: Int,
        _ found: (Form, Int) -> Void
    ) {
        var slot = Int(truncatingIfNeeded: Needles.hash(start) &>> 20) & tableMask
        while first[slot] >= 0, starts[slot] != start { slot = (slot + 1) & tableMask }
        var index = first[slot]
        while index >= 0 {
            let form = forms[Int(index)]
            if offset + form.bytes.count <= bytes.count,
                form.bytes.elementsEqual(bytes[offset..<offset + form.bytes.count])
            {
                found(form, offset)
            }
            index = next[Int(index)]
        }
    }
}

extension Int {
    /// Such that 2 to the power of it is no less.
    fileprivate var bitWidthNeeded: Int {
        self <= 1 ? 0 : Int.bitWidth - (self - 1).leadingZeroBitCount
    }
}

// MARK: - Forms

extension Needles {
    package static func forms(_ text: String) -> [(name: String, bytes: [UInt8])] {
        guard text.utf8.count >= bytesMin else { return [] }
        let scalars = Array(text.unicodeScalars)
        return starts(of: scalars.count).flatMap { start in
            let piece = String(
                String.UnicodeScalarView(scalars[start..<min(start + pieceMax, scalars.count)]))
            return [
                ("UTF-8", Array(piece.utf8)),
                (
                    "UTF-16LE",
                    piece.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
                ),
                (
                    "UTF-16BE",
                    piece.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
                ),
            ] + spelled(Array(piece.utf8))
        }
    }

    private static func pieces(_ value: [UInt8]) -> [[UInt8]] {
        guard value.count >= bytesMin else { return [] }
        return starts(of: value.count).map {
            Array(value[$0..<min($0 + pieceMax, value.count)])
        }
    }

    /// Where pieces of a value of `count` begin; the last one is as long as the others.
    private static func starts(of count: Int) -> [Int] {
        guard count > pieceMax else { return [0] }
        return stride(from: 0, to: count - pieceMax, by: pieceMax) + [count - pieceMax]
    }

    /// In letters and digits.
    private static func spelled(_ plain: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        let digits = hexText(plain)
        var forms = [
            ("hex", Array(digits.utf8)), ("HEX", Array(digits.uppercased().utf8)),
        ]
        for shift in 0..<3 {
            let whole = Array(Data(Array(repeating: 0, count: shift) + plain).base64EncodedData())
            let begin = shift == 0 ? 0 : 4
            let end = (shift + plain.count) / 3 * 4
            guard begin < end else { continue }
            // What does not depend on the neighbours.
            let middle = Array(whole[begin..<end])
            forms.append(("base64+\(shift)", middle))
            let safe = middle.map { byte in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }
            if safe != middle { forms.append(("base64url+\(shift)", safe)) }
        }
        return forms
    }
}
