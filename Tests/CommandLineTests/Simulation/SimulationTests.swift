import Foundation
import Testing

/// A small clinic day through HTTP, with whatever goes wrong on the way; docs/simulation.md tells
/// of the large one.
@Suite("Simulation", .timeLimit(.minutes(10)))
struct SimulationTests {
    @Test(
        "WA-3 WA-14 AUD-3 OPS-6 ORG-3 ORG-6 a day of drops, retries and rivals: invariants hold",
        arguments: [UInt64(4)])
    func day(seed: UInt64) async throws {
        let folder = try Folder()
        let outcome = try await Program.run(
            [
                "day", "--clinics", "5", "--staff", "40", "--callers", "300", "--seed", "\(seed)",
            ], in: folder, program: "sim")
        let repeated = "repeat with: sim day --clinics 5 --staff 40 --callers 300 --seed \(seed)"
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)\n\(repeated)")
        #expect(outcome.output.contains("every invariant holds"))
        // Limits were met and patients did try, or nothing of that was shown.
        let calls = "20 (group call), 20 (group room), "
        let fullest = calls + "6 (meeting room), 6 (user room), 6 (visit)"
        #expect(outcome.output.contains(fullest), "\(outcome.output)")
        for way in ["room.enter", "room.enter-by-link"] {
            #expect(
                outcome.output.contains(": \(way) 403 notForThisActor"), "\(outcome.output)")
        }
    }
}
