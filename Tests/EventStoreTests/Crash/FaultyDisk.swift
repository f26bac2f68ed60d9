import Dispatch
import EventStore
import Synchronization

/// A disk in memory that does what real ones do on their worst day: any call fails, before or after
/// it was done; what was not synced is lost, kept or torn when the power goes; names are lost like
/// bytes.
///
/// A file has what a process reads (`now`) and what is on the platters (`durable`); between them
/// lie changes no sync has covered. The same holds for the names in a folder. A new file's name is
/// not made durable by syncing the file.
final class FaultyDisk: Disk {
    /// What goes wrong at one call.
    enum Fault: Hashable, Sendable {
        /// Nothing is done, and an error comes back. A sync that fails so is final, as on Linux:
        /// what it should have written is read from memory, and no later sync writes it.
        case before(code: Int32)
        /// All is done, yet an error comes back.
        case after(code: Int32)
        /// A write stops in the middle with an error; any other call is not done.
        case midway(code: Int32)
        /// The machine is off: this call and all later ones fail, nothing is done.
        case powerLoss
    }

    private let state: Mutex<Image>
    private let gate = Mutex(Gate.open)
    private let released = DispatchSemaphore(value: 0)

    /// What the next write comes upon.
    private enum Gate {
        case open
        /// And who is told that something waits.
        case closed(CheckedContinuation<Void, Never>?)
        /// It came.
        case held
    }

    init(_ image: Image = Image()) { state = Mutex(image) }

    /// What is on it now.
    var image: Image { state.withLock { $0 } }
    /// How many calls were made.
    var calls: Int { state.withLock { $0.calls } }
    /// What the store took as an unknown outcome, if anything.
    var unknownOutcome: DiskError? { state.withLock { $0.unknownOutcome } }
    /// The call that was made to fail, in words.
    var struck: String? { state.withLock { $0.struck } }

    /// Makes the `number`th call from here on (1: the next) go wrong.
    func arm(_ fault: Fault, at number: Int) {
        state.withLock { $0.armed = ($0.calls + number, fault) }
    }

    /// From now on all files together hold at most so many bytes; nil: any number.
    func limit(toBytes capacity: Int?) { state.withLock { $0.capacity = capacity } }

    /// The next write waits for ``release()``, and then finds no room.
    func holdWrite() { gate.withLock { $0 = .closed(nil) } }

    /// Comes back once it waits.
    func held() async {
        await withCheckedContinuation { continuation in
            let isHeld = gate.withLock { gate in
                guard case .closed = gate else { return true }
                gate = .closed(continuation)
                return false
            }
            if isHeld { continuation.resume() }
        }
    }

    func release() { released.signal() }

    private func passGate() {
        let waiting = gate.withLock { gate -> CheckedContinuation<Void, Never>?? in
            guard case .closed(let waiting) = gate else { return nil }
            gate = .held
            return .some(waiting)
        }
        guard let waiting else { return }
        waiting?.resume()
        released.wait()
        arm(.before(code: .noSpace), at: 1)
    }

    func createFolder(_ path: String) throws(DiskError) {
        try call("mkdir", path) { image throws(DiskError) in
            if image.now[path] == nil { image.change(.link(path, image.newFolder())) }
        }
    }

