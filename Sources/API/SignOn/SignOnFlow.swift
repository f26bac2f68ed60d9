import Crypto
import Domain

/// One way to a provider and back. All it needs later follows from a secret in the browser's
/// cookie, so that nothing is kept here, and nobody comes back who did not set out in the same
/// browser.
///
/// Source: RFC 7636 (PKCE), OpenID Connect Core 1.0 15.5.2 (nonce), RFC 9700 2.1.
struct SignOnFlow {
    static let cookie = "__Host-anteroom-sign-on"
    /// How long somebody may take at the provider, seconds.
    static let seconds = 600
    private static let secretBytes = 32

    private let secret: SymmetricKey
    private let place: [UInt8]
    /// What the cookie holds.
    let text: String

    /// - Parameter secret: 32 random bytes.
    init(secret: [UInt8], _ organisation: ID<Organisation>, _ provider: DNSLabel) {
        self.secret = SymmetricKey(data: secret)
        place = organisation.bits.bigEndianBytes + Array(provider.description.utf8)
        text = Base64URL.text(secret)
    }

    /// Nil where the cookie is none of ours.
    init?(cookie: String?, _ organisation: ID<Organisation>, _ provider: DNSLabel) {
        guard let cookie, let bytes = Base64URL.bytes(cookie.utf8),
            bytes.count == SignOnFlow.secretBytes
        else { return nil }
        self.init(secret: bytes, organisation, provider)
    }

    var state: String { derived("state") }
    var nonce: String { derived("nonce") }
    /// 43 characters.
    var verifier: String { derived("verifier") }
    var challenge: String { Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8)))) }

    private func derived(_ what: String) -> String {
        let message = Array(what.utf8) + [0] + place
        return Base64URL.text(Array(HMAC<SHA256>.authenticationCode(for: message, using: secret)))
    }

    /// `Set-Cookie`. Lax: coming back from the provider is a step from another site.
    var setCookie: String {
        "\(Self.cookie)=\(text); Path=/; Max-Age=\(Self.seconds); Secure; HttpOnly; SameSite=Lax"
    }

    static let clear = "\(cookie)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
}
