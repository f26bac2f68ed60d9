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
/// One process has it at a time, and opening is done here alone. Close it at the end. Source:
/// design.md "Data folder".
package final class Installation: Sendable {
    package let folder: String
    package let options: Options
    package let store: SegmentStore
    package let vault: SQLiteVault
    package let clients: ClientIndex
    package let shelf: ViewShelf
    package let dispatch: Dispatch
    package let side: ReadSide
    package let eraser: Eraser
    /// For all that asks other machines.
    package let outgoing = OutgoingThreads()
    private let index: KeyedIndex

    /// What to open it with.
    package struct Options: Sendable {
        /// Nil: the key for trying, beside the folder.
        package var keyFile: String?
        /// Tried where `keyFile` is a key that a rotation leads away from: a rotation to it that
        /// was killed goes on.
        package var nextKeyFile: String?
        /// Whether a folder that is missing is made.
        package var makesFolder = true
        /// Commands there are.
        package var catalogue: Catalogue
        package var clock: any Clock
        package var ids: any IDSource
        /// Threads that build projections.
        package var cores: Int
        /// The `anteroom` that runs statements of reporting staff; nil: none are run.
        package var program: String?
        /// Of one password's hash; tests take less.
        package var passwordCost = PasswordHasher.Cost.service
        /// Where people reach it from outside; nil: nobody said.
        package var publicAddress: PublicAddress?
        /// Nil: mail is written to a folder beside the data folder and not sent.
        package var mail: MailSettings?
        /// The same for text messages.
        package var sms: SMSSettings?
        /// How long a view may take to come as far as is asked.
        package var patience = Duration.seconds(10)
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

    /// What is open so far; closed in the order of use.
    struct Parts {
        let store: SegmentStore
        var vault: SQLiteVault?
        var index: KeyedIndex?
        var shelf: ViewShelf?

        /// Closes all of it, whatever one part says, and then throws what the first said.
        func close() async throws(OpeningError) {
            var first: OpeningError?
            do throws(ViewError) { try shelf?.close() } catch { first = .views(error) }
            store.close()
            do throws(VaultError) { try await index?.close() } catch {
                first = first ?? .vault(error)
            }
            do throws(VaultError) { try await vault?.close() } catch {
                first = first ?? .vault(error)
            }
            if let first { throw first }
        }
    }

    private init(
        folder: String, _ store: SegmentStore, _ vault: SQLiteVault, _ index: KeyedIndex,
        _ shelf: ViewShelf, _ options: Options
    ) {
        self.folder = folder
        self.options = options
        self.store = store
        self.vault = vault
        self.index = index
        self.shelf = shelf
        let closing = ClosingVault(vault)
        clients = ClientIndex(index: index, store: store, vault: closing)
        let notice = options.notice
        let runner = Runner(store, shelf, cores: options.cores) { notice("projections: \($0)") }
        dispatch = Dispatch(
            store: store, vault: closing, clock: options.clock, ids: options.ids,
            catalogue: options.catalogue,
            signIns: SignInDesk(
                passwords: PasswordHasher(cost: options.passwordCost), people: clients),
            clients: clients,
            reach: (options.publicAddress ?? .loopback(port: 80)).reach,
            began: runner.follow(log:))
        side = ReadSide(
            views: Views(shelf), accessLog: AccessLogReader(shelf, store), runner: runner,
            clients: clients, statements: StatementProcess(program: options.program),
            patience: options.patience)
        eraser = Eraser(dispatch: dispatch, side: side, vault: closing)
    }

    /// Opens `folder`. Where any step fails, what was opened before it is closed.
    package static func open(
        _ folder: String, _ options: Options
    ) async throws(OpeningError) -> Installation {
        try makeFolder(folder, options)
        var parts = Parts(store: try openStore(folder, options))
        do throws(OpeningError) {
            try Identity.check(folder)
            return try await open(folder, &parts, options)
        } catch {
            do throws(OpeningError) { try await parts.close() } catch let closing {
                options.notice("closing again: \(closing.words)")
            }
            throw error
        }
    }

    private static func open(
        _ folder: String, _ parts: inout Parts, _ options: Options
    ) async throws(OpeningError) -> Installation {
        let store = parts.store
        let vault = try await InstallationKeys(folder, options).openVault(
            isNew: store.report.events == 0)
        parts.vault = vault
        let index: KeyedIndex
        do {
            try await Reconciling.putBackLooseKeys(vault, store)
            index = try await KeyedIndex.open(folder, vault: vault)
            parts.index = index
            if let reason = index.thrownAway {
                options.notice("\(folder)/\(KeyedIndex.fileName) made anew: \(reason)")
            }
        } catch {
            throw OpeningError(error, folder)
        }
        let shelf: ViewShelf
        do throws(ViewError) {
            shelf = try ViewShelf(folder: "\(folder)/read", .all) { options.notice("\($0)") }
        } catch {
            throw .views(error)
        }
        parts.shelf = shelf
        let installation = Installation(folder: folder, store, vault, index, shelf, options)
        do {
            try await installation.finishErasures()
        } catch {
            throw OpeningError(error, folder)
        }
        return installation
    }

    /// Ends all use of it. Blocks until what is in line is written.
    package func close() async throws(OpeningError) {
        try await Parts(store: store, vault: vault, index: index, shelf: shelf).close()
    }

    // MARK: Parts

    private static func makeFolder(_ folder: String, _ options: Options) throws(OpeningError) {
        if !options.makesFolder, !FileManager.default.fileExists(atPath: "\(folder)/log") {
            throw .folder(folder, reason: "there is no log here")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(folder, reason: error.localizedDescription)
        }
    }

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
                    """)
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
}
