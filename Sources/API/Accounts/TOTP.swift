import Crypto
package import Domain

/// One-time passwords by time. Source: RFC 6238, over RFC 4226.
package struct TOTP: Sendable {
    package enum Hash: String, CaseIterable, Sendable {
        case sha1 = "SHA1"
        case sha256 = "SHA256"
        case sha512 = "SHA512"
    }

    package static let period: Int64 = 30
    package static let digits = 6
    /// Steps before and after the present one whose code is taken: clocks differ, and people type
    /// slowly. Source: RFC 6238 §5.2.
    static let stepsAround = 1
    /// Of a new secret: as many as the hash has. Source: RFC 4226 §4.
    package static let secretBytes = 20

    private let secret: [UInt8]
    private let hash: Hash
    private let digits: Int

    package init(secret: [UInt8], hash: Hash = .sha1, digits: Int = TOTP.digits) {
        self.secret = secret
        self.hash = hash
        self.digits = digits
    }

    /// Nil where the secret is no Base32.
    init?(_ secret: TOTPSecret) {
        guard let bytes = Base32.bytes(secret.base32) else { return nil }
        self.init(secret: bytes)
    }

    /// The time step of a moment: 30 seconds each, counted from 1970-01-01.
    package static func step(at now: Instant) -> Int { Int(now.milliseconds / 1000 / period) }

    /// The code of a step. Source: RFC 4226 §5.3.
    package func code(step: Int) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = authenticationCode(message)
        let offset = Int((mac.last ?? 0) & 0xf)
        let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let limit = (0..<digits).reduce(UInt64(1)) { limit, _ in limit * 10 }
        let number = String(UInt64(word) % limit)
        return String(repeating: "0", count: digits - number.count) + number
    }

    /// The step whose code it is, near now and later than the one used last; nil: refused.
    func step(of code: String, at now: Instant, after last: Int?) -> Int? {
        let typed = Array(code.utf8.filter { $0 != UInt8(ascii: " ") })
        let present = TOTP.step(at: now)
        var found: Int?
        // Every step is compared, so that the time taken does not tell which.
        for step in present - TOTP.stepsAround...present + TOTP.stepsAround {
            let isSame = constantTimeEqual(typed, Array(self.code(step: step).utf8))
            if isSame, last.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }

    private func authenticationCode(_ message: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: secret)
        switch hash {
        case .sha1: return Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        case .sha256: return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        case .sha512: return Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
        }
    }
}

/// Source: RFC 4648 §6, without padding.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xffff
            held += 8
            while held >= 5 {
                held -= 5
                text.append(alphabet[Int(bits >> held & 31)])
            }
        }
        if held > 0 { text.append(alphabet[Int(bits << (5 - held) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// In either case; nil where a letter is not of the alphabet.
    package static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for letter in text.uppercased().utf8 {
            guard let digit = alphabet.firstIndex(of: letter) else { return nil }
            bits = (bits << 5 | UInt32(digit)) & 0xffff
            held += 5
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        return bytes
    }
}

/// A code to sign in with where the authenticator is lost: 80 random bits in Base32, good once.
/// Only its SHA-256 is kept.
struct RecoveryCode: Sendable {
    static let bytesCount = 10
    private let base32: String

    /// Of ten random bytes.
    init(random: UInt128) {
        base32 = Base32.text(Array(random.bigEndianBytes.prefix(RecoveryCode.bytesCount)))
    }

    /// As it was typed, with or without the hyphens; nil where it is of another form.
    init?(_ typed: String) {
        let letters = typed.uppercased().filter { $0 != "-" && $0 != " " }
        guard let bytes = Base32.bytes(letters), bytes.count == RecoveryCode.bytesCount else {
            return nil
        }
        base32 = letters
    }

    /// `ABCD-EFGH-IJKL-MNOP`
    var text: String {
        stride(from: 0, to: base32.count, by: 4).map { base32.dropFirst($0).prefix(4) }
            .joined(separator: "-")
    }

    var digest: Domain.Digest { Digest(sha256: Array(base32.utf8)) }
}

extension Domain.Digest {
    init(sha256 bytes: [UInt8]) {
        let hash = Array(SHA256.hash(data: bytes))
        self.init(
            high: UInt128(bigEndianBytes: hash[0..<16]), low: UInt128(bigEndianBytes: hash[16..<32])
        )
    }
}
