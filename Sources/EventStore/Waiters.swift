import Synchronization

/// Tasks that wait for a condition to come true: told when it may have, when they are cancelled and
/// when all is over.
///
/// The condition is asked again after every ``wake()``, so that who changes what it looks at needs
/// to know nobody. A wake costs one resumption for each task that waits.
package final class Waiters: Sendable {
    private struct State {
        var isClosed = false
        /// Counts calls of ``wake()``: a change between asking and parking is not slept through.
        var wakes: UInt64 = 0
        var nextID: UInt64 = 0
        var parked: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Returns what `condition` gives as soon as it is not nil. It is called without any lock held.
    /// - Throws: `CancellationError`, ``StoreClosed``.
    package func wait<Answer: Sendable>(until condition: @Sendable () throws -> Answer?)
        async throws
        -> Answer
    {
        while true {
            try Task.checkCancellation()
            let (wakes, isClosed) = state.withLock { ($0.wakes, $0.isClosed) }
            guard !isClosed else { throw StoreClosed() }
            if let answer = try condition() { return answer }
            try await park(unlessWokenSince: wakes)
        }
    }

    /// To be called after every change that may make a condition true.
    package func wake() {
        let parked = state.withLock { state in
            state.wakes += 1
            defer { state.parked = [:] }
            return state.parked
        }
        for continuation in parked.values { continuation.resume() }
    }

    /// Ends every wait, now and from now on.
    package func close() {
        let parked = state.withLock { state in
            state.isClosed = true
            defer { state.parked = [:] }
            return state.parked
        }
        for continuation in parked.values { continuation.resume(throwing: StoreClosed()) }
    }

    private func park(unlessWokenSince wakes: UInt64) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    // Cancelled before it could be parked: the handler found nothing to resume.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isClosed { return .failure(StoreClosed()) }
                    if state.wakes != wakes { return .success(()) }
                    state.parked[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.parked.removeValue(forKey: id) }?
                .resume(throwing: CancellationError())
        }
    }
}
