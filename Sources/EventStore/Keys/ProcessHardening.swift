import CLinux
import Foundation

/// Keeps keys in this process's memory away from files and other processes.
package enum ProcessHardening {
    /// What ``apply()`` reached, for the start's report.
    package struct Report: Hashable, Sendable {
        /// No core file is written: it would hold keys.
        package let hasNoCore: Bool
        /// Processes of the same user can't read this one's memory or trace it.
        package let isNotDumpable: Bool
        /// Memory is not written to swap. False where the limit of locked memory is not unlimited
        /// (systemd: `LimitMEMLOCK=infinity`): then swap must be off or encrypted.
        package let isLocked: Bool
        /// `SWIFT_BACKTRACE` is `enable=no`: a crash report would print memory.
        package let hasNoBacktrace: Bool
    }

    /// To be called first in `main`, before any key is read. Does what can be done, and says what
    /// could not.
    /// - Parameter lockingMemory: false in tests, whose other suites need memory unlocked.
    package static func apply(lockingMemory: Bool = true) -> Report {
        let hasNoCore = anteroom_forbid_core_files() == 0
        let isNotDumpable = anteroom_make_undumpable() == 0
        return Report(
            hasNoCore: hasNoCore, isNotDumpable: isNotDumpable,
            isLocked: lockingMemory && lockMemory(),
            hasNoBacktrace: hasNoBacktrace)
    }

    /// Takes from this process, for good, what a stranger's input could make it take from others.
    /// - Parameters:
    ///   - memory: bytes of its own; allocations beyond it fail.
    ///   - seconds: of processor time; the kernel ends it then.
    /// - Returns: whether it could be done.
    package static func confine(memory bytes: Int, seconds: Int) -> Bool {
        anteroom_confine(rlim_t(bytes), rlim_t(seconds)) == 0
    }

    /// Lets a process that is started have no file of this one's but standard input, output and
    /// errors.
    /// - Parameter child: its `posix_spawn_file_actions_t`.
    package static func keepFiles(from child: UnsafeMutableRawPointer) -> Bool {
        anteroom_close_from(child, STDERR_FILENO + 1) == 0
    }

    /// Locks pages as they are first touched, and only where there is no limit: one that was
    /// reached later would make an allocation fail.
    private static func lockMemory() -> Bool {
        var limit = rlimit()
        guard anteroom_get_locked_memory_limit(&limit) == 0, limit.rlim_cur == rlim_t.max else {
            return false
        }
        return anteroom_lock_memory() == 0
    }

    private static var hasNoBacktrace: Bool {
        guard let value = getenv("SWIFT_BACKTRACE") else { return false }
        return String(cString: value).split(separator: ",").contains("enable=no")
    }
}
