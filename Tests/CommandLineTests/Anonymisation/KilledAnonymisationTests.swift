import API
import Domain
import EventStore
import Foundation
import Projections
import Synchronization
import Testing

/// `anonymise run` killed at every system call that changes log, vault, keyed index or erasure
/// list, and in the middle of every write.
@Suite("Killed anonymisation", .serialized) struct KilledAnonymisationTests {
    /// Runs side by side: each is one process and its check.
    private static let width = 2

    /// Where processes were killed, and how often.
    private final class Places: Sendable {
        let met = Mutex<[String: Int]>([:])
    }

    @Test("ANON-4 killed at any step it is finished by the next start, and nothing is half erased")
    func everyCall() async throws {
        let folder = try Folder()
        let clinic = try await DueClinic.lay(in: folder)
        let killer = try await Killer(in: folder)
        let whole = try await Self.unkilled(clinic, killer, folder)
        var random = Seeded.told(for: "KilledAnonymisationTests")
        // Threads make no two runs the same: some calls more, so that the last is among them.
        let seeds = (1...whole.calls + 10).map { _ in random.next() }
        let reached = Places()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, seed) in seeds.enumerated() {
                if index >= Self.width { try await group.next() }
                group.addTask {
                    let life = Life(clinic, killer, looks: whole.looks, seed: seed)
                    for isHalf in [false, true] {
                        let moment = Killer.Moment(call: index + 1, isHalf: isHalf)
                        let place = try await life.run(on: folder.path("."), killedAt: moment)
                        guard let place else { break }
                        reached.met.withLock { $0[place, default: 0] += 1 }
                        // Only a write can be done by half.
                        guard place.contains("write") else { break }
                    }
                }
            }
            try await group.waitForAll()
        }
        let places = reached.met.withLock { $0 }
        for (place, count) in places.sorted(by: { $0.key < $1.key }) { print(count, place) }
        // What the sweep is about was met: each file, and its syncs.
        for file in ["keys.sqlite-wal", "keys.sqlite", "index.sqlite", "data.erasures", ".seg"] {
            #expect(places.keys.contains { $0.contains(file) && $0.contains("write") }, "\(file)")
            #expect(places.keys.contains { $0.contains(file) && $0.contains("sync") }, "\(file)")
        }
    }

    /// How many calls a run makes that is not killed, and how many looks it carries over.
    private static func unkilled(
        _ clinic: DueClinic, _ killer: Killer, _ folder: Folder
    ) async throws -> (calls: Int, looks: Int) {
        let copy = try Life.copy(of: folder.path("."))
        guard
            case .ended(let calls, let outcome) = try await killer.run(
                ["anonymise", "run", "--json", "--data", copy.path("data")], at: nil, in: copy)
        else { throw Life.Wrong(words: "a run that nobody kills was killed") }
        try #require(outcome.status == 0, "\(outcome.errors)")
        let looks = try await DueClinic.during(copy.path("data")) { installation in
            try await clinic.check(installation, looks: nil)
        }
        #expect(looks > 0 && calls > 50)
        return (calls, looks)
    }
}

/// One copy of the clinic: killed, looked at as it lies, started again (perhaps killed again), and
/// looked at once more.
private struct Life: Sendable {
    let clinic: DueClinic
    let killer: Killer
    let looks: Int
    let seed: UInt64

    struct Wrong: Error {
        let words: String
    }

    init(_ clinic: DueClinic, _ killer: Killer, looks: Int, seed: UInt64) {
        self.clinic = clinic
        self.killer = killer
        self.looks = looks
        self.seed = seed
    }

    /// The folder with what lies beside it.
    static func copy(of source: String) throws -> Folder {
        let copy = try Folder()
        for name in ["data", "data.key", "data.erasures"] {
            try FileManager.default.copyItem(
                atPath: "\(source)/\(name)", toPath: copy.path(name))
        }
        return copy
    }

    /// - Returns: where it was killed; nil where it ended before.
    func run(on source: String, killedAt moment: Killer.Moment) async throws -> String? {
        let folder = try Life.copy(of: source)
        let arguments = ["anonymise", "run", "--data", folder.path("data")]
        var place: String?
        if case .killed(let call, let file) = try await killer.run(
            arguments, at: moment, in: folder)
        {
            place = "\(call) \(file)"
            try await lookAtTheDead(folder, moment)
        }
        // Half of them are killed again while they put things right.
        var random = Seeded(seed: seed)
        if Bool.random(using: &random) {
            let next = Killer.Moment(
                call: .random(in: 1...100, using: &random), isHalf: .random(using: &random))
            _ = try await killer.run(arguments, at: next, in: folder)
            try await lookAtTheDead(folder, moment)
        }
        let words = "\(moment), \(place ?? "not killed")"
        try await DueClinic.during(folder.path("data")) { installation in
            // Whatever was ordered is carried out before this; what was not, is due still.
            try await clinic.nothingIsHalf(installation, words)
            _ = try await Anonymiser(installation.eraser).run(
                in: clinic.log, recordsMax: 1_000, by: .commandLine)
            let looks = try await clinic.check(installation, looks: self.looks)
            #expect(looks == self.looks, "\(words)")
        }
        return place
    }

