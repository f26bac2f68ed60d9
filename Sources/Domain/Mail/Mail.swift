/// One mail on its way out, whatever its way is (``MailWay``). Attempts are told as events, so that
/// what was tried, and when the next attempt is, survives a restart.
package enum Mail: Decider {
    package enum Phase: String, CaseIterable, Hashable, Sendable {
        case unknown, waiting, settled
    }

    package struct State: Hashable, Sendable {
        package var phase = Phase.unknown
        package var kind: MailKind?
        package var clinic: ID<Clinic>?
        package var queuedAt: Instant?
        package var letter: Sealed<Letter>?
        /// Made so far.
        package var attempts = 0
        /// When the next attempt is.
        package var dueAt: Instant?
    }

    package static let initial = State()

    /// How long to wait after an attempt that failed, the last for every further one.
    package static let pauses: [Milliseconds] = [
        .minutes(1), .minutes(2), .minutes(5), .minutes(10), .minutes(30), .hours(1), .hours(2),
    ]

    package static func decide(
        _ command: MailCommand, _ state: State
    ) throws(MailRejection) -> [MailEvent] {
        switch (command, state.phase) {
        case (.queue(let at, let kind, let clinic, let letter, let key), .unknown):
            return [
                .queued(
                    MailQueued(
                        at: at, kind: kind, clinic: clinic, letter: Sealed(letter, under: key),
                        by: letter.to?.way ?? .email))
            ]
        case (.queue, .waiting), (.queue, .settled): throw .mailExists
        case (_, .unknown): throw .mailUnknown
        case (_, .settled): throw .mailSettled
        case (.tellSent(let at, let attempt), .waiting):
            guard attempt == state.attempts + 1 else { throw .attemptNotNext }
            return [.sent(MailSent(at: at, attempt: attempt))]
        case (.tellFailed(let at, let attempt, let fault, let reply), .waiting):
            guard attempt == state.attempts + 1 else { throw .attemptNotNext }
            if let again = again(state, fault, at: at) {
                return [
                    .failed(
                        MailFailed(
                            at: at, attempt: attempt, fault: fault, reply: reply, again: again))
                ]
            }
            return [
                .givenUp(MailGivenUp(at: at, attempt: attempt, fault: fault, reply: reply))
            ]
        case (.tellCaptured(let at, let cause), .waiting):
            return [.captured(MailCaptured(at: at, cause: cause))]
        }
    }

    /// When the next attempt is; nil: there is none.
    private static func again(_ state: State, _ fault: MailFault, at: Instant) -> Instant? {
        guard fault.isPassing, let queuedAt = state.queuedAt, let kind = state.kind else {
            return nil
        }
        let pause = pauses[min(max(0, state.attempts), pauses.count - 1)]
        let again = at.milliseconds.addingReportingOverflow(pause.count)
        let last = queuedAt.milliseconds.addingReportingOverflow(kind.life.count)
        guard !again.overflow, last.overflow || again.partialValue <= last.partialValue else {
            return nil
        }
        return Instant(milliseconds: again.partialValue)
    }

    package static func evolve(_ state: inout State, _ event: MailEvent) {
        switch event {
        case .queued(let queued):
            state.phase = .waiting
            state.kind = queued.kind
            state.clinic = queued.clinic
            state.queuedAt = queued.at
            state.letter = queued.letter
            state.dueAt = queued.at
        case .failed(let failed):
            state.attempts = failed.attempt
            state.dueAt = failed.again
        case .sent(let sent): settle(&state, attempts: sent.attempt)
        case .givenUp(let givenUp): settle(&state, attempts: givenUp.attempt)
        case .captured: settle(&state, attempts: state.attempts)
        }
    }

    private static func settle(_ state: inout State, attempts: Int) {
        state.phase = .settled
        state.attempts = attempts
        state.dueAt = nil
    }
}
