package import Domain

/// What a token leads to.
package protocol TokenSubject {
    /// Three bytes that say of what kind a token is.
    static var tokenPrefix: String { get }
}

/// The secret a link carries that was sent by e-mail; its id is the staff member's.
package enum Link: TokenSubject {
    package static let tokenPrefix = "al_"
}

extension APIKey: TokenSubject {
    package static let tokenPrefix = "ak_"
}

extension Support: TokenSubject {
    package static let tokenPrefix = "as_"
}

/// A prefix and 48 bytes, so that no index is needed to find whose it is: organisation, subject and
/// 128 random bits. Only the SHA-256 of those stands in the log.
package struct SecretToken<Subject: TokenSubject>: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package let subject: ID<Subject>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let secret: ID<SecretToken>

    package init(organisation: ID<Organisation>, subject: ID<Subject>, secret: UInt128) {
        self.organisation = organisation
        self.subject = subject
        self.secret = ID(bits: secret)
    }

    /// Nil where `text` is not of that form.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 67, text.hasPrefix(Subject.tokenPrefix),
            let bytes = Base64URL.bytes(text.utf8.dropFirst(3)), bytes.count == 48
        else { return nil }
        organisation = ID(bits: UInt128(bigEndianBytes: bytes[0..<16]))
        subject = ID(bits: UInt128(bigEndianBytes: bytes[16..<32]))
        secret = ID(bits: UInt128(bigEndianBytes: bytes[32..<48]))
    }

    package var text: String {
        let bits = [organisation.bits, subject.bits, secret.bits]
        return Subject.tokenPrefix + Base64URL.text(bits.flatMap(\.bigEndianBytes))
    }

    /// What the log keeps of the secret.
    package var digest: Domain.Digest { Digest(sha256: secret.bits.bigEndianBytes) }
}
