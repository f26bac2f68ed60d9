import Crypto
package import Domain
import EventStore
import Projections

/// What somebody invited into a visit shows: `ai_` and 64 bytes. It stands in the fragment of the
/// link they are sent, and their program bears it like any token; it is sent in no address.
///
/// Its proof is made with the key that seals who they are, so that it can be made again for an
/// answer repeated, needs no storing, and dies with that key; a revoked one is refused. Source:
/// WA-4, design.md "API".
package struct InviteeToken: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package let visit: ID<Visit>
    package let invitee: ID<Invitee>
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: ID<InviteeToken>

    init(
        organisation: ID<Organisation>, visit: ID<Visit>, invitee: ID<Invitee>, key: VaultKey
    ) {
        self.organisation = organisation
        self.visit = visit
        self.invitee = invitee
        let message =
            Array("invitee".utf8) + visit.bits.bigEndianBytes + invitee.bits.bigEndianBytes
        let code = HMAC<SHA256>.authenticationCode(for: message, using: key.key)
        halves = ID(bits: UInt128(bigEndianBytes: Array(code)[0..<16]))
    }

    /// Nil where `text` is not of that form. The proof is checked by making it anew.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("ai_"), let bytes = Base64URL.bytes(text.utf8.dropFirst(3)),
            bytes.count == 64
        else { return nil }
        organisation = ID(bits: UInt128(bigEndianBytes: bytes[0..<16]))
        visit = ID(bits: UInt128(bigEndianBytes: bytes[16..<32]))
        invitee = ID(bits: UInt128(bigEndianBytes: bytes[32..<48]))
        halves = ID(bits: UInt128(bigEndianBytes: bytes[48..<64]))
    }

    package var text: String {
        "ai_"
            + Base64URL.text(
                [organisation.bits, visit.bits, invitee.bits, halves.bits]
                    .flatMap(\.bigEndianBytes))
    }

    /// Compared in constant time.
    func isSame(as other: InviteeToken) -> Bool {
        constantTimeEqual(text.utf8, other.text.utf8)
    }
}

extension Dispatch {
    /// Whose token it is; refused where there is no such invitation, or none any more.
    func invitee(bearing token: InviteeToken) async throws(Refusal) -> RequestActor {
        try await check(token)
        return .external(organisation: token.organisation, token.visit, token.invitee)
    }

    /// What the token's bearer was invited as.
    @discardableResult
    func check(_ token: InviteeToken) async throws(Refusal) -> InviteeRole {
        let log = LogID(bits: token.organisation.bits)
        let stream = StreamName(of: token.visit)
        let state = try await loader.load(Visit.self, stream, in: log).state
        guard let role = state.invitees[token.invitee],
            let made = try await inviteeToken(
                organisation: token.organisation, token.visit, token.invitee),
            made.isSame(as: token)
        else { throw .tokenRefused }
        return role
    }

    /// Nil where nobody of that id was invited, or the record was erased.
    func inviteeToken(
        organisation: ID<Organisation>, _ visit: ID<Visit>, _ invitee: ID<Invitee>
    ) async throws(Refusal) -> InviteeToken? {
        let log = LogID(bits: organisation.bits)
        var next: Int64 = 0
        while true {
            let page = try await loader.page(StreamName(of: visit), log, next)
            for event in page {
                guard case .invited(let invited) = try Coding.event(event, as: VisitEvent.self),
                    invited.invitee == invitee
                else { continue }
                let key = try await vaultKey(KeyID(bits: invited.details.key.bits))
                return key.map {
                    InviteeToken(
                        organisation: organisation, visit: visit, invitee: invitee, key: $0)
                }
            }
            guard let last = page.last else { return nil }
            next = last.version + 1
        }
    }
}

extension Made {
    /// The token of whom this command invited.
    func inviteeToken() async throws(Refusal) -> InviteeToken? {
        guard let event = events.first, event.stream.category == Category.visit,
            case .invited(let invited) = try Coding.decode(event, as: VisitEvent.self)
        else { return nil }
        return try await dispatch.inviteeToken(
            organisation: organisation, ID(bits: event.stream.id), invited.invitee)
    }
}
