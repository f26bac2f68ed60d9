/// What opening a log came upon.
package struct OpenReport: Hashable, Sendable {
    /// A write that was never acknowledged: cut off, its bytes kept in `keptIn` (nil where the log
    /// was opened for reading, which cuts nothing).
    package struct Cut: Hashable, Sendable {
        package let file: String
        package let offset: Int64
        package let bytes: Int
        package let keptIn: String?
    }

    /// Bytes that are not what was written. Nothing was changed; the store is read-only.
    package struct Damage: Hashable, Sendable {
        package let file: String
        package let offset: Int64
        /// What is wrong, and what is lost by it.
        package let reason: String
    }

    package var cuts: [Cut] = []
    package var damage: [Damage] = []
    /// Index runs that were missing or wrong and were built again from the segments.
    package var rebuiltRuns: [String] = []
    /// Why nothing may be appended; nil where it may.
    package var readOnly: String?
    /// Events in the log.
    package var events: Int64 = 0

    package init() {}
}

/// Why a log could not be opened at all.
package enum OpenError: Error, Hashable, Sendable {
    /// Another process has it: end that one, or ask it.
    case locked(folder: String)
    /// The operating system refused: its words.
    case disk(DiskError)
}
