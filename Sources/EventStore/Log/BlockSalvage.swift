import CLZ4

extension BlockHeader {
    /// What a block's stored bytes still give where some of them are missing or were changed, up to
    /// the first fault; behind it zeros, or what LZ4 made of nonsense. For searches of what a thief
    /// could read, never for reading the log.
    package func salvage(_ stored: UnsafeRawBufferPointer) -> [UInt8] {
        guard codec != .plain else { return [UInt8](stored) }
        let source = stored.baseAddress?.assumingMemoryBound(to: CChar.self)
        var raw = [UInt8](repeating: 0, count: rawLength)
        raw.withUnsafeMutableBytes { buffer in
            let target = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let (count, room) = (Int32(stored.count), Int32(rawLength))
            switch codec {
            case .plain: break
            case .lz4: LZ4_decompress_safe_partial(source, target, count, room, room)
            case .lz4Dictionary:
                BlockDictionary.bytes.withUnsafeBytes { dictionary in
                    _ = LZ4_decompress_safe_partial_usingDict(
                        source, target, count, room, room,
                        dictionary.baseAddress?.assumingMemoryBound(to: CChar.self),
                        Int32(dictionary.count))
                }
            }
        }
        return raw
    }
}
