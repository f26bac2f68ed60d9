import EventStore
import Synchronization

/// The machine's disk until a number of changing calls were made; from then on every one of them
/// fails, as if the process had ended there.
final class StoppingDisk: Disk {
    private let disk = PosixDisk()
    private let left: Mutex<Int>
    private let lost = Mutex(0)

    init(after calls: Int) { left = Mutex(calls) }

    /// Whether it came to the end.
    var hasStopped: Bool { left.withLock { $0 < 0 } }
    /// How often the outcome was unknown.
    var lostOutcomes: Int { lost.withLock { $0 } }

    private func step(_ call: String, _ path: String) throws(DiskError) {
        let stops = left.withLock { left in
            left -= 1
            return left < 0
        }
        if stops { throw DiskError(call: call, path: path, code: 5) }
    }

    func createFolder(_ path: String) throws(DiskError) { try disk.createFolder(path) }
    func list(_ folder: String) throws(DiskError) -> [String] { try disk.list(folder) }
    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> OpenFile {
        if access == .create { try step("open", path) }
        return try disk.open(path, access)
    }
    func close(_ file: OpenFile) { disk.close(file) }
    func size(_ file: OpenFile) throws(DiskError) -> Int64 { try disk.size(file) }
    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(DiskError) -> Int { try disk.read(file, into: buffer, at: offset) }
    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(DiskError) {
        try step("pwrite", file.path)
        try disk.write(file, bytes, at: offset)
    }
    func reserve(_ file: OpenFile, length: Int64) throws(DiskError) {
        try step("posix_fallocate", file.path)
        try disk.reserve(file, length: length)
    }
    func truncate(_ file: OpenFile, to length: Int64) throws(DiskError) {
        try step("ftruncate", file.path)
        try disk.truncate(file, to: length)
    }
    func sync(_ file: OpenFile) throws(DiskError) {
        try step("fdatasync", file.path)
        try disk.sync(file)
    }
    func rename(_ path: String, to other: String) throws(DiskError) {
        try step("rename", path)
        try disk.rename(path, to: other)
    }
    func remove(_ path: String) throws(DiskError) {
        try step("unlink", path)
        try disk.remove(path)
    }
    func syncFolder(_ path: String) throws(DiskError) {
        try step("fsync", path)
        try disk.syncFolder(path)
    }
    func lock(_ file: OpenFile) throws(DiskError) -> Bool { try disk.lock(file) }
    func willNeed(_ file: OpenFile, at offset: Int64, length: Int) {
        disk.willNeed(file, at: offset, length: length)
    }
    func outcomeUnknown(_ error: DiskError) { lost.withLock { $0 += 1 } }
}
