import Foundation

/// Texts to be looked for in bytes, in every form somebody searching would try: UTF-8, UTF-16,
/// base64 wherever in a longer text it began, and hexadecimal. Many at once: one pass over the
/// bytes, whatever their number.
package struct Needles: Sendable {
    /// Shorter texts stand in random bytes by chance; they are not looked for.
    static let bytesMin = 8

    package struct Hit: Hashable, Sendable {
        /// Which of the texts, by its place in the list.
        package let text: Int
        package let form: String
        package let offset: Int
    }

    private struct Form: Sendable {
        let text: Int
        let name: String
        let bytes: [UInt8]
    }

    private var byStart: [UInt64: [Form]] = [:]
    /// A bit for each hash of eight bytes that some form begins with.
    private var filter = [UInt64](repeating: 0, count: 1 << 14)

    /// Values in binary, such as ids: 8 bytes or more.
    package init(values: [[UInt8]]) {
        for (index, value) in values.enumerated() where value.count >= Needles.bytesMin {
            add(Form(text: index, name: "binary", bytes: value))
        }
    }

    package init(texts: [String]) {
        for (index, text) in texts.enumerated() where text.utf8.count >= Needles.bytesMin {
            for (name, bytes) in Needles.forms(text) where bytes.count >= Needles.bytesMin {
                add(Form(text: index, name: name, bytes: bytes))
            }
        }
    }

    private mutating func add(_ form: Form) {
        let start = form.bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        let hash = Needles.hash(start)
        filter[hash >> 6] |= 1 << UInt64(hash & 63)
        byStart[start, default: []].append(form)
    }

    private static func hash(_ start: UInt64) -> Int {
        Int(truncatingIfNeeded: (start &* 0x9E37_79B9_7F4A_7C15) >> 44)
    }

    /// Where forms stand in `bytes`, in order; at most `max`.
    func hits(in bytes: UnsafeRawBufferPointer, max: Int = 100) -> [Hit] {
        var hits: [Hit] = []
        guard bytes.count >= Needles.bytesMin, !byStart.isEmpty else { return hits }
        filter.withUnsafeBufferPointer { filter in
            for offset in 0...(bytes.count - Needles.bytesMin) {
                let start = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let hash = Needles.hash(start)
                if filter[hash >> 6] & (1 << UInt64(hash & 63)) == 0 { continue }
                for form in byStart[start] ?? [] where matches(form.bytes, bytes, at: offset) {
                    hits.append(Hit(text: form.text, form: form.name, offset: offset))
                }
                if hits.count >= max { break }
            }
        }
        return hits
    }

    private func matches(
        _ form: [UInt8], _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> Bool {
        guard offset + form.count <= bytes.count, let base = bytes.baseAddress else { return false }
        return form.withUnsafeBytes { memcmp($0.baseAddress!, base + offset, form.count) == 0 }
    }

    package static func forms(_ text: String) -> [(name: String, bytes: [UInt8])] {
        let plain = Array(text.utf8)
        let digits = plain.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        var forms: [(String, [UInt8])] = [
            ("UTF-8", plain),
            ("UTF-16LE", text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }),
            ("UTF-16BE", text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }),
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
