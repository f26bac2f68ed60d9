import Crypto
package import Domain
import EventStore

/// What a staff member's program shows: `at_` and 48 bytes, so that no index is needed to find
/// whose it is. Only the SHA-256 of the secret stands in the log. Source: ACC-6, issue 2.
package struct StaffToken: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package let staff: ID<Staff>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: ID<StaffToken>

    package var secret: UInt128 { halves.bits }

    package init(organisation: ID<Organisation>, staff: ID<Staff>, secret: UInt128) {
        self.organisation = organisation
        self.staff = staff
        halves = ID(bits: secret)
    }

    /// Nil where `text` is not of that form.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 67, text.hasPrefix("at_"),
            let bytes = Base64URL.bytes(text.utf8.dropFirst(3)), bytes.count == 48
        else { return nil }
        self.init(
            organisation: ID(bits: UInt128(bigEndianBytes: bytes[0..<16])),
            staff: ID(bits: UInt128(bigEndianBytes: bytes[16..<32])),
            secret: UInt128(bigEndianBytes: bytes[32..<48]))
    }

    package var text: String {
        let bits = [organisation.bits, staff.bits, secret]
        return "at_" + Base64URL.text(bits.flatMap(\.bigEndianBytes))
    }

    /// What the log keeps of the secret.
    package var digest: Domain.Digest {
        Digest(sha256: secret.bigEndianBytes)
    }
}

/// What a caller shows to see their own visit: `ac_` and 48 bytes. Its proof is made with the
/// visit's record key and the id of the command they arrived by, so it can be made again for an
/// answer repeated, needs no storing, and dies with the key (design.md "API").
package struct CallerToken: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package let visit: ID<Visit>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: ID<CallerToken>

    var proof: UInt128 { halves.bits }

    init(
        organisation: ID<Organisation>, visit: ID<Visit>, key: VaultKey, commandID: UInt128
    ) {
        self.organisation = organisation
        self.visit = visit
        let message = Array("caller".utf8) + commandID.bigEndianBytes
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key.key)
        halves = ID(bits: UInt128(bigEndianBytes: Array(code)[0..<16]))
    }

    /// Nil where `text` is not of that form. The proof is checked by making it anew.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 67, text.hasPrefix("ac_"),
            let bytes = Base64URL.bytes(text.utf8.dropFirst(3)), bytes.count == 48
        else { return nil }
        organisation = ID(bits: UInt128(bigEndianBytes: bytes[0..<16]))
        visit = ID(bits: UInt128(bigEndianBytes: bytes[16..<32]))
        halves = ID(bits: UInt128(bigEndianBytes: bytes[32..<48]))
    }

    package var text: String {
        "ac_" + Base64URL.text([organisation.bits, visit.bits, proof].flatMap(\.bigEndianBytes))
    }

    /// Compared in constant time.
    func isSame(as other: CallerToken) -> Bool {
        constantTimeEqual(text.utf8, other.text.utf8)
    }
}

/// What a guest shows in the room they entered: `ag_` and 48 bytes, made and dying as a caller's.
package struct GuestToken: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package let stay: ID<GuestStay>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: ID<GuestToken>

    init(
        organisation: ID<Organisation>, stay: ID<GuestStay>, key: VaultKey, commandID: UInt128
    ) {
        self.organisation = organisation
        self.stay = stay
        let message = Array("guest".utf8) + commandID.bigEndianBytes
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key.key)
        halves = ID(bits: UInt128(bigEndianBytes: Array(code)[0..<16]))
    }

    /// Nil where `text` is not of that form. The proof is checked by making it anew.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 67, text.hasPrefix("ag_"),
            let bytes = Base64URL.bytes(text.utf8.dropFirst(3)), bytes.count == 48
        else { return nil }
        organisation = ID(bits: UInt128(bigEndianBytes: bytes[0..<16]))
        stay = ID(bits: UInt128(bigEndianBytes: bytes[16..<32]))
        halves = ID(bits: UInt128(bigEndianBytes: bytes[32..<48]))
    }

    package var text: String {
        "ag_"
            + Base64URL.text([organisation.bits, stay.bits, halves.bits].flatMap(\.bigEndianBytes))
    }

    /// Compared in constant time.
    func isSame(as other: GuestToken) -> Bool { constantTimeEqual(text.utf8, other.text.utf8) }
}

/// What opens one room to whoever holds it: 128 random bits, of which only the SHA-256 stands in
/// the log. It goes in an address's fragment, which no browser sends, and comes back in a body.
package struct GuestLinkSecret: Hashable, Sendable {
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: ID<GuestLinkSecret>

    package init(_ secret: UInt128) { halves = ID(bits: secret) }

    /// Nil where `text` is not 16 bytes in base64url.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 22, let bytes = Base64URL.bytes(text.utf8.dropFirst(0)),
            bytes.count == 16
        else { return nil }
        self.init(UInt128(bigEndianBytes: bytes[0..<16]))
    }

    package var text: String { Base64URL.text(halves.bits.bigEndianBytes) }

    /// What the log keeps of it.
    package var digest: Domain.Digest {
        let hash = Array(SHA256.hash(data: halves.bits.bigEndianBytes))
        return Domain.Digest(
            high: UInt128(bigEndianBytes: hash[0..<16]), low: UInt128(bigEndianBytes: hash[16..<32])
        )
    }
}

/// Takes as long for a near miss as for a far one.
func constantTimeEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}

extension UInt128 {
    /// - Precondition: 16 bytes.
    init(bigEndianBytes bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == 16)
        self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    init(bigEndianBytes bytes: [UInt8]) { self.init(bigEndianBytes: bytes[...]) }

    var bigEndianBytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: self >> UInt128(120 - 8 * $0)) }
    }
}
