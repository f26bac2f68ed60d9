import API
import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections

/// `anteroom show`: what a screen showed, now or then; personal values left out. Source: AUD-4.
struct ShowCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a projection's rows, as they are or as they were.",
        discussion: """
            Personal values are left out. A client stands as a pseudonym drawn for this run, the \
            same for the same client, and is absent once erased. The look is noted in the access \
            log first, by the operator (AUD-2).
            """)
    static let needsViews = true

    enum Screen: String, ExpressibleByArgument, CaseIterable {
        case waitingArea = "waiting-area"
        case visits
        case appointments
        case directory
        case accessLog = "access-log"
    }

    @Argument(help: "waiting-area, visits, appointments, directory or access-log.")
    var projection: Screen

    @OptionGroup var data: DataOptions
    @OptionGroup var until: UntilOptions
    @OptionGroup var organisation: OrganisationOption

    @Flag(help: "One JSON object a line.")
    var json = false

    func run(in place: Place) async throws {
        let installation = place.installation
        let logs = try await organisation.logs(of: installation.store).filter {
            $0 != .installation
        }
        let (code, kind) = projection.look
        try await installation.noteLook(code, on: kind, in: logs)
        let screens = try await screens(installation, logs)
        for log in logs {
            try await screens.show(projection, in: log) { row in
                try Task.checkCancellation()
                try await place.output.line(json ? row.description : row.tabbed)
            }
        }
    }

    /// Over the live projections once they show all there is; for another moment, over rows made
    /// from the log up to it.
    private func screens(_ installation: Installation, _ logs: [LogID]) async throws -> Screens {
        let store = installation.store
        let needed = projection.needs
        guard let end = try until.end() else {
            for log in logs {
                let head = try store.head(of: log)
                for name in needed {
                    try await installation.side.runner.waitUntil(name, log, shows: head - 1)
                }
            }
            return Screens(installation.shelf, store, installation.dispatch.vault)
        }
        let set = ViewSet(ViewSet.all.projections.filter { needed.contains($0.name) })
        let shelf = try ViewShelf(inMemory: "show", set)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try await Replay(store, cores: cores).run(onto: shelf, logs: logs, until: end)
        return Screens(shelf, store, installation.dispatch.vault)
    }
}

extension ShowCommand.Screen {
    /// Projections its rows come from: names of clinics stand in the directory.
    fileprivate var needs: [String] {
        switch self {
        case .waitingArea: [WaitingArea.name, Directory.name]
        case .visits: [Visits.name, Directory.name]
        case .appointments: [Appointments.name, Directory.name]
        case .directory: [Directory.name]
        case .accessLog: [AccessLog.name]
        }
    }

    /// What stands in the access log about the look.
    fileprivate var look: (AccessEventCode, AccessObjectKind) {
        switch self {
        case .waitingArea: (.listed, .waitingArea)
        case .visits: (.listed, .visit)
        case .appointments: (.listed, .appointment)
        case .directory: (.listed, .organisation)
        case .accessLog: (.logRead, .access)
        }
    }
}

extension JSON {
    /// The values alone, a tab between two.
    fileprivate var tabbed: String {
        guard case .object(let members) = self else { return description }
        return members.map { $0.value.text ?? $0.value.description }.joined(separator: "\t")
    }
}
