package import Domain
package import EventStore
import Projections

/// What a run would do now, and what falls due when (ANON-7). Counts only.
package struct AnonymisationPlan: Hashable, Sendable {
    package let log: LogID
    package let at: Instant
    /// Nil: nothing falls due, but for what goes by itself.
    package let days: Int?
    /// Nil: staff have not been told.
    package let runsFrom: Instant?
    /// Whether a run would take what is due.
    package let mayRun: Bool
    /// Due and not held.
    package var due: [RecordKind: Int] = [:]
    /// Due, and kept by a hold.
    package var held: [RecordKind: Int] = [:]
    /// There and not due.
    package var notDue: [RecordKind: Int] = [:]
    /// Falling due within so many days from now, due ones not counted.
    package var upcoming: [Upcoming] = []
    /// Clients whose erasure was asked for.
    package var asked = 0
    /// Of those, for whom a visit or appointment is still to come: end or cancel it.
    package var askedNotOver = 0

    package struct Upcoming: Hashable, Sendable {
        package let withinDays: Int
        package let counts: [RecordKind: Int]
    }

    package static let horizons = [1, 7, 30, 90, 365]

    package var dueCount: Int { due.values.reduce(0, +) }

    /// Of those due, how many a run would take now.
    package var runCount: Int {
        due.reduce(0) { $0 + (mayRun || $1.key.goesByItself ? $1.value : 0) }
    }
}

extension AnonymisationPlan {
    /// The dry run: changes nothing. A million records are counted by their days.
    package static func make(
        in log: LogID, _ dispatch: Dispatch, _ side: ReadSide
    ) async throws -> AnonymisationPlan {
        let choice = try await Chosen(dispatch, side, log).choice
        var plan = AnonymisationPlan(log, choice)
        try await plan.count(choice, side)
        return plan
    }

    private init(_ log: LogID, _ choice: Choice) {
        self.log = log
        at = choice.now
        days = choice.state.days
        runsFrom = choice.state.runsFrom
        mayRun = choice.state.mayRun(at: choice.now)
    }

    private mutating func count(_ choice: Choice, _ side: ReadSide) async throws {
        var within = AnonymisationPlan.horizons.map { _ in [RecordKind: Int]() }
        for row in try await side.views.retentionDays(in: log).value {
            let kind = row.key.kind
            guard let last = choice.lastDay(of: kind), row.key.day <= last else {
                notDue[kind, default: 0] += row.count
                guard let last = choice.lastDay(of: kind) else { continue }
                for (index, horizon) in AnonymisationPlan.horizons.enumerated()
                where row.key.day <= last + Int64(horizon) {
                    within[index][kind, default: 0] += row.count
                }
                continue
            }
            due[kind, default: 0] += row.count
        }
        for row in try await choice.heldDue() {
            due[row.kind, default: 0] -= 1
            held[row.kind, default: 0] += 1
        }
        due = due.filter { $0.value > 0 }
        upcoming = zip(AnonymisationPlan.horizons, within).map {
            AnonymisationPlan.Upcoming(withinDays: $0, counts: $1)
        }
        asked = choice.state.asked.count
        askedNotOver = try await choice.asked().count { $0.notOver > 0 }
    }
}

extension AnonymisationPlan {
    package var json: JSON {
        [
            "organisation": .string(log.description), "at": .string(at.description),
            "days": days.map { .integer(Int64($0)) },
            "runsFrom": runsFrom.map { .string($0.description) }, "mayRun": .bool(mayRun),
            "due": AnonymisationPlan.json(due), "held": AnonymisationPlan.json(held),
            "notDue": AnonymisationPlan.json(notDue),
            "upcoming": .array(
                upcoming.map {
                    [
                        "withinDays": .integer(Int64($0.withinDays)),
                        "records": AnonymisationPlan.json($0.counts),
                    ]
                }),
            "clientsAsked": .integer(Int64(asked)),
            "clientsNotOver": .integer(Int64(askedNotOver)),
        ]
    }

    static func json(_ counts: [RecordKind: Int]) -> JSON {
        .object(
            RecordKind.allCases.map { kind in
                JSON.Member(kind.plural, .integer(Int64(counts[kind] ?? 0)))
            })
    }

    package static func words(_ counts: [RecordKind: Int]) -> String {
        let parts = RecordKind.allCases.compactMap { kind in
            counts[kind].map { "\($0) \(kind.plural)" }
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    /// For people, line by line.
    package var lines: [String] {
        var lines = ["organisation \(log), \(at)"]
        if let days {
            lines.append("  records lose their client after \(days) days")
        } else {
            lines.append("  no days are set: nothing falls due but mails")
        }
        if let runsFrom {
            lines.append("  staff were told that runs begin \(runsFrom)")
        } else {
            lines.append(
                "  staff have not been told: nothing is erased before they are, but for mails")
        }
        lines.append(
            "  due now: \(AnonymisationPlan.words(due))"
                + (runCount == dueCount ? "" : ", to be run now: \(runCount)"))
        lines.append("  due and held: \(AnonymisationPlan.words(held))")
        for next in upcoming where !next.counts.isEmpty {
            lines.append(
                "  due within \(next.withinDays) days: \(AnonymisationPlan.words(next.counts))")
        }
        lines.append("  not due: \(AnonymisationPlan.words(notDue))")
        if asked > 0 {
            lines.append(
                "  clients to be erased on request: \(asked), of them not over yet: \(askedNotOver)"
            )
        }
        return lines
    }
}

extension Anonymiser.Outcome {
    package var json: JSON { AnonymisationPlan.json(erased) }
}
