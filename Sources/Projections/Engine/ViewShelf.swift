import EventStore
import Foundation
import GRDB
import Synchronization

/// The folder `read/`: everything in it can be deleted and is built again from the log.
package final class ViewShelf: Sendable {
    package let set: ViewSet
    private let folder: String?
    private let current: Mutex<ViewFile>
    private let notice: @Sendable (ViewNotice) -> Void
    /// Told when the file is another.
    private let replacements = Waiters()
    private let whenReplaced = Mutex<@Sendable (ViewFile) -> Void>({ _ in })

    package static let fileName = "views.sqlite"
    /// What a damaged file is called afterwards; one is kept, the latest.
    package static let asideSuffix = ".damaged"

    /// Opens `folder`, makes what is missing, and sets a damaged file aside.
    package init(
        folder: String, _ set: ViewSet, notice: @escaping @Sendable (ViewNotice) -> Void
    ) throws(ViewError) {
        self.set = set
        self.folder = folder
        self.notice = notice
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .io(file: folder, reason: error.localizedDescription)
        }
        current = Mutex(try ViewShelf.open(folder, set, notice))
    }

    /// A shelf in memory: for replay, time travel and tests.
    package init(inMemory name: String, _ set: ViewSet) throws(ViewError) {
        self.set = set
        folder = nil
        notice = { _ in }
        let file = try ViewFile(inMemory: name)
        try set.prepare(file)
        current = Mutex(file)
    }

    /// The file as of now. Hold it for one answer only: a damaged one is replaced.
    package var file: ViewFile { current.withLock { $0 } }

    /// Reads the file as of now; everything `body` reads is of one moment. A file found damaged is
    /// replaced, and the runner builds its rows anew: who asks then is told so, once.
    func read<Answer: Sendable>(
        _ body: @Sendable (Database) throws(ViewError) -> Answer
    ) async throws(ViewError) -> Answer {
        let file = file
        do {
            return try await file.read(body)
        } catch {
            if case .damaged = error {
                try replace(file)
            } else if file !== self.file {
                // It was closed under our hands: its rows are being built anew.
                throw .damaged(file: file.name, reason: "found while reading it")
            }
            throw error
        }
    }

    /// `told` hears of each file that takes the place of a damaged one, before anybody reads it.
    func onReplacing(_ told: @escaping @Sendable (ViewFile) -> Void) {
        whenReplaced.withLock { $0 = told }
    }

    /// Returns as soon as `file` is not the one that serves any more.
    func untilReplaced(_ file: ViewFile) async throws {
        _ = try await replacements.wait { self.file === file ? nil : true }
    }

    /// Puts an empty file in the place of `damaged`, unless somebody already has. Blocks.
    func replace(_ damaged: ViewFile) throws(ViewError) {
        defer { replacements.wake() }
        try current.withLock { (current) throws(ViewError) in
            guard current === damaged else { return }
            guard let folder else { throw .io(file: damaged.name, reason: "damaged in memory") }
            do {
                try damaged.close()
            } catch {
                // It is broken, and about to be moved away.
            }
            try ViewShelf.setAside(folder, reason: "found while reading it", notice)
            current = try ViewShelf.open(folder, set, notice)
            whenReplaced.withLock(\.self)(current)
        }
    }

    package func close() throws(ViewError) { try file.close() }

    private static func open(
        _ folder: String, _ set: ViewSet, _ notice: @Sendable (ViewNotice) -> Void
    ) throws(ViewError) -> ViewFile {
        do {
            return try openOnce(folder, set)
        } catch .damaged(_, let reason) {
            try setAside(folder, reason: reason, notice)
            return try openOnce(folder, set)
        }
    }

    private static func openOnce(_ folder: String, _ set: ViewSet) throws(ViewError) -> ViewFile {
        let file = try ViewFile(at: "\(folder)/\(fileName)")
        try set.prepare(file)
        return file
    }

    private static func setAside(
        _ folder: String, reason: String, _ notice: @Sendable (ViewNotice) -> Void
    ) throws(ViewError) {
        let path = "\(folder)/\(fileName)"
        let aside = path + asideSuffix
        do {
            for suffix in ["", "-wal", "-shm"] {
                if FileManager.default.fileExists(atPath: aside + suffix) {
                    try FileManager.default.removeItem(atPath: aside + suffix)
                }
                if FileManager.default.fileExists(atPath: path + suffix) {
                    try FileManager.default.moveItem(
                        atPath: path + suffix, toPath: aside + suffix)
                }
            }
        } catch {
            throw .io(file: path, reason: error.localizedDescription)
        }
        notice(.rebuilding(file: path, setAside: aside, reason: reason))
    }
}
