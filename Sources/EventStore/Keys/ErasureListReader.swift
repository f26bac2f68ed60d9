import Crypto
import Foundation

/// Reads a whole erasure list, line by line in bounded memory, and checks it. The form is drawn
/// above ``ErasureList``.
struct ErasureListReader {
    private static let chunkBytes = 1 << 20
    /// No line is longer.
    private static let lineMax = 256

    private let path: String
    private let signer: ErasureList.Signer
    private let mark: ErasureList.Mark?
    private var hasher = SHA256()
    private var offset = 0
    private var entries = 0
    private var hasHeader = false
    private var hasMetMark = false
    /// The last signature seen, and the state right after its line.
    private var last: (signature: [UInt8], state: ErasureList.State)?
    private var unsigned: [ErasureList.Entry] = []
    /// Signed entries after the mark.
    private(set) var missed: [ErasureList.Entry] = []

    init(path: String, signer: ErasureList.Signer, mark: ErasureList.Mark?) {
        self.path = path
        self.signer = signer
        self.mark = mark
    }

    /// - Returns: the state after the last signature; what follows it was never acknowledged.
    mutating func readAll(_ file: Int32) throws(VaultError) -> ErasureList.State {
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .io(file: path, reason: KeyFile.lastError()) }
            if count == 0 { break }
            pending += chunk.prefix(count)
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try take(pending[start...end])
                start = end + 1
            }
            pending.removeFirst(start)
            // Zeros: the file had grown when the power went, its bytes had not come.
            if pending.allSatisfy({ $0 == 0 }) { pending = [] }
            guard pending.count <= Self.lineMax else { throw damaged("a line without end") }
        }
        guard let last else { throw damaged("nothing is signed") }
        guard signer.isValid(last.signature, last.state.mark) else {
            throw damaged("the last signature, over \(last.state.mark.count) entries, does not fit")
        }
        guard mark == nil || hasMetMark || last.state.mark.count < mark?.count ?? 0 else {
            throw damaged("what this vault saw signed, \(mark?.count ?? 0) entries, is not there")
        }
        return last.state
    }

    /// One line with its end.
    private mutating func take(_ line: ArraySlice<UInt8>) throws(VaultError) {
        let words = line.dropLast().split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        if !hasHeader {
            guard Array(line) == signer.header else { throw damaged("it is another vault's") }
            hasHeader = true
        } else if words.count == 3, words[0].elementsEqual("signed".utf8) {
            try takeSignature(line, count: words[1], signature: words[2])
            return
        } else {
            guard words.count == 2, words[0].count == 1, let letter = words[0].first,
                let kind = ErasureList.Entry.Kind(rawValue: letter), words[1].count == 32,
                let id = UInt128(String(decoding: words[1], as: UTF8.self), radix: 16)
            else { throw damaged("not an entry") }
            entries += 1
            if hasMetMark || mark == nil {
                unsigned.append(ErasureList.Entry(kind: kind, id: id))
            }
        }
        pass(line)
    }

    private mutating func takeSignature(
        _ line: ArraySlice<UInt8>, count: ArraySlice<UInt8>, signature: ArraySlice<UInt8>
    ) throws(VaultError) {
        let digits = signature.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard Int(String(decoding: count, as: UTF8.self)) == entries, digits.count == 128 else {
            throw damaged("not a signature over \(entries) entries")
        }
        let here = ErasureList.Mark(count: entries, digest: Array(hasher.finalize()))
        if let mark, mark.count == entries {
            guard mark == here else { throw damaged("entries this vault saw were changed") }
            hasMetMark = true
        }
        missed += unsigned
        unsigned = []
        pass(line)
        last = (
            (0..<64).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) },
            ErasureList.State(mark: here, hasher: hasher, end: offset)
        )
    }

    private mutating func pass(_ line: ArraySlice<UInt8>) {
        hasher.update(data: line)
        offset += line.count
    }

    private func damaged(_ reason: String) -> VaultError {
        .damaged(file: path, reason: "byte \(offset): \(reason)")
    }
}
