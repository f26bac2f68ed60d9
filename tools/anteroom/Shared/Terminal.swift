import Glibc

/// The terminal, or whatever stands in its place.
enum Terminal {
    static let isThere = isatty(STDERR_FILENO) == 1

    /// One line on standard error, whole, whatever else writes there.
    static func say(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// What a sub-command says, here or in a server.
    static func show(_ kind: CommandOutput.Kind, _ text: String) {
        switch kind {
        case .out: write(Array(text.utf8), to: STDOUT_FILENO)
        case .err: say(isThere ? "\r\u{1b}[K\(text)" : text)
        case .progress:
            if isThere { write(Array("\r\(text)\u{1b}[K".utf8), to: STDERR_FILENO) }
        }
    }

    /// Takes a line of progress away; what follows starts at the left.
    static func endProgress() { if isThere { write(Array("\r\u{1b}[K".utf8), to: STDERR_FILENO) } }

    /// All of it. A reader that went away (`| head`) ends the program by SIGPIPE, as with any tool.
    static func write(_ bytes: [UInt8], to file: Int32) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(file, all.baseAddress.map { $0 + written }, all.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                guard file == STDOUT_FILENO else { return }
                if errno == EPIPE {
                    // Whatever made this process ignore the signal: its reader has gone.
                    signal(SIGPIPE, SIG_DFL)
                    raise(SIGPIPE)
                }
                say("anteroom: cannot write the output: \(String(cString: strerror(errno)))")
                leave(.foundWrong)
            }
            written += count
        }
    }
}
