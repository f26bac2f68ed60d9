import Domain
import Testing

/// Short ways to say what tests of the rules say often. Ids are small numbers, moments are seconds.
func id<Subject>(_ number: Int) -> ID<Subject> { ID(bits: UInt128(number)) }

func second(_ number: Int) -> Instant { Instant(milliseconds: Int64(number) * 1_000) }

/// Text that is known to fit.
func text(_ words: String) -> PublicText {
    guard let text = PublicText(words) else { preconditionFailure("too long: \(words)") }
    return text
}

func zone(_ name: String) -> ZoneName {
    guard let zone = ZoneName(name) else { preconditionFailure("no zone: \(name)") }
    return zone
}

func label(_ name: String) -> DNSLabel {
    guard let label = DNSLabel(name) else { preconditionFailure("no label: \(name)") }
    return label
}

func day(_ name: String) -> LocalDate {
    guard let day = LocalDate(name) else { preconditionFailure("no day: \(name)") }
    return day
}

func clock(_ name: String) -> LocalTime {
    guard let time = LocalTime(name) else { preconditionFailure("no time: \(name)") }
    return time
}

func long(_ count: Int) -> String { String(repeating: "x", count: count) }

/// What `decide` says of `command`: its events, or its reason to refuse.
func answer<Subject: Decider>(
    _: Subject.Type, _ command: Subject.Command, after history: [Subject.Event]
) -> Result<[Subject.Event], Subject.Rejection> {
    do throws(Subject.Rejection) {
        return .success(try Subject.decide(command, Subject.fold(history)))
    } catch {
        return .failure(error)
    }
}

extension Result where Success: Collection, Failure: Rejected {
    /// A cell of a state × command table: `yes`, `nothing` (true already), or the reason's code.
    var cell: String {
        switch self {
        case .success(let events): events.isEmpty ? "nothing" : "yes"
        case .failure(let reason): reason.code
        }
    }
}

/// A family's every event, made up from `seed`; the same for the same seed.
func madeUp<Family: EventFamily>(
    _: Family.Type, count: Int, seed: UInt64
) throws(WireError) -> [Family] {
    var samples = Samples(seed: seed)
    var events: [Family] = []
    for _ in 0..<count {
        let members = Family.members.all
        let member = members[samples.next(in: 0...members.count - 1)]
        events.append(try member.sample(&samples))
    }
    return events
}
