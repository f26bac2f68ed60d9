/// A commit in line, and who waits for its answer.
///
/// `@unchecked Sendable`: handed from the appending task to the writer's thread through the queue;
/// one holds it at a time.
final class PendingCommit: @unchecked Sendable {
    typealias Answer = Result<Appended, AppendError>

    let commit: Commit
    /// Stamped by the writer.
    var encoded: EncodedCommit
    private var continuation: UnsafeContinuation<Answer, Never>?

    init(_ commit: Commit) throws(AppendError) {
        self.commit = commit
        encoded = try EncodedCommit(commit)
    }

    /// Goes into line and comes back answered. Whoever appends keeps the commit meanwhile, so that
    /// the writer's thread has nothing to free.
    func wait(in queue: CommitQueue) async throws(AppendError) -> Appended {
        let answer: Answer = await withUnsafeContinuation { continuation in
            self.continuation = continuation
            queue.put(self)
        }
        return try answer.get()
    }

    /// Called once.
    func answer(_ answer: Answer) {
        let waiting = continuation
        continuation = nil
        waiting?.resume(returning: answer)
    }

    /// Raw bytes its records take in a block, at most.
    var rawBytes: Int { encoded.bytes.count + 4 * encoded.ends.count }
}

/// Commits that wait for the writer's thread.
final class CommitQueue: Sendable {
    private struct State {
        var waiting: [PendingCommit] = []
        var bytes = 0
        var isClosed = false
    }

    private let state = Monitor(State())
    private let commitsMax: Int
    private let bytesMax: Int

    init(commitsMax: Int, bytesMax: Int) {
        self.commitsMax = commitsMax
        self.bytesMax = bytesMax
    }

    /// Puts a commit in line, or answers at once why not.
    func put(_ pending: PendingCommit) {
        enum Outcome { case first, behind, full, closed }
        let outcome: Outcome = state.withLock { state in
            guard !state.isClosed else { return .closed }
            let bytes = pending.encoded.bytes.count
            guard state.waiting.count < commitsMax, state.bytes + bytes <= bytesMax else {
                return .full
            }
            state.waiting.append(pending)
            state.bytes += bytes
            return state.waiting.count == 1 ? .first : .behind
        }
        switch outcome {
        case .first: state.wake()
        case .behind: break  // Who came first has woken the writer.
        case .full: pending.answer(.failure(.overloaded))
        case .closed: pending.answer(.failure(.closed))
        }
    }

    /// All that waits, in order; waits for something to come. Nil once closed and empty.
    func take() -> [PendingCommit]? {
        state.wait { state -> [PendingCommit]?? in
            if state.waiting.isEmpty { return state.isClosed ? .some(nil) : nil }
            let taken = state.waiting
            state.waiting = []
            state.waiting.reserveCapacity(taken.count)
            state.bytes = 0
            return .some(taken)
        }
    }

    /// Takes no more; what waits is still written.
    func close() { state.update { $0.isClosed = true } }
}
