import Crypto
import Domain
import EventStore

/// What an auditor shows: `au_` and 48 bytes, made as a ``StaffToken`` is. Source: ROLE-6.
struct AuditorToken: Hashable, Sendable {
    let organisation: ID<Organisation>
    let auditor: ID<Auditor>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let secret: ID<AuditorToken>

    init(organisation: ID<Organisation>, auditor: ID<Auditor>, secret: UInt128) {
        self.organisation = organisation
        self.auditor = auditor
        self.secret = ID(bits: secret)
    }

    /// Nil where `text` is not of that form.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 67, text.hasPrefix("au_"),
            let bytes = Base64URL.bytes(text.utf8.dropFirst(3)), bytes.count == 48
        else { return nil }
        self.init(
            organisation: ID(bits: UInt128(bigEndianBytes: bytes[0..<16])),
            auditor: ID(bits: UInt128(bigEndianBytes: bytes[16..<32])),
            secret: UInt128(bigEndianBytes: bytes[32..<48]))
    }

    var text: String {
        let bits = [organisation.bits, auditor.bits, secret.bits]
        return "au_" + Base64URL.text(bits.flatMap(\.bigEndianBytes))
    }

    /// What the log keeps of the secret.
    var digest: Domain.Digest {
        let hash = Array(SHA256.hash(data: secret.bits.bigEndianBytes))
        return Domain.Digest(
            high: UInt128(bigEndianBytes: hash[0..<16]), low: UInt128(bigEndianBytes: hash[16..<32])
        )
    }
}

extension Dispatch {
    /// Whose token it is; refused once the grant has ended.
    func auditor(bearing token: AuditorToken) async throws(Refusal) -> RequestActor {
        let log = LogID(bits: token.organisation.bits)
        let state = try await loader.load(
            Auditor.self, StreamName(of: token.auditor), in: log
        ).state
        guard state.isGood(at: clock.now()), let kept = state.secretHash else {
            throw .tokenRefused
        }
        let (shown, own) = (token.digest, kept)
        guard
            constantTimeEqual(
                shown.high.bigEndianBytes + shown.low.bigEndianBytes,
                own.high.bigEndianBytes + own.low.bigEndianBytes)
        else { throw .tokenRefused }
        return .auditor(organisation: token.organisation, token.auditor)
    }
}
