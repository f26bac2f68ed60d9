/// What was decided and is not durable yet; under the ``Catalog``'s lock.
struct CommitLine {
    /// Being gathered.
    var open = Batch()
    /// Being written and synced.
    var written: Batch?
    /// Commits the segment at hand has no room for, or that come behind such: decided about later.
    private var held: [HeldCommit] = []
    private var heldBytes = 0
    /// The writer's thread takes in what was held: who comes now comes behind.
    private var isTakingIn = false
    /// Where in the segment at hand ``open`` will begin, at most; nil while no segment can take it.
    var room: Room?
    /// Nothing is taken any more; what is in line is still written.
    var isClosing = false
    /// The outcome of a write is unknown: nothing is written any more.
    var isLost = false
    /// Streams of the commit being decided about, and their versions before it; nil: none yet. Kept
    /// for their memory.
    var keys: [StreamKey] = []
    var versions: [Int64?] = []

    /// Nothing waits for the writer's thread.
    var isEmpty: Bool { open.isEmpty && held.isEmpty }

    /// Who comes now must come behind those that are held.
    var isHolding: Bool { isTakingIn || !held.isEmpty }

    /// Whether there is room in line for one more commit.
    func takes(_ rawBytes: Int, _ options: SegmentOptions) -> Bool {
        open.entries.count + held.count < options.queueCommits
            && open.raw.count + heldBytes + rawBytes <= options.queueBytes
    }

    mutating func hold(_ commit: HeldCommit) {
        held.append(commit)
        heldBytes += commit.rawBytes
    }

    /// Puts those back that found no room.
    mutating func holdAgain(_ rest: ArraySlice<HeldCommit>) {
        isTakingIn = false
        held = rest + held
        heldBytes += rest.reduce(0) { $0 + $1.rawBytes }
    }

    /// Room in the segment at hand.
    struct Room {
        var start: Int64
        let size: Int64
        /// No block stands in it or is being written: the first may be larger than it.
        var isUntouched: Bool

        init(_ segment: Segment) {
            start = segment.directory.endOffset
            size = segment.size
            isUntouched = segment.directory.count == 0
        }

        /// Whether a block of so many raw bytes fits; `isFirst`: of one commit.
        func takes(_ rawBytes: Int, isFirst: Bool) -> Bool {
            isUntouched && isFirst || start + Int64(BlockCompressor.bound(rawBytes)) <= size
        }
    }

    /// What the writer's thread does next.
    enum Step {
        case write(Batch)
        case takeIn([HeldCommit])
        case end
    }

    /// Nil where there is nothing to do.
    mutating func nextStep() -> Step? {
        if !open.isEmpty {
            open.close()
            let batch = open
            open = Batch(like: batch)
            written = batch
            if batch.events > 0 {
                room?.start += Int64(BlockCompressor.bound(batch.raw.count))
                room?.isUntouched = false
            }
            return .write(batch)
        }
        if !held.isEmpty {
            isTakingIn = true
            defer { (held, heldBytes) = ([], 0) }
            return .takeIn(held)
        }
        return isClosing ? .end : nil
    }
}

/// A commit that waits to be decided about.
///
/// `@unchecked Sendable`: it does not change.
final class HeldCommit: @unchecked Sendable {
    let commit: Commit
    /// Raw bytes its records take in a block, at most.
    let rawBytes: Int
    let continuation: UnsafeContinuation<Batch.Answer, Never>

    init(
        _ commit: Commit, rawBytes: Int, continuation: UnsafeContinuation<Batch.Answer, Never>
    ) {
        self.commit = commit
        self.rawBytes = rawBytes
        self.continuation = continuation
    }
}
