import Foundation

/// What the disk gives with nothing around it: the ceiling that ours is measured against in the
/// same run.
struct BareDisk {
    let folder: URL

    /// 4 KiB appended and synced, one after the other, to a file whose blocks were written before;
    /// operations a second.
    func appends(_ count: Int) throws -> Double {
        let file = try PrewrittenFile(folder.appending(path: "bare-append"), bytes: count * 4096)
        defer { file.remove() }
        let page = [UInt8](repeating: 0xA5, count: 4096)
        let taken = try seconds {
            for index in 0..<count { try file.write(page, at: index * 4096) }
        }
        return Double(count) / taken
    }

    /// `writers` tasks, one writer thread, 280 bytes an operation: write + fdatasync and nothing
    /// else; a second.
    func groupCommits(_ count: Int, writers: Int) async throws -> Double {
        let file = try PrewrittenFile(
            folder.appending(path: "bare-group"), bytes: count * 280 + 4096)
        defer { file.remove() }
        let end = Offset()
        let record = [UInt8](repeating: 0xA5, count: 280)
        let thread = GroupThread<[UInt8]> { batch in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(batch.count * 280)
            for record in batch { bytes += record }
            try file.write(bytes, at: end.value)
            end.value += bytes.count
        }
        defer { thread.close() }
        return try await rate(of: count, writers: writers) { _ in try await thread.submit(record) }
    }
}

/// Touched by the one thread that writes.
private final class Offset: @unchecked Sendable {
    var value = 0
}

/// A file full of something, so that writing into it changes no metadata.
struct PrewrittenFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ url: URL, bytes: Int) throws {
        path = url.path
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else {
            throw BenchError(message: "\(path): \(String(cString: strerror(errno)))")
        }
        let chunk = [UInt8](repeating: 0x5A, count: 1 << 20)
        var written = 0
        while written < bytes {
            let result = pwrite(descriptor, chunk, chunk.count, off_t(written))
            guard result > 0 else {
                throw BenchError(message: "\(path): \(String(cString: strerror(errno)))")
            }
            written += result
        }
        guard fsync(descriptor) == 0 else { throw BenchError(message: "\(path): fsync failed") }
    }

    /// Writes and syncs.
    func write(_ bytes: [UInt8], at offset: Int) throws {
        guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count,
            fdatasync(descriptor) == 0
        else {
            throw BenchError(message: "\(path): \(String(cString: strerror(errno)))")
        }
    }

    func remove() {
        close(descriptor)
        unlink(path)
    }
}

/// What keeps a measure from being taken, in words.
struct BenchError: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}

/// Bytes of all files below `folder`, as their lengths say.
func bytesOnDisk(_ folder: URL, where isCounted: (String) -> Bool = { _ in true }) -> Int {
    let keys: [URLResourceKey] = [.fileSizeKey, .isRegularFileKey]
    guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)
    else { return 0 }
    var total = 0
    for case let url as URL in walker where isCounted(url.lastPathComponent) {
        var status = stat()
        if stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            total += Int(status.st_size)
        }
    }
    return total
}

/// Asks the kernel to forget every cached page of the files below `folder`, so that the next read
/// goes to the disk.
func forgetCache(_ folder: URL) {
    guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    else { return }
    for case let url as URL in walker {
        let descriptor = open(url.path, O_RDONLY)
        guard descriptor >= 0 else { continue }
        fdatasync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
    }
}
