import ServiceLifecycle

/// Asks ``MailSender`` again and again, until the server stops. A transfer that is running then is
/// waited for: it has its time limit.
package struct MailService: Service {
    let sender: MailSender

    /// How long a queued mail waits at most where nothing else does.
    static let interval = Duration.seconds(1)

    package init(sender: MailSender) { self.sender = sender }

    package func run() async throws {
        let sender = sender
        sender.begin()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sender.tick()
                do {
                    try await Task.sleep(for: MailService.interval)
                } catch {
                    break
                }
            }
        }
        try await gracefulShutdown()
    }
}
