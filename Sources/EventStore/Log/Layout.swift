/// What lies in the log's folder (docs/log-format.md).
///
/// ```
/// log/lock                                held by the one process that writes
/// log/0000000000.seg                      blocks; named after its first event's ordinal
/// log/index-0000000000-0000412388.run     where to find the events of that range; derived
/// log/prepared.seg                        zeros: the next segment
/// log/cut-0000412388-81920-1a2b3c4d.bin   a torn tail: segment, offset, CRC32C of its bytes
/// log/….tmp                               unfinished; removed at the next start
/// ```
package enum Layout {
    package static let lock = "lock"
    package static let prepared = "prepared.seg"
    package static let temporarySuffix = ".tmp"

    package static func segment(_ first: Int64) -> String { "\(digits(first)).seg" }

    package static func run(_ range: Range<Int64>) -> String {
        "index-\(digits(range.lowerBound))-\(digits(range.upperBound)).run"
    }

    package static func cut(segment first: Int64, offset: Int64, checksum: UInt32) -> String {
        let hex = String(checksum, radix: 16)
        let padded = String(repeating: "0", count: 8 - hex.count) + hex
        return "cut-\(digits(first))-\(offset)-\(padded).bin"
    }

    /// What a name in the folder stands for.
    package enum Name: Hashable {
        case lock
        case prepared
        case segment(first: Int64)
        case run(Range<Int64>)
        case cut(checksum: UInt32)
        case temporary
        case unknown

        package init(_ name: String) {
            if name == Layout.lock {
                self = .lock
            } else if name == Layout.prepared {
                self = .prepared
            } else if name.hasSuffix(Layout.temporarySuffix) {
                self = .temporary
            } else {
                self = Name.numbered(name)
            }
        }

        private static func numbered(_ name: String) -> Name {
            let dot = name.split(separator: ".", omittingEmptySubsequences: false)
            guard dot.count == 2 else { return .unknown }
            let words = dot[0].split(separator: "-", omittingEmptySubsequences: false)
            switch (dot[1], words.count) {
            case ("seg", 1):
                guard let first = Int64(words[0]), Layout.segment(first) == name else { break }
                return .segment(first: first)
            case ("run", 3):
                guard let from = Int64(words[1]), let to = Int64(words[2]), from < to,
                    Layout.run(from..<to) == name
                else { break }
                return .run(from..<to)
            case ("bin", 4):
                guard words[0] == "cut", let checksum = UInt32(words[3], radix: 16) else { break }
                return .cut(checksum: checksum)
            default: break
            }
            return .unknown
        }
    }

    private static func digits(_ number: Int64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 10 - text.utf8.count)) + text
    }
}

/// Sizes and bounds of a ``SegmentStore``. Tests use small ones; a log written under some opens
/// under any.
package struct SegmentOptions: Sendable {
    /// Bytes of a full-grown segment. A log begins with small ones, see ``firstSegmentBytes``.
    package var segmentBytes = 32 << 20
    /// Bytes of a new log's first segment; each next is as large as all before, up to
    /// ``segmentBytes``.
    package var firstSegmentBytes = 1 << 20
    /// Raw bytes gathered into one block and one sync; one commit may be larger.
    package var batchBytes = 256 << 10
    /// Raw bytes of a block in a repacked segment; one commit may be larger.
    package var repackedBlockBytes = 32 << 10
    /// Commits waiting to be written; the next is ``AppendError/overloaded``.
    package var queueCommits = 16_384
    /// Record bytes waiting to be written; the next commit is ``AppendError/overloaded``.
    package var queueBytes = 64 << 20
    /// Bytes of decompressed blocks kept for reading.
    package var cacheBytes = 64 << 20
    /// Runs of about the same size that are merged into one.
    package var mergeRuns = 4

    package init() {}
}
