internal import CLinux
import Glibc

/// A value behind a lock, with a condition to wait on, which `Synchronization.Mutex` has not.
///
/// `@unchecked Sendable`: `value` is touched only by who holds `mutex`.
final class Monitor<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// As `withLock`, and wakes whoever waits.
    func update<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return body(&value)
    }

    /// Wakes whoever waits.
    func wake() { pthread_cond_broadcast(condition) }

    /// Waits until `body` gives something. Blocks the thread: never from a task but where the wait
    /// is short and bounded.
    func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }
}

/// A thread of its own, for what blocks: never the cooperative pool (design.md).
///
/// `@unchecked Sendable`: immutable after `init`; `join` is called once, by the owner.
final class WorkerThread: @unchecked Sendable {
    private let thread: pthread_t

    /// - Parameters:
    ///   - name: as `top -H` and `perf` show it; 15 bytes at most.
    ///   - niceness: 0 as the process, up to 19 for what may wait.
    init(
        _ name: StaticString, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void
    ) {
        precondition(name.utf8CodeUnitCount <= 15, "Linux takes no longer name for a thread")
        let start = Unmanaged.passRetained(Start(name: name, niceness: niceness, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                start.name.withUTF8Buffer { anteroom_name_thread($0.baseAddress) }
                // On Linux niceness belongs to a thread, and `who` 0 is the calling one.
                if start.niceness != 0 {
                    setpriority(Int32(PRIO_PROCESS.rawValue), 0, start.niceness)
                }
                start.body()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "no thread: \(String(cString: strerror(code)))")
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }

    private final class Start {
        let name: StaticString
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: StaticString, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }
    }
}
