package import Hummingbird
package import Logging

/// The HTTP side: every route, once for each door.
package struct Server: Sendable {
    let dispatch: Dispatch
    let side: ReadSide
    let metrics: Prometheus
    let streams: LiveStreams
    let pace: LivePace
    let health: @Sendable () async -> Health
    let signOn: SignOnDesk?

    package init(
        dispatch: Dispatch, side: ReadSide, metrics: Prometheus, pace: LivePace = LivePace(),
        signOn: SignOnDesk? = nil,
        health: @escaping @Sendable () async -> Health
    ) {
        self.dispatch = dispatch
        self.side = side
        self.metrics = metrics
        self.pace = pace
        streams = LiveStreams(streamsMax: pace.streamsMax)
        self.health = health
        self.signOn = signOn
    }

    /// All routes, as they are behind `door`.
    package func router(_ door: Door) -> Router<AnteroomContext> {
        let router = Router(context: AnteroomContext.self)
        router.add(middleware: RequestLog(metrics: metrics))
        router.add(middleware: Problems())
        // Before who asks is looked at: pages are the same for everyone, whatever cookie they show.
        PageRoutes(dispatch: dispatch, side: side, signOn: signOn).add(to: router)
        if let signOn { SignOnRoutes(desk: signOn).add(to: router) }
        router.add(middleware: Authenticate(dispatch: dispatch, door: door))
        OperationRoutes(
            dispatch: dispatch, metrics: metrics, openAPI: dispatch.catalogue.openAPI.bytes,
            health: health
        ).add(to: router)
        CommandRoutes(dispatch: dispatch).add(to: router)
        AccountRoutes(dispatch: dispatch).add(to: router)
        PresenceRoute(dispatch: dispatch, side: side).add(to: router)
        QueryRoutes(dispatch: dispatch, side: side).add(to: router)
        LiveRoutes(dispatch: dispatch, side: side, streams: streams, pace: pace).add(to: router)
        BulkRoute(dispatch: dispatch).add(to: router)
        OtherMethods.refuse(in: router)
        return router
    }

    /// A server, not started.
    package func application(
        _ door: Door, at address: BindAddress, logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int?) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(door),
            configuration: ApplicationConfiguration(address: address, serverName: "anteroom"),
            onServerRunning: { await onRunning($0.localAddress?.port) }, logger: logger)
    }
}
