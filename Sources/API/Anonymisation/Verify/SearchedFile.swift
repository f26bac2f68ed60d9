import Foundation
import Synchronization

/// A file as a search reads it: in windows, so that however large it is, a few megabytes of memory
/// do; never mapped, since a file that another thread cuts short would then end the process.
final class SearchedFile {
    static let windowBytes = 1 << 20

    /// Its path in the folder.
    let name: String
    let size: Int
    private let descriptor: Int32
    private let isKept: Bool

    /// What stands around some places of a file.
    struct Window {
        let bytes: UnsafeRawBufferPointer
        /// Places in `bytes` that are this window's; those around them are others' too.
        let places: Range<Int>
        /// Of `bytes` in the file.
        let offset: Int
    }

    /// The operating system refused to open or read it.
    struct Unreadable: Error {
        let reason: String
    }

    /// Nil where it is gone meanwhile, or no file with bytes in it.
    init?(_ path: String, name: String) throws(Unreadable) {
        self.name = name
        var about = stat()
        guard stat(path, &about) == 0 else {
            if errno == ENOENT { return nil }
            throw SearchedFile.failure()
        }
        guard about.st_mode & S_IFMT == S_IFREG else { return nil }
        if let kept = KeptDescriptors.descriptor(of: about) {
            (descriptor, isKept) = (kept, true)
        } else {
            let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard opened >= 0 else {
                if errno == ENOENT { return nil }
                throw SearchedFile.failure()
            }
            descriptor = opened
            isKept = KeptDescriptors.keep(opened, name)
        }
        guard fstat(descriptor, &about) == 0 else { throw SearchedFile.failure() }
        size = Int(about.st_size)
    }

    deinit { if !isKept { close(descriptor) } }

    private static func failure() -> Unreadable {
        Unreadable(reason: String(cString: strerror(errno)))
    }

    /// Up to `count` bytes at `offset`; fewer where the file ends before.
    func read(at offset: Int, count: Int) throws(Unreadable) -> [UInt8] {
        var done = 0
        var failed: Unreadable?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let got = pread(
                    descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = SearchedFile.failure() }
                guard got > 0 else { break }
                done += got
            }
            filled = done
        }
        if let failed { throw failed }
        return bytes
    }

    /// All of it, in windows that show `context` bytes around their places.
    func windows(context: Int, _ each: (Window) throws -> Void) throws {
        var position = 0
        while true {
            let begin = max(0, position - context)
            let bytes = try read(
                at: begin, count: position - begin + Self.windowBytes + context)
            let first = position - begin
            let places = first..<max(first, min(bytes.count, first + Self.windowBytes))
            guard first < bytes.count else { return }
            try bytes.withUnsafeBytes {
                try each(Window(bytes: $0, places: places, offset: begin))
            }
            position += Self.windowBytes
        }
    }
}

/// Descriptors of SQLite's files, kept as long as the files are there. To close one would take the
/// locks from the connection that this process has to the same file: POSIX gives them to processes
/// and takes them at the first close (SQLite, "How To Corrupt", 2.2).
private enum KeptDescriptors {
    private struct File: Hashable {
        let device: UInt64
        let number: UInt64

        init(_ about: stat) {
            device = UInt64(about.st_dev)
            number = UInt64(about.st_ino)
        }
    }

    private static let kept = Mutex<[File: Int32]>([:])

    static func descriptor(of about: stat) -> Int32? {
        kept.withLock { kept in
            // Nobody can have a lock on what no name leads to any more.
            for (file, descriptor) in kept {
                var now = stat()
                if fstat(descriptor, &now) == 0, now.st_nlink > 0 { continue }
                close(descriptor)
                kept[file] = nil
            }
            return kept[File(about)]
        }
    }

    /// Whether it is one to be kept.
    static func keep(_ descriptor: Int32, _ name: String) -> Bool {
        var magic = [UInt8](repeating: 0, count: 16)
        let got = pread(descriptor, &magic, magic.count, 0)
        let isSQLite = got == magic.count && magic.elementsEqual("SQLite format 3\0".utf8)
        guard isSQLite || name.hasSuffix("-shm") || name.hasSuffix("-wal") else { return false }
        var about = stat()
        guard fstat(descriptor, &about) == 0 else { return false }
        kept.withLock { $0[File(about)] = descriptor }
        return true
    }
}
