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
