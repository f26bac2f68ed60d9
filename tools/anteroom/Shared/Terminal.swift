import Glibc

/// Standard error: what is said to a person and is no part of the answer.
enum Terminal {
    static let isThere = isatty(STDERR_FILENO) == 1

    /// One line, whole, whatever else writes there.
    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// How far long work is: a line that is written over, on a terminal only, at most ten times a
/// second.
struct Progress {
    private let title: String
    private let total: Int?
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now
    private static let pause = Duration.milliseconds(100)

    init(_ title: String, total: Int? = nil) {
        self.title = title
        self.total = total
    }

    mutating func reached(_ count: Int) {
        guard Terminal.isThere, ContinuousClock.now - shown >= Progress.pause else { return }
        shown = .now
        let seconds = max(1, (shown - started).components.seconds)
        let rate = "\(Int64(count) / seconds)/s"
        let text = total.map { "\(count) of \($0), \(100 * count / max(1, $0)) %" } ?? "\(count)"
        draw("\r\(title): \(text), \(rate)\u{1b}[K")
    }

    /// Takes the line away; what follows starts at the left.
    func done() {
        guard Terminal.isThere else { return }
        draw("\r\u{1b}[K")
    }

    private func draw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
