import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom org`: organisations of the installation. Source: ROLE-5.
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Make and list organisations.",
        subcommands: [Create.self, List.self], defaultSubcommand: List.self)

    /// Makes one, with its first administrator.
    struct Create: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an organisation with its first administrator, who is active at once.")
        static let makesFolder = true

        @OptionGroup var data: DataOptions

        @Option(help: "Its name.")
        var name: String

        @Option(help: "Unique in the installation: a-z, 0-9 and hyphen.")
        var subdomain: String

        @Option(help: "IANA time zone.")
        var zone: String

        @Option(help: "The first administrator's name.")
        var adminName: String

        @Option(help: "The first administrator's e-mail address.")
        var adminEmail: String

        @Option(help: "Staff members at most; left out: any number.")
        var staffMax: Int64?

        @Flag(help: "Outgoing messages are kept, not sent (ORG-12).")
        var test = false

        @Flag(help: "One JSON object.")
        var json = false

        func run(in place: Place) async throws {
            let body: JSON = [
                "name": .string(name), "subdomain": .string(subdomain), "zone": .string(zone),
                "staffMax": staffMax.map(JSON.integer), "isTest": .bool(test),
                "administrator": ["name": .string(adminName), "email": .string(adminEmail)],
            ]
            let answer = try await place.operate("organisation.create", body)
            if json {
                try await place.output.line(answer.json.description)
            } else {
                try await place.output.line("organisation \(answer.organisation)")
                try await place.output.line("administrator \(answer["administrator"] ?? "")")
            }
        }
    }

    /// Lists them all.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List organisations: id, subdomain, zone, name.")

        @OptionGroup var data: DataOptions

        @Flag(help: "One JSON object a line.")
        var json = false

        func run() async throws {
            let store = try data.openLog()
            defer { store.close() }
            let output = CommandOutput(.terminal)
            for log in try store.logs() where log != .installation {
                let state = try await Operator.state(Organisation.self, of: log, in: store)
                guard let profile = state.profile else { continue }
                let words: JSON = [
                    "organisation": .string(log.description),
                    "name": .string(profile.name.description),
                    "zone": .string(profile.zone.description),
                    "events": .integer(try store.head(of: log)),
                ]
                try await output.line(
                    json ? words.description : "\(log)  \(profile.zone)  \(profile.name)")
            }
            try await output.flush()
        }
    }
}

/// What the operator asks on the command line.
enum Operator {
    /// An organisation's aggregate that bears its own id, folded from its stream.
    static func state<Book: Decider>(
        _ book: Book.Type, of log: LogID, in store: SegmentStore
    ) async throws -> Book.State where Book.Event: EventFamily {
        guard let category = Word(Book.Event.category) else { return book.initial }
        var state = book.initial
        var next: Int64 = 0
        while true {
            let page = try store.readStream(
                StreamName(category, log.bits), in: log, from: next, limit: Limits.subscriptionPage)
            for recorded in page {
                let name = EventName(high: recorded.type.high, low: recorded.type.low)
                book.evolve(
                    &state,
                    try Book.Event.decode(name, number: Int(recorded.schema), recorded.payload))
                next = recorded.version + 1
            }
            if page.count < Limits.subscriptionPage { return state }
        }
    }
}
