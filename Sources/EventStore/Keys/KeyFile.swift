import Foundation

/// Reading and making small secret files.
enum KeyFile {
    static let note = "Anteroom installation key: keep it away from the data and its backups"
    static let tryingNote = "Anteroom installation key made for trying, not for patients"

    static func read(
        _ path: String, bytesMax: Int
    ) -> Result<[UInt8], InstallationKeyError> {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            return .failure(
                errno == ENOENT ? .missing(path: path) : .io(path: path, reason: lastError()))
        }
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count <= bytesMax {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress! + count, bytesMax + 1 - count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { return .failure(.io(path: path, reason: lastError())) }
            if got == 0 { return .success(Array(bytes.prefix(count))) }
            count += got
        }
        return .failure(.malformed(path: path, reason: "longer than \(bytesMax) bytes"))
    }

    /// Makes `path` with `bytes`: mode 0600, never half written, synced with its folder.
    static func make(_ path: String, _ bytes: [UInt8]) throws(InstallationKeyError) {
        let making = "\(path).making-\(getpid())"
        func failed() -> InstallationKeyError { .io(path: path, reason: lastError()) }
        let file = Glibc.open(making, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failed() }
        defer {
            Glibc.close(file)
            unlink(making)
        }
        guard write(file, bytes, bytes.count) == bytes.count, fchmod(file, 0o600) == 0,
            fsync(file) == 0
        else { throw failed() }
        // link(2) does not replace: of two that make it at once, one wins and both load that.
        guard link(making, path) == 0 || errno == EEXIST else { throw failed() }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard syncFolder(folder) else { throw failed() }
    }

    static func syncFolder(_ path: String) -> Bool {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { Glibc.close(folder) }
        return fsync(folder) == 0
    }

    static func isReadableByOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }

    static func lastError() -> String { String(cString: strerror(errno)) }
}
