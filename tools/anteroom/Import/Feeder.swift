import API
import Domain

/// Feeds a plan's steps as commands, in the order of time, several at once where they touch
/// different records.
///
/// A step that the rules refuse refuses its row, and the row's later steps are passed over.
/// Anything else that goes wrong ends the feeding: started again, it sends the same commands, and
/// those taken before are answered again.
final class Feeder {
    typealias Send = @Sendable (CommandRequest) async throws(Refusal) -> CommandAnswer

    /// Commands under way at most. They end up in the log in nearly the order they were started in.
    static let underWayMax = 64

    private let send: Send
    private let closer: DayCloser
    private let id: ID<Import>
    /// When the organisation's next day is over; nil before the first was asked for.
    private var midnight: Instant?
    private let organisation: ID<Organisation>
    private let administrator: ID<Staff>
    private let names: CommandNames
    private var clinics: [String: ID<Clinic>] = [:]
    private var staff: [String: ID<Staff>] = [:]
    /// What each staff member was given a role in.
    private var roles: Set<String> = []
    private var clients: [String: String] = [:]
    /// Each row's visit or appointment, and its clinic's name.
    private var records: [Int: (id: String, clinic: String)] = [:]
    private(set) var refusals: [RowRefusal] = []
    private var refusedLines: Set<Int> = []

    init(
        organisation: ID<Organisation>, administrator: ID<Staff>, names: CommandNames,
        closer: DayCloser, of id: ID<Import>, send: @escaping Send
    ) {
        self.organisation = organisation
        self.administrator = administrator
        self.names = names
        self.closer = closer
        self.id = id
        self.send = send
    }

    /// Commands sent one after the other for one step: a client's registration may go before a
    /// booking.
    private struct Errand: Sendable {
        let line: Int
        let client: (number: String, request: CommandRequest)?
        /// Made once the client is known.
        let request: @Sendable (_ client: String?) -> CommandRequest
        let makes: String?
        let clinic: String
    }

    private struct Result: Sendable {
        let errand: Errand
        var client: String?
        var record: String?
        var refusal: Refusal?
    }

    /// - Throws: ``Failure`` where the import cannot go on.
    func feed(_ steps: [ImportStep], _ output: CommandOutput) async throws {
        try await withThrowingTaskGroup(of: Result.self) { group in
            var lines: Set<Int> = []
            var numbers: Set<String> = []
            var done = 0
            func settle() async throws {
                guard let result = try await group.next() else { return }
                lines.remove(result.errand.line)
                if let client = result.errand.client { numbers.remove(client.number) }
                try take(result)
                done += 1
                try await output.progress("import", done, of: steps.count)
            }
            for step in steps {
                let number = step.action.client
                while lines.count >= Feeder.underWayMax || lines.contains(step.line)
                    || number.map(numbers.contains) ?? false
                {
                    try await settle()
                }
                guard !refusedLines.contains(step.line) else { continue }
                if isBeyondMidnight(step) {
                    while !lines.isEmpty { try await settle() }
                    try await closeDays(before: step.at)
                }
                guard let errand = try await errand(step) else { continue }
                lines.insert(step.line)
                if let client = errand.client { numbers.insert(client.number) }
                group.addTask { [send] in await Feeder.run(errand, send) }
            }
            while !lines.isEmpty { try await settle() }
        }
        if let last = steps.last { try await closeDays(before: last.at + 1) }
        // History ends with a whole day.
        if let end = midnight, end <= closer.now {
            try await closeDays(before: end.milliseconds + 1)
        }
        refusals.sort { $0.line < $1.line }
    }

    // MARK: Nights

    /// Whether the step comes after the end of a day that is still open. What happened at that very
    /// moment comes first: a file settles a day's appointments at its end.
    private func isBeyondMidnight(_ step: ImportStep) -> Bool {
        midnight.map { $0.milliseconds < step.at } ?? true
    }

