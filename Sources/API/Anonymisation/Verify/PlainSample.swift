import Domain
package import EventStore
import Foundation
import Projections

/// Plain values of some records that are about to be erased, held in memory from before a run, so
/// that they can be looked for after it (ANON-5). Never written, nor shown.
package struct PlainSample: Sendable {
    /// Records a sample is of, of each organisation.
    package static let recordsMax = 1_000

    /// What stood in fields of text.
    private(set) var texts: [String] = []
    /// Whole records, as they were before they were sealed.
    private(set) var values: [[UInt8]] = []
    /// Their keys, as the vault's file has them.
    private(set) var wrappedKeys: [[UInt8]] = []
    private(set) var records = 0
    /// Texts and records that tell too little for a hit to mean anything.
    private(set) var tooShort = 0
    /// Texts that organisations have published themselves: a clinic's name, a question's choice.
    private(set) var published = 0

    package init() {}

    /// Takes a sample of what is due in `log`, and of what was asked for, each record as likely as
    /// any other.
    /// - Parameter through: records a run would take at most.
    package mutating func take(
        from log: LogID, of installation: Installation, through: Int = .max
    ) async throws {
        let chosen = try await Chosen(installation.dispatch, installation.side, log).choice
        let rows = try await PlainSample.rows(chosen, installation.dispatch.ids, through)
        var found = Found()
        for row in rows { try await open(row, log, installation, &found) }
        records += rows.count
        let texts = found.texts.filter(PlainSample.isTelling)
        let public_ = try await PlainSample.published(texts, installation)
        let values = found.values.filter(PlainSample.isTelling)
        tooShort += found.texts.count - texts.count + found.values.count - values.count
        published += public_.count
        self.texts += texts.subtracting(public_).sorted()
        self.values += values.sorted { $0.lexicographicallyPrecedes($1) }
        wrappedKeys += try await installation.vault.wrappedKeys(found.keys.sorted())
    }

    private struct Found {
        var texts: Set<String> = []
        var values: Set<[UInt8]> = []
        var keys: Set<KeyID> = []
    }

    // MARK: Choosing

    private static func rows(
        _ choice: Choice, _ ids: any IDSource, _ through: Int
    ) async throws -> [RetentionRow] {
        var seen = 0
        var rows: [RetentionRow] = []
        func offer(_ row: RetentionRow) {
            seen += 1
            if rows.count < recordsMax {
                rows.append(row)
            } else {
                let place = Int(ids.next() % UInt128(seen))
                if place < recordsMax { rows[place] = row }
            }
        }
        for request in try await choice.asked() { request.rows.forEach(offer) }
        for kind in RecordKind.allCases
        where kind.clock != .accessLog && choice.state.mayRun(kind, at: choice.now) {
            var mark: PageMark?
            repeat {
                let page = try await choice.due(kind, after: mark)
                page.rows.forEach(offer)
                mark = page.next
            } while mark != nil && seen < through
        }
        return rows
    }

    // MARK: Opening

    private func open(
        _ row: RetentionRow, _ log: LogID, _ installation: Installation, _ found: inout Found
    ) async throws {
        let stream = StreamName(Word(stringOf: row.kind.category), row.record.bits)
        let events = try installation.store.readStream(stream, in: log, from: 0, limit: Loader.page)
        for event in events {
            for field in try SealedField.all(in: EventCoding.fact(event)) {
                guard let key = try await installation.vault.key(field.key) else { continue }
                let plain = try Sealer.open(field.sealed.bytes, under: key, at: field.place)
                found.keys.insert(field.key)
                found.values.insert(plain)
                found.texts.formUnion(PlainSample.texts(in: plain[...]))
            }
        }
    }

    /// Texts in a record, whatever its kind: fields of bytes that are UTF-8 and printable, those
    /// of records in it too. Source: protobuf wire format.
    static func texts(in record: ArraySlice<UInt8>) -> [String] {
        var rest = record
        var texts: [String] = []
        while !rest.isEmpty {
            guard let tag = varint(&rest) else { return texts }
            switch tag & 7 {
            case 0:
                guard varint(&rest) != nil else { return texts }
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                guard let length = varint(&rest), length <= rest.count else { return texts }
                let bytes = rest.prefix(Int(length))
                rest = rest.dropFirst(Int(length))
                if let text = String(validating: bytes, as: UTF8.self),
                    text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" })
                {
                    texts.append(text)
                } else {
                    texts += self.texts(in: bytes)
                }
            default: return texts
            }
        }
        return texts
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    // MARK: Telling

    /// Whether a hit would mean something: long enough, and no word the program has for itself.
    static func isTelling(_ text: String) -> Bool {
        guard text.utf8.count >= Needles.bytesMin else { return false }
        let isWord = text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return !isWord || text.utf8.count >= 16
    }

    /// Whether it is more than the id of somebody who may still be on file.
    static func isTelling(_ value: [UInt8]) -> Bool {
        value.count >= 24 || value.count >= Needles.bytesMin && value.count != 18
    }

    /// Streams that hold nothing personal, sealed or not, but texts that organisations publish.
    private static let publicCategories: Set<Word> = [
        Category.organisation, Category.subdomain, Category.clinic, Category.questionnaire,
        Category.report, Category.imports, Category.room, Category.callInterface, Category.app,
        Category.announcement,
    ]

    /// Those of `texts` that stand in such a stream of any log.
    private static func published(
        _ texts: Set<String>, _ installation: Installation
    ) async throws -> Set<String> {
        let all = texts.sorted()
        let needles = Needles(exactly: all.map { Array($0.utf8) })
        var found: Set<String> = []
        for log in try installation.store.logs() {
            var position: Int64 = 0
            while true {
                let events = try installation.store.read(log, from: position, limit: 4_096)
                guard let last = events.last else { break }
                for event in events where publicCategories.contains(event.stream.category) {
                    event.payload.withUnsafeBytes { bytes in
                        needles.each(in: bytes) { form, _ in found.insert(all[form.value]) }
                    }
                }
                position = last.position + 1
                await Task.yield()
            }
        }
        return found
    }
}
