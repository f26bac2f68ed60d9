import Synchronization

/// Keys that are durable and used by nothing: taking one costs no sync. Knows which batches still
/// hold keys the log may not name.
final class KeyStock: Sendable {
    /// Keys made in one transaction.
    static let batchKeys = 2048
    /// With fewer left, the next batch is begun while these are taken.
    static let lowMark = 1024

    typealias Waiting = CheckedContinuation<Result<RecordKey, VaultError>, Never>

    fileprivate struct State {
        var current: [RecordKey] = []
        var next: [RecordKey] = []
        var waiting: [Waiting] = []
        var isMaking = false
        /// Keys of each batch that are not known to stand in the log.
        var loose: [Int64: Int] = [:]
        /// Batches whose every key does; their rows go with the next transaction.
        var finished: [Int64] = []

        mutating func pop() -> RecordKey? {
            if current.isEmpty { swap(&current, &next) }
            return current.popLast()
        }
    }

    private let state = Mutex(State())

    /// A key as soon as there is one. `make` begins a batch, whose end is told to ``made(_:)``; it
    /// is called at most once until then.
    func take(make: () -> Void) async -> Result<RecordKey, VaultError> {
        let (key, isShort) = state.withLock { state in
            let key = state.pop()
            let isShort = state.current.count + state.next.count < KeyStock.lowMark
            defer { state.isMaking = state.isMaking || isShort }
            return (key, isShort && !state.isMaking)
        }
        if isShort { make() }
        if let key { return .success(key) }
        return await withCheckedContinuation { wait($0, make: make) }
    }

    private func wait(_ waiting: Waiting, make: () -> Void) {
        let (key, mustMake) = state.withLock { state -> (RecordKey?, Bool) in
            if let key = state.pop() { return (key, false) }
            state.waiting.append(waiting)
            defer { state.isMaking = true }
            return (nil, !state.isMaking)
        }
        if let key { waiting.resume(returning: .success(key)) }
        if mustMake { make() }
    }

    /// Ends what `make` began. Those that wait are served in their order; where it failed, all of
    /// them are told, and the next to ask begins again.
    /// - Returns: whether another batch must be made, since more wait than it held.
    func made(_ outcome: Result<[RecordKey], VaultError>) -> Bool {
        let (answers, again) = state.withLock { $0.end(outcome) }
        for (waiting, answer) in answers { waiting.resume(returning: answer) }
        return again
    }

    /// Puts keys of an earlier run back; they are taken before those made now.
    func putBack(_ keys: [RecordKey]) { state.withLock { $0.add(keys) } }

    func giveBack(_ key: RecordKey) { state.withLock { $0.current.append(key) } }

    func settle(_ key: RecordKey) {
        state.withLock { state in
            guard let loose = state.loose[key.batch] else { return }
            state.loose[key.batch] = loose > 1 ? loose - 1 : nil
            if loose == 1 { state.finished.append(key.batch) }
        }
    }

    /// Batches whose rows may go. Handed over once; give them back where they did not.
    func takeFinished() -> [Int64] {
        state.withLock { state in
            defer { state.finished = [] }
            return state.finished
        }
    }

    func giveBackFinished(_ batches: [Int64]) {
        state.withLock { $0.finished.append(contentsOf: batches) }
    }

    /// Forgets every key that waits to be taken.
    func clear() {
        state.withLock { state in
            state.current = []
            state.next = []
        }
    }
}

extension KeyStock.State {
    /// Who is to be told what, and whether another batch must be made.
    fileprivate mutating func end(
        _ outcome: Result<[RecordKey], VaultError>
    ) -> (answers: [(KeyStock.Waiting, Result<RecordKey, VaultError>)], again: Bool) {
        switch outcome {
        case .failure(let error):
            defer { waiting = [] }
            isMaking = false
            return (waiting.map { ($0, .failure(error)) }, false)
        case .success(let keys):
            add(keys)
            let count = min(waiting.count, current.count + next.count)
            let answers = waiting.prefix(count).compactMap { waiting in
                pop().map { (waiting, Result<RecordKey, VaultError>.success($0)) }
            }
            waiting.removeFirst(count)
            isMaking = !waiting.isEmpty
            return (answers, isMaking)
        }
    }

    mutating func add(_ keys: [RecordKey]) {
        for key in keys { loose[key.batch, default: 0] += 1 }
        if current.isEmpty { current = keys } else { next.append(contentsOf: keys) }
    }
}
