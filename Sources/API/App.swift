import EventStore
import Foundation
package import Hummingbird
package import Logging
import Projections
package import ServiceLifecycle
import Synchronization

/// Builds everything that serves an installation, and starts nothing: ``run()`` does, until it is
/// told to stop.
package struct App: Service {
    package let installation: Installation
    package let metrics: Prometheus
    private let server: Server
    private let address: BindAddress
    private let logger: Logger
    private let operatorRoutes: OperatorRoutes
    private let onRunning: @Sendable (_ port: Int?) async -> Void

    /// Adds routes that only the operator's socket has.
    package typealias OperatorRoutes = @Sendable (Router<AnteroomContext>) -> Void

    /// The operator's door, in the data folder.
    package static let socketName = "anteroom.sock"

    /// - Parameter onRunning: called once connections are taken at `address`, and at the operator's
    ///   socket where there can be one.
    package init(
        _ installation: Installation, at address: BindAddress, logger: Logger,
        operatorRoutes: @escaping OperatorRoutes = { _ in },
        onRunning: @escaping @Sendable (_ port: Int?) async -> Void = { _ in }
    ) {
        self.installation = installation
        self.address = address
        self.logger = logger
        self.operatorRoutes = operatorRoutes
        self.onRunning = onRunning
        let metrics = Prometheus()
        self.metrics = metrics
        server = Server(
            dispatch: installation.dispatch, side: installation.side, metrics: metrics,
            signOn: SignOnDesk(
                dispatch: installation.dispatch,
                client: OpenIDClient(
                    threads: OutgoingThreads(), clock: installation.options.clock),
                address: installation.options.publicAddress ?? .loopback(port: 80)),
            health: { installation.health })
    }

    /// Bytes of `sun_path` in `sockaddr_un`, less the ending zero.
    package static let socketPathMax = 107

    /// Where the operator's socket of a data folder is.
    package static func socketPath(_ folder: String) -> String { "\(folder)/\(socketName)" }

    /// What runs side by side; on shutdown the doors close first.
    package var services: [any Service] {
        let opening = Opening(onRunning)
        return [
            ProjectionService(runner: installation.side.runner),
            RotationService(installation: installation),
            RefusalService(dispatch: installation.dispatch, logger: logger),
            DayClosingService(
                closer: DayCloser(dispatch: installation.dispatch) { [logger] in
                    logger.warning("\($0)")
                }),
            TimeoutService(
                groupCalls: GroupCallTimeouts(
                    dispatch: installation.dispatch, views: installation.side.views
                ) { [logger] in logger.warning("\($0)") },
                visits: VisitTimeouts(
                    dispatch: installation.dispatch, views: installation.side.views
                ) { [logger] in logger.warning("\($0)") }),
            NightlyService(installation: installation),
            PresenceService(
                keeper: PresenceKeeper(
                    dispatch: installation.dispatch, views: installation.side.views
                ) { [logger] in logger.warning("\($0)") }),
            MailService(sender: mailSender),
            AlertService(
                policy: AlertPolicy(
                    dispatch: installation.dispatch, views: installation.side.views
                ) { [logger] in logger.warning("\($0)") }),
            server.application(.http, at: address, logger: logger) { await opening.http(port: $0) },
            SocketService(
                installation: installation, server: server, routes: operatorRoutes, logger: logger,
                onRunning: { await opening.socket() }),
        ]
    }

    private var mailSender: MailSender {
        let address = installation.options.publicAddress ?? .loopback(port: 80)
        let mail = installation.options.mail
        let carrier = mail.map {
            SMTPCarrier($0, greeting: address.host, threads: installation.outgoing)
        }
        return MailSender(
            dispatch: installation.dispatch, views: installation.side.views, carrier: carrier,
            texts: installation.options.sms.map {
                SMSGateway($0, threads: installation.outgoing)
            },
            webhooks: WebhookSender(
                threads: installation.outgoing, clock: installation.dispatch.clock,
                reach: installation.dispatch.reach),
            letters: Letters(address, mail), folder: MailFolder("\(installation.folder).mail"),
            threads: installation.outgoing
        ) { [logger] in logger.warning("\($0)") }
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for.
    package func run() async throws {
        let configuration = ServiceGroupConfiguration(services: services, logger: logger)
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// Says that the server runs once both its doors are open, whichever is first: a script that waits
/// for that may use either.
private final class Opening: Sendable {
    private struct Doors {
        /// Nil: not open yet; the inner one: it has none.
        var port: Int??
        var hasSocket = false
    }

    private let doors = Mutex(Doors())
    private let onRunning: @Sendable (_ port: Int?) async -> Void

    init(_ onRunning: @escaping @Sendable (_ port: Int?) async -> Void) {
        self.onRunning = onRunning
    }

    func http(port: Int?) async { await opened { $0.port = .some(port) } }
    func socket() async { await opened { $0.hasSocket = true } }

    private func opened(_ door: @Sendable (inout Doors) -> Void) async {
        let doors = doors.withLock { doors in
            door(&doors)
            return doors
        }
        if let port = doors.port, doors.hasSocket { await onRunning(port) }
    }
}

/// Keeps the projections up with the log.
private struct ProjectionService: Service {
    let runner: Runner

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await runner.run() }
    }
}

/// Goes on with a rotation of the installation key that was killed, while everything else runs.
private struct RotationService: Service {
    let installation: Installation

    func run() async throws {
        let installation = installation
        await cancelWhenGracefulShutdown {
            do throws(VaultError) {
                while !Task.isCancelled, try await installation.vault.rotateBatch() != nil {}
            } catch {
                installation.options.notice("the rotation of the key stands still: \(error.words)")
            }
        }
        // A service that ends would end the others.
        try await gracefulShutdown()
    }
}

/// Writes down, minute by minute, how often nobody in particular was refused.
private struct RefusalService: Service {
    let dispatch: Dispatch
    let logger: Logger

    /// Between two looks for a minute that is over.
    private static let pause = Duration.seconds(20)

    func run() async throws {
        let dispatch = dispatch
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: RefusalService.pause)
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
    let installation: Installation
    let server: Server
    let routes: App.OperatorRoutes
    let logger: Logger
    /// Called once connections are taken, or it is known that there can be no socket.
    let onRunning: @Sendable () async -> Void

    func run() async throws {
        let path = App.socketPath(installation.folder)
        guard path.utf8.count <= App.socketPathMax else {
            installation.options.notice(
                """
                no socket for the operator: \(path) is longer than the \(App.socketPathMax) \
                bytes a socket's path may have; give --data a shorter one
                """)
            await onRunning()
            return try await gracefulShutdown()
        }
        // The log's lock is ours, so what lies here was left by a process that was killed.
        unlink(path)
        let router = server.router(.socket)
        routes(router)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { _ in
                chmod(path, 0o600)
                await onRunning()
            }, logger: logger)
        try await application.run()
        unlink(path)
    }
}
