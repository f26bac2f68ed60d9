import Foundation
import TestSupport
import Testing

/// The pages in Debian's chromium, driven by Tests/Interop/pages, each against a server of its own.
@Suite("Pages: in a browser", .serialized)
struct BrowserTests {
    /// Each scenario of run.py, and what it shows.
    enum Scenario: String, CaseIterable, CustomTestStringConvertible {
        case consultation, transfer, reload, connection, rights, languages, staffAccess, closed
        case door, accounts, secondFactor, signOn, rooms

        var testDescription: String {
            switch self {
            case .consultation:
                """
                WA-1, WA-2, WA-5, WA-7 a caller enters by keyboard alone, is seen at once by \
                staff, taken in, held, written to both ways, and let go
                """
            case .transfer: "WA-6 a transfer shows on both sides at once; nothing is given twice"
            case .reload:
                "WA-3 a page loaded again keeps the place in line, in another language too"
            case .connection: "OPS-6 a lost connection is told; what was missed comes once"
            case .rights:
                "ROLE-1, ROLE-3 who may only look takes nobody in; rights end at once"
            case .languages: "WA-1 eight languages, light and dark, on a phone, for everyone"
            case .staffAccess: "WA-2 the staff's page, light and dark, desk and phone, for everyone"
            case .closed: "ORG-2, ORG-6 a closed clinic says so, early or late"
            case .door:
                "ORG-6, TXT-3, WA-15 what a clinic asks and tells, and why somebody is sent back"
            case .accounts:
                """
                ACC-1, ACC-2, ACC-6 invited by mail, a password set and forgotten, in and out with \
                a cookie no script reads
                """
            case .secondFactor:
                "ACC-3 an authenticator is enrolled where it is required; then codes are asked"
            case .rooms:
                "ORG-3, ROLE-7 by a link into a room: who is there; full, locked, revoked, closed"
            case .signOn: "ACC-4 by button and keyboard to a real provider and back"
            }
        }

        /// As run.py calls it.
        var name: String {
            switch self {
            case .staffAccess: "staff_access"
            case .secondFactor: "second_factor"
            case .signOn: "sign_on"
            case .consultation, .transfer, .reload, .connection, .rights, .languages, .closed,
                .door, .accounts, .rooms:
                rawValue
            }
        }
    }

    /// Seconds a scenario may take before it is ended, on a slow machine.
    private static let secondsMax = 600

    @Test(
        "WA-1, WA-2, WA-6, WA-7, ACC-1, ACC-2, ACC-3, ACC-4, ACC-6, ORG-3 people and the pages",
        arguments: Scenario.allCases)
    func scenario(_ scenario: Scenario) async throws {
        guard let python = try await Self.python() else { return }
        let folder = try Folder()
        let server = try await Server.start(in: folder)
        // Ended, with all it started, after ``secondsMax``.
        let run = try await RunningProgram.run(
            [
                "timeout", "-k", "10", "\(Self.secondsMax)", python, "run.py", scenario.name,
                "--port", "\(server.port)", "--socket", folder.path("data/anteroom.sock"),
                "--pictures", Self.pictures.path,
            ], in: Self.scripts.path)
        let said = (run.output + run.errors).suffix(6_000)
        #expect(run.status == 0, "\(scenario.testDescription)\n\(said)")
        #expect(run.output.contains("\(scenario.name): as it must be"))
        #expect(await server.stop() == 0)
    }

    /// Where what was seen can be looked at.
    private static let pictures = Program.root.appendingPathComponent(".build/pages")
    private static let scripts = Program.root.appendingPathComponent("Tests/Interop/pages")

    /// Python with what the scripts need; nil, with a notice, where that or the browser is missing.
    private static func python() async throws -> String? {
        let python = Program.root.appendingPathComponent(".build/venv/bin/python").path
        let needed = [
            python, environment("CHROMIUM", or: "/usr/bin/chromium"),
            environment("CHROMEDRIVER", or: "/usr/bin/chromedriver"),
        ]
        let missing = needed.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        guard missing.isEmpty else {
            print("notice: \(missing) not here (tools/setup brings them); nothing is checked")
            return nil
        }
        guard try await RunningProgram.run([python, "-c", Self.imports]).status == 0 else {
            print("notice: .build/venv is not whole (see tools/setup); nothing is checked")
            return nil
        }
        return python
    }

    private static let imports = "import authlib, flask, joserfc, selenium"

    private static func environment(_ name: String, or other: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? other
    }
}
