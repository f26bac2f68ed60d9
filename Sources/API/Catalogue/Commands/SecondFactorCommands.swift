import Domain
import EventStore
import Projections

extension Catalogue {
    static let secondFactorCommands: [CommandEntry] = [
        CommandEntry(
            .totpEnrol,
            """
            Gives an authenticator its secret (RFC 6238), as text, as an address for it and as a \
            picture of that. Nothing changes until `totp.confirm` (ACC-3).
            """,
            makes: [
                .secret("secret", "In Base32, to type in."),
                .secret("uri", "`otpauth:` address of the secret."),
                .secret("qr", "That address as a QR code: an SVG picture."),
            ], tellsSecret: true, body: { _ in }
        ) { _, work throws(Refusal) in
            let account = try await work.ownAccount()
            let (staff, key) = try await work.ownKey()
            let bytes = work.newSecret().bigEndianBytes + work.newSecret().bigEndianBytes
            let secret = TOTPSecret(base32: Base32.text(Array(bytes.prefix(TOTP.secretBytes))))
            try await work.decide(
                Account.self, account, .enrolTOTP(at: work.at, secret, key: key))
            let profile = try await work.dispatch.profile(of: staff, in: work.organisation)
            let organisation = try await work.load(
                Organisation.self, ID(bits: work.organisation.bits)
            ).state.profile?.name.description
            let uri = secret.uri(
                account: profile?.email ?? profile?.name ?? "\(staff)",
                issuer: organisation ?? "Anteroom")
            work.tellOnce("secret", secret.base32)
            work.tellOnce("uri", uri)
            work.tellOnce("qr", try QRCode.svg(of: uri))
        },
        CommandEntry(
            .totpConfirm,
            """
            Shows that the authenticator has the secret: signing in takes a code from now on. \
            Recovery codes are shown once; each is good once (ACC-3).
            """,
            makes: [.secret("codes", "Recovery codes, with spaces between them.")],
            tellsSecret: true,
            body: { $0("code", .text(max: 12), "The code the authenticator shows.") }
        ) { code, work throws(Refusal) in
            let account = try await work.ownAccount()
            let state = try await work.load(Account.self, account).state
            guard case .begun(let sealed) = state.totp else {
                let why: AccountRejection = state.totp.isOn ? .totpOn : .totpNotBegun
                throw .rule(why.told)
            }
            guard let secret = try await work.open(sealed, in: account, field: "code"),
                let step = TOTP(secret)?.step(of: code, at: work.at, after: state.lastStep)
            else { throw .field("code", .refused, "is not the code of now") }
            let codes = work.recoveryCodes()
            try await work.decide(
                Account.self, account,
                .confirmTOTP(at: work.at, step: step, recovery: codes.map(\.digest)))
            work.tellOnce("codes", codes.map(\.text).joined(separator: " "))
        },
        CommandEntry(
            .totpRenewRecovery, "Makes new recovery codes; those before are good no more.",
            makes: [.secret("codes", "Recovery codes, with spaces between them.")],
            tellsSecret: true, body: { _ in }
        ) { _, work throws(Refusal) in
            let account = try await work.ownAccount()
            let codes = work.recoveryCodes()
            try await work.decide(
                Account.self, account, .renewRecovery(at: work.at, codes.map(\.digest)))
            work.tellOnce("codes", codes.map(\.text).joined(separator: " "))
        },
        CommandEntry(
            .totpSwitchOff,
            """
            Signing in takes no code any more; where the organisation requires one, the next thing \
            to do is to enrol again.
            """, body: { _ in }
        ) { _, work throws(Refusal) in
            let account = try await work.ownAccount()
            try await work.decide(
                Account.self, account, .switchOffTOTP(at: work.at, byOther: false))
        },
    ]
}

extension Work {
    /// Fresh ones.
    fileprivate func recoveryCodes() -> [RecoveryCode] {
        (0..<Account.recoveryCodes).map { _ in RecoveryCode(random: newSecret()) }
    }

    /// The asking staff member and the key their records are sealed under.
    mutating func ownKey() async throws(Refusal) -> (ID<Staff>, ID<Domain.RecordKey>) {
        guard case .staff(_, let staff) = request.actor,
            let key = try await load(Staff.self, staff).state.key
        else { throw .notSignedIn }
        return (staff, key)
    }
}

extension TOTPSecret {
    /// Source: the key URI format of Google Authenticator, which all others read.
    fileprivate func uri(account: String, issuer: String) -> String {
        let issuer = issuer.percentEncoded
        return "otpauth://totp/\(issuer):\(account.percentEncoded)?secret=\(base32)"
            + "&issuer=\(issuer)&algorithm=SHA1&digits=\(TOTP.digits)&period=\(TOTP.period)"
    }
}

extension String {
    /// Everything but what RFC 3986 calls unreserved.
    fileprivate var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }.joined()
    }
}
