import Domain
import Foundation
import JWTKit

/// What a provider signed about who signed in. Source: OpenID Connect Core 1.0, 2 and 3.1.3.7.
struct IDToken: Sendable {
    let subject: String
    let claims: HostedDomain.Claims
    let name: String?

    /// The signatures we take: of keys the provider alone has.
    static let algorithms: Set = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]
    /// How far apart clocks may be, seconds.
    static let skewSeconds = 60.0
    static let bytesMax = 64 << 10
    static let subjectMax = 255

    /// What it must be for.
    struct Expected: Sendable {
        let issuer: String
        let clientID: String
        let nonce: String
        let now: Instant
    }

    /// The name of its key, and its algorithm; nil where it is no token.
    static func header(of token: String) -> (key: String?, algorithm: String)? {
        guard token.utf8.count <= bytesMax, let first = token.split(separator: ".").first,
            let bytes = Base64URL.bytes(first.utf8)
        else { return nil }
        do {
            let json = try JSON(parsing: bytes)
            return json["alg"]?.text.map { (json["kid"]?.text, $0) }
        } catch {
            return nil
        }
    }

    /// Nil where the signature, or anything it must be for, is not right.
    init?(_ token: String, key: JWK, _ expected: Expected) async {
        guard let header = IDToken.header(of: token),
            IDToken.algorithms.contains(header.algorithm)
        else { return nil }
        let signed: Signed
        do {
            var key = key
            key.keyIdentifier = key.keyIdentifier ?? "only"
            // One key and no other: whatever the header names, nothing else verifies.
            let keys = try await JWTKeyCollection().add(jwk: key)
            signed = try await keys.verify(token, as: Signed.self)
        } catch {
            return nil
        }
        let now = Double(expected.now.milliseconds) / 1000
        guard signed.iss == expected.issuer, signed.aud.contains(expected.clientID),
            signed.aud.count == 1 || signed.azp == expected.clientID,
            signed.azp == nil || signed.azp == expected.clientID,
            signed.exp > now - IDToken.skewSeconds, signed.iat < now + IDToken.skewSeconds,
            let nonce = signed.nonce, constantTimeEqual(nonce.utf8, expected.nonce.utf8),
            (1...IDToken.subjectMax).contains(signed.sub.utf8.count)
        else { return nil }
        subject = signed.sub
        name = signed.name
        claims = HostedDomain.Claims(
            hostedDomain: signed.hd, email: signed.email.flatMap(EmailAddress.init),
            isEmailVerified: signed.isEmailVerified)
    }

    private struct Signed: JWTPayload {
        let iss: String
        let sub: String
        let aud: [String]
        let azp: String?
        let exp: Double
        let iat: Double
        let nonce: String?
        let hd: String?
        let email: String?
        let isEmailVerified: Bool
        let name: String?

        enum CodingKeys: String, CodingKey {
            case iss, sub, aud, azp, exp, iat, nonce, hd, email, name
            case isEmailVerified = "email_verified"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) throws -> String? {
                try fields.decodeIfPresent(String.self, forKey: key)
            }
            iss = try fields.decode(String.self, forKey: .iss)
            sub = try fields.decode(String.self, forKey: .sub)
            do {
                aud = [try fields.decode(String.self, forKey: .aud)]
            } catch DecodingError.typeMismatch {
                aud = try fields.decode([String].self, forKey: .aud)
            }
            azp = try text(.azp)
            exp = try fields.decode(Double.self, forKey: .exp)
            iat = try fields.decode(Double.self, forKey: .iat)
            nonce = try text(.nonce)
            hd = try text(.hd)
            email = try text(.email)
            name = try text(.name)
            do {
                isEmailVerified =
                    try fields.decodeIfPresent(Bool.self, forKey: .isEmailVerified) ?? false
            } catch DecodingError.typeMismatch {
                isEmailVerified = try text(.isEmailVerified) == "true"  // So some providers say it.
            }
        }

        /// Its times are compared with our clock, above.
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
