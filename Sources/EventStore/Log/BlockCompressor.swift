import CLZ4

/// Makes blocks; used by one thread.
package final class BlockCompressor {
    package enum Effort {
        /// For what somebody waits for.
        case fast
        /// For sealed segments: LZ4 HC, same format.
        case high
    }
    /// LZ4 HC's level: beyond it the gain is under one per cent for twice the time
    /// (docs/benchmarks.md).
    private static let highLevel: Int32 = 6
    /// Blocks of up to so many raw bytes are made with the dictionary; larger ones find their
    /// repetitions in themselves.
    private static let dictionaryRawMax = 4096

    private let stream = LZ4_createStream()

    package init() {}

    deinit { LZ4_freeStream(stream) }

    /// Bytes a block of `rawLength` takes at most.
    package static func bound(_ rawLength: Int) -> Int {
        BlockHeader.bytes + Int(LZ4_compressBound(Int32(rawLength))) + 1
    }

    /// Appends a block holding `raw` to `output`.
    /// - Parameter raw: `events` records, each with its tag and length; 1…``BlockHeader/rawMax``
    ///   bytes.
    package func append(
        _ raw: UnsafeRawBufferPointer, events: Int, first: Int64, effort: Effort = .fast,
        to output: inout [UInt8]
    ) {
        precondition((1...BlockHeader.rawMax).contains(raw.count) && (1...0xFFFF).contains(events))
        let start = output.count
        let room = BlockCompressor.bound(raw.count)
        output.append(contentsOf: repeatElement(0, count: room))
        let length = output.withUnsafeMutableBytes { buffer in
            let block = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            let stored = UnsafeMutableRawBufferPointer(rebasing: block[BlockHeader.bytes...])
            var (codec, length) = compress(raw, effort, into: .init(rebasing: stored.dropLast()))
            if length <= 0 || length >= raw.count {
                stored.copyMemory(from: raw)
                (codec, length) = (.plain, raw.count)
            }
            stored[length] = BlockHeader.endMark
            length += 1
            let header = BlockHeader(
                codec: codec, events: events, first: first, rawLength: raw.count,
                storedLength: length, storedChecksum: crc32c(.init(rebasing: stored[..<length])))
            header.write(to: block)
            return header.length
        }
        output.removeLast(room - length)
    }

    private func compress(
        _ raw: UnsafeRawBufferPointer, _ effort: Effort, into stored: UnsafeMutableRawBufferPointer
    ) -> (BlockCodec, Int) {
        let source = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
        let target = stored.baseAddress?.assumingMemoryBound(to: CChar.self)
        let (count, room) = (Int32(raw.count), Int32(stored.count))
        if effort == .high {
            return (
                .lz4, Int(LZ4_compress_HC(source, target, count, room, BlockCompressor.highLevel))
            )
        }
        guard raw.count <= BlockCompressor.dictionaryRawMax else {
            return (.lz4, Int(LZ4_compress_default(source, target, count, room)))
        }
        let length = BlockDictionary.bytes.withUnsafeBytes { dictionary in
            LZ4_resetStream_fast(stream)
            LZ4_loadDict(
                stream, dictionary.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(dictionary.count))
            return LZ4_compress_fast_continue(stream, source, target, count, room, 1)
        }
        return (.lz4Dictionary, Int(length))
    }
}

extension BlockHeader {
    /// The raw bytes of this block; nil where `stored` does not decompress to ``rawLength`` bytes.
    /// - Parameter marked: ``storedLength`` bytes whose checksum was found right.
    package func decompress(_ marked: UnsafeRawBufferPointer) -> [UInt8]? {
        guard marked.last == BlockHeader.endMark else { return nil }
        let stored = UnsafeRawBufferPointer(rebasing: marked.dropLast())
        guard codec != .plain else { return stored.count == rawLength ? [UInt8](stored) : nil }
        let source = stored.baseAddress?.assumingMemoryBound(to: CChar.self)
        var length = 0
        let raw = [UInt8](unsafeUninitializedCapacity: rawLength) { buffer, used in
            let target = UnsafeMutableRawPointer(buffer.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            switch codec {
            case .plain: break
            case .lz4:
                length = Int(
                    LZ4_decompress_safe(source, target, Int32(stored.count), Int32(rawLength)))
            case .lz4Dictionary:
                length = BlockDictionary.bytes.withUnsafeBytes { dictionary in
                    Int(
                        LZ4_decompress_safe_usingDict(
                            source, target, Int32(stored.count), Int32(rawLength),
                            dictionary.baseAddress?.assumingMemoryBound(to: CChar.self),
                            Int32(dictionary.count)))
                }
            }
            used = max(0, length)
        }
        return length == rawLength ? raw : nil
    }
}