    /// Nightly work: closes the days that were over before that moment, as a server would have.
    private func closeDays(before at: Int64) async throws {
        do {
            midnight = try await closer.close(
                organisation, until: Instant(milliseconds: at - 1), during: id
            ).next
        } catch {
            throw Failure.wrong("day.close: \(error.words)")
        }
    }

    private static func run(_ errand: Errand, _ send: Send) async -> Result {
        var result = Result(errand: errand)
        do throws(Refusal) {
            if let client = errand.client {
                result.client = try await send(client.request)["client"]
            }
            let answer = try await send(errand.request(result.client))
            result.record = errand.makes.flatMap { answer[$0] }
        } catch {
            result.refusal = error
        }
        return result
    }

    private func take(_ result: Result) throws(Failure) {
        let errand = result.errand
        if let client = errand.client, let id = result.client { clients[client.number] = id }
        if let record = result.record { records[errand.line] = (record, errand.clinic) }
        if let refusal = result.refusal { try refuse(errand.line, refusal) }
    }

    /// What the rules refuse concerns the row; the rest concerns everything.
    private func refuse(_ line: Int, _ refusal: Refusal) throws(Failure) {
        guard let reason = refusal.aboutTheRow else {
            throw .wrong("stopped at line \(line): \(refusal.words); start it again to go on")
        }
        refusedLines.insert(line)
        refusals.append(RowRefusal(line: line, reason: reason))
    }

    // MARK: What a step sends

    /// Nil where the step's row cannot be gone on with.
    private func errand(_ step: ImportStep) async throws -> Errand? {
        let at = Instant(milliseconds: step.at)
        let clinicName = step.action.clinic ?? records[step.line]?.clinic ?? ""
        let key = try names.step(step)
        func errand(
            _ name: String, _ actor: RequestActor, makes: String? = nil,
            _ members: [(String, JSON)]
        ) -> Errand {
            let body = self.body(actor, members)
            let request = CommandRequest(
                name: name, body: body, key: key, actor: actor, at: at, door: .importing)
            return Errand(
                line: step.line, client: nil, request: { _ in request }, makes: makes,
                clinic: clinicName)
        }
        func visit(
            _ name: String, _ actor: RequestActor = .operator, _ more: [(String, JSON)] = []
        ) -> Errand? {
            records[step.line].map { errand(name, actor, [("visit", .string($0.id))] + more) }
        }
        func appointment(_ name: String) -> Errand? {
            records[step.line].map { errand(name, .operator, [("appointment", .string($0.id))]) }
        }
        switch step.action {
        case .openVisit(let clinic):
            let id = try await self.clinic(clinic, at)
            let members = [("clinic", JSON.string(id.description))]
            return errand("visit.open", .operator, makes: "visit", members)
        case .arrive(_, let caller):
            let entry: JSON = ["externalNumber": caller.map(JSON.string)]
            return visit("visit.arrive", .operator, [("entry", entry)])
        case .admit(let practitioner):
            return visit("visit.admit", try await acting(practitioner, clinicName, at))
        case .giveUp: return visit("visit.give-up")
        case .endVisit(let practitioner?):
            return visit("visit.end", try await acting(practitioner, clinicName, at))
        case .endVisit(nil): return visit("visit.end", .operator, [("neverArrived", true)])
        case .book(let clinic, let client, let day):
            return try await booking(step, try self.clinic(clinic, at), client, day)
        case .complete: return appointment("appointment.done")
        case .noShow: return appointment("appointment.no-show")
        }
    }

    private func booking(
        _ step: ImportStep, _ clinic: ID<Clinic>, _ number: String, _ day: CivilDay
    ) async throws -> Errand {
        let at = Instant(milliseconds: step.at)
        let registration = CommandRequest(
            name: "client.register",
            body: body(.operator, [("details", ["externalNumber": .string(number)])]),
            key: try names.key("client", number), actor: .operator, at: at, door: .importing)
        let key = try names.step(step)
        let organisation = organisation
        let known = clients[number]
        return Errand(
            line: step.line,
            client: known == nil ? (number, registration) : nil,
            request: { registered in
                let client = known ?? registered ?? ""
                let body: JSON = [
                    "organisation": .string(organisation.description),
                    "clinic": .string(clinic.description), "client": .string(client),
                    "day": .string(day.text),
                ]
                return CommandRequest(
                    name: "appointment.book", body: body, key: key, actor: .operator, at: at,
                    door: .importing)
            },
            makes: "appointment", clinic: step.action.clinic ?? "")
    }

