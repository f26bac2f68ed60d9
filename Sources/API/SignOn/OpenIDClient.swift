import Domain
import Foundation
import JWTKit
import Synchronization

/// Asks providers, and remembers for a while what they said of themselves and their keys.
package final class OpenIDClient: Sendable {
    private let web: WebClient
    private let clock: any Clock
    private let known = Mutex<[String: Known]>([:])
    /// Issuers that did not answer as they should, and when.
    private let failed = Mutex<[String: Instant]>([:])

    private struct Known: Sendable {
        let metadata: OpenIDMetadata
        let metadataAt: Instant
        var keys: [JWK] = []
        var keysAt: Instant?
    }

    /// Providers remembered; at the bound all are forgotten.
    private static let knownMax = 200
    /// How long what a provider says of itself is believed.
    private static let life = Milliseconds.hours(1)
    /// How soon its keys are asked again for a token of a key we do not know (keys rotate), and an
    /// issuer that failed is asked at all.
    private static let keysPause = Milliseconds.seconds(30)
    private static let keysMax = 50

    package init(threads: OutgoingThreads, clock: any Clock) {
        web = WebClient(threads: threads)
        self.clock = clock
    }

    func metadata(of issuer: String) async throws(Refusal) -> OpenIDMetadata {
        let now = clock.now()
        if let known = self.known.withLock({ $0[issuer] }), now < known.metadataAt + Self.life {
            return known.metadata
        }
        let metadata = try await atItsPace(issuer, now) { () throws(Refusal) in
            let json = try await self.json(OpenIDMetadata.address(of: issuer))
            guard let metadata = OpenIDMetadata(json, issuer: issuer) else {
                throw SignOnFault.providerWrong.refusal
            }
            return metadata
        }
        known.withLock { known in
            if known.count >= Self.knownMax { known = [:] }
            // Keys are kept: they are asked anew where they do not do.
            var entry = Known(metadata: metadata, metadataAt: now)
            entry.keys = known[issuer]?.keys ?? []
            entry.keysAt = known[issuer]?.keysAt
            known[issuer] = entry
        }
        return metadata
    }

    /// Asks an issuer, unless it failed a moment ago: whoever comes meanwhile is told so at once.
    private func atItsPace<Answer>(
        _ issuer: String, _ now: Instant, _ ask: () async throws(Refusal) -> Answer
    ) async throws(Refusal) -> Answer {
        if let at = failed.withLock({ $0[issuer] }), at <= now, now < at + Self.keysPause {
            throw SignOnFault.providerAway.refusal
        }
        do {
            let answer = try await ask()
            failed.withLock { $0[issuer] = nil }
            return answer
        } catch {
            failed.withLock { failed in
                if failed.count >= Self.knownMax { failed = [:] }
                failed[issuer] = now
            }
            throw error
        }
    }

    /// A code's worth: the id token of who signed in.
    func token(
        for code: String, verifier: String, redirect: String, _ settings: ProviderSettings,
        secret: String
    ) async throws(Refusal) -> String {
        let metadata = try await metadata(of: settings.issuer.description)
        let client = settings.clientID.description
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ]
        var authorization: String?
        if metadata.takesSecretInForm {
            form += [("client_id", client), ("client_secret", secret)]
        } else {
            // RFC 6749 2.3.1: escaped as in a form, then put together.
            let pair = "\(WebClient.escaped(client)):\(WebClient.escaped(secret))"
            authorization = "Basic \(Data(pair.utf8).base64EncodedString())"
        }
        let answer = await web.post(metadata.token, form: form, authorization: authorization)
        guard let answer else { throw SignOnFault.providerAway.refusal }
        guard answer.status == 200, let token = try parsed(answer.bytes)["id_token"]?.text else {
            throw SignOnFault.refusedByProvider.refusal
        }
        return token
    }

    /// Who it says signed in, once its signature and all else was found right.
    func verified(
        _ token: String, _ expected: IDToken.Expected
    ) async throws(Refusal) -> IDToken {
        guard let header = IDToken.header(of: token) else {
            throw SignOnFault.tokenWrong.refusal
        }
        guard let key = try await key(header.key, of: expected.issuer),
            let verified = await IDToken(token, key: key, expected)
        else { throw SignOnFault.tokenWrong.refusal }
        return verified
    }

    /// The provider's key of that name; without a name, its only one.
    private func key(_ name: String?, of issuer: String) async throws(Refusal) -> JWK? {
        let metadata = try await metadata(of: issuer)
        let now = clock.now()
        let known = self.known.withLock { $0[issuer] }
        if let key = OpenIDClient.pick(name, of: known?.keys ?? []),
            let at = known?.keysAt, now < at + Self.life
        {
            return key
        }
        // A key we do not know may be new. Asked at its own pace, whoever sends what tokens.
        if let at = known?.keysAt, now < at + Self.keysPause, known?.keys.isEmpty == false {
            return OpenIDClient.pick(name, of: known?.keys ?? [])
        }
        let keys = try await atItsPace(issuer, now) { () throws(Refusal) in
            try await self.keys(at: metadata.keys)
        }
        self.known.withLock { known in
            known[issuer]?.keys = keys
            known[issuer]?.keysAt = now
        }
        return OpenIDClient.pick(name, of: keys)
    }

    private static func pick(_ name: String?, of keys: [JWK]) -> JWK? {
        guard let name else { return keys.count == 1 ? keys[0] : nil }
        return keys.first { $0.keyIdentifier?.string == name }
    }

    /// Those for signatures of a kind we know; others are passed over.
    private func keys(at address: String) async throws(Refusal) -> [JWK] {
        let elements = try await json(address)["keys"]?.elements ?? []
        return elements.prefix(Self.keysMax).compactMap { element in
            guard element["use"]?.text ?? "sig" == "sig" else { return nil }
            do {
                return try JSONDecoder().decode(JWK.self, from: Data(element.bytes))
            } catch {
                return nil
            }
        }
    }

    private func json(_ address: String) async throws(Refusal) -> JSON {
        guard let answer = await web.get(address) else {
            throw SignOnFault.providerAway.refusal
        }
        guard answer.status == 200 else { throw SignOnFault.providerWrong.refusal }
        return try parsed(answer.bytes)
    }

    private func parsed(_ bytes: [UInt8]) throws(Refusal) -> JSON {
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw SignOnFault.providerWrong.refusal
        }
    }
}

/// Why nobody was signed in. Says nothing about whom.
enum SignOnFault: CaseIterable {
    case providerAway, providerWrong, refusedByProvider, tokenWrong, notBegun, domainRefused,
        userUnknown, userRefused

    var refusal: Refusal { .rule(told) }

    private var told: Told {
        switch self {
        case .providerAway:
            Told("providerAway", "The provider does not answer; try again.")
        case .providerWrong:
            Told("providerWrong", "The provider is not set up as its settings here say.")
        case .refusedByProvider:
            Told("refusedByProvider", "The provider did not sign you in; begin again.")
        case .tokenWrong:
            Told("tokenWrong", "What the provider says cannot be believed; begin again.")
        case .notBegun:
            Told("signOnNotBegun", "This was not begun in this browser, or too long ago.")
        case .domainRefused:
            Told("domainRefused", "Users of this domain are not let in here.")
        case .userUnknown:
            Told("userUnknown", "You have no account here; ask an administrator for one.")
        case .userRefused:
            Told("userRefused", "Your account here is suspended, removed or without a role.")
        }
    }
}
