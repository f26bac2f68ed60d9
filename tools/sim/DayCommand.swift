import API
import ArgumentParser
import Foundation

/// `sim day`: a day of clinics over HTTP, and what must hold of its log.
struct DayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "day", abstract: "Drive a clinic day, then check every invariant of its log.",
        discussion: """
            What is done is a function of --seed and the sizes; who is first where two reach for \
            the same thing is the server's to say. Without --port a server is started in a \
            folder of its own, and goes with it. Exit code 1: something is not as it must be.
            """)

    @OptionGroup var target: TargetOptions

    @Option(help: "Clinics; ten to an organisation.")
    var clinics = 50

    @Option(help: "Staff members; at least one for each clinic.")
    var staff = 400

    @Option(help: "Callers.")
    var callers = 5_000

    @Option(help: "Workers of each clinic, side by side.")
    var lanes = 2

    @Option(help: "The same seed plans the same day.")
    var seed: UInt64 = 1

    func validate() throws {
        guard clinics > 0, staff >= clinics, callers >= 0, lanes > 0 else {
            throw ValidationError("at least one clinic, a staff member for each, and one lane")
        }
    }

    func run() throws {
        OpenFiles.raise()
        let size = DaySize(clinics: clinics, staff: staff, callers: callers, lanes: lanes)
        let plan = Plan(seed: seed, size: size)
        print("day of seed \(seed): \(clinics) clinics, \(staff) staff, \(callers) callers")
        try target.with { server in
            var outcome = try Day(plan, port: server.port, folder: server.folder).run()
            if try !server.verify() {
                outcome.findings.append("anteroom verify: live digests are not those of a replay")
            }
            for line in outcome.words { print(line) }
            for finding in outcome.findings.prefix(100) { print("FOUND: \(finding)") }
            guard outcome.findings.isEmpty else {
                print("\(outcome.findings.count) things are not as they must be")
                throw ExitCode(1)
            }
            print("every invariant holds")
        }
    }
}
