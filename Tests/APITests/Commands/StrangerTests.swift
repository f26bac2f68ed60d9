import API
import Domain
import EventStore
import HTTPTypes
import Testing

/// Whatever there is to ask, about ids of one organisation, with tokens of another: at random.
/// `TenantTests` and `IsolationTests` go through it field by field.
@Suite("Commands and queries: strangers") struct StrangerTests {
    /// Together 100,000.
    private static let requestsOfSeed = 25_000

    @Test(
        "ORG-1 nothing is read or written in 100,000 random requests with tokens of others",
        arguments: [20_261_121, 4, 77, 123_456_789] as [UInt64])
    func random(seed: UInt64) async throws {
        try await Fixture.run { fixture in
            var theirs = Story(fixture)
            theirs.text = Strangers.canary
            theirs.known["subdomain"] = "theirs"
            try await theirs.tell()
            var ours = Story(fixture)
            try await ours.tell()
            try await fixture.closeDays(of: theirs.organisation)
            try await fixture.caughtUp(ours.organisation)
            var strangers = Strangers(ours, theirs, seed)
            let before = try await fixture.heads()
            var codes: [String: Int] = [:]
            for number in 0..<StrangerTests.requestsOfSeed {
                let request = try strangers.next()
                let told = try await fixture.request(
                    request.method, request.address, by: request.person,
                    request.body == nil
                        ? [:]
                        : ["Content-Type": "application/json", "Idempotency-Key": "\(number)"],
                    body: request.body?.bytes)
                let what = "seed \(seed), request \(number): \(request)"
                try #require((400..<500).contains(told.status), "\(what): \(told.text)")
                codes[told.code ?? "", default: 0] += 1
                if let leak = strangers.leak(in: told.text) {
                    Issue.record("\(what) told \(leak): \(told.text)")
                }
            }
            let log = try fixture.log(ours.organisation)
            for (other, head) in try await fixture.heads() where other != log {
                #expect(before[other] == head, "seed \(seed): something was written in \(other)")
            }
            // In one's own log stand the refusals.
            let new = try await fixture.appended(to: log, from: before[log] ?? 0)
            #expect(
                new == ["\(ours.organisation) access.noted refused"], "seed \(seed): \(new)")
            #expect(strangers.untried == [], "seed \(seed)")
            // Many came as far as the id, with a role that would have done for one of their own.
            #expect(
                codes["notFound", default: 0] > StrangerTests.requestsOfSeed / 10,
                "seed \(seed): \(codes)")
        }
    }
}

/// Makes requests about one organisation by people of another.
private struct Strangers {
    /// Stands in every text of theirs, sealed or not.
    static let canary = "Zwergschnauzer"

    struct Request: CustomStringConvertible {
        let method: HTTPRequest.Method
        let address: String
        let person: Person
        var body: JSON?

        var description: String {
            "\(method) \(address) \(body.map(\.description) ?? "") by \(person)"
        }
    }

    /// What can be asked for with a token, about something that has an id.
    private static let askings = Asking.all.filter {
        !$0.operation.isOpen(to: .nobody) && !Field.ids($0.fields).isEmpty
    }
    /// Of one's own none has that id: useless it is already.
    private static let harmless: Set = ["token", "link"]

    private let ours: Story
    private let theirs: Story
    private let people: [Person]
    /// Names of ids both have, each its own.
    private let names: [String]
    /// Ids of theirs: no answer holds one.
    private let secrets: Set<String>
    private var random: Seeded
    /// Commands and addresses nobody has asked yet.
    private(set) var untried: Set<String>

    init(_ ours: Story, _ theirs: Story, _ seed: UInt64) {
        self.ours = ours
        self.theirs = theirs
        people = ours.people.sorted { $0.key < $1.key }.map(\.value).filter { $0.token != nil }
        let own = ours.known.filter { $0.value.isID }
        names = theirs.known.filter { $0.value.isID && own[$0.key] != nil }.keys.sorted()
        secrets = Set(theirs.known.values.filter(\.isID).compactMap(\.text))
            .subtracting(own.values.compactMap(\.text))
        random = Seeded(seed)
        untried = Set(Story.steps.map(\.command)).union(Strangers.askings.map(\.path))
    }

    /// Something of theirs that a text holds.
    func leak(in text: String) -> String? {
        if text.contains(Strangers.canary) { return Strangers.canary }
        return text.split { !$0.isHexDigit }.map(String.init).first(where: secrets.contains)
    }

    mutating func next() throws -> Request {
        Bool.random(using: &random) ? try command() : ask()
    }

    /// A command that was accepted in the story, ids of theirs in place of some of ours. One
    /// without ids names their organisation.
    private mutating func command() throws -> Request {
        let step = pick(Story.steps)
        untried.remove(step.command)
        var mixed = ours
        mixed.known = known()
        var body = try mixed.body(step).setting("organisation", nil)
        if !isForeign(body) || Int.random(in: 0..<8, using: &random) == 0 {
            body = body.setting("organisation", .string(theirs.organisation))
        }
        var person = pick(people)
        if let own = ours.people[step.person], own.token != nil, Bool.random(using: &random) {
            person = own
        }
        return Request(
            method: .post, address: "/v1/commands/\(step.command)", person: person, body: body)
    }

    /// A question or a stream, of whose ids one at least is theirs.
    private mutating func ask() -> Request {
        let asking = pick(Strangers.askings)
        untried.remove(asking.path)
        let must = pick(Field.ids(asking.fields))
        let mixed = known()
        var values: [(name: String, value: String)] = []
        for field in asking.fields {
            let isAsked = field.required || field.name == must || Bool.random(using: &random)
            guard isAsked else { continue }
            if field.name == must {
                let id = theirs.known[field.name] ?? theirs.known["staff"]
                values.append((field.name, id?.text ?? ""))
            } else {
                let body = Bodies(mixed).body([field])
                values.append(
                    (field.name, body[field.name]?.text ?? body[field.name]?.description ?? ""))
            }
        }
        // Who may do most in their own organisation, half the time.
        var person = pick(people)
        if let own = ours.people["administrator"], Bool.random(using: &random) { person = own }
        guard asking.method == .post else {
            return Request(method: .get, address: asking.address(values), person: person)
        }
        let body = JSON.object(values.map { JSON.Member($0.name, .string($0.value)) })
        return Request(method: .post, address: asking.path, person: person, body: body)
    }

    /// What is known to both, each id by chance of one or the other.
    private mutating func known() -> [String: JSON] {
        var known = ours.known
        for name in names where Bool.random(using: &random) { known[name] = theirs.known[name] }
        return known
    }

    private func isForeign(_ body: JSON) -> Bool {
        guard case .object(let members) = body else { return false }
        let telling = members.filter { !Strangers.harmless.contains($0.name) }
        return leak(in: JSON.object(telling).description) != nil
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
}

extension JSON {
    fileprivate var isID: Bool {
        text.map { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) } ?? false
    }
}

extension Fixture {
    /// Which kinds of events were appended to a log since.
    fileprivate func appended(to log: LogID, from position: Int64) async throws -> Set<String> {
        var kinds: Set<String> = []
        var next = position
        while true {
            let page = try await store.read(log, from: next, limit: Limits.subscriptionPage)
            guard let last = page.last else { return kinds }
            kinds.formUnion(page.map(\.described))
            next = last.position + 1
        }
    }
}
