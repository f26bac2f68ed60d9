import Domain
import Testing

/// A rule stated as style.md does: given what happened, when this is asked, then that happens.
///
///     Given<Visit>(arrived, joined(1)).when(join(2)).then(joined(2))
///     Given<Visit>(arrived(andJoinedBy: 5)).when(join(6)).refused(.callFull(limit: 6))
///
/// Every event that is decided on the way is also written, read and folded, so that no aggregate
/// can decide what its own events cannot hold.
struct Given<Subject: Decider> {
    private let history: [Subject.Event]

    init(_ history: Subject.Event...) { self.history = history }

    init(_ history: [Subject.Event]) { self.history = history }

    func when(_ command: Subject.Command) -> When<Subject> {
        When(history: history, command: command)
    }
}

/// What was asked, waiting for what is expected of it.
struct When<Subject: Decider> {
    fileprivate let history: [Subject.Event]
    fileprivate let command: Subject.Command

    /// Exactly these events happen, in this order; none: what was asked is true already. Hands on
    /// the history with them, to go on from.
    @discardableResult
    func then(
        _ expected: Subject.Event..., at location: SourceLocation = #_sourceLocation
    ) -> Given<Subject> {
        then(expected, at: location)
    }

    @discardableResult
    func then(
        _ expected: [Subject.Event], at location: SourceLocation = #_sourceLocation
    ) -> Given<Subject> {
        do throws(Subject.Rejection) {
            let decided = try Subject.decide(command, Subject.fold(history))
            #expect(decided == expected, sourceLocation: location)
            expectWritable(decided, at: location)
        } catch {
            Issue.record("refused: \(error)", sourceLocation: location)
        }
        return Given(history + expected)
    }

    /// It is refused for that reason, and nothing happens.
    func refused(
        _ reason: Subject.Rejection, at location: SourceLocation = #_sourceLocation
    ) {
        do throws(Subject.Rejection) {
            let decided = try Subject.decide(command, Subject.fold(history))
            Issue.record("accepted: \(decided)", sourceLocation: location)
        } catch {
            #expect(error == reason, sourceLocation: location)
        }
    }

    /// Where only the state afterwards matters.
    @discardableResult
    func thenState(
        _ expected: Subject.State, at location: SourceLocation = #_sourceLocation
    ) -> Given<Subject> where Subject.State: Equatable {
        do throws(Subject.Rejection) {
            let decided = try Subject.decide(command, Subject.fold(history))
            #expect(Subject.fold(history + decided) == expected, sourceLocation: location)
            expectWritable(decided, at: location)
            return Given(history + decided)
        } catch {
            Issue.record("refused: \(error)", sourceLocation: location)
            return Given(history)
        }
    }

    /// Folds the events as a log would give them back: `evolve` is total over shut records too.
    private func expectWritable(_ decided: [Subject.Event], at location: SourceLocation) {
        var state = Subject.fold(history)
        for event in decided {
            guard let member = event as? any EventFamily else { continue }
            do throws(WireError) {
                let read = try readBack(member, at: location)
                guard let event = read as? Subject.Event else { continue }
                Subject.evolve(&state, event)
            } catch {
                Issue.record("cannot be written: \(error)", sourceLocation: location)
            }
        }
    }
}

/// `event` as it comes back from a log, its records shut by ``transparentSealing(_:)``.
func readBack<Family: EventFamily>(
    _ event: Family, at location: SourceLocation = #_sourceLocation
) throws(WireError) -> Family {
    var bytes: [UInt8] = []
    let head = try event.encode(into: &bytes, sealing: transparentSealing)
    let read = try Family.decode(head.name, number: head.number, bytes[...])
    var again: [UInt8] = []
    _ = try read.encode(into: &again)
    #expect(again == bytes, "read and written again it differs", sourceLocation: location)
    return read
}

/// Seals nothing: for tests that look at what would have been sealed.
func transparentSealing(_ request: SealRequest) -> SealedBytes {
    SealedBytes(key: request.key, bytes: request.plainBytes)
}
