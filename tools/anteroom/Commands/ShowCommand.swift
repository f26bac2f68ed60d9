import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom show`: what a screen showed, now or then; personal values left out. Source: AUD-4.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a projection's rows, as they are or as they were.",
        discussion: """
            Personal values are left out. A client stands as a pseudonym drawn for this run, the \
            same for the same client, and is absent once erased. The look is noted in the access \
            log first, by the operator (AUD-2).
            """)

    enum Screen: String, ExpressibleByArgument, CaseIterable {
        case appointments, visits
    }

    @Argument(help: "appointments or visits.")
    var projection: Screen

    @OptionGroup var data: DataOptions
    @OptionGroup var until: UntilOptions
    @OptionGroup var organisation: OrganisationOption

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() async throws {
        try await Workplace.during(data) { workplace in
            let history = try until.bound(workplace.store)
            let logs = try await organisation.logs(of: history).filter { $0 != .installation }
            try await workplace.note(
                projection == .visits ? .visits : .appointments, records: 1, in: logs)
            let shelf = try await shelf(workplace, history, logs)
            let screens = Screens(views: Views(shelf), vault: workplace.vault)
            var out = Output()
            for log in logs {
                switch projection {
                case .appointments:
                    try await screens.appointments(in: log) {
                        out.line(json ? $0.description : $0.tabbed)
                    }
                case .visits:
                    try await screens.visits(in: log) {
                        out.line(json ? $0.description : $0.tabbed)
                    }
                }
            }
            out.flush()
        }
    }

    /// The live projections caught up; for another moment, a history of their own.
    private func shelf(
        _ workplace: Workplace, _ history: any EventStore, _ logs: [LogID]
    ) async throws -> ViewShelf {
        let isNow = until.until == nil && until.at == nil
        let shelf = isNow ? workplace.shelf : try ViewShelf(inMemory: "show", .all)
        try await Replay.caughtUp(history, shelf, logs)
        return shelf
    }
}

extension JSON {
    /// The values alone, a tab between two.
    fileprivate var tabbed: String {
        guard case .object(let members) = self else { return description }
        return members.map { $0.value.text ?? $0.value.description }.joined(separator: "\t")
    }
}
