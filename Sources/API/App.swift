import Foundation
package import Hummingbird
package import Logging
import Projections
package import ServiceLifecycle

/// Builds everything that serves an installation, and starts nothing: ``run()`` does, until it is
/// told to stop.
package struct App: Service {
    package let installation: Installation
    package let metrics: Prometheus
    private let server: Server
    private let address: BindAddress
    private let logger: Logger

    /// The operator's door, in the data folder.
    package static let socketName = "anteroom.sock"

    package init(_ installation: Installation, at address: BindAddress, logger: Logger) {
        self.installation = installation
        self.address = address
        self.logger = logger
        let metrics = Prometheus()
        self.metrics = metrics
        server = Server(
            dispatch: installation.dispatch, side: installation.side, metrics: metrics,
            health: { installation.health })
    }

    /// Where the operator's socket of a data folder is.
    package static func socketPath(_ folder: String) -> String { "\(folder)/\(socketName)" }

    /// What runs side by side; on shutdown the doors close first.
    package var services: [any Service] {
        [
            ProjectionService(runner: installation.side.runner),
            RefusalService(dispatch: installation.dispatch, logger: logger),
            server.application(.http, at: address, logger: logger),
            SocketService(
                path: App.socketPath(installation.folder), server: server, logger: logger),
        ]
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for.
    package func run() async throws {
        let configuration = ServiceGroupConfiguration(services: services, logger: logger)
        try await ServiceGroup(configuration: configuration).run()
    }
}

extension Installation {
    /// Whether appends are taken and views follow.
    var health: Health {
        var parts: [Health.Part] = []
        let report = store.report
        parts.append(
            Health.Part(
                "log", isGood: report.readOnly == nil, report.readOnly ?? "appends are taken"))
        let failures = side.runner.standings().compactMap(\.failure)
        let stops = side.runner.standings().flatMap(\.standings).compactMap(\.stop)
        let words =
            failures.first.map { "\($0)" } ?? stops.first.map { "\($0)" } ?? "follow the log"
        parts.append(
            Health.Part("views", isGood: failures.isEmpty && stops.isEmpty, words))
        return Health(parts: parts)
    }
}

/// Keeps the projections up with the log.
private struct ProjectionService: Service {
    let runner: Runner

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await runner.run() }
    }
}

/// Writes down, minute by minute, how often nobody in particular was refused.
private struct RefusalService: Service {
    let dispatch: Dispatch
    let logger: Logger

    func run() async throws {
        let dispatch = dispatch
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(20))
                } catch {
                    break
                }
                try await dispatch.writeRefusals(before: dispatch.clock.now())
            }
        }
        try await dispatch.writeRefusals(before: nil)
    }
}

/// The operator's door: a Unix socket that only the program's own user may open.
private struct SocketService: Service {
    let path: String
    let server: Server
    let logger: Logger

    func run() async throws {
        // The log's lock is ours, so what lies here was left by a process that was killed.
        unlink(path)
        let path = path
        let application = Application(
            router: server.router(.socket),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { _ in chmod(path, 0o600) }, logger: logger)
        try await application.run()
        unlink(path)
    }
}