    /// Staff are of one organisation, and say so by who they are; the operator names it.
    private func body(_ actor: RequestActor, _ members: [(String, JSON)]) -> JSON {
        let own = [("organisation", JSON.string(organisation.description))]
        let all = actor == .operator ? own + members : members
        return .object(all.map { JSON.Member($0.0, $0.1) })
    }

    // MARK: What is made as it is met

    private func clinic(_ name: String, _ at: Instant) async throws -> ID<Clinic> {
        if let known = clinics[name] { return known }
        let id: ID<Clinic> = try await make(
            "clinic.create", "clinic", try names.key("clinic", name), at,
            [
                ("name", .string(name)), ("administrator", .string(administrator.description)),
                ("reason", "import"),
            ])
        clinics[name] = id
        return id
    }

    /// The practitioner as an actor, with a role in that clinic.
    private func acting(
        _ name: String, _ clinicName: String, _ at: Instant
    ) async throws -> RequestActor {
        let clinic = try await clinic(clinicName, at)
        let role: [(String, JSON)] = [
            ("role", "teamMember"), ("clinic", .string(clinic.description)),
        ]
        if let known = staff[name] {
            if roles.insert("\(known) \(clinic)").inserted {
                let give = role + [("staff", .string(known.description)), ("reason", "import")]
                let key = try names.key("role", "\(name) \(clinicName)")
                _ = try await sent("staff.give-role", key, at, give)
            }
            return .staff(organisation: organisation, known)
        }
        let grant = JSON.object(role.map { JSON.Member($0.0, $0.1) })
        let id: ID<Staff> = try await make(
            "staff.add", "staff", try names.key("staff", name), at,
            [
                ("profile", ["name": .string(name), "externalNumber": .string(name)]),
                ("roles", [grant]), ("reason", "import"),
            ])
        staff[name] = id
        roles.insert("\(id) \(clinic)")
        return .staff(organisation: organisation, id)
    }

    private func make<Subject>(
        _ name: String, _ member: String, _ key: IdempotencyKey, _ at: Instant,
        _ members: [(String, JSON)]
    ) async throws -> ID<Subject> {
        let answer = try await sent(name, key, at, members)
        guard let id = answer[member].flatMap(ID<Subject>.init) else {
            throw Failure.wrong("\(name) was answered without \(member)")
        }
        return id
    }

    private func sent(
        _ name: String, _ key: IdempotencyKey, _ at: Instant, _ members: [(String, JSON)]
    ) async throws -> CommandAnswer {
        let request = CommandRequest(
            name: name, body: body(.operator, members), key: key, actor: .operator, at: at,
            door: .importing)
        do {
            return try await send(request)
        } catch {
            throw Failure.wrong("\(name): \(error.words)")
        }
    }
}

extension CommandAnswer {
    /// A text of the result.
    subscript(name: String) -> String? { result.first { $0.name == name }?.value.text }
}

extension ImportAction {
    /// The clinic it names.
    var clinic: String? {
        switch self {
        case .openVisit(let clinic), .arrive(let clinic, _), .book(let clinic, _, _): clinic
        case .admit, .giveUp, .endVisit, .complete, .noShow: nil
        }
    }

    /// The client's number, where a client may have to be made.
    var client: String? {
        switch self {
        case .book(_, let client, _): client
        case .openVisit, .arrive, .admit, .giveUp, .endVisit, .complete, .noShow: nil
        }
    }
}

extension CivilDay {
    /// `2016-04-29`
    var text: String {
        func pad(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }
}
