import Foundation
import Testing

@Suite("Import of a file") struct FileTests {
    private func arguments(_ file: String, _ folder: Folder) -> [String] {
        [
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping, "--data",
            folder.path("data"),
        ]
    }

    @Test(
        "OPS-2 quoted fields, CRLF and a byte-order mark are read; what cannot be is told by line")
    func refusals() async throws {
        let folder = try Folder()
        var bytes: [UInt8] = [0xef, 0xbb, 0xbf] + Array("\(Bookings.header)\r\n".utf8)
        bytes += Array("1,2016-04-29T08:00:00Z,2016-05-02T00:00:00Z,\"A, \"\"B\"\"\",No\r\n".utf8)
        bytes +=
            Array("2,2016-04-29T08:00:00Z,2016-05-02T00:00:00Z,".utf8) + [0xff]
            + Array(",No\r\n".utf8)
        bytes += Array("3,2016-04-29T08:00:00Z,2016-02-30T00:00:00Z,C,No\r\n".utf8)
        bytes += Array("4,2016-04-29T08:00:00Z,2016-05-02T00:00:00Z,C,Perhaps\r\n".utf8)
        bytes += Array("5,2016-04-29T08:00:00Z,2016-05-02T00:00:00Z,C\r\n".utf8)
        bytes += Array("6,2016-05-02T08:00:00Z,2016-05-02T00:00:00Z,C,Yes".utf8)
        let file = try folder.write("rows.csv", bytes)
        let outcome = try await Program.run(arguments(file, folder), in: folder)
        #expect(outcome.status == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("data"))
        let name = try #require(names.first { $0.hasSuffix(".refused.tsv") })
        let list = try String(contentsOfFile: folder.path("data/\(name)"), encoding: .utf8)
        let lines = list.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "\t" } }
        #expect(lines == ["3", "4", "5", "6"])
        let rows = try await Program.succeed(
            "show", "appointments", "--json", "--data", folder.path("data"), in: folder
        ).json()
        #expect(Set(rows.map { $0["clinic"]?.text }) == ["A, \"B\"", "C"])
        #expect(Set(rows.map { $0["status"]?.text }) == ["done", "noShow"])
    }

    @Test(
        "OPS-2 an import killed at any moment goes on when started again, and counts nothing twice")
    func killed() async throws {
        let folder = try Folder()
        let file = try folder.write("rows.csv", Bookings.file(6_000))
        // At the first line it says, before a step is done; then further on each time.
        for place in ["", " 1000 ", " 3000 ", " 3000 ", " 7000 ", " 12000 "] {
            let program = try await Program.listened(
                arguments(file, folder) + ["--progress"], in: folder)
            for await line in program.errors where line.contains(place) { break }
            program.send(SIGKILL)
            _ = await program.ended()
        }
        try await Program.succeed(
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping, "--data",
            folder.path("data"), in: folder)
        let shown = try await Program.succeed(
            "show", "appointments", "--json", "--data", folder.path("data"), in: folder
        ).json()
        #expect(shown.count == 6_000)
        #expect(Set(shown.compactMap { $0["client"]?.text }).count == 4_000)
        #expect(shown.filter { $0["status"] == "noShow" }.count == 1_200)
        try await Replays.agree(in: folder)
    }
}
