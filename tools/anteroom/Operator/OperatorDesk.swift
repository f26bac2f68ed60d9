import API
import ArgumentParser
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// `POST /operator/run` at the operator's socket: runs sub-commands of this program in the server
/// that has the data folder open. Who goes away (Ctrl-C) ends theirs, in order.
final class OperatorDesk: Sendable {
    private let installation: Installation
    /// Names of the sub-commands that run.
    private let running = Mutex<[String]>([])

    /// Sub-commands at work at one time; another is refused.
    static let runsMax = 8

    init(_ installation: Installation) { self.installation = installation }

    func add(to router: Router<AnteroomContext>) {
        router.post(RouterPath(OperatorRequest.path)) { request, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: ResponseBody { writer in
                    let output = CommandOutput(.response(writer))
                    try await request.body.consumeWithCancellationOnInboundClose { body in
                        try await cancelWhenGracefulShutdown {
                            try await self.answer(body, output)
                        }
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private func answer(_ body: RequestBody, _ output: CommandOutput) async throws {
        do {
            try await run(body, output)
            try await output.exit(.fine)
        } catch {
            let failure = Failure(error)
            try await output.flush()
            if !failure.message.isEmpty { try await output.note(failure.message) }
            try await output.exit(failure.code)
        }
    }

    private func run(_ body: RequestBody, _ output: CommandOutput) async throws {
        let bytes = try await body.collect(upTo: OperatorRequest.bytesMax)
        let request = try OperatorRequest(JSON(parsing: bytes.readableBytesView))
        let parsed = try AnteroomCommand.parseAsRoot(request.arguments)
        guard let command = parsed as? any InstallationCommand else {
            throw Failure.usage("this sub-command does not run in a server")
        }
        let place = Place(
            installation: installation,
            directory: URL(fileURLWithPath: request.directory, isDirectory: true), output: output)
        try await run(command, place)
    }

    private func run<Command: InstallationCommand>(_ command: Command, _ place: Place) async throws
    {
        let name = Command.turn
        try running.withLock { running throws(Failure) in
            guard running.count < OperatorDesk.runsMax else {
                throw .wrong("\(running.count) sub-commands are at work already: come back later")
            }
            guard !Command.isExclusive || !running.contains(name) else {
                throw .wrong("`\(name)` is at work already: come back when it has ended")
            }
            running.append(name)
        }
        defer {
            running.withLock { running in
                if let index = running.firstIndex(of: name) { running.remove(at: index) }
            }
        }
        // The server's own projections follow the log.
        try await command.run(in: place)
    }
}
