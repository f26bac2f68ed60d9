/// A file that is open for as long as somebody uses it.
package final class File: Sendable {
    package let disk: any Disk
    package let handle: OpenFile

    package init(_ disk: any Disk, _ handle: OpenFile) {
        self.disk = disk
        self.handle = handle
    }

    deinit { disk.close(handle) }

    package convenience init(_ disk: any Disk, _ path: String, _ access: FileAccess)
        throws(DiskError)
    {
        self.init(disk, try disk.open(path, access))
    }

    package func size() throws(DiskError) -> Int64 { try disk.size(handle) }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    package func bytes(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            do throws(DiskError) {
                used = try disk.read(
                    handle, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    package func write(_ bytes: [UInt8], at offset: Int64) throws(DiskError) {
        var failure: DiskError?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskError) { try disk.write(handle, buffer, at: offset) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    package func sync() throws(DiskError) { try disk.sync(handle) }
}

extension ReadError {
    package init(_ error: DiskError) { self = .io(file: error.path, reason: error.description) }
}
