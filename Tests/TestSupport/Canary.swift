import Foundation

/// A text planted in one personal place, long and random enough that finding it means something.
package struct Canary: Sendable {
    /// Where it was planted.
    package let place: String
    package let text: String

    /// 24 letters after a word that a hit can be recognised by; 112 random bits.
    ///
    /// - Parameter bits: random.
    package init(_ place: String, _ bits: UInt128) {
        self.init(place, text: "canary" + letters(bits, count: 24))
    }

    package init(_ place: String, text: String) {
        self.place = place
        self.text = text
    }

    /// What somebody searching would look for: the text as UTF-8, UTF-16, hexadecimal and base64,
    /// wherever in a longer text it began.
    package var forms: [(name: String, bytes: [UInt8])] {
        let plain = Array(text.utf8)
        var forms: [(String, [UInt8])] = [
            ("UTF-8", plain),
            ("UTF-16LE", text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }),
            ("UTF-16BE", text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }),
            ("hex", Array(hexText(plain).utf8)),
            ("HEX", Array(hexText(plain).uppercased().utf8)),
        ]
        for shift in 0..<3 {
            let text = base64(plain, shift: shift)
            forms.append(("base64+\(shift)", text))
            forms.append(("base64url+\(shift)", urlSafe(text)))
        }
        return forms
    }
}

/// `count` lower-case letters of `bits`.
private func letters(_ bits: UInt128, count: Int) -> String {
    var rest = bits
    return String(
        (0..<count).map { _ in
            defer { rest /= 26 }
            return Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(rest % 26)))
        })
}

package func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
}

/// The middle of the base64 of `bytes` when `shift` bytes stand before them: what does not depend
/// on the neighbours.
private func base64(_ bytes: [UInt8], shift: Int) -> [UInt8] {
    let whole = Array(
        Data(Array(repeating: 0, count: shift) + bytes).base64EncodedData(options: []))
    let begin = shift == 0 ? 0 : 4
    let end = (shift + bytes.count) / 3 * 4
    return Array(whole[begin..<end])
}

private func urlSafe(_ text: [UInt8]) -> [UInt8] {
    text.map {
        switch $0 {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: $0
        }
    }
}