    func list(_ folder: String) throws(DiskError) -> [String] {
        try call("readdir", folder) { image throws(DiskError) in
            guard image.now[folder] != nil else { throw image.failure("opendir", folder, .missing) }
            let prefix = folder + "/"
            return image.now.keys.filter { $0.hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)) }
                .filter { !$0.contains("/") }.sorted()
        }
    }

    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> OpenFile {
        try call("open", path) { image throws(DiskError) in
            guard image.now[Image.folder(of: path)] != nil else {
                throw image.failure("open", path, .missing)
            }
            switch access {
            case .read, .readWrite:
                guard image.now[path] != nil else { throw image.failure("open", path, .missing) }
            case .create:
                if let file = image.now[path] {
                    image.change(file, .resize(0))
                } else {
                    image.change(.link(path, image.newFile()))
                }
            case .createIfMissing:
                if image.now[path] == nil { image.change(.link(path, image.newFile())) }
            }
            return image.openFile(path)
        }
    }

    func close(_ file: OpenFile) { state.withLock { $0.close(file) } }

    func size(_ file: OpenFile) throws(DiskError) -> Int64 {
        try call("fstat", file) { image throws(DiskError) in
            Int64(try image.content(of: file).count)
        }
    }

    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(DiskError) -> Int {
        try call("pread", file) { image throws(DiskError) in
            let content = try image.content(of: file)
            guard offset < content.count else { return 0 }
            let count = min(buffer.count, content.count - Int(offset))
            content.withUnsafeBytes { bytes in
                let range = Int(offset)..<(Int(offset) + count)
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
            return count
        }
    }

    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(DiskError) {
        passGate()
        let what = "pwrite \(offset)+\(bytes.count)"
        try call(what, file) { image throws(DiskError) in
            try image.write(file, Array(bytes), at: Int(offset))
        } midway: { image throws(DiskError) in
            // A kernel stops between sectors, never within one.
            let stop = (Int(offset) + bytes.count / 2) / Image.Change.sector * Image.Change.sector
            let part = UnsafeRawBufferPointer(rebasing: bytes[..<max(0, stop - Int(offset))])
            try image.write(file, Array(part), at: Int(offset))
        }
    }

    func reserve(_ file: OpenFile, length: Int64) throws(DiskError) {
        try call("fallocate \(length)", file) { image throws(DiskError) in
            guard length > (try image.content(of: file)).count else { return }
            try image.resize(file, to: Int(length))
        }
    }

    func truncate(_ file: OpenFile, to length: Int64) throws(DiskError) {
        try call("ftruncate \(length)", file) { image throws(DiskError) in
            try image.resize(file, to: Int(length))
        }
    }

    func sync(_ file: OpenFile) throws(DiskError) {
        try call("fdatasync", file) { image throws(DiskError) in try image.sync(file) }
    }

    func rename(_ path: String, to other: String) throws(DiskError) {
        try call("rename", path) { image throws(DiskError) in
            guard let file = image.now[path] else { throw image.failure("rename", path, .missing) }
            image.change(.move(path, other, file))
        }
    }

    func remove(_ path: String) throws(DiskError) {
        try call("unlink", path) { image throws(DiskError) in
            guard image.now[path] != nil else { throw image.failure("unlink", path, .missing) }
            image.change(.unlink(path))
        }
    }

    func syncFolder(_ path: String) throws(DiskError) {
        try call("fsync", path) { image throws(DiskError) in
            guard image.now[path] != nil else { throw image.failure("open", path, .missing) }
            image.syncNames(in: path)
        }
    }

    func lock(_ file: OpenFile) throws(DiskError) -> Bool {
        try call("flock", file) { image throws(DiskError) in image.lock(file) }
    }

    func willNeed(_ file: OpenFile, at offset: Int64, length: Int) {}

    /// The process is as good as dead: nothing it does from here on reaches the disk.
    func outcomeUnknown(_ error: DiskError) {
        state.withLock { image in
            if image.unknownOutcome == nil { image.unknownOutcome = error }
            image.isOff = true
        }
    }

    private func call<Result: Sendable>(
        _ name: String, _ file: OpenFile, _ body: (inout Image) throws(DiskError) -> Result,
        midway: (inout Image) throws(DiskError) -> Void = { _ throws(DiskError) in }
    ) throws(DiskError) -> Result {
        // Files are renamed while they are open.
        let path = state.withLock { $0.path(of: file) }
        return try call(name, path, body, midway: midway)
    }

    /// Counts the call and does it, unless it is the one that goes wrong.
    private func call<Result: Sendable>(
        _ name: String, _ path: String, _ body: (inout Image) throws(DiskError) -> Result,
        midway: (inout Image) throws(DiskError) -> Void = { _ throws(DiskError) in }
    ) throws(DiskError) -> Result {
        try state.withLock { (image) throws(DiskError) in
            guard let fault = image.strike(name, path) else { return try body(&image) }
            let failure: DiskError
            switch fault {
            case .powerLoss: throw DiskError(call: name, path: path, code: .inputOutput)
            case .before(let code):
                failure = DiskError(call: name, path: path, code: code)
                if name == "fdatasync" { image.forgetDirty(path) }
            case .midway(let code):
                failure = DiskError(call: name, path: path, code: code)
                try midway(&image)
            case .after(let code):
                failure = DiskError(call: name, path: path, code: code)
                _ = try body(&image)
            }
            throw failure
        }
    }
}

extension Int32 {
    static let missing: Int32 = 2  // ENOENT
    static let inputOutput: Int32 = 5  // EIO
    static let badDescriptor: Int32 = 9  // EBADF
    static let noSpace: Int32 = 28  // ENOSPC
}
