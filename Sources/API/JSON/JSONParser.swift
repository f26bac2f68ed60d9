/// Why bytes are not JSON, and where.
package struct JSONError: Error, Hashable, Sendable {
    /// Of the first byte that cannot stand there; the length where the text ends too early.
    package let offset: Int
    package let reason: String
}

extension JSON {
    /// Arrays and objects inside one another at most.
    package static let depthMax = 32

    /// Reads one value and nothing after it but white space.
    ///
    /// Strict RFC 8259: no comments, no trailing commas, no byte-order mark, valid UTF-8, no lone
    /// surrogates.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }
}

/// A recursive-descent reader; each level of depth is one call, bounded by ``JSON/depthMax``.
private struct JSONParser {
    let bytes: [UInt8]
    var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw error("something follows the value") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard at < bytes.count else { throw error("the text ends where a value should stand") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= JSON.depthMax else { throw error("more than \(JSON.depthMax) levels deep") }
        at += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                throw error("a member's name should stand here")
            }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("a colon should stand here") }
            skipSpace()
            members.append(JSON.Member(name, try value(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or } should stand here") }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= JSON.depthMax else { throw error("more than \(JSON.depthMax) levels deep") }
        at += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or ] should stand here") }
        }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") {
            guard bytes[at] >= 0x20 else { throw error("a control character must be escaped") }
            at += 1
        }
        var content = Array(bytes[start..<at])
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                guard bytes[at] >= 0x20 else { throw error("a control character must be escaped") }
                content.append(bytes[at])
                at += 1
            }
        }
        guard take(UInt8(ascii: "\"")) else { throw error("the text ends inside a string") }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw JSONError(offset: start, reason: "the string is not valid UTF-8")
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        guard at + 1 < bytes.count else { throw error("the text ends inside a string") }
        let letter = bytes[at + 1]
        let plain: UInt8? =
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0c
            case UInt8(ascii: "n"): 0x0a
            case UInt8(ascii: "r"): 0x0d
            case UInt8(ascii: "t"): 0x09
            default: nil
            }
        if let plain {
            content.append(plain)
            at += 2
            return
        }
        guard letter == UInt8(ascii: "u") else { throw error("no such escape") }
        var unit = UInt32(try hexUnit())
        if (0xd800..<0xdc00).contains(unit) {
            let low = bytes[at...].starts(with: "\\u".utf8) ? UInt32(try hexUnit()) : 0
            guard (0xdc00..<0xe000).contains(low) else { throw error("half of a surrogate pair") }
            unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw error("half of a surrogate pair") }
        content += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }

    /// Reads `\uXXXX`.
    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        guard at + 6 <= bytes.count else { throw error("the text ends inside an escape") }
        var unit: UInt16 = 0
        for byte in bytes[(at + 2)..<(at + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("four hexadecimal digits should stand after \\u")
            }
            unit = unit << 4 | UInt16(digit)
        }
        at += 6
        return unit
    }

    // MARK: Numbers and words

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let first = at
        guard digits() > 0 else { throw error("a value should stand here") }
        if bytes[first] == UInt8(ascii: "0"), at - first > 1 {
            throw JSONError(offset: first, reason: "a number must not begin with 0")
        }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            guard digits() > 0 else { throw error("a digit should stand after the point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            whole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw error("a digit should stand in the exponent") }
        }
        let written = String(decoding: bytes[start..<at], as: UTF8.self)
        guard whole, let integer = Int64(written) else { return .number(written) }
        return .integer(integer)
    }

    private mutating func digits() -> Int {
        let start = at
        while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) {
            at += 1
        }
        return at - start
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let letters = String(describing: word).utf8
        guard bytes[at...].starts(with: letters) else { throw error("a value should stand here") }
        at += letters.count
        return value
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0a, 0x0d: at += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private func error(_ reason: String) -> JSONError { JSONError(offset: at, reason: reason) }
}
