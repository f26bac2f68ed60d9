import Crypto

/// Shuts personal data up under its record's key, for one place in the log: AES-256-GCM with a
/// fresh random nonce. Synchronous, no file, no lock. docs/sealing.md says the same for readers in
/// other languages.
///
/// The sealed bytes; the key's id stands beside them in the event:
/// ```
///  0            12                                              end-16      end
/// ├─────────────┼───────────────────────────────────────────────┼───────────┤
/// │ nonce       │ frame, encrypted: exactly one ``SizeClass``   │ tag       │
/// └─────────────┴───────────────────────────────────────────────┴───────────┘
///
/// frame, stored:  │ 0 │ n: 2 bytes │ n bytes of plain text                    │ zeros │
/// frame, LZ4:     │ 1 │ n: 2 bytes │ m: 2 bytes │ n bytes, an LZ4 block of m  │ zeros │
/// ```
/// Numbers stand with their highest byte first. Associated data: ``SealPlace``. Compressed before
/// sealing, since ciphertext does not compress, and only where that reaches a smaller class.
package enum Sealer {
    /// Bytes around the frame.
    package static let overhead = nonceBytes + tagBytes
    /// The longest plain text, before compression.
    package static let plainMax = Int(UInt16.max)

    static let nonceBytes = 12
    static let tagBytes = 16
    /// Frames of shorter plain text are not compressed: names and phone numbers gain no class, and
    /// trying costs as much as sealing.
    static let compressionWorthwhile = 192

    /// - Returns: nonce ‖ ciphertext ‖ tag, another one each time.
    /// - Throws: ``SealError/tooLong(bytes:)``.
    package static func seal(
        _ plain: [UInt8], under key: RecordKey, at place: SealPlace
    ) throws(SealError) -> [UInt8] {
        try seal(plain, under: key, at: place, nonce: AES.GCM.Nonce())
    }

    /// The plain text that was sealed with this key, at this place.
    /// - Throws: ``SealError/notAuthentic`` where a bit was changed, or key or place are others;
    ///   ``SealError/malformed(reason:)`` where it was sealed by something newer or broken.
    package static func open(
        _ sealed: some Collection<UInt8>, under key: RecordKey, at place: SealPlace
    ) throws(SealError) -> [UInt8] {
        guard SizeClass.holding(sealed.count - overhead) == sealed.count - overhead else {
            throw .malformed(reason: "\(sealed.count) bytes are no size class")
        }
        let frame: [UInt8]
        do {
            let bytes = Array(sealed)
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: bytes.prefix(nonceBytes)),
                ciphertext: bytes.dropFirst(nonceBytes).dropLast(tagBytes),
                tag: bytes.suffix(tagBytes))
            frame = Array(
                try AES.GCM.open(
                    box, using: key.key, authenticating: place.associatedData(key: key.id)))
        } catch {
            throw .notAuthentic
        }
        return try SealFrame.plain(frame)
    }

    /// With a nonce of the caller's, which must never have been used under this key: for golden
    /// bytes and the function above alone.
    static func seal(
        _ plain: [UInt8], under key: RecordKey, at place: SealPlace, nonce: AES.GCM.Nonce
    ) throws(SealError) -> [UInt8] {
        let frame = try SealFrame.frame(plain)
        do {
            let box = try AES.GCM.seal(
                frame, using: key.key, nonce: nonce,
                authenticating: place.associatedData(key: key.id))
            var sealed = [UInt8]()
            sealed.reserveCapacity(frame.count + overhead)
            sealed.append(contentsOf: nonce)
            sealed.append(contentsOf: box.ciphertext)
            sealed.append(contentsOf: box.tag)
            return sealed
        } catch {
            preconditionFailure("AES-256-GCM refused a 256-bit key: \(error)")
        }
    }
}
