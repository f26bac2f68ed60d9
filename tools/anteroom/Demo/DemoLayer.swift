import API
import Domain

/// Lays the demonstration through commands, once: in a folder that has it, nothing is added.
struct DemoLayer {
    let send: Feeder.Send
    /// For names of commands that must not come twice: a token shown at each start.
    let ids: any IDSource

    /// What to look at.
    struct Laid {
        let organisation: ID<Organisation>
        let clinic: ID<Clinic>
        let administratorToken: String
        let practitionerToken: String
        let administrator: ID<Staff>
        /// The administrator's, where it was made just now: random, and kept as a hash only.
        var password: String?
    }

    static let administratorEmail = "administrator@demo.example"

    func lay(now: Instant) async throws -> Laid {
        let script = DemoDay.script(now: now)
        let start = script.first?.at ?? now
        let founded = try await command(
            "organisation.create", key: "demo-organisation", .operator, at: start,
            [
                ("name", "Demonstration Hospital"), ("subdomain", .string(DemoDay.subdomain)),
                ("zone", "UTC"), ("languages", ["en"]), ("isTest", true),
                (
                    "administrator",
                    ["name": "Maja Sand", "email": .string(DemoLayer.administratorEmail)]
                ),
            ])
        var book = DemoBook()
        book.note(founded["administrator"] ?? "", as: "administrator")
        let organisation = founded.organisation
        for (index, deed) in script.enumerated() {
            let actor = self.actor(deed.who, book, organisation)
            let answer = try await command(
                deed.command, key: "demo-\(index)-\(deed.day ?? "")", actor, at: deed.at,
                named(organisation, actor, try deed.members(book)))
            if let makes = deed.makes { book.note(answer[makes.member] ?? "", as: makes.label) }
        }
        return Laid(
            organisation: organisation, clinic: book.id("dermatology"),
            administratorToken: try await token(book["administrator"], organisation),
            practitionerToken: try await token(book["lund"], organisation),
            administrator: book.id("administrator"))
    }

    private func actor(
        _ who: DemoDeed.Who, _ book: DemoBook, _ organisation: ID<Organisation>
    ) -> RequestActor {
        switch who {
        case .platformOperator: .operator
        case .staff(let label): .staff(organisation: organisation, book.id(label))
        case .caller(let label): .caller(organisation: organisation, book.id(label))
        }
    }

    private func named(
        _ organisation: ID<Organisation>, _ actor: RequestActor, _ members: [(String, JSON)]
    ) -> [(String, JSON)] {
        let own = [("organisation", JSON.string(organisation.description))]
        return actor == .operator ? own + members : members
    }

    private func token(_ staff: JSON, _ organisation: ID<Organisation>) async throws -> String {
        let answer = try await command(
            "staff.issue-token", key: "demo-token-\(ids.next())", .operator, at: nil,
            named(organisation, .operator, [("staff", staff)]))
        return answer["token"] ?? ""
    }

    private func command(
        _ name: String, key: String, _ actor: RequestActor, at: Instant?,
        _ members: [(String, JSON)]
    ) async throws -> CommandAnswer {
        do {
            let request = CommandRequest(
                name: name, body: .object(members.map { JSON.Member($0.0, $0.1) }),
                key: try IdempotencyKey(key), actor: actor, at: at,
                door: at == nil ? .inProcess : .importing)
            return try await send(request)
        } catch {
            throw Failure.wrong("the demonstration: \(name): \(error.words)")
        }
    }
}
