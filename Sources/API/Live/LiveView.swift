import Domain
import EventStore

/// What one live stream shows: a snapshot, then what each event of the log changes in it.
///
/// Both follow from the log alone, so that whoever comes back with a position goes on after it,
/// without gap or repeat (OPS-6).
protocol LiveView: Sendable {
    /// What an event changed here.
    associatedtype Change: Sendable

    /// What it is to who may ask it.
    static var operation: Domain.Operation { get }

    /// Every stream and category ``change(by:)`` looks at now: events of others are not shown to
    /// it. It may change with what the view has seen.
    var interest: LiveInterest { get }

    /// Lets on who may look now; notes nothing.
    func allow(_ reading: inout Reading) async throws(Refusal)

    /// Notes that somebody began to look.
    func noteOpening(_ reading: inout Reading)

    /// Everything as it is, without positions, and the position it is shown at.
    mutating func snapshot(
        _ reading: inout Reading
    ) async throws -> (events: [ServerSentEvent], position: Int64)

    /// Takes up what happened through `position`: called once, in place of the snapshot.
    mutating func resume(after position: Int64, _ reading: Reading) async throws

    /// What holds now and is no change at some position, where it is not what was told last: told
    /// at once to whoever resumed, and after changes.
    mutating func standing(_ reading: inout Reading) async throws -> [ServerSentEvent]

    /// There may be something to tell by ``standing(_:)``; asking for it ends that.
    var hasMoved: Bool { get }

    /// What the next event of the log changes; nil: nothing here.
    mutating func change(by event: RecordedEvent) async throws -> Change?

    /// Who is there as long as the stream lives: told to ``Presence`` as it goes; nil: nobody.
    func being(of actor: RequestActor, in log: LogID) -> Presence.Being?

    /// The change as it is sent; looks at records shown for the first time are noted.
    /// None: nothing that who asks may see.
    mutating func told(
        _ change: Change, _ reading: inout Reading
    ) async throws -> [ServerSentEvent]
}

extension LiveView {
    mutating func standing(_ reading: inout Reading) async throws -> [ServerSentEvent] { [] }

    var hasMoved: Bool { false }

    func being(of actor: RequestActor, in log: LogID) -> Presence.Being? { nil }
}

/// How live streams go; another pace in tests.
package struct LivePace: Sendable {
    /// Nothing to tell for so long: a comment says that the stream lives, and whether it still may.
    package var heartbeat = Duration.seconds(15)
    /// A reader that takes one write no longer than this is kept.
    package var writeMax = Duration.seconds(30)
    /// Streams open at once; one more is refused.
    package var streamsMax = 10_000

    package init() {}

    /// Changes sent at once, their access entries in one commit.
    static let batchMax = 64
    /// Records whose first showing is remembered; beyond, they are noted again.
    static let shownMax = 10_000
}

/// Which records a stream has shown.
struct ShownRecords {
    let max: Int
    private var visits: Set<ID<Visit>> = []

    init(max: Int) { self.max = max }

    /// True the first time.
    mutating func insert(_ visit: ID<Visit>) -> Bool {
        if visits.count >= max { visits = [] }
        return visits.insert(visit).inserted
    }
}
