import EventStore
import Foundation
import Synchronization

/// A real disk on which there is room no more, until there is: what was reserved can be written,
/// and nothing else.
final class FillingDisk: Disk {
    private let disk = PosixDisk()
    private let full = Mutex(false)

    var isFull: Bool {
        get { full.withLock { $0 } }
        set { full.withLock { $0 = newValue } }
    }

    private func takeRoom(_ call: String, _ path: String) throws(DiskError) {
        if isFull { throw DiskError(call: call, path: path, code: ENOSPC) }
    }

    func createFolder(_ path: String) throws(DiskError) { try disk.createFolder(path) }
    func list(_ folder: String) throws(DiskError) -> [String] { try disk.list(folder) }

    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> OpenFile {
        switch access {
        case .read, .readWrite: break
        case .create, .createIfMissing: try takeRoom("open", path)
        }
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
        if try offset + Int64(bytes.count) > disk.size(file) { try takeRoom("pwrite", file.path) }
        try disk.write(file, bytes, at: offset)
    }

    func reserve(_ file: OpenFile, length: Int64) throws(DiskError) {
        try takeRoom("fallocate", file.path)
        try disk.reserve(file, length: length)
    }

    func truncate(_ file: OpenFile, to length: Int64) throws(DiskError) {
        try disk.truncate(file, to: length)
    }

    func sync(_ file: OpenFile) throws(DiskError) { try disk.sync(file) }
    func rename(_ path: String, to other: String) throws(DiskError) {
        try disk.rename(path, to: other)
    }
    func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
    func syncFolder(_ path: String) throws(DiskError) { try disk.syncFolder(path) }
    func lock(_ file: OpenFile) throws(DiskError) -> Bool { try disk.lock(file) }
    func willNeed(_ file: OpenFile, at offset: Int64, length: Int) {
        disk.willNeed(file, at: offset, length: length)
    }
    func outcomeUnknown(_ error: DiskError) { disk.outcomeUnknown(error) }
}
