import EventStore
import Foundation

/// A search of every byte under a folder, each read once: names of files, files as they are, blocks
/// of the log unpacked wherever they stand, and values of SQLite files that cross pages put
/// together.
package struct FolderSearch: Sendable {
    /// What is looked for, and what of that counts.
    package struct Quest: Sendable {
        package let needles: Needles
        /// By a file's path in the folder.
        var isAsked: @Sendable (String) -> Bool = { _ in true }
        /// Whether a form counts where it stands in these bytes; ``context`` bytes around it are
        /// shown, where there are so many.
        var counts: @Sendable (UnsafeRawBufferPointer, Int) -> Bool = { _, _ in true }

        package init(_ needles: Needles) { self.needles = needles }
    }

    /// Where something was found.
    package struct Find: Hashable, Sendable {
        /// Which of the quest's values.
        package let value: Int
        package let form: String
        /// A file, or a part of one that was unpacked.
        package let place: String
        package let offset: Int
    }

    /// What one quest found.
    package struct Outcome: Sendable {
        package fileprivate(set) var finds: [Find] = []
        /// Of all, those beyond what is listed.
        package fileprivate(set) var more = 0

        static let listedMax = 100

        fileprivate mutating func add(_ find: Find) {
            if finds.count < Outcome.listedMax { finds.append(find) } else { more += 1 }
        }
    }

    /// What all of them found, and what was looked through.
    package struct Result: Sendable {
        package fileprivate(set) var outcomes: [Outcome]
        package fileprivate(set) var files = 0
        package fileprivate(set) var bytes = 0
        /// Bytes of blocks, after unpacking.
        package fileprivate(set) var unpacked = 0
        /// Files that could not be read, and why.
        package fileprivate(set) var unread: [String] = []
    }

    /// Bytes around a form that a quest is shown.
    static let context = 48
    /// Looks for files that came while others were searched.
    private static let roundsMax = 3

    let folder: String

    package init(folder: String) { self.folder = folder }

    /// - Parameter isStopped: asked between windows; where it says so, throws `CancellationError`.
    package func run(
        _ quests: [Quest], isStopped: @Sendable () -> Bool = { false }
    ) throws -> Result {
        var run = Run(quests: quests, result: Result(outcomes: quests.map { _ in Outcome() }))
        var seen: Set<String> = []
        for _ in 0..<FolderSearch.roundsMax {
            let new = try names().filter { seen.insert($0).inserted }
            if new.isEmpty { break }
            for name in new {
                if isStopped() { throw CancellationError() }
                run.look(at: Array(name.utf8), place: "the name of \(name)", in: name)
                do {
                    try search(name, &run, isStopped)
                } catch let error as SearchedFile.Unreadable {
                    run.result.unread.append("\(name): \(error.reason)")
                }
            }
        }
        if isStopped() { throw CancellationError() }
        return run.result
    }

    private func search(
        _ name: String, _ run: inout Run, _ isStopped: () -> Bool
    ) throws {
        guard let file = try SearchedFile("\(folder)/\(name)", name: name) else { return }
        run.result.files += 1
        run.result.bytes += file.size
        var end = 0
        try file.windows(context: run.context) { window in
            guard !isStopped() else { return }
            run.look(at: window.bytes, window.places, place: name, offset: window.offset, in: name)
            try unpack(file, window, &end, &run)
        }
        guard let pages = try SQLitePages(file, wal: try wal(of: name)) else { return }
        try pages.junctions(reach: run.context) { before, after in
            let bytes = Array(before) + Array(after)
            run.look(at: bytes, over: before.count, place: "\(name), a value over pages", in: name)
        }
    }

    private func wal(of name: String) throws(SearchedFile.Unreadable) -> SearchedFile? {
        try SearchedFile("\(folder)/\(name)-wal", name: "\(name)-wal")
    }

    /// Blocks whose headers stand in `window`; `end` is that of the last one, which is not looked
    /// for others.
    private func unpack(
        _ file: SearchedFile, _ window: SearchedFile.Window, _ end: inout Int, _ run: inout Run
    ) throws(SearchedFile.Unreadable) {
        var next = window.places.lowerBound
        while let place = magic(in: window.bytes, next..<window.places.upperBound) {
            next = place + 1
            let offset = window.offset + place
            guard offset >= end else { continue }
            let head = try file.read(at: offset, count: BlockHeader.bytes)
            guard let header = header(head) else { continue }
            let stored = try file.read(at: offset + BlockHeader.bytes, count: header.storedLength)
            let raw = stored.withUnsafeBytes { stored in
                let isWhole =
                    stored.count == header.storedLength
                    && crc32c(stored) == header.storedChecksum
                if isWhole { end = offset + header.length }
                return (isWhole ? header.decompress(stored) : nil) ?? header.salvage(stored)
            }
            run.result.unpacked += raw.count
            let place = "\(file.name), unpacked from \(offset)"
            run.look(at: raw, place: place, in: file.name)
        }
    }

    private func magic(in bytes: UnsafeRawBufferPointer, _ places: Range<Int>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let first = Int32(BlockHeader.magic & 0xFF)
        var next = places.lowerBound
        while next < places.upperBound,
            let found = memchr(base + next, first, places.upperBound - next)
        {
            let place = UnsafeRawPointer(found) - base
            if place + 4 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian
                    == BlockHeader.magic
            {
                return place
            }
            next = place + 1
        }
        return nil
    }

    /// Nil where it is none that can be understood.
    private func header(_ bytes: [UInt8]) -> BlockHeader? {
        guard bytes.count == BlockHeader.bytes else { return nil }
        return bytes.withUnsafeBytes { bytes in
            do throws(BlockHeader.Fault) { return try BlockHeader(bytes) } catch { return nil }
        }
    }

    // MARK: Names

    /// Paths in the folder of all that is in it, sorted; through links too.
    private func names() throws -> [String] {
        var names: [String] = []
        var visited: Set<[UInt64]> = []
        try list("", &names, &visited)
        return names.sorted()
    }

    private func list(
        _ part: String, _ names: inout [String], _ visited: inout Set<[UInt64]>
    ) throws {
        let path = part.isEmpty ? folder : "\(folder)/\(part)"
        var about = stat()
        guard stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFDIR,
            visited.insert([UInt64(about.st_dev), UInt64(about.st_ino)]).inserted
        else { return }
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch CocoaError.fileReadNoSuchFile {
            return  // Gone meanwhile.
        }
        for entry in entries {
            let name = part.isEmpty ? entry : "\(part)/\(entry)"
            names.append(name)
            try list(name, &names, &visited)
        }
    }
}

