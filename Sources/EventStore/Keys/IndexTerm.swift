/// What the keyed index is asked for: a kind of tie, a log and a value, behind a keyed hash
/// (ANON-3). Without the vault secret nobody tells whose it is, or that two are of one kind.
package struct IndexTerm: Hashable, Sendable, Comparable {
    package let bits: UInt128

    /// - Parameters:
    ///   - kind: such as `client.number`, `client.email`, `client.visits`; kinds never meet.
    ///   - log: terms of different logs never meet.
    ///   - value: normalised by the caller, as equal means equal bytes; or an id.
    package init(_ kind: Word, _ value: some Sequence<UInt8>, log: LogID, vault: any Vault) {
        // Both of fixed width, so that no two terms share a message.
        let message = kind.bits.bigEndianBytes + log.bits.bigEndianBytes + value
        let code = vault.mac(.keyedIndex, [1] + message)
        bits = code.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// For a value that is an id, as the terms that lead from a client to appointments.
    package init(_ kind: Word, id: UInt128, log: LogID, vault: any Vault) {
        self.init(kind, id.bigEndianBytes, log: log, vault: vault)
    }

    package static func < (one: IndexTerm, other: IndexTerm) -> Bool { one.bits < other.bits }
}
