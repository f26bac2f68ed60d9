import API
import ArgumentParser
import Foundation
import Synchronization

/// `sim load`: as many commands as there may be over so many connections.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send visit.open over many connections; print rate and times.",
        discussion: "Each answer is durable before it is given. The load is made on this machine.")

    @OptionGroup var target: TargetOptions

    @Option(help: "Connections, a thread each.")
    var connections = 64

    @Option(help: "Commands in all.")
    var commands = 100_000

    @Option(help: "Names the organisation and the keys: not used before in this folder.")
    var seed: UInt64 = 1

    func run() throws {
        OpenFiles.raise()
        let plan = Plan(seed: seed, size: DaySize(clinics: 1, staff: 1, callers: 0))
        try target.with { server in
            var layer = try GroundLayer(plan, socket: App.socketPath(server.folder))
            let ground = try layer.lay()
            let (taken, times) = try send(ground, .port(server.port))
            let rate = Words.decimal(Double(times.count) / (taken / .seconds(1)), 0)
            print("\(times.count) commands over \(connections) connections: \(rate) commands/s")
            print("latency " + Words.latencies(times))
        }
    }

    private func send(_ ground: Ground, _ door: Wire.Door) throws -> (Duration, [Duration]) {
        let token = ground.staff[0].token
        let body = Array("{\"clinic\":\"\(ground.clinics[0])\"}".utf8)
        let results = Mutex<[Result<[Duration], any Error>]>([])
        let crowd = Crowd()
        let (count, lanes, seed) = (commands, connections, seed)
        let started = ContinuousClock.now
        for lane in 0..<lanes {
            crowd.add {
                let result = Result {
                    let wire = try Wire(door)
                    var times: [Duration] = []
                    for number in stride(from: lane, to: count, by: lanes) {
                        let request = Request.bytes(
                            "POST", "/v1/commands/visit.open",
                            headers: [
                                ("Authorization", "Bearer \(token)"),
                                ("Content-Type", "application/json"),
                                ("Idempotency-Key", "load-\(seed)-\(number)"),
                            ], body: body)
                        let sent = ContinuousClock.now
                        try wire.send(request)
                        let answer = try wire.answer()
                        times.append(sent.duration(to: .now))
                        guard answer.status == 200 else {
                            throw SimError(String(decoding: answer.body, as: UTF8.self))
                        }
                    }
                    return times
                }
                results.withLock { $0.append(result) }
            }
        }
        crowd.wait()
        let taken = started.duration(to: .now)
        return (taken, try results.withLock { $0 }.flatMap { try $0.get() })
    }
}