/// A search at work.
private struct Run {
    let quests: [FolderSearch.Quest]
    var result: FolderSearch.Result

    /// Bytes around a place that have to be seen.
    var context: Int {
        (quests.map(\.needles.reach).max() ?? 0) + FolderSearch.context
    }

    mutating func look(at bytes: [UInt8], place: String, in file: String) {
        bytes.withUnsafeBytes {
            look(at: $0, 0..<bytes.count, place: place, offset: 0, in: file)
        }
    }

    mutating func look(
        at bytes: UnsafeRawBufferPointer, _ places: Range<Int>, place: String, offset: Int,
        in file: String
    ) {
        for (index, quest) in quests.enumerated() where quest.isAsked(file) {
            quest.needles.each(in: bytes, at: places) { form, at in
                guard quest.counts(bytes, at) else { return }
                result.outcomes[index].add(
                    FolderSearch.Find(
                        value: form.value, form: form.name, place: place, offset: offset + at))
            }
        }
    }

    /// Only what stands on both sides of `middle`: the rest was seen where it stands.
    mutating func look(at bytes: [UInt8], over middle: Int, place: String, in file: String) {
        bytes.withUnsafeBytes { bytes in
            for (index, quest) in quests.enumerated() where quest.isAsked(file) {
                quest.needles.each(in: bytes, at: 0..<middle) { form, at in
                    guard at + form.bytes.count > middle, quest.counts(bytes, at) else { return }
                    result.outcomes[index].add(
                        FolderSearch.Find(
                            value: form.value, form: form.name, place: place, offset: at))
                }
            }
        }
    }
}
