import NIOCore
import Synchronization

/// Closes the connection of a reader who takes a write no longer: they come back with the position
/// they saw last. The write itself cannot be given up by who waits for it.
final class WriteWatch: Sendable {
    private let since = Mutex<ContinuousClock.Instant?>(nil)
    private let channel: any Channel
    private let max: Duration

    init(_ channel: any Channel, max: Duration) {
        self.channel = channel
        self.max = max
    }

    func begin() { since.withLock { $0 = .now } }
    func end() { since.withLock { $0 = nil } }

    /// Looks every now and then until cancelled.
    func run() async {
        while !Task.isCancelled {
            if let since = since.withLock({ $0 }), ContinuousClock.now - since > max {
                channel.close(promise: nil)
                return
            }
            do {
                try await Task.sleep(for: max / 4)
            } catch {
                return
            }
        }
    }
}
