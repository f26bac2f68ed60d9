/// Every system call the log makes, so that a test can make each of them fail.
///
/// All calls block. Paths are absolute or relative to the working folder; offsets and lengths are
/// bytes.
package protocol Disk: Sendable {
    /// Makes a folder where there is none; its parent must exist.
    func createFolder(_ path: String) throws(DiskError)
    /// Names of what is in a folder, ascending.
    func list(_ folder: String) throws(DiskError) -> [String]
    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> OpenFile
    func close(_ file: OpenFile)
    func size(_ file: OpenFile) throws(DiskError) -> Int64
    /// Fills `buffer` from `offset`; fewer bytes only at the end of the file.
    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(DiskError) -> Int
    /// Writes all of `bytes`. After an error any part of them may have been written.
    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(DiskError)
    /// Takes room for the file's first `length` bytes, so that a full disk is told before anything
    /// is written.
    func reserve(_ file: OpenFile, length: Int64) throws(DiskError)
    func truncate(_ file: OpenFile, to length: Int64) throws(DiskError)
    /// Makes what was written durable. After an error nobody knows what is.
    func sync(_ file: OpenFile) throws(DiskError)
    func rename(_ path: String, to other: String) throws(DiskError)
    func remove(_ path: String) throws(DiskError)
    /// Makes names made, changed and removed in a folder durable.
    func syncFolder(_ path: String) throws(DiskError)
    /// Takes the file for this process alone; false where another has it. Given back when the file
    /// is closed.
    func lock(_ file: OpenFile) throws(DiskError) -> Bool
    /// Tells that a range will be read soon. A hint: nothing depends on it.
    func willNeed(_ file: OpenFile, at offset: Int64, length: Int)
    /// Called when nobody knows what is on the disk: ends the process. Only a test's disk returns,
    /// and the store then behaves as closed.
    func outcomeUnknown(_ error: DiskError)
}

package enum FileAccess: Hashable, Sendable {
    case read
    case readWrite
    /// Reading and writing; made if it is not there, emptied if it is.
    case create
    /// Reading and writing; made if it is not there, left as it is where it is.
    case createIfMissing
}

/// A file that is open, until closed.
package struct OpenFile: Hashable, Sendable {
    package let descriptor: Int32
    package let path: String

    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }
}

/// A system call that failed.
package struct DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call's name.
    package let call: String
    package let path: String
    /// The system's `errno`.
    package let code: Int32

    package init(call: String, path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }
}
