import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom import-end`: lets go of the days that imports hold open and that nobody will go on
/// with (REP-1).
struct ImportEndCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-end",
        abstract: "End an import that was killed and will not be started again, or list such.",
        discussion: """
            What came in stays; the rest of the file never comes. The days it held open are the \
            clock's again, and the secret its names were made with is destroyed.
            """)
    static let isExclusive = true
    /// Never while an import is at work: it may be that one.
    static let turn = ImportCommand._commandName

    @Argument(help: "The import's id; left out: those that are not over are listed.")
    var id: String?

    @OptionGroup var data: DataOptions

    @OptionGroup var one: OneOrganisation

    func run(in place: Place) async throws {
        let store = place.installation.store
        guard let id else {
            var option = OrganisationOption()
            option.organisation = one.organisation
            for log in try await option.logs(of: store) where log != .installation {
                for holder in try await holders(log, store) {
                    try await place.output.line("\(holder)  of \(log)")
                }
            }
            return
        }
        guard let id = ID<Import>(id) else {
            throw Failure.usage("«\(id)» is no id of 32 hexadecimal digits")
        }
        let log = try await one.log(in: store)
        guard try await holders(log, store).contains(id) else {
            throw Failure.wrong("no import \(id) of \(log) is under way")
        }
        try await ImportRun.cutShort(id, of: ID(bits: log.bits), in: place.installation)
        try await place.output.line("ended: \(id)")
    }

    private func holders(_ log: LogID, _ store: SegmentStore) async throws -> [ID<Import>] {
        try await Operator.state(DayBook.self, of: log, in: store).heldBy.sorted()
    }
}
