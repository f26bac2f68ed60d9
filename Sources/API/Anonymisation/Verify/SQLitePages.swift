/// The places in a SQLite file where a value goes on in another page: what stands before and after
/// each, put together. All else stands whole in the bytes of the file. Free pages and pages of the
/// write-ahead file included; what is malformed is passed over.
/// Source: SQLite file format, 1.5 "The Freelist", 1.6 "B-tree Pages", 4.1 "WAL File Format".
struct SQLitePages {
    private let file: SearchedFile
    private let wal: SearchedFile?
    private let pageBytes: Int
    /// Of each page, what values can use.
    private let usable: Int
    private let pageCount: Int
    /// Where in the write-ahead file the newest form of a page stands.
    private var newest: [Int: Int] = [:]

    private static let walHeader = 32
    private static let frameHeader = 24
    /// Pages read at once.
    private static let pagesRead = 256

    /// Nil where `file` does not begin as a SQLite file does.
    init?(_ file: SearchedFile, wal: SearchedFile?) throws(SearchedFile.Unreadable) {
        let header = try file.read(at: 0, count: 100)
        guard header.count == 100, header.starts(with: "SQLite format 3\0".utf8) else { return nil }
        let told = Int(header[16]) << 8 | Int(header[17])
        pageBytes = told == 1 ? 65_536 : told
        usable = pageBytes - Int(header[20])
        guard pageBytes >= 512, usable >= 480 else { return nil }
        self.file = file
        self.wal = wal
        pageCount = file.size / pageBytes
        guard let wal else { return }
        for frame in 0..<frames(of: wal) {
            let header = try wal.read(at: offset(ofFrame: frame), count: 4)
            guard header.count == 4 else { break }
            newest[SQLitePages.number(header[...], at: 0)] = frame
        }
    }

    private func frames(of wal: SearchedFile) -> Int {
        max(0, wal.size - SQLitePages.walHeader) / (SQLitePages.frameHeader + pageBytes)
    }

    private func offset(ofFrame frame: Int) -> Int {
        SQLitePages.walHeader + frame * (SQLitePages.frameHeader + pageBytes)
    }

    /// Calls `each` with up to `reach` bytes before and after each such place.
    func junctions(
        reach: Int, _ each: (_ before: ArraySlice<UInt8>, _ after: ArraySlice<UInt8>) -> Void
    ) throws {
        var number = 1
        while number <= pageCount {
            let count = min(SQLitePages.pagesRead, pageCount - number + 1)
            let pages = try file.read(
                at: (number - 1) * pageBytes, count: count * pageBytes)
            for index in 0..<pages.count / pageBytes {
                let page = pages[index * pageBytes..<(index + 1) * pageBytes]
                for (end, next) in ends(of: page, number + index) {
                    let before = page[max(page.startIndex, end - reach)..<end]
                    each(before, try begin(of: next, newest: false, reach))
                    if newest[next] != nil {
                        each(before, try begin(of: next, newest: true, reach))
                    }
                }
            }
            number += count
        }
        try walJunctions(reach: reach, each)
    }

    private func walJunctions(
        reach: Int, _ each: (_ before: ArraySlice<UInt8>, _ after: ArraySlice<UInt8>) -> Void
    ) throws {
        guard let wal else { return }
        for frame in 0..<frames(of: wal) {
            let bytes = try wal.read(
                at: offset(ofFrame: frame), count: SQLitePages.frameHeader + pageBytes)
            guard bytes.count == SQLitePages.frameHeader + pageBytes else { return }
            let page = bytes[SQLitePages.frameHeader...]
            for (end, next) in ends(of: page, SQLitePages.number(bytes[...], at: 0)) {
                let before = page[max(page.startIndex, end - reach)..<end]
                each(before, try begin(of: next, newest: true, reach))
            }
        }
    }

    /// What of a value stands first in an overflow page.
    private func begin(
        of page: Int, newest isNewest: Bool, _ reach: Int
    ) throws(SearchedFile.Unreadable) -> ArraySlice<UInt8> {
        let count = min(reach, usable - 4)
        if isNewest, let wal, let frame = newest[page] {
            let offset = offset(ofFrame: frame) + SQLitePages.frameHeader + 4
            return try wal.read(at: offset, count: count)[...]
        }
        return try file.read(at: (page - 1) * pageBytes + 4, count: count)[...]
    }

    // MARK: Pages

    /// Where in `page` values break off, and the page in which each goes on.
    private func ends(of page: ArraySlice<UInt8>, _ number: Int) -> [(end: Int, next: Int)] {
        let header = page.startIndex + (number == 1 ? 100 : 0)
        switch page[header] {
        case 0x02: return cells(page, header, pointers: header + 12, skip: 4, isTable: false)
        case 0x0A: return cells(page, header, pointers: header + 8, skip: 0, isTable: false)
        case 0x0D: return cells(page, header, pointers: header + 8, skip: 0, isTable: true)
        case 0x00:
            // An overflow page, in use or free: its chain stands until it is written over.
            let next = SQLitePages.number(page, at: page.startIndex)
            return isPage(next) && next != number ? [(page.startIndex + usable, next)] : []
        default: return []
        }
    }

    private func isPage(_ number: Int) -> Bool {
        number > 0 && (number <= pageCount || newest[number] != nil)
    }

    private func cells(
        _ page: ArraySlice<UInt8>, _ header: Int, pointers: Int, skip: Int, isTable: Bool
    ) -> [(end: Int, next: Int)] {
        let count = SQLitePages.half(page, at: header + 3)
        let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        let least = (usable - 12) * 32 / 255 - 23
        var ends: [(Int, Int)] = []
        for index in 0..<count where pointers + 2 * index + 2 <= page.endIndex {
            var at = page.startIndex + SQLitePages.half(page, at: pointers + 2 * index) + skip
            guard let length = SQLitePages.varint(page, &at), length > most else { continue }
            if isTable, SQLitePages.varint(page, &at) == nil { continue }
            let fitting = least + (length - least) % (usable - 4)
            let end = at + (fitting <= most ? fitting : least)
            guard end + 4 <= page.endIndex else { continue }
            let next = SQLitePages.number(page, at: end)
            if isPage(next) { ends.append((end, next)) }
        }
        return ends
    }

    /// Nil where it does not end on the page, or is longer than any length here.
    private static func varint(_ page: ArraySlice<UInt8>, _ at: inout Int) -> Int? {
        var value = 0
        for index in 0..<9 {
            guard at < page.endIndex else { return nil }
            let byte = page[at]
            at += 1
            // A row's number may be negative, and takes all nine bytes then.
            if index == 8 { return value }
            value = (value << 7 | Int(byte & 0x7F)) & 0xFF_FFFF_FFFF
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private static func half(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Int {
        guard offset + 2 <= bytes.endIndex else { return 0 }
        return Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
}
