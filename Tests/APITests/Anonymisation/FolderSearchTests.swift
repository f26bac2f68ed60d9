import API
import EventStore
import Foundation
import Testing

/// A text is found in any file, in any form, wherever it hides.
@Suite("Anonymise: search of a folder") struct FolderSearchTests {
    /// A folder of its own for `test`.
    private func inFolder(_ test: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "anteroom-search-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        try test(folder)
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func finds(_ text: String, in folder: String) throws -> [FolderSearch.Find] {
        let quest = FolderSearch.Quest(Needles(texts: [text]))
        let found = try FolderSearch(folder: folder).run([quest])
        #expect(found.unread.isEmpty)
        return found.outcomes[0].finds
    }

    /// As somebody else's program would write it, not as `Needles` does.
    private static func spelled(_ text: String) -> [(form: String, bytes: [UInt8])] {
        let plain = Data(text.utf8)
        let digits = plain.map { String(format: "%02x", $0) }.joined()
        let base64 = (0..<3).map { shift in
            (
                "base64+\(shift)",
                Array(
                    (Data("xyz".utf8.prefix(shift)) + plain + Data("end".utf8))
                        .base64EncodedString().utf8)
            )
        }
        return [
            ("UTF-8", Array(plain)), ("hex", Array(digits.utf8)),
            ("HEX", Array(digits.uppercased().utf8)),
            ("UTF-16LE", Array(text.data(using: .utf16LittleEndian) ?? Data())),
            ("UTF-16BE", Array(text.data(using: .utf16BigEndian) ?? Data())),
        ] + base64
    }

    @Test(
        "ANON-5 (b) a text is found in a stray file in each form", arguments: [7, 8, 9] as [UInt64])
    func forms(seed: UInt64) throws {
        try inFolder { folder in
            // Letters of more than one byte too.
            let text = SeededCanaries.text(seed) + "é€𝄞"
            for (form, bytes) in Self.spelled(text) {
                try write(Array("some \u{0} bytes".utf8) + bytes + [0, 1, 2], "\(folder)/stray")
                let found = try finds(text, in: folder)
                #expect(found.contains { $0.form == form && $0.place == "stray" }, "\(form)")
            }
            try write(Array("nothing of it".utf8), "\(folder)/stray")
            #expect(try finds(text, in: folder).isEmpty)
        }
    }

    @Test("ANON-5 (b) base64 with the letters that are safe in addresses is found at each place")
    func safe() throws {
        try inFolder { folder in
            let text = "¿¾>>>???~~~ÿÿÿ»»»subjects?"
            for shift in 0..<3 {
                let bytes = Data(Array("ab".utf8.prefix(shift)) + Array(text.utf8))
                let safe = bytes.base64EncodedString()
                    .replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_")
                try #require(safe.contains { $0 == "-" || $0 == "_" })
                try write(Array(safe.utf8), "\(folder)/stray")
                #expect(try finds(text, in: folder).contains { $0.form == "base64url+\(shift)" })
            }
        }
    }

    @Test("ANON-5 (b) a text is found at the seam between two windows, and once")
    func seams() throws {
        try inFolder { folder in
            let text = SeededCanaries.text(3)
            for place in [0, 1, 16, 31, 32, 33] {
                var bytes = [UInt8](repeating: 0x41, count: (1 << 20) - place)
                bytes += Array(text.utf8)
                bytes += [UInt8](repeating: 0x42, count: 1 << 20)
                try write(bytes, "\(folder)/large")
                let found = try finds(text, in: folder)
                #expect(found.map(\.offset) == [(1 << 20) - place])
            }
        }
    }

    @Test("ANON-5 (b) a text is found in a block of the log, wherever the block stands")
    func blocks() throws {
        try inFolder { folder in
            let text = SeededCanaries.text(5)
            for (name, before, rawBytes) in [("old.copy", 0, 300), ("left", 777, 40_000)] {
                var block: [UInt8] = []
                // Compressed so that nothing of the text stands in it as it is.
                let raw = Array(String(repeating: String(text.dropLast()), count: 2).utf8)
                let filled = Array(repeating: raw, count: rawBytes / raw.count).flatMap { $0 }
                let record = filled + Array(text.utf8) + raw
                record.withUnsafeBytes {
                    BlockCompressor().append($0, events: 1, first: 0, to: &block)
                }
                try #require(!Needles(texts: [text]).forms.contains { contains(block, $0.bytes) })
                let path = "\(folder)/\(name)"
                try write([UInt8](repeating: 7, count: before) + block + [0, 0], path)
                let found = try finds(text, in: folder)
                #expect(found.contains { $0.place == "\(name), unpacked from \(before)" })
                // A tail that was torn: what can be unpacked still is.
                try write([UInt8](repeating: 7, count: before) + block.dropLast(4), path)
                let torn = try finds(text, in: folder)
                #expect(torn.contains { $0.place.contains("unpacked") }, "\(name), torn")
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test("ANON-5 (b) a value that crosses pages of a SQLite file is put together again")
    func longValues() throws {
        try inFolder { folder in
            // A value of 40,000 bytes: the page's 4,096 cut the text wherever it stands.
            let text = SeededCanaries.text(7)
            let file = "\(folder)/views.sqlite"
            for shift in stride(from: 4_040, to: 4_110, by: 1) {
                let value =
                    String(repeating: "x", count: shift) + text
                    + String(repeating: "y", count: 35_000)
                try SQLiteSample.write(file, value)
                let found = try finds(text, in: folder)
                #expect(found.count { $0.form == "UTF-8" } == 1, "shift \(shift): \(found)")
                try FileManager.default.removeItem(atPath: file)
            }
        }
    }

    @Test("ANON-5 (b) a value in the free pages of a SQLite file is found, over their seams too")
    func freePages() throws {
        try inFolder { folder in
            let text = SeededCanaries.text(8)
            let file = "\(folder)/views.sqlite"
            for shift in [20_400, 20_440, 20_470, 20_480] {
                let value = String(repeating: "x", count: shift) + text
                try SQLiteSample.execute(
                    file,
                    """
                    PRAGMA secure_delete = OFF;
                    CREATE TABLE t (v TEXT);
                    INSERT INTO t VALUES ('\(value)\(String(repeating: "y", count: 20_000))');
                    DROP TABLE t;
                    """)
                let found = try finds(text, in: folder)
                #expect(!found.isEmpty, "shift \(shift)")
                try FileManager.default.removeItem(atPath: file)
            }
        }
    }

    @Test("ANON-5 (b) names of files are searched, and folders that a link leads to")
    func namesAndLinks() throws {
        try inFolder { folder in
            let text = SeededCanaries.text(9)
            try FileManager.default.createDirectory(
                atPath: "\(folder)/data/read", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                atPath: "\(folder)/far", withIntermediateDirectories: true)
            try write([], "\(folder)/data/read/of-\(text).tmp")
            try write(Array(text.utf8), "\(folder)/far/file")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/data/log", withDestinationPath: "\(folder)/far")
            // A link that leads back: it ends all the same.
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/data/loop", withDestinationPath: "\(folder)/data")
            let found = try finds(text, in: "\(folder)/data")
            #expect(
                Set(found.map(\.place)) == [
                    "the name of read/of-\(text).tmp", "log/file",
                ])
        }
    }

    @Test("ANON-5 (b) hundreds of needles find what one at a time would, in one pass")
    func many() throws {
        let seed: UInt64 = 20_261_121
        var random = Seeded(seed)
        let texts = (0..<500).map { _ in
            String((0..<12).map { _ in Character(UnicodeScalar(UInt8(97 + random.next() % 4))) })
        }
        var hay: [UInt8] = (0..<5_000).map { _ in UInt8(97 + random.next() % 4) }
        for text in texts.prefix(50) {
            let place = Int(random.next() % 4_900)
            hay.replaceSubrange(place..<place + 12, with: Array(text.utf8))
        }
        var expected: [Int: Int] = [:]
        for text in Set(texts) { expected[texts.firstIndex(of: text) ?? -1] = count(text, hay) }
        var found: [Int: Int] = [:]
        hay.withUnsafeBytes { bytes in
            Needles(texts: texts).each(in: bytes) { form, _ in
                if form.name == "UTF-8" { found[form.value, default: 0] += 1 }
            }
        }
        for (index, count) in expected {
            #expect(found[index, default: 0] == count, "seed \(seed), text \(index)")
        }
        #expect(found.values.reduce(0, +) >= 40, "seed \(seed)")
    }

    private func count(_ text: String, _ hay: [UInt8]) -> Int {
        let needle = Array(text.utf8)
        return (0...(hay.count - needle.count)).count {
            hay[$0] == needle[0] && hay[$0..<$0 + needle.count].elementsEqual(needle)
        }
    }

    private func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(needle)) != nil
    }
}
