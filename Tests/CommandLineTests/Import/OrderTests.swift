import API
import Foundation
import Testing

@Suite("Import, its order and what it finds") struct OrderTests {
    private func bookings(_ file: String, _ folder: Folder, _ data: String = "data") -> [String] {
        [
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping, "--data",
            folder.path(data),
        ]
    }

    private func callers(_ file: String, _ folder: Folder) -> [String] {
        [
            "import", file, "--kind", "visits", "--mapping", Callers.mapping,
            "--data", folder.path("data"),
        ]
    }

    @Test("REP-4 one file makes the same history each time: what, when, in which order")
    func same() async throws {
        let folder = try Folder()
        let file = try folder.write("rows.csv", Bookings.file(1_500))
        var histories: [[String]] = []
        for data in ["one", "two"] {
            let outcome = try await Program.run(bookings(file, folder, data), in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            histories.append(try await history(folder, data))
        }
        #expect(histories[0].count > 4_000)
        #expect(histories[0] == histories[1])
        // Into an empty log, the log's clock runs by the file.
        #expect(histories[0].allSatisfy { $0.contains(" 2016-0") })
    }

    /// Every event but the look at them; ids are random, and left out.
    private func history(_ folder: Folder, _ data: String) async throws -> [String] {
        let events = try await Program.succeed(
            "log", "--json", "--data", folder.path(data), in: folder
        ).json()
        // In which log it stands, by how many logs came before: those are ordered by random ids.
        return events.filter { $0["type"]?.text != "access.noted" }.map { event in
            let category = event["subject"]?.text?.prefix { $0 != "-" } ?? ""
            let version = event["streamversion"]?.whole ?? -1
            let words = ["type", "time", "sequence", "actor", "role"].map { event[$0]?.text ?? "" }
            return "\(category)#\(version) \(words.joined(separator: " "))"
        }
    }

    @Test("ORG-1 the organisation is found by its subdomain, whoever made it")
    func found() async throws {
        let folder = try Folder()
        let made = try await Program.succeed(
            "org", "create", "--json", "--data", folder.path("data"), "--name", "Made before",
            "--subdomain", "vitoria", "--zone", "America/Sao_Paulo", "--admin-name", "A B",
            "--admin-email", "a@b.example", in: folder
        ).json().first
        let file = try folder.write("rows.csv", Bookings.file(30))
        let outcome = try await Program.run(bookings(file, folder), in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let organisation = try #require(made?["organisation"]?.text)
        #expect(outcome.output.contains(organisation))
        let rows = try await Program.succeed(
            "show", "directory", "--json", "--data", folder.path("data"), in: folder
        ).json()
        #expect(Set(rows.map { $0["organisation"]?.text }) == [organisation])
        #expect(rows.filter { $0["kind"] == "staff" }.count == 1)
    }

    @Test("SCH-1 clinics, clients and staff are matched across the files of one organisation")
    func matched() async throws {
        let folder = try Folder()
        // The second file begins after the days that the first one closed.
        func file(_ name: String, _ month: String, _ clients: ClosedRange<Int>) throws -> String {
            let rows = clients.map {
                "\($0),\(month)-12T08:00:00Z,\(month)-20T00:00:00Z,C\($0 % 2),No"
            }
            return try folder.write(name, ([Bookings.header] + rows).joined(separator: "\n"))
        }
        for name in [
            try file("first.csv", "2016-04", 0...9), try file("second.csv", "2016-05", 5...14),
        ] {
            let outcome = try await Program.run(bookings(name, folder), in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        for (name, line) in [
            ("a.txt", Callers.row(1, practitioner: "TOVA")),
            ("b.txt", Callers.row(1, on: "990102", practitioner: "TOVA")),
        ] {
            let file = try folder.write(name, "\(Callers.header)\n\(line)\n")
            let outcome = try await Program.run(callers(file, folder), in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let rows = try await Program.succeed(
            "show", "directory", "--json", "--data", folder.path("data"), in: folder
        ).json()
        let kinds = counts(rows.compactMap { $0["kind"]?.text })
        // Of the bookings' organisation 2 clinics, 15 clients and its administrator; of the
        // callers' a clinic, its administrator and the one who took both in.
        #expect(kinds == ["organisation": 2, "clinic": 3, "client": 15, "staff": 3])
        let visits = try await Program.succeed(
            "show", "visits", "--json", "--data", folder.path("data"), in: folder
        ).json()
        #expect(visits.count == 2)
        #expect(Set(visits.map { $0["practitioner"]?.text }).count == 1)
    }
}
