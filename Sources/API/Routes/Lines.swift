import Synchronization

/// Cuts a stream of bytes into lines, each of a bounded length.
struct LineCutter {
    let bytesMax: Int
    private var held: [UInt8] = []
    private var isTooLong = false

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// The lines that end in `bytes`; empty ones are passed over.
    mutating func cut(_ bytes: some Sequence<UInt8>) -> [Result<[UInt8], Refusal>] {
        var lines: [Result<[UInt8], Refusal>] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if let line = take() { lines.append(line) }
            } else if held.count < bytesMax {
                held.append(byte)
            } else {
                isTooLong = true
            }
        }
        return lines
    }

    /// What follows the last line's end.
    var last: Result<[UInt8], Refusal>? {
        var copy = self
        return copy.take()
    }

    private mutating func take() -> Result<[UInt8], Refusal>? {
        defer {
            held.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if isTooLong { return .failure(.bodyTooLarge(bytesMax: bytesMax)) }
        guard held.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }) else { return nil }
        return .success(held)
    }
}

/// Puts answers that come in any order into theirs.
struct AnswerOrder {
    private var waiting: [Int: [UInt8]] = [:]
    /// Answers let go so far: the index of the next.
    private(set) var written = 0

    /// Those that can be written now.
    mutating func put(_ answer: [UInt8], at index: Int) -> [[UInt8]] {
        waiting[index] = answer
        var ready: [[UInt8]] = []
        while let next = waiting.removeValue(forKey: written) {
            ready.append(next)
            written += 1
        }
        return ready
    }
}

/// The end of one command of a lane; the next one waits for it.
final class LaneEnd: Sendable {
    private enum State {
        case running
        case awaited(CheckedContinuation<Void, Never>)
        case over
    }
    private let state = Mutex<State>(.running)

    var isOver: Bool {
        state.withLock { state in
            if case .over = state { true } else { false }
        }
    }

    /// Called by one waiter at most.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                switch state {
                case .over: return true
                case .running, .awaited:
                    state = .awaited(continuation)
                    return false
                }
            }
            if isOver { continuation.resume() }
        }
    }

    func over() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .over }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiter?.resume()
    }
}