    /// Log and vault as the killed process left them, without anything that a start does: of no
    /// record a key is gone whose erasure is not ordered, and no record is ordered by halves.
    private func lookAtTheDead(_ folder: Folder, _ moment: Killer.Moment) async throws {
        let store = try SegmentStore.openReadOnly(folder: folder.path("data/log"))
        defer { store.close() }
        let ordered = try clinic.ordered(in: store)
        // The vault's own opening follows the erasure list: on a copy.
        let copy = try Folder()
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: folder.path("data"))
        where name.hasPrefix(SQLiteVault.fileName) {
            try files.copyItem(atPath: folder.path("data/\(name)"), toPath: copy.path(name))
        }
        try files.copyItem(atPath: folder.path("data.erasures"), toPath: copy.path("erasures"))
        let key = try InstallationKey.load(
            folder.path("data.key"), dataFolder: copy.path("nowhere"))
        let vault = try await SQLiteVault.open(
            copy.path("."), key: key, erasureList: copy.path("erasures"))
        for record in clinic.due + clinic.kept {
            let named = record.keys.intersection(ordered)
            #expect(named.isEmpty || named == record.keys, "\(moment): \(record.stream)")
            for key in record.keys.subtracting(ordered) {
                let isThere = try await vault.key(key) != nil
                #expect(isThere, "\(moment): \(record.stream) was erased unordered")
            }
        }
        try await vault.close()
    }
}

extension DueClinic {
    /// Keys that the log orders to be destroyed.
    fileprivate func ordered(in store: SegmentStore) throws -> Set<KeyID> {
        let stream = StreamName(Category.erasure, log.bits)
        var keys: Set<KeyID> = []
        for event in try store.readStream(stream, in: log, from: 0, limit: 1_000) {
            if case .ordered(let order) = try EventCoding.decode(event) as ErasureEvent {
                keys.formUnion(order.keys.map { KeyID(bits: $0.bits) })
            }
        }
        return keys
    }

    /// After a start each record is wholly there or wholly erased.
    fileprivate func nothingIsHalf(_ installation: Installation, _ moment: String) async throws {
        let ordered = try ordered(in: installation.store)
        for record in due + kept {
            var there: Set<KeyID> = []
            for key in record.keys where try await installation.vault.key(key) != nil {
                there.insert(key)
            }
            #expect(there == record.keys.subtracting(ordered), "\(moment): \(record.stream)")
            #expect(there.isEmpty || there == record.keys, "\(moment): \(record.stream)")
        }
    }

    /// After a run that ended: all that was due is gone, all else is there, once each.
    /// - Returns: how many looks the client reads that were carried over.
    @discardableResult
    fileprivate func check(_ installation: Installation, looks: Int?) async throws -> Int {
        for record in due {
            for key in record.keys { #expect(try await installation.vault.key(key) == nil) }
        }
        for record in kept {
            for key in record.keys { #expect(try await installation.vault.key(key) != nil) }
        }
        try ordersAreDone(installation.store)
        try await viewsAreReplayed(installation)
        let report = try await AnonymisationVerifier(installation).run(texts: canaries)
        #expect(report.isFine, "\(report.lines)")
        return try await carried(installation)
    }

    private func ordersAreDone(_ store: SegmentStore) throws {
        let stream = StreamName(Category.erasure, log.bits)
        var open: Set<Int> = []
        var done: Set<Int> = []
        for event in try store.readStream(stream, in: log, from: 0, limit: 1_000) {
            switch try EventCoding.decode(event) as ErasureEvent {
            case .ordered(let order): #expect(open.insert(order.order).inserted)
            case .carriedOut(let carried): #expect(done.insert(carried.order).inserted)
            }
        }
        #expect(open == done && !open.isEmpty)
    }

    /// AUD-3: live rows are those of a replay.
    private func viewsAreReplayed(_ installation: Installation) async throws {
        let head = try installation.store.head(of: log)
        for projection in ViewSet.all.projections {
            try await installation.side.runner.waitUntil(projection.name, log, shows: head - 1)
        }
        let live = try await installation.side.views.digests(of: log)
        let replayed = try await Replay(installation.store, cores: 1).views(of: log, at: .head)
        let others = try await replayed.digests(of: log)
        #expect(!live.isEmpty && live.map(\.bytes) == others.map(\.bytes))
    }

    private func carried(_ installation: Installation) async throws -> Int {
        let entry = try #require(
            QueryCatalogue.all.first { $0.path == "/v1/clients/{client}/access-log" })
        let answer = try await installation.dispatch.answer(
            entry,
            QueryRequest(
                fields: ["client": .string("\(client)")], isText: false,
                actor: .staff(organisation: ID(bits: log.bits), administrator),
                atLeast: try installation.store.head(of: log) - 1),
            from: installation.side)
        return answer.json["rows"]?.elements?.count { $0["day"] != nil } ?? 0
    }
}
