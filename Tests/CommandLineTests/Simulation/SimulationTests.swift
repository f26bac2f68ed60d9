import Foundation
import Testing

/// A small clinic day through HTTP, with whatever goes wrong on the way; docs/simulation.md tells
/// of the large one.
@Suite("Simulation", .timeLimit(.minutes(10)))
struct SimulationTests {
    @Test(
        "WA-3 AUD-3 OPS-6 ORG-6 after a day of drops, retries and rivals every invariant holds",
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
    }
}
