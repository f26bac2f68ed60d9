import Domain
import EventStore
import Projections

/// Whose the records of one erasure order are. A visit may be tied to a client by the appointment
/// alone that names it as the one it was done in: both go in one order.
struct RecordOwners {
    private var owners: [StreamName: ID<Client>] = [:]

    /// - Parameter pages: the first events of each of `records`.
    init(
        _ records: [StreamName], _ pages: [[RecordedEvent]], in log: LogID, _ ties: ClientTies
    ) async throws(Refusal) {
        var named: [StreamName: ID<Client>] = [:]
        for (stream, events) in zip(records, pages) {
            guard let owner = try await ties.owner(of: stream, events: events, in: log) else {
                continue
            }
            owners[stream] = owner
            for event in events where stream.category == Category.appointment {
                if case .done(let done) = try Coding.event(event, as: AppointmentEvent.self),
                    let visit = done.visit
                {
                    named[StreamName(of: visit)] = owner
                }
            }
        }
        owners.merge(named) { owner, _ in owner }
        for (stream, events) in zip(records, pages)
        where owners[stream] == nil && stream.category == Category.answers {
            for event in events {
                switch try Coding.event(event, as: AnswersEvent.self) {
                case .given(let given):
                    owners[stream] = given.visit.flatMap { named[StreamName(of: $0)] }
                }
            }
        }
    }

    /// Nil where nobody on file is named.
    subscript(stream: StreamName) -> ID<Client>? { owners[stream] }
}
