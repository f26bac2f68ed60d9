package import EventStore
import Foundation
package import Projections

/// A data folder opened for work: the log locked, the vault unlocked, what a kill left behind put
/// right.
///
/// ```
/// DIR/log/ segments and indexes   DIR/keys.sqlite vault        DIR/read/ projections
/// DIR/index.sqlite keyed index    DIR/anteroom.json identity   DIR/anteroom.sock operator's socket
/// ```
/// One process has it at a time. Close it at the end. Source: design.md "Data folder".
package final class Installation: Sendable {
    package let folder: String
    package let store: SegmentStore
    package let vault: SQLiteVault
    package let index: ClientIndex
    package let shelf: ViewShelf
    package let dispatch: Dispatch
    package let side: ReadSide

    /// What to open it with.
    package struct Options: Sendable {
        /// Nil: the key for trying, beside the folder.
        package var keyFile: String?
        /// Commands there are.
        package var catalogue: Catalogue
        package var clock: any Clock
        package var ids: any IDSource
        /// Threads that build projections.
        package var cores: Int
        /// Told what an operator should know; never anything personal.
        package var notice: @Sendable (String) -> Void

        package init(
            keyFile: String? = nil, catalogue: Catalogue = .all, clock: any Clock = SystemClock(),
            ids: any IDSource = RandomIDs(), cores: Int = 2,
            notice: @escaping @Sendable (String) -> Void
        ) {
            self.keyFile = keyFile
            self.catalogue = catalogue
            self.clock = clock
            self.ids = ids
            self.cores = cores
            self.notice = notice
        }
    }

    private init(
        folder: String, store: SegmentStore, vault: SQLiteVault, index: KeyedIndex,
        shelf: ViewShelf, _ options: Options
    ) {
        self.folder = folder
        self.store = store
        self.vault = vault
        self.shelf = shelf
        let clients = ClientIndex(index: index, store: store, vault: vault)
        self.index = clients
        dispatch = Dispatch(
            store: store, vault: vault, clock: options.clock, ids: options.ids,
            catalogue: options.catalogue)
        let notice = options.notice
        let runner = Runner(store, shelf, cores: options.cores) { notice("projections: \($0)") }
        side = ReadSide(
            views: Views(shelf), accessLog: AccessLogReader(shelf, store), runner: runner,
            clients: clients)
    }

    /// Opens `folder`, which is made where it is missing.
    package static func open(
        _ folder: String, _ options: Options
    ) async throws(OpeningError) -> Installation {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(folder, reason: error.localizedDescription)
        }
        let store = try openStore(folder, options)
        do throws(OpeningError) {
            try Identity.check(folder)
            let vault = try await openVault(
                folder, options, isNew: store.report.events == 0)
            return try await open(folder, store, vault, options)
        } catch {
            store.close()
            throw error
        }
    }

    private static func open(
        _ folder: String, _ store: SegmentStore, _ vault: SQLiteVault, _ options: Options
    ) async throws(OpeningError) -> Installation {
        let index: KeyedIndex
        do {
            try await vault.finishRotation()
            try await Reconciling.putBackLooseKeys(vault, store)
            index = try await KeyedIndex.open(folder, vault: vault)
        } catch let error as VaultError {
            throw .vault(error)
        } catch let error as ReadError {
            throw .log(.read(error))
        } catch {
            throw .folder(folder, reason: "\(error)")
        }
        if let reason = index.thrownAway {
            options.notice("\(KeyedIndex.fileName) made anew: \(reason)")
        }
        let shelf: ViewShelf
        do {
            shelf = try ViewShelf(folder: "\(folder)/read", .all) { options.notice("\($0)") }
        } catch {
            throw .views(error)
        }
        return Installation(
            folder: folder, store: store, vault: vault, index: index, shelf: shelf, options)
    }

    /// Ends all use of it. Blocks until what is in line is written.
    package func close() async throws(OpeningError) {
        do {
            try shelf.close()
        } catch {
            throw .views(error)
        }
        store.close()
        do {
            try await index.close()
            try await vault.close()
        } catch {
            throw .vault(error)
        }
    }

    // MARK: Parts

    private static func openStore(
        _ folder: String, _ options: Options
    ) throws(OpeningError) -> SegmentStore {
        do {
            let store = try SegmentStore.open(folder: "\(folder)/log")
            for cut in store.report.cuts {
                let kept = cut.keptIn.map { ", kept in \($0)" } ?? ""
                options.notice(
                    """
                    torn tail of \(cut.file) cut at \(cut.offset): \(cut.bytes) bytes never \
                    acknowledged\(kept)
                    """
                )
            }
            for damage in store.report.damage {
                options.notice("damaged: \(damage.file) at \(damage.offset): \(damage.reason)")
            }
            if let reason = store.report.readOnly {
                options.notice("open for reading only: \(reason)")
            }
            return store
        } catch .locked {
            throw .inUse(folder)
        } catch {
            throw .log(.open(error))
        }
    }

    private static func openVault(
        _ folder: String, _ options: Options, isNew: Bool
    ) async throws(OpeningError) -> SQLiteVault {
        let key: InstallationKey
        do {
            if let file = options.keyFile {
                key = try InstallationKey.load(file, dataFolder: folder)
            } else {
                key = try InstallationKey.forTrying(dataFolder: folder)
            }
        } catch {
            throw .key(error)
        }
        if key.isForTrying {
            options.notice(
                "the installation key lies beside the data folder: for trying, not for patients")
        }
        if key.isReadableByOthers {
            options.notice("the installation key can be read by others: make it mode 0600")
        }
        do {
            return try await SQLiteVault.open(
                folder, key: key, erasureList: SQLiteVault.erasureListPath(dataFolder: folder),
                mayCreate: isNew)
        } catch {
            throw .vault(error)
        }
    }
}

/// Why a data folder could not be opened, or not be closed.
package enum OpeningError: Error, Hashable, Sendable {
    /// Another process works in it: ask that one through its socket, or end it.
    case inUse(String)
    case folder(String, reason: String)
    /// It is no data folder, or one of a newer program.
    case identity(file: String, reason: String)
    case key(InstallationKeyError)
    case vault(VaultError)
    case views(ViewError)
    case log(LogError)

    package enum LogError: Hashable, Sendable {
        case open(OpenError)
        case read(ReadError)
    }
}
