/// The payloads of a SQLite file that cross pages, put together again: the rest stands whole in the
/// bytes of the file. Free pages and pages of the write-ahead file included; what is malformed is
/// passed over. Source: SQLite file format, 1.6 "B-tree Pages", 4.1 "WAL File Format".
struct SQLitePages {
    private let pageBytes: Int
    /// The newest form of each page, from 1.
    private var pages: [UInt32: ArraySlice<UInt8>] = [:]

    /// Nil where `file` does not begin as a SQLite file does.
    init?(_ file: [UInt8], wal: [UInt8] = []) {
        guard file.count >= 100, file.starts(with: "SQLite format 3\0".utf8) else { return nil }
        let told = Int(file[16]) << 8 | Int(file[17])
        pageBytes = told == 1 ? 65_536 : told
        guard pageBytes >= 512 else { return nil }
        var number: UInt32 = 1
        for start in stride(from: 0, through: file.count - pageBytes, by: pageBytes) {
            pages[number] = file[start..<start + pageBytes]
            number += 1
        }
        let frame = 24 + pageBytes
        guard wal.count > 32 else { return }
        for start in stride(from: 32, through: wal.count - frame, by: frame) {
            let number = SQLitePages.number(wal[start...], at: 0)
            pages[number] = wal[start + 24..<start + frame]
        }
    }

    /// Each payload that goes on in overflow pages.
    func longPayloads() -> [[UInt8]] {
        pages.keys.sorted().flatMap { payloads(of: $0) }
    }

    private func payloads(of number: UInt32) -> [[UInt8]] {
        guard let page = pages[number] else { return [] }
        let header = number == 1 ? 100 : 0
        guard page.count > header + 12 else { return [] }
        let kind = page[page.startIndex + header]
        guard [0x02, 0x0A, 0x0D].contains(kind) else { return [] }
        let count = SQLitePages.half(page, at: header + 3)
        let pointers = header + (kind == 0x02 ? 12 : 8)
        var payloads: [[UInt8]] = []
        for index in 0..<count where pointers + 2 * index + 2 <= page.count {
            var at = SQLitePages.half(page, at: pointers + 2 * index)
            if kind == 0x02 { at += 4 }
            guard let length = varint(page, &at) else { continue }
            if kind == 0x0D, varint(page, &at) == nil { continue }
            if let payload = payload(page, at, length, isTable: kind == 0x0D) {
                payloads.append(payload)
            }
        }
        return payloads
    }

    /// Nil where it stands whole on its page.
    private func payload(
        _ page: ArraySlice<UInt8>, _ at: Int, _ length: Int, isTable: Bool
    ) -> [UInt8]? {
        let usable = pageBytes
        let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard length > most, length < 1 << 30 else { return nil }
        let least = (usable - 12) * 32 / 255 - 23
        let fitting = least + (length - least) % (usable - 4)
        let local = fitting <= most ? fitting : least
        guard at + local + 4 <= page.count else { return nil }
        var payload = Array(page[page.startIndex + at..<page.startIndex + at + local])
        var next = SQLitePages.number(page, at: at + local)
        while payload.count < length, let more = pages[next], more.count == pageBytes {
            payload += more[(more.startIndex + 4)...].prefix(length - payload.count)
            next = SQLitePages.number(more, at: 0)
        }
        return payload
    }

    private func varint(_ page: ArraySlice<UInt8>, _ at: inout Int) -> Int? {
        var value = 0
        for _ in 0..<5 {
            guard at < page.count else { return nil }
            let byte = page[page.startIndex + at]
            at += 1
            value = value << 7 | Int(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return nil  // Longer than anything here.
    }

    private static func half(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Int {
        let start = bytes.startIndex + offset
        return Int(bytes[start]) << 8 | Int(bytes[start + 1])
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
        let start = bytes.startIndex + offset
        return bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
