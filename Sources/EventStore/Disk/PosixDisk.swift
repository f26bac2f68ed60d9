import Glibc

/// The machine's own disk.
package struct PosixDisk: Disk {
    package init() {}

    package func createFolder(_ path: String) throws(DiskError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
    }

    package func list(_ folder: String) throws(DiskError) -> [String] {
        guard let stream = opendir(folder) else { throw failure("opendir", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw failure("readdir", folder) }
        return names.sorted()
    }

    package func open(_ path: String, _ access: FileAccess) throws(DiskError) -> OpenFile {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            case .createIfMissing: O_RDWR | O_CREAT
            }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    package func close(_ file: OpenFile) {
        // A child that is being forked has a copy of the descriptor until it runs its own program:
        // closing alone would leave a lock with it.
        _ = flock(file.descriptor, LOCK_UN)
        _ = Glibc.close(file.descriptor)
    }

    package func size(_ file: OpenFile) throws(DiskError) -> Int64 {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw failure("fstat", file.path) }
        return Int64(status.st_size)
    }

    package func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(DiskError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(
                file.descriptor, buffer.baseAddress! + done, buffer.count - done,
                off_t(offset) + off_t(done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("pread", file.path)
            }
            done += count
        }
        return done
    }

    package func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(DiskError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                file.descriptor, bytes.baseAddress! + done, bytes.count - done,
                off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("pwrite", file.path)
            }
            done += count
        }
    }

    package func reserve(_ file: OpenFile, length: Int64) throws(DiskError) {
        let code = posix_fallocate(file.descriptor, 0, off_t(length))
        guard code == 0 || code == EOPNOTSUPP || code == EINVAL else {
            throw DiskError(call: "posix_fallocate", path: file.path, code: code)
        }
    }

    package func truncate(_ file: OpenFile, to length: Int64) throws(DiskError) {
        guard ftruncate(file.descriptor, off_t(length)) == 0 else {
            throw failure("ftruncate", file.path)
        }
    }

    package func sync(_ file: OpenFile) throws(DiskError) {
        guard fdatasync(file.descriptor) == 0 else { throw failure("fdatasync", file.path) }
    }

    package func rename(_ path: String, to other: String) throws(DiskError) {
        guard Glibc.rename(path, other) == 0 else { throw failure("rename", path) }
    }

    package func remove(_ path: String) throws(DiskError) {
        guard unlink(path) == 0 else { throw failure("unlink", path) }
    }

    package func syncFolder(_ path: String) throws(DiskError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    package func lock(_ file: OpenFile) throws(DiskError) -> Bool {
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default: throw failure("flock", file.path)
            }
        }
        return true
    }

    package func willNeed(_ file: OpenFile, at offset: Int64, length: Int) {
        _ = posix_fadvise(file.descriptor, off_t(offset), off_t(length), POSIX_FADV_WILLNEED)
    }

    package func outcomeUnknown(_ error: DiskError) {
        let text =
            "anteroom: \(error); nobody knows what is on the disk, so the process ends here\n"
        _ = text.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
        _exit(EX_IOERR)
    }

    private func failure(_ call: String, _ path: String) -> DiskError {
        DiskError(call: call, path: path, code: errno)
    }
}

extension DiskError {
    /// No room, or no more of it for this user.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
    package var isMissing: Bool { code == ENOENT }

    package var description: String { "\(call) \(path): \(String(cString: strerror(code)))" }
}
