import API
import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections

/// `anteroom log`: events as they stand, sealed parts shut. Source: AUD-1.
struct LogCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Print events, as a table or as CloudEvents.",
        discussion: """
            What is sealed stays shut: a key's id and ciphertext. The reading itself is noted in \
            the access log first, by the operator (AUD-2).
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var organisation: OrganisationOption

    @Option(help: "From this position on.")
    var from: Int64 = 0

    @Option(help: "This stream only, such as visit-0f….")
    var stream: String?

    @Option(help: "This type only, such as visit.arrived.")
    var type: String?

    @Flag(help: "CloudEvents 1.0, one a line.")
    var json = false

    @Flag(help: "With --json: the payload's bytes (data_base64) instead of its fields.")
    var raw = false

    /// Events read at once.
    private static let page = 1024

    func run(in place: Place) async throws {
        let stream = try stream.map { text in
            guard let name = StreamName(text) else {
                throw Failure.usage("--stream: «\(text)» names none")
            }
            return name
        }
        let installation = place.installation
        let logs = try await organisation.logs(of: installation.store)
        try await installation.noteLook(.logRead, on: .log, in: logs)
        for log in logs { try await print(log, stream, installation.store, place.output) }
    }

    private func print(
        _ log: LogID, _ stream: StreamName?, _ store: SegmentStore, _ output: CommandOutput
    ) async throws {
        var next = max(0, from)
        // What comes meanwhile is for the next look.
        let head = try store.head(of: log)
        while next < head {
            try Task.checkCancellation()
            let page = try store.read(
                log, from: next, limit: min(LogCommand.page, Int(clamping: head - next)))
            guard let last = page.last else { return }
            for event in page where shows(event, stream) {
                try await output.line(try line(event))
            }
            next = last.position + 1
        }
    }

    private func shows(_ event: RecordedEvent, _ stream: StreamName?) -> Bool {
        (stream == nil || event.stream == stream) && (type == nil || event.type.description == type)
    }

    private func line(_ event: RecordedEvent) throws -> String {
        json ? try CloudEvent(event, raw: raw).text : LogCommand.words(event)
    }

    private static func words(_ event: RecordedEvent) -> String {
        let time = Instant(milliseconds: event.recordedAt).description
        let actor = event.context.actor
        let who = actor.id == 0 ? "\(actor.kind)" : "\(actor.kind) \(hex(actor.id).prefix(8))"
        let name = "\(event.type)".padding(toLength: 26, withPad: " ", startingAt: 0)
        return "\(event.position)\t\(time)  \(name) \(event.stream)#\(event.version)  \(who)"
    }
}
