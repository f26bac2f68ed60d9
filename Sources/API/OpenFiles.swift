#if canImport(Glibc)
    import Glibc
#endif

/// How many files and connections this process may have open at once.
package enum OpenFiles {
    /// What the streams, connections and segments of a full server take, with room to spare.
    package static let wanted = 65_536

    /// What is open besides live streams: other connections, segments, databases.
    package static let besidesStreams = 2_000

    /// Raises the soft limit towards ``wanted``, as far as the hard limit allows; never lowers it.
    ///
    /// - Returns: what it is now.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        let most = min(limit.rlim_max, rlim_t(wanted))
        if limit.rlim_cur < most {
            limit.rlim_cur = most
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
