import API
import ArgumentParser
import EventStore
import Foundation
import Hummingbird
import Logging
import Metrics
import Projections
import ServiceLifecycle

/// `anteroom serve`: the server. Source: OPS-1.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve an installation over HTTP.",
        discussion: """
            Listens on 127.0.0.1; TLS is a proxy's. SIGTERM ends it in order. The operator reaches \
            the same commands without a token at the Unix socket in the data folder, which its \
            owner alone can open.
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var outgoing: OutgoingOptions

    @Option(help: "Port; 0: any free one.")
    var port = 8080

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Flag(help: "Lay a demonstration day first.")
    var demo = false

    func run() async throws {
        raiseOpenFiles()
        do {
            try await Place.during(
                data, makesFolder: true,
                setting: { options throws(Failure) in try outgoing.set(&options, port: port) }
            ) { place in
                let laid = demo ? try await lay(place.installation.dispatch) : nil
                try await serve(place.installation, laid)
            }
        } catch OpeningError.inUse(let folder) {
            throw Failure.wrong("\(folder): another process works in it: end that one first")
        }
    }

    /// A stream is a connection, and a connection an open file: says where there may be fewer of
    /// these than a full server takes.
    private func raiseOpenFiles() {
        let filesMax = OpenFiles.raise()
        let streamsMax = LivePace().streamsMax
        guard filesMax < streamsMax + OpenFiles.besidesStreams else { return }
        Terminal.say(
            """
            serve: this process may have \(filesMax) files open at once, which is fewer than \
            \(streamsMax) live streams take: raise its limit (LimitNOFILE, ulimit -Hn)
            """)
    }

    private func lay(_ dispatch: API.Dispatch) async throws -> DemoLayer.Laid {
        let layer = DemoLayer(
            send: { request throws(Refusal) in try await dispatch.run(request) }, ids: dispatch.ids)
        var laid = try await layer.lay(now: dispatch.clock.now())
        do {
            laid.password = try await dispatch.putFirstPassword(
                of: laid.administrator, in: laid.organisation)
        } catch {
            throw Failure.wrong("the demonstration's password: \(error.words)")
        }
        return laid
    }

    private func serve(_ installation: Installation, _ laid: DemoLayer.Laid?) async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "anteroom")
        logger.logLevel = .notice
        let started = Started(host: host, laid: laid)
        let desk = OperatorDesk(installation)
        let app = App(
            installation, at: .hostname(host, port: port), logger: logger,
            operatorRoutes: { desk.add(to: $0) }, onRunning: { started.say(port: $0 ?? 0) })
        MetricsSystem.bootstrap(app.metrics)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: app.services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
    }
}

/// What a started server says: where it is, and what to look at.
private struct Started: Sendable {
    let host: String
    let laid: DemoLayer.Laid?

    func say(port: Int) {
        let address = "http://\(host):\(port)"
        var lines = ["anteroom listens on \(address)"]
        if let laid {
            let area = "\(address)/v1/clinics/\(laid.clinic)/waiting-area"
            lines.append("")
            lines.append(
                "The demonstration: Demonstration Hospital, organisation \(laid.organisation)")
            lines.append("  token of Dr. Astrid Lund, dermatology: \(laid.practitionerToken)")
            lines.append("  token of the administrator:            \(laid.administratorToken)")
            if let password = laid.password {
                lines.append("To sign in with a password, which is not shown again:")
                lines.append("  organisation \(DemoDay.subdomain), \(DemoLayer.administratorEmail)")
                lines.append("  \(password)")
            }
            lines.append("The pages, for a browser:")
            lines.append("  dermatology, as Dr. Lund: \(address)/#token=\(laid.practitionerToken)")
            lines.append("  its callers:             \(address)/c/\(laid.clinic)")
            lines.append("The waiting area now, and as it changes:")
            lines.append("  curl -H 'Authorization: Bearer \(laid.practitionerToken)' \(area)")
            lines.append(
                "  curl -N -H 'Authorization: Bearer \(laid.practitionerToken)' \(area)/live")
            lines.append("Every command and query: \(address)/openapi.json")
        }
        Terminal.show(.out, lines.joined(separator: "\n") + "\n")
    }
}
