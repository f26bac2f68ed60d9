import Domain
import EventStore
import Projections

/// What `anonymise verify` looks for in the files, and what it means where it is found.
struct VerifySearch: Sendable {
    /// In the order of ``Quest``.
    let quests: [FolderSearch.Quest]
    private let texts: [String]
    private let sample: PlainSample
    private let control: String?
    private let keys: [KeyID]

    private enum Quest: Int {
        /// Canaries.
        case texts
        /// Values known before a run.
        case sample
        /// Ids of destroyed keys, in the vault's files.
        case keys
        /// Rows of destroyed keys, in any other file.
        case rows
        /// Destroyed keys, as they stood wrapped.
        case wrapped
        /// Erased records, in the keyed index.
        case records
        /// What must be found.
        case control
    }

    /// Canaries shorter than this, or of fewer different characters, could stand there by chance.
    static let canaryBytesMin = 16
    static let canaryCharactersMin = 6
    /// What stands before a key's id in its row, as SQLite writes it: the length of this header, a
    /// blob of 16 bytes, a blob of 48.
    private static let rowHeader: [UInt8] = [0x03, 0x2C, 0x6C]

    /// - Parameters:
    ///   - keys: ids that may stand in lists beside others.
    ///   - control: a text that stands in a block of the log.
    init(
        texts: [String], sample: PlainSample, ledgers: [DueLedger], keys: Set<KeyID>,
        control: String?
    ) {
        self.texts = texts
        self.sample = sample
        self.control = control
        let gone = ledgers.reduce(into: Set()) { $0.formUnion($1.orderedKeys) }.sorted()
        self.keys = gone
        let records = ledgers.reduce(into: Set()) { $0.formUnion($1.orderedRecords) }.sorted()
        let ids = gone.map(\.bits.bigEndianBytes)
        var inVault = FolderSearch.Quest(Needles(exactly: ids))
        inVault.isAsked = VerifySearch.isVault
        inVault.counts = { bytes, offset in
            VerifySearch.hasKey(bytes, offset)
                && !VerifySearch.isListed(bytes, offset) { id in
                    keys.contains(id) || ledgers.contains { $0.owners[id] != nil }
                }
        }
        var elsewhere = FolderSearch.Quest(
            Needles(exactly: ids.map { VerifySearch.rowHeader + $0 }))
        elsewhere.isAsked = { !VerifySearch.isVault($0) }
        var inIndex = FolderSearch.Quest(Needles(exactly: records.map(\.bigEndianBytes)))
        inIndex.isAsked = { VerifySearch.isNamed($0, KeyedIndex.fileName) }
        var inLog = FolderSearch.Quest(
            Needles(exactly: control.map { [Array($0.utf8)] } ?? []))
        inLog.isAsked = { $0.hasSuffix(".seg") }
        quests = [
            FolderSearch.Quest(Needles(texts: texts.filter(VerifySearch.isCanary))),
            FolderSearch.Quest(Needles(texts: sample.texts, values: sample.values)),
            inVault, elsewhere, FolderSearch.Quest(Needles(exactly: sample.wrappedKeys)), inIndex,
            inLog,
        ]
    }

    var formCount: Int { quests.reduce(0) { $0 + $1.needles.forms.count } }

    var sampleWords: String? {
        guard sample.records > 0 else { return nil }
        return "the sample: \(sample.texts.count) texts and \(sample.values.count) whole records "
            + "of \(sample.records) records; \(sample.tooShort) told too little to be looked for, "
            + "\(sample.published) are published by an organisation itself"
    }

    private static func isCanary(_ text: String) -> Bool {
        text.utf8.count >= canaryBytesMin && Set(text.utf8).count >= canaryCharactersMin
    }

    private static func isVault(_ file: String) -> Bool { isNamed(file, SQLiteVault.fileName) }

    /// `keys.sqlite`, `old/keys.sqlite-wal`, `keys.sqlite.copy`.
    private static func isNamed(_ file: String, _ name: String) -> Bool {
        file.split(separator: "/").last?.hasPrefix(name) ?? false
    }

    /// Whether the id at `offset` stands beside another: in a list of keys made ahead, which is no
    /// secret, as all ids stand in the log. In a row what follows is the key itself, and before it
    /// stands the end of another's.
    private static func isListed(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ isID: (KeyID) -> Bool
    ) -> Bool {
        for place in [offset - 16, offset + 16] where place >= 0 && place + 16 <= bytes.count {
            let bits = UInt128(
                bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt128.self))
            if isID(KeyID(bits: bits)) { return true }
        }
        return false
    }

    /// Whether more than half of a key may stand behind the id at `offset`. SQLite zeroes what is
    /// deleted, but where it rebuilds a page the beginning of a row can stay, and the id with it
    /// (seen once in 200,000 deletions). Of a key of 32 bytes, 16 zeroed are as good as all: 128
    /// bits of it are nowhere.
    private static func hasKey(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        let wrapped = bytes[min(bytes.count, offset + 16)..<min(bytes.count, offset + 48)]
        return wrapped.count { $0 != 0 } > 16
    }

    // MARK: What was found

    private func each(
        _ quest: Quest, _ result: FolderSearch.Result, _ words: (FolderSearch.Find) -> String
    ) -> Faults {
        let outcome = result.outcomes[quest.rawValue]
        var faults = Faults()
        for find in outcome.finds {
            faults.add("\(words(find)) stands in \(find.place) at \(find.offset)")
        }
        faults.addMore(outcome.more)
        return faults
    }

    /// (a)
    func keysFound(_ result: FolderSearch.Result) -> Faults {
        var faults = each(.keys, result) { "the row of key \(keys[$0.value])" }
        faults.add(each(.rows, result) { "the row of key \(keys[$0.value])" })
        faults.add(each(.wrapped, result) { _ in "a destroyed key, wrapped," })
        faults.add(each(.records, result) { _ in "an erased record" })
        return faults
    }

    /// (b)
    func textsGone(_ result: FolderSearch.Result) -> AnonymisationReport.Check {
        var check = AnonymisationReport.Check(
            letter: "b", question: "no known text of it stands in any byte of the folder")
        check.looked = texts.count + sample.texts.count + sample.values.count
        let canaries = texts.indices.filter { VerifySearch.isCanary(texts[$0]) }
        for index in texts.indices where !VerifySearch.isCanary(texts[index]) {
            check.faults.add(
                "text \(index + 1) is too short, or too plain, for a hit to mean anything")
        }
        check.faults.add(
            each(.texts, result) { "text \(canaries[$0.value] + 1), as \($0.form)," })
        check.faults.add(
            each(.sample, result) { "value \($0.value + 1) of the sample, as \($0.form)," })
        if control != nil,
            !result.outcomes[Quest.control.rawValue].finds.contains(where: {
                $0.place.contains("unpacked")
            })
        {
            check.faults.add("the search does not find what stands in every log: it is broken")
        }
        return check
    }
}
