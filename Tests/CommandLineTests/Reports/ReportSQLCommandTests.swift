import API
import Foundation
import Testing

@Suite("`anteroom report sql`") struct ReportSQLCommandTests {
    private let folder: Folder
    private var data: String { folder.path("data") }

    init() throws { folder = try Folder() }

    private func sql(_ statement: String, _ more: String...) async throws -> Program.Outcome {
        try await Program.run(["report", "sql", statement, "--data", data] + more, in: folder)
    }

    /// Rows of two organisations; the id of the first.
    private func imported() async throws -> String {
        var first = ""
        for name in ["one", "two"] {
            let file = try folder.write("\(name).csv", Bookings.file(name == "one" ? 60 : 35))
            let mapping = try folder.write("\(name).json", Bookings.mapping(subdomain: name))
            let told = try await Program.succeed(
                "import", file, "--kind", "appointments", "--mapping", mapping, "--json",
                "--data", data, in: folder
            ).json()
            if name == "one" { first = try #require(told.first?["organisation"]?.text) }
        }
        return first
    }

    @Test("REP-2 SQL on the command line: one organisation's counts, read only, within the bounds")
    func alone() async throws {
        let organisation = try await imported()
        let booked = "SELECT sum(booked) AS booked, sum(no_shows) AS \"no, shows\" FROM clinic_days"
        let csv = try await sql(booked, "--org", organisation)
        #expect(csv.status == 0, "\(csv.errors)")
        #expect(csv.output == "booked,\"no, shows\"\r\n60,12\r\n")
        #expect(try await sql(booked, "--org", organisation, "--csv").output == csv.output)
        let json = try await sql(booked, "--org", organisation, "--json").json().first
        #expect(json?["rows"] == [[60, 12]] && json?["isCut"] == false)
        // What is below nothing is a number; what begins like a formula is none.
        let cells = try await sql("SELECT -5, '=1+1', NULL, 0.5", "--org", organisation)
        #expect(cells.output.contains("\r\n-5,'=1+1,,0.5\r\n"))

        #expect(try await sql(booked).errors.contains("there are 2 organisations"))
        for (statement, words) in [
            ("DELETE FROM clinic_days", "Only reading"), ("SELECT * FROM sqlite_master", "Only"),
            ("SELECT 1; SELECT 2", "one statement"), ("SELECT nothing", "SQLite says"),
        ] {
            let refused = try await sql(statement, "--org", organisation)
            #expect(refused.status == 1 && refused.output.isEmpty)
            #expect(refused.errors.contains(words), "\(statement): \(refused.errors)")
        }
        let far = try await sql(booked, "--org", organisation, "--from", "1990-01-01")
        #expect(far.errors.contains("1 to 800 days"), "\(far.errors)")
        let many = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) \
            SELECT i FROM n
            """
        let cut = try await sql(many, "--org", organisation)
        #expect(cut.status == 1 && cut.output.utf8.count { $0 == 10 } == 10_001)
        #expect(cut.errors.contains("more than 10000 rows"))
        let both = try await sql(booked, "--json", "--csv")
        #expect(both.status == 2)
    }

    @Test("REP-2 SQL through a running server says the same, and each look is in the access log")
    func throughServer() async throws {
        let organisation = try await imported()
        let statement = "SELECT day, sum(booked) FROM clinic_days GROUP BY day ORDER BY day"
        // The days of the file alone: the server's clock closes more.
        func ask() async throws -> Program.Outcome {
            try await sql(
                statement, "--org", organisation, "--from", "2016-04-10", "--through", "2016-05-02")
        }
        let alone = try await ask()
        #expect(alone.status == 0, "\(alone.errors)")
        #expect(alone.output.contains("2016-05-02,60\r\n"))
        let server = try await Server.start(in: folder)
        var asked = try await ask()
        // The socket may be made a moment after the port.
        while asked.errors.contains("nobody answers") { asked = try await ask() }
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(asked.output == alone.output)
        await server.die()
        let looks = try await Program.run(
            ["show", "access-log", "--json", "--org", organisation, "--data", data], in: folder
        ).json().filter { $0["objectKind"]?.text == "report" }
        #expect(looks.count == 2)
        #expect(looks.allSatisfy { $0["actor"] == "operator" })
    }
}
