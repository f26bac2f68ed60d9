import Foundation
import Synchronization

/// The folder `read/`: everything in it can be deleted and is built again from the log.
package final class ViewShelf: Sendable {
    package let set: ViewSet
    private let folder: String?
    private let current: Mutex<ViewFile>
    private let notice: @Sendable (ViewNotice) -> Void

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

    /// Puts an empty file in the place of `damaged`, unless somebody already has.
    func replace(_ damaged: ViewFile) throws(ViewError) {
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
