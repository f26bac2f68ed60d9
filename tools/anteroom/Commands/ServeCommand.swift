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

    @Option(help: "Port; 0: any free one.")
    var port = 8080

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Flag(help: "Lay a demonstration day first.")
    var demo = false

    func run() async throws {
        try await Workplace.during(data) { workplace in
            let laid = demo ? try await lay(workplace) : nil
            try await serve(workplace, laid)
        }
    }

    private func lay(_ workplace: Workplace) async throws -> DemoLayer.Laid {
        let dispatch = workplace.dispatch
        let layer = DemoLayer(
            send: { request throws(Refusal) in try await dispatch.run(request) }, ids: dispatch.ids)
        return try await layer.lay(now: dispatch.clock.now())
    }

    private func serve(_ workplace: Workplace, _ laid: DemoLayer.Laid?) async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "anteroom")
        logger.logLevel = .notice
        let metrics = Prometheus()
        MetricsSystem.bootstrap(metrics)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let runner = Runner(workplace.store, workplace.shelf, cores: cores) { [logger] notice in
            logger.warning("projections: \(notice)")
        }
        let index = try await KeyedIndex.open(data.folder, vault: workplace.vault)
        let side = ReadSide(
            views: Views(workplace.shelf),
            accessLog: AccessLogReader(workplace.shelf, workplace.store), runner: runner,
            clients: ClientIndex(
                index: index, store: workplace.store, vault: workplace.vault))
        let report = workplace.store.report
        let server = Server(dispatch: workplace.dispatch, side: side, metrics: metrics) {
            ServeCommand.health(report.readOnly, runner)
        }
        let started = Started(host: host, laid: laid)
        let http = Application(
            router: server.router(.http),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "anteroom"),
            onServerRunning: { started.say(port: $0.localAddress?.port ?? 0) }, logger: logger)
        var services: [any Service] = [RunnerService(runner: runner), http]
        if let path = socketPath() {
            services.append(
                Application(
                    router: server.router(.socket),
                    configuration: ApplicationConfiguration(
                        address: .unixDomainSocket(path: path), serverName: "anteroom"),
                    logger: logger))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try await index.close()
    }

    /// Where the operator's socket goes; nil where the folder's path is too long for one.
    private func socketPath() -> String? {
        let path = data.url.appendingPathComponent("socket").path
        guard path.utf8.count <= ServeCommand.socketPathMax else {
            Terminal.say(
                "no socket for the operator: \(path) is longer than a socket's path may be")
            return nil
        }
        // The lock is held, so what lies there is left from a process that is gone.
        unlink(path)
        return path
    }

    /// Bytes of `sun_path` in `sockaddr_un`, less the ending zero.
    private static let socketPathMax = 107

    private static func health(_ readOnly: String?, _ runner: Runner) -> Health {
        let standings = runner.standings()
        return Health(parts: [
            Health.Part("log", isGood: readOnly == nil, readOnly ?? "taking events"),
            Health.Part("projections", isGood: true, "\(standings.count) logs followed"),
        ])
    }
}

/// Keeps projections up until the server stops.
private struct RunnerService: Service {
    let runner: Runner

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await runner.run() }
    }
}

/// What a started server says: where it is, and what to look at.
private struct Started: Sendable {
    let host: String
    let laid: DemoLayer.Laid?

    func say(port: Int) {
        let address = "http://\(host):\(port)"
        var out = Output()
        out.line("anteroom listens on \(address)")
        if let laid {
            let area = "\(address)/v1/clinics/\(laid.clinic)/waiting-area"
            out.line("")
            out.line("The demonstration: Demonstration Hospital, organisation \(laid.organisation)")
            out.line("  token of Dr. Astrid Lund, dermatology: \(laid.practitionerToken)")
            out.line("  token of the administrator:            \(laid.administratorToken)")
            out.line("The waiting area now, and as it changes:")
            out.line("  curl -H 'Authorization: Bearer \(laid.practitionerToken)' \(area)")
            out.line("  curl -N -H 'Authorization: Bearer \(laid.practitionerToken)' \(area)/live")
            out.line("Every command and query: \(address)/openapi.json")
        }
        out.flush()
    }
}
