import Foundation
import Synchronization

/// Many tasks, one thread: gathers what waits, hands it to `work` as one batch, then answers each
/// task. The bare loop and the SQLite peer commit in groups through it, so that both are measured
/// with the same hand-over as ours.
final class GroupThread<Item: Sendable>: Sendable {
    private struct Queue {
        var waiting: [(item: Item, answer: CheckedContinuation<Void, any Error>)] = []
        var closed = false
    }

    private let queue = Mutex(Queue())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    /// Items in one batch at most.
    private let batchMax: Int

    init(batchMax: Int = 4096, work: @escaping @Sendable ([Item]) throws -> Void) {
        self.batchMax = batchMax
        let thread = Thread { [self] in
            while let batch = next() {
                let result = Result { try work(batch.map(\.item)) }
                for entry in batch { entry.answer.resume(with: result) }
            }
            ended.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Returns once the batch that `item` came into is done.
    func submit(_ item: Item) async throws {
        try await withCheckedThrowingContinuation { answer in
            let first = queue.withLock { queue in
                queue.waiting.append((item, answer))
                return queue.waiting.count == 1
            }
            if first { wake.signal() }
        }
    }

    /// Ends the thread after what waits is done.
    func close() {
        queue.withLock { $0.closed = true }
        wake.signal()
        ended.wait()
    }

    private func next() -> [(item: Item, answer: CheckedContinuation<Void, any Error>)]? {
        while true {
            let (batch, closed) = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(batchMax))
                queue.waiting.removeFirst(batch.count)
                if !queue.waiting.isEmpty { wake.signal() }
                return (batch, queue.closed)
            }
            if !batch.isEmpty { return batch }
            if closed { return nil }
            wake.wait()
        }
    }
}

/// Runs `count` operations from `writers` tasks and answers operations per second.
func rate(
    of count: Int, writers: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
) async throws -> Double {
    let clock = ContinuousClock()
    let started = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<writers {
            group.addTask {
                var index = writer
                while index < count {
                    try await operation(index)
                    index += writers
                }
            }
        }
        try await group.waitForAll()
    }
    return Double(count) / (clock.now - started).inSeconds
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Seconds that `body` took.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let started = clock.now
    try body()
    return (clock.now - started).inSeconds
}

/// The value that half of `values` do not exceed.
func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// Nearest rank; 0 where there is none.
func percentile(_ values: [Double], _ share: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    let rank = Int((share * Double(values.count)).rounded(.up))
    return values.sorted()[max(0, min(values.count, rank) - 1)]
}
