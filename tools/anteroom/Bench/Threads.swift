import Synchronization

/// Carries a value to the one thread that uses it.
struct Unshared<Value>: @unchecked Sendable {
    // @unchecked: whoever makes one hands it to a single thread and does not touch it again.
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// The first error of several threads.
final class Failures: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    func catching(_ body: () throws -> Void) {
        do { try body() } catch { self.first.withLock { $0 = $0 ?? error } }
    }

    func rethrow() throws {
        if let error = first.withLock({ $0 }) { throw error }
    }
}
