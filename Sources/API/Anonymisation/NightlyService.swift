import Domain
import EventStore
import Foundation
import Projections
import ServiceLifecycle

/// Anonymises by night what is due (ANON-2), mails among it wherever they are, and at any hour
/// carries out what was ordered and is not done yet, since a disk was full, say.
package struct NightlyService: Service {
    private let installation: Installation

    /// Between two looks at the clock.
    private static let pause = Duration.seconds(600)

    package init(installation: Installation) { self.installation = installation }

    package func run() async throws {
        let service = self
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await service.look()
                do {
                    try await Task.sleep(for: NightlyService.pause)
                } catch {
                    break
                }
            }
        }
        try await gracefulShutdown()
    }

    /// Looks at every organisation once. What fails is told, the next look tries again, and no
    /// organisation waits for another.
    package func look() async {
        do {
            for log in try await installation.dispatch.store.logs() where !Task.isCancelled {
                await look(at: log)
            }
        } catch {
            installation.options.notice("the nightly anonymisation stands still: \(error)")
        }
    }

    private func look(at log: LogID) async {
        do {
            let late = try await installation.eraser.finish(log)
            if late > 0 { installation.options.notice("log \(log): \(late) erasures carried out") }
            let outcome = try await run(log)
            if let outcome, outcome.batches > 0 {
                installation.options.notice(
                    "log \(log): anonymised \(AnonymisationPlan.words(outcome.erased))")
            }
        } catch is CancellationError {
            return
        } catch {
            installation.options.notice(
                "log \(log): the nightly anonymisation stands still: \(error)")
        }
    }

    private func run(_ log: LogID) async throws -> Anonymiser.Outcome? {
        let dispatch = installation.dispatch
        let now = dispatch.clock.now()
        guard let row = try await installation.side.views.organisation(in: log).value else {
            return nil
        }
        guard let zone = TimeZone(identifier: row.zone) else {
            installation.options.notice(
                "log \(log): no nightly anonymisation: this machine knows no zone \(row.zone)")
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
        guard NightlyRun.isTime(localHour: calendar.component(.hour, from: date)) else {
            return nil
        }
        return try await Anonymiser(installation.eraser).run(
            in: log, recordsMax: NightlyRun.recordsMax, by: .nightly)
    }
}
