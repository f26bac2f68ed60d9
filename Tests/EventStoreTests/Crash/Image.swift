import EventStore

/// What lies on a ``FaultyDisk``, seen by processes and on the platters, and what is armed to go
/// wrong.
struct Image: Sendable {
    /// A change of a file's bytes.
    enum Change: Sendable {
        case write(offset: Int, [UInt8])
        case resize(Int)
    }

    /// A change of a folder's names.
    enum NameChange: Sendable {
        case link(String, Int)
        case move(String, String, Int)
        case unlink(String)
    }

    struct Node: Sendable {
        var isFolder = false
        var now: [UInt8] = []
        var durable: [UInt8] = []
        /// Changes since the last sync that a sync will write, in order.
        var dirty: [Change] = []
    }

    private(set) var nodes: [Node] = [Node(isFolder: true)]
    /// Node of each path, as processes see it. The root is the folder every path begins in.
    private(set) var now: [String: Int] = ["": 0]
    private var durableNames: [String: Int] = ["": 0]
    private var dirtyNames: [NameChange] = []

    private var descriptors: [Int32: Int] = [:]
    private var nextDescriptor: Int32 = 1_000
    private var locks: [Int: Int32] = [:]

    var calls = 0
    var armed: (call: Int, fault: FaultyDisk.Fault)?
    var struck: String?
    var isOff = false
    var unknownOutcome: DiskError?
    var capacity: Int?

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// What goes wrong at this call, if anything.
    mutating func strike(_ name: String, _ path: String) -> FaultyDisk.Fault? {
        calls += 1
        if isOff { return .powerLoss }
        guard let armed, armed.call == calls else { return nil }
        self.armed = nil
        struck = "call \(calls): \(name) \(path)"
        isOff = armed.fault == .powerLoss
        return armed.fault
    }

    func failure(_ call: String, _ path: String, _ code: Int32) -> DiskError {
        DiskError(call: call, path: path, code: code)
    }
}

extension Image {
    // MARK: Files

    mutating func newFile() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    mutating func newFolder() -> Int {
        nodes.append(Node(isFolder: true))
        return nodes.count - 1
    }

    mutating func openFile(_ path: String) -> OpenFile {
        nextDescriptor += 1
        descriptors[nextDescriptor] = now[path]
        return OpenFile(descriptor: nextDescriptor, path: path)
    }

    mutating func close(_ file: OpenFile) {
        guard let node = descriptors.removeValue(forKey: file.descriptor) else { return }
        if locks[node] == file.descriptor { locks[node] = nil }
    }

    mutating func lock(_ file: OpenFile) -> Bool {
        guard let node = descriptors[file.descriptor] else { return false }
        guard locks[node] == nil || locks[node] == file.descriptor else { return false }
        locks[node] = file.descriptor
        return true
    }

    /// The name a file has now.
    func path(of file: OpenFile) -> String {
        guard let node = descriptors[file.descriptor] else { return file.path }
        return now.filter { $0.value == node }.keys.min() ?? "\(file.path) (removed)"
    }

    private func node(of file: OpenFile) throws(DiskError) -> Int {
        guard let node = descriptors[file.descriptor] else {
            throw failure("closed file", file.path, .badDescriptor)
        }
        return node
    }

    func content(of file: OpenFile) throws(DiskError) -> [UInt8] { nodes[try node(of: file)].now }

    mutating func write(_ file: OpenFile, _ bytes: [UInt8], at offset: Int) throws(DiskError) {
        let node = try node(of: file)
        try takeRoom(offset + bytes.count - nodes[node].now.count, file.path)
        change(node, .write(offset: offset, bytes))
    }

    mutating func resize(_ file: OpenFile, to length: Int) throws(DiskError) {
        let node = try node(of: file)
        try takeRoom(length - nodes[node].now.count, file.path)
        change(node, .resize(length))
    }

    private func takeRoom(_ more: Int, _ path: String) throws(DiskError) {
        guard let capacity, more > 0 else { return }
        // Bytes of a file that has no name any more, and is still open, count as on a real disk.
        let linked = Set(now.values).union(descriptors.values)
        let used = linked.reduce(0) { $0 + nodes[$1].now.count }
        guard used + more <= capacity else { throw failure("no room", path, .noSpace) }
    }

    mutating func change(_ node: Int, _ change: Change) {
        change.apply(to: &nodes[node].now)
        nodes[node].dirty.append(change)
    }

    mutating func sync(_ file: OpenFile) throws(DiskError) {
        let node = try node(of: file)
        for change in nodes[node].dirty { change.apply(to: &nodes[node].durable) }
        nodes[node].dirty = []
    }

    /// What a failed sync leaves: read as written, not on the platters, and no later sync writes
    /// it.
    mutating func forgetDirty(_ path: String) {
        guard let node = now[path] else { return }
        nodes[node].dirty = []
    }

