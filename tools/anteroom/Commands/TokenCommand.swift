import API
import ArgumentParser

/// `anteroom token`: bearer tokens for staff, until accounts come. Source: ACC-6.
struct TokenCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a bearer token for a staff member; it is shown once.")

    @OptionGroup var data: DataOptions

    @Option(name: .customLong("org"), help: "The organisation's id.")
    var organisation: String

    @Option(help: "The staff member's id.")
    var staff: String

    @Option(help: "Good until this moment, RFC 3339; left out: until revoked.")
    var until: String?

    @Flag(help: "One JSON object.")
    var json = false

    func run(in place: Place) async throws {
        let body: JSON = [
            "organisation": .string(organisation), "staff": .string(staff),
            "until": until.map(JSON.string),
        ]
        let answer = try await place.operate("staff.issue-token", body)
        try await place.output.line(json ? answer.json.description : answer["token"] ?? "")
    }
}
