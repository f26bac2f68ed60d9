import Foundation

/// One row of a delimited file, and the line it begins on (1-based).
struct DelimitedRow {
    let line: Int
    let fields: [String]
}

/// What keeps a row from being taken; the file goes on behind it.
struct RowRefusal: Error, Hashable {
    let line: Int
    let reason: String
}

/// Reads comma- or tab-separated text (RFC 4180: quotes, doubled quotes, line breaks within quotes;
/// LF or CRLF) from bytes held in memory, row by row. A row it cannot take is answered as a
/// ``RowRefusal``, never passed over.
struct DelimitedReader {
    /// Bytes of one row at most; a longer one is refused, and reading goes on behind its line's
    /// end.
    static let rowBytesMax = 64 * 1024
    /// Fields of one row at most.
    static let fieldsMax = 512

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var next: Int
    private var line = 1

    init(_ bytes: [UInt8], delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        next = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next row; nil at the end. Blank lines are passed over.
    mutating func nextRow() -> Result<DelimitedRow, RowRefusal>? {
        while next < bytes.count, skipLineBreak() {}
        guard next < bytes.count else { return nil }
        let start = next
        let first = line
        var fields: [ArraySlice<UInt8>] = []
        while true {
            guard let field = nextField() else {
                let quoted = bytes[next] == UInt8(ascii: "\"")
                return refuse(
                    from: start, line: first,
                    quoted ? "a quote that never closes" : "text behind a quote")
            }
            fields.append(field)
            guard fields.count <= DelimitedReader.fieldsMax else {
                return refuse(
                    from: start, line: first, "more than \(DelimitedReader.fieldsMax) fields")
            }
            guard next - start <= DelimitedReader.rowBytesMax else {
                return refuse(
                    from: start, line: first, "longer than \(DelimitedReader.rowBytesMax) bytes")
            }
            if next == bytes.count || skipLineBreak() { break }
            next += 1  // The delimiter.
        }
        var texts: [String] = []
        for (index, field) in fields.enumerated() {
            guard let text = String(validating: field, as: UTF8.self) else {
                return .failure(RowRefusal(line: first, reason: "field \(index + 1) is not UTF-8"))
            }
            texts.append(text)
        }
        return .success(DelimitedRow(line: first, fields: texts))
    }

    /// The field that begins at `next`, which then stands on a delimiter, a line break or the end.
    /// Nil, with `next` left where the trouble is, where its quotes are wrong.
    private mutating func nextField() -> ArraySlice<UInt8>? {
        guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else {
            let start = next
            while next < bytes.count, bytes[next] != delimiter, !isLineBreak(next) { next += 1 }
            return bytes[start..<next]
        }
        var text: [UInt8] = []
        var at = next + 1
        var breaks = 0
        while at < bytes.count {
            if bytes[at] != UInt8(ascii: "\"") {
                if bytes[at] == UInt8(ascii: "\n") { breaks += 1 }
                text.append(bytes[at])
                at += 1
            } else if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
                text.append(bytes[at])
                at += 2
            } else {
                break
            }
        }
        guard at < bytes.count else { return nil }
        line += breaks
        next = at + 1
        guard next == bytes.count || bytes[next] == delimiter || isLineBreak(next) else {
            return nil
        }
        return text[...]
    }

    /// Refuses the row that began at `start` and goes on behind the end of its first line.
    private mutating func refuse(from start: Int, line first: Int, _ reason: String) -> Result<
        DelimitedRow, RowRefusal
    > {
        next = start
        line = first
        while next < bytes.count, bytes[next] != UInt8(ascii: "\n") { next += 1 }
        return .failure(RowRefusal(line: first, reason: reason))
    }

    private func isLineBreak(_ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\n")
            || (bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count
                && bytes[index + 1] == UInt8(ascii: "\n"))
    }

    private mutating func skipLineBreak() -> Bool {
        guard isLineBreak(next) else { return false }
        next += bytes[next] == UInt8(ascii: "\r") ? 2 : 1
        line += 1
        return true
    }
}