    /// A bit of a file turns over where it lies.
    mutating func flip(_ path: String, at offset: Int, mask: UInt8) {
        guard let node = now[path] else { return }
        nodes[node].now[offset] ^= mask
        nodes[node].durable = nodes[node].now
    }

    /// A file is replaced by other bytes, durably.
    mutating func replace(_ path: String, with bytes: [UInt8]) {
        let node = now[path] ?? newFile()
        nodes[node] = Node(now: bytes, durable: bytes)
        now[path] = node
        durableNames[path] = node
    }

    mutating func remove(_ path: String) {
        now[path] = nil
        durableNames[path] = nil
    }

    func bytes(_ path: String) -> [UInt8]? { now[path].map { nodes[$0].now } }

    /// Every file that has a name, and what a process reads in it.
    var files: [(path: String, bytes: [UInt8])] {
        now.filter { !nodes[$0.value].isFolder }.sorted { $0.key < $1.key }
            .map { ($0.key, nodes[$0.value].now) }
    }
}

extension Image {
    // MARK: Names

    mutating func change(_ change: NameChange) {
        change.apply(to: &now)
        dirtyNames.append(change)
    }

    mutating func syncNames(in folder: String) {
        // In a journal nothing is durable before what came before it.
        guard let last = dirtyNames.lastIndex(where: { $0.folder == folder }) else { return }
        for change in dirtyNames[...last] { change.apply(to: &durableNames) }
        dirtyNames.removeSubrange(...last)
    }
}

extension Image {
    // MARK: After a crash

    /// What the next process finds after this one was killed: all that was done, synced or not.
    func afterKill() -> Image {
        var image = self
        image.descriptors = [:]
        image.locks = [:]
        image.calls = 0
        image.armed = nil
        image.struck = nil
        image.isOff = false
        image.unknownOutcome = nil
        image.capacity = nil
        return image
    }

    /// What becomes of what was not synced when the power goes.
    enum Loss: Hashable, Sendable, CaseIterable {
        case everything
        case nothing
        /// Each change is lost, kept or torn at 512-byte sectors; names up to some point.
        case some
    }

    func afterPowerLoss(_ loss: Loss, _ random: inout Seeded) -> Image {
        var image = afterKill()
        let kept =
            switch loss {
            case .everything: 0
            case .nothing: dirtyNames.count
            case .some: Int.random(in: 0...dirtyNames.count, using: &random)
            }
        for change in dirtyNames.prefix(kept) { change.apply(to: &image.durableNames) }
        image.dirtyNames = []
        image.now = image.durableNames
        // A file in a folder that is lost is lost.
        for path in image.now.keys.sorted() where image.now[Image.folder(of: path)] == nil {
            image.remove(path)
        }
        for index in nodes.indices {
            var content = nodes[index].durable
            for change in nodes[index].dirty {
                switch loss {
                case .everything: break
                case .nothing: change.apply(to: &content)
                case .some: change.applyPerhaps(to: &content, &random)
                }
            }
            image.nodes[index] = Node(
                isFolder: nodes[index].isFolder, now: content, durable: content)
        }
        return image
    }
}

extension Image.Change {
    static let sector = 512

    func apply(to content: inout [UInt8]) {
        switch self {
        case .write(let offset, let bytes):
            if content.count < offset + bytes.count {
                content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
            }
            content.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        case .resize(let length):
            if length < content.count {
                content.removeLast(content.count - length)
            } else {
                content += [UInt8](repeating: 0, count: length - content.count)
            }
        }
    }

    /// Lost, kept, or kept in some sectors only.
    func applyPerhaps(to content: inout [UInt8], _ random: inout Seeded) {
        switch (Int.random(in: 0..<4, using: &random), self) {
        case (0, _): break
        case (1, _), (_, .resize): apply(to: &content)
        case (_, .write(let offset, let bytes)):
            var start = offset
            while start < offset + bytes.count {
                let end = min(offset + bytes.count, (start / Self.sector + 1) * Self.sector)
                if Bool.random(using: &random) {
                    let part = Array(bytes[(start - offset)..<(end - offset)])
                    Image.Change.write(offset: start, part).apply(to: &content)
                }
                start = end
            }
        }
    }
}

extension Image.NameChange {
    var folder: String {
        switch self {
        case .link(let path, _), .unlink(let path): Image.folder(of: path)
        case .move(_, let path, _): Image.folder(of: path)
        }
    }

    func apply(to names: inout [String: Int]) {
        switch self {
        case .link(let path, let node): names[path] = node
        case .unlink(let path): names[path] = nil
        case .move(let path, let other, let node):
            names[path] = nil
            names[other] = node
        }
    }
}
