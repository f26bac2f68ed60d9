import API
import Domain
import EventStore
import Foundation
import Projections

/// A data folder opened for work: the log locked, the vault unlocked, projections at hand.
///
/// One process has it at a time. Close it at the end, so that the next start finds nothing to mend.
struct Workplace: Sendable {
    let data: DataOptions
    let store: SegmentStore
    let vault: SQLiteVault
    let shelf: ViewShelf
    let dispatch: Dispatch

    /// Opens `data`, which is made where it is missing.
    static func open(_ data: DataOptions) async throws -> Workplace {
        harden()
        try makeFolder(data.folder)
        let store = try openStore(data)
        do {
            try Identity.check(data.folder)
            let vault = try await openVault(data, isNew: store.report.events == 0)
            let shelf = try ViewShelf(folder: data.views, .all) {
                Terminal.say("projections: \($0)")
            }
            let dispatch = Dispatch(
                store: store, vault: vault, clock: SystemClock(), ids: RandomIDs(),
                catalogue: Catalogue(commands: Catalogue.all.commands + [ImportCommands.run]))
            return Workplace(
                data: data, store: store, vault: vault, shelf: shelf, dispatch: dispatch)
        } catch {
            store.close()
            throw error
        }
    }

    func close() async throws {
        try shelf.close()
        store.close()
        try await vault.close()
    }

    /// Does `work` in `data` and closes it, whatever came of it.
    static func during<Answer: Sendable>(
        _ data: DataOptions, _ work: (Workplace) async throws -> Answer
    ) async throws -> Answer {
        let workplace = try await open(data)
        do {
            let answer = try await work(workplace)
            try await workplace.close()
            return answer
        } catch {
            try await workplace.close()
            throw error
        }
    }

    // MARK: Opening

    private static func harden() {
        let report = ProcessHardening.apply()
        if !report.hasNoCore || !report.isNotDumpable {
            Terminal.say("keys in memory can end up in a core file or be read by other processes")
        }
    }

    private static func makeFolder(_ folder: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .wrong("\(folder): \(error.localizedDescription)")
        }
    }

    private static func openStore(_ data: DataOptions) throws(Failure) -> SegmentStore {
        do {
            let store = try SegmentStore.open(folder: data.log)
            say(store.report)
            return store
        } catch .locked {
            throw .wrong(
                "\(data.folder): another process works in it; stop it, or ask it at its socket")
        } catch {
            throw .wrong("\(data.log): \(error)")
        }
    }

    /// What opening the log came upon.
    private static func say(_ report: OpenReport) {
        for cut in report.cuts {
            let kept = cut.keptIn.map { ", kept in \($0)" } ?? ""
            Terminal.say(
                "torn tail: \(cut.file) at \(cut.offset), \(cut.bytes) bytes never answered\(kept)"
            )
        }
        for damage in report.damage {
            Terminal.say("damaged: \(damage.file) at \(damage.offset): \(damage.reason)")
        }
        if let reason = report.readOnly { Terminal.say("open for reading only: \(reason)") }
    }

    private static func openVault(_ data: DataOptions, isNew: Bool) async throws -> SQLiteVault {
        do {
            let key: InstallationKey
            if let file = data.keyFile {
                key = try InstallationKey.load(file, dataFolder: data.folder)
            } else {
                key = try InstallationKey.forTrying(dataFolder: data.folder)
            }
            if key.isForTrying {
                Terminal.say(
                    "the installation key lies beside the data folder: for trying, not for patients"
                )
            }
            if key.isReadableByOthers {
                Terminal.say("the installation key can be read by others: make it mode 0600")
            }
            let list = SQLiteVault.erasureListPath(dataFolder: data.folder)
            return try await SQLiteVault.open(
                data.folder, key: key, erasureList: list, mayCreate: isNew)
        } catch let error as InstallationKeyError {
            throw Failure.wrong(error.words)
        } catch let error as VaultError {
            throw Failure.wrong(error.words)
        }
    }
}

// MARK: - Looks

extension Workplace {
    /// What the operator looks at.
    enum Look {
        case log
        case visits
        case appointments
    }

    /// Days since 1970-01-01, UTC: an access stream's part, which is never 0.
    private static func day(of now: Instant) -> UInt32 {
        UInt32(clamping: max(1, now.milliseconds / 86_400_000))
    }

    /// One entry of the operator's look in each log's access log; durable on return (AUD-2, AUD-7).
    func note(_ look: Look, records: Int, in logs: [LogID]) async throws {
        let now = dispatch.clock.now()
        let entry =
            switch look {
            case .log: AccessEntry(.logRead, on: .log, records: records)
            case .visits: AccessEntry(.listed, on: .visit, records: records)
            case .appointments: AccessEntry(.listed, on: .appointment, records: records)
            }
        let events = try Access.decide(.note(at: now, [entry]), Access.initial)
        for log in logs {
            let stream = StreamName(Category.access, log.bits, part: Workplace.day(of: now))
            _ = try await store.append(
                Commit(
                    log: log, commandID: dispatch.ids.next(), now: now.milliseconds,
                    context: Context(
                        actor: Actor("operator"), role: "operator", basis: "installation",
                        origin: "cli"),
                    events: try events.map { try EventCoding.newEvent($0, in: stream) }))
        }
    }
}
