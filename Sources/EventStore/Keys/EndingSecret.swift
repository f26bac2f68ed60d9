import Crypto

/// Names an ``EndingSecret``. Random.
package struct SecretID: Hashable, Sendable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves

    package var bits: UInt128 { halves.whole }

    package init(bits: UInt128) { halves = Halves(bits) }
}

/// A secret that is destroyed when what it served is over, so that what was derived from it can be
/// derived by nobody any more (an import's ids, ANON-3).
package struct EndingSecret: Sendable {
    package let id: SecretID
    let key: SymmetricKey
    private let macs: MACKeys

    init(id: SecretID, key: SymmetricKey) {
        self.id = id
        self.key = key
        macs = MACKeys(secret: key)
    }

    /// HMAC-SHA256 (32 bytes) of `message`; `purpose` keeps uses apart.
    package func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] {
        macs.mac(purpose, message)
    }
}

/// One HMAC key per purpose, derived from one secret.
struct MACKeys: Sendable {
    /// Begun for each purpose: taking in the key costs half of a short message's code.
    private let begun: [MACPurpose: HMAC<SHA256>]

    init(secret: SymmetricKey) {
        begun = Dictionary(
            uniqueKeysWithValues: MACPurpose.allCases.map { purpose in
                let key = MACKeys.derive(secret, "anteroom mac \(purpose.rawValue)")
                return (purpose, HMAC<SHA256>(key: key))
            })
    }

    func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] {
        guard var code = begun[purpose] else { preconditionFailure("no key for \(purpose)") }
        code.update(data: message)
        return Array(code.finalize())
    }

    /// 32 bytes by HKDF-SHA256. Source: RFC 5869.
    static func derive(_ secret: SymmetricKey, salt: [UInt8] = [], _ info: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, salt: salt, info: Array(info.utf8), outputByteCount: 32)
    }
}
