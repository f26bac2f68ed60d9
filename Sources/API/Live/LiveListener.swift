import EventStore
import Synchronization

/// One live stream's ear.
final class LiveListener: Sendable {
    enum Call: Sendable {
        /// Positions of events that concern it, ascending.
        case rung([Int64])
        /// There may be some nobody rang for: read the log.
        case look
    }

    /// Positions kept for a stream that does not come for them; beyond, it reads the log.
    static let positionsMax = 256

    private let bell: LiveBell
    private let log: LogID
    private let id: UInt64
    private let state: State

    init(bell: LiveBell, log: LogID, id: UInt64, state: State) {
        self.bell = bell
        self.log = log
        self.id = id
        self.state = state
    }

    deinit { bell.remove(id, from: log) }

    /// From now on it hears of this; what came before is for the reader to look for.
    func change(to interest: LiveInterest) { bell.change(id, in: log, to: interest) }

    /// Returns once there is something to be taken, or their place may be another.
    /// - Throws: `CancellationError`.
    func waitForCall() async throws { try await state.wait() }

    /// What came since it was last asked, and how far the log was rung before: what is not among
    /// it and lies below that concerns nobody here.
    func taken() -> (call: Call?, heard: Int64) {
        let heard = bell.heard(in: log)
        return (state.take(), heard)
    }

    /// Tells the bell how many events the log has.
    func found(_ head: Int64) { bell.found(head, in: log) }
}

extension LiveListener {
    /// What the bell holds of a listener.
    final class State: Sendable {
        private struct Held {
            var positions: [Int64] = []
            var mustLook = false
            var mayHaveMoved = false
            var parked: CheckedContinuation<Void, any Error>?

            var isEmpty: Bool { !mustLook && !mayHaveMoved && positions.isEmpty }

            mutating func take() -> Call? {
                mayHaveMoved = false
                if mustLook {
                    mustLook = false
                    positions = []
                    return .look
                }
                guard !positions.isEmpty else { return nil }
                defer { positions = [] }
                return .rung(positions)
            }
        }

        private let held = Mutex(Held())

        func ring(_ position: Int64) {
            wake { held in
                if held.positions.count < LiveListener.positionsMax {
                    held.positions.append(position)
                } else {
                    held.mustLook = true
                }
            }
        }

        func lookYourself() { wake { $0.mustLook = true } }

        /// Their place in the queue may be another.
        func moved() { wake { $0.mayHaveMoved = true } }

        func take() -> Call? { held.withLock { $0.take() } }

        private func wake(_ change: (inout sending Held) -> Void) {
            let parked = held.withLock { held in
                change(&held)
                defer { held.parked = nil }
                return held.parked
            }
            parked?.resume()
        }

        /// One task waits at a time.
        func wait() async throws {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let outcome: Result<Void, any Error>? = held.withLock { held in
                        // Cancelled before it was parked: the handler found nothing to resume.
                        if Task.isCancelled { return .failure(CancellationError()) }
                        if !held.isEmpty { return .success(()) }
                        held.parked = continuation
                        return nil
                    }
                    if let outcome { continuation.resume(with: outcome) }
                }
            } onCancel: {
                held.withLock { held in
                    defer { held.parked = nil }
                    return held.parked
                }?.resume(throwing: CancellationError())
            }
        }
    }
}
