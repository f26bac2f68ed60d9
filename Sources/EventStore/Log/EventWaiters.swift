import Synchronization

/// Tasks that wait for events to come.
final class EventWaiters: Sendable {
    enum Target: Hashable {
        case log(LogID)
        case store
    }

    private struct Waiter {
        /// Goes on when there are more than so many.
        let count: Int64
        let continuation: CheckedContinuation<Int64, any Error>
    }

    private struct State {
        var next = 0
        var waiting: [Target: [Int: Waiter]] = [:]
        /// Cancelled before they began to wait.
        var cancelled: Set<Int> = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Returns once there are more than `count`, with how many there are.
    /// - Parameter now: how many there are.
    func wait(
        _ target: Target, beyond count: Int64, now: @escaping @Sendable () -> Int64
    ) async throws -> Int64 {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(count: count, continuation: continuation)
                if let answer = begin(id, waiter, target, now) {
                    continuation.resume(with: answer)
                }
            }
        } onCancel: {
            cancel(id, target)
        }
    }

    /// Lets a task wait, or says what it is answered at once. Looks while holding the lock
    /// ``wake(heads:ordinal:)`` takes, so that nothing comes in between.
    private func begin(
        _ id: Int, _ waiter: Waiter, _ target: Target, _ now: () -> Int64
    ) -> Result<Int64, any Error>? {
        state.withLock { state in
            if state.isClosed { return .failure(StoreClosed()) }
            if state.cancelled.contains(id) { return .failure(CancellationError()) }
            let there = now()
            if there > waiter.count { return .success(there) }
            state.waiting[target, default: [:]][id] = waiter
            return nil
        }
    }

    private func cancel(_ id: Int, _ target: Target) {
        let waiter = state.withLock { state in
            let waiter = state.waiting[target]?.removeValue(forKey: id)
            if waiter == nil { state.cancelled.insert(id) }
            return waiter
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// Lets those go on who waited for what is now there.
    func wake(heads: [LogID: LogHead], ordinal: Int64) {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return }
            for (log, head) in heads { EventWaiters.wake(&state, .log(log), head.count) }
            EventWaiters.wake(&state, .store, ordinal)
        }
    }

    private static func wake(_ state: inout State, _ target: Target, _ count: Int64) {
        guard let waiting = state.waiting[target] else { return }
        let rest = waiting.filter { _, waiter in
            guard count > waiter.count else { return true }
            waiter.continuation.resume(returning: count)
            return false
        }
        state.waiting[target] = rest.isEmpty ? nil : rest
    }

    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap(\.values)
        }
        for waiter in waiting { waiter.continuation.resume(throwing: StoreClosed()) }
    }
}
