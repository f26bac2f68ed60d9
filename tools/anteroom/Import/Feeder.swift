import API
import Domain

/// Feeds a plan's steps as commands, one after the other in the order of time: what it sends, and
/// in what order, follows from the file alone.
///
/// A step that the rules refuse refuses its row, and the row's later steps are passed over.
/// Anything else that goes wrong ends the feeding: started again, it sends the same commands, and
/// those taken before are answered again.
final class Feeder {
    typealias Send = @Sendable (CommandRequest) async throws(Refusal) -> CommandAnswer

    private let send: Send
    private let closer: DayCloser
    private let id: ID<Import>
    /// When the organisation's next day is over; nil before the first was asked for.
    private var midnight: Instant?
    private let organisation: ID<Organisation>
    private let administrator: ID<Staff>
    private let names: CommandNames
    private let known: KnownRecords
    private var clinics: [String: ID<Clinic>]
    private var staff: [String: ID<Staff>] = [:]
    /// What each staff member was given a role in.
    private var roles: Set<String> = []
    private var clients: [String: String] = [:]
    /// Each row's visit or appointment, and its clinic's name; until the row's last step.
    private var records: [Int: (id: String, clinic: String)] = [:]
    private(set) var refusals: [RowRefusal] = []
    private var refusedLines: Set<Int> = []

    /// - Parameter known: whom and what the organisation has already.
    init(
        _ founded: (organisation: ID<Organisation>, administrator: ID<Staff>),
        names: CommandNames, known: KnownRecords, closer: DayCloser, of id: ID<Import>,
        send: @escaping Send
    ) {
        organisation = founded.organisation
        administrator = founded.administrator
        self.names = names
        self.known = known
        clinics = known.clinics
        self.closer = closer
        self.id = id
        self.send = send
    }

    /// - Throws: ``Failure`` where the import cannot go on, `CancellationError`.
    func feed(_ steps: [ImportStep], _ output: CommandOutput) async throws {
        for (index, step) in steps.enumerated() where !refusedLines.contains(step.line) {
            try Task.checkCancellation()
            if isBeyondMidnight(step) { try await closeDays(before: step.at) }
            do throws(Refusal) {
                try await take(step)
            } catch {
                try refuse(step.line, error)
            }
            try await output.progress("import", index + 1, of: steps.count)
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
    private func closeDays(before at: Int64) async throws(Failure) {
        do {
            midnight = try await closer.close(
                organisation, until: Instant(milliseconds: at - 1), during: id
            ).next
        } catch {
            throw Failure.wrong("day.close: \(error.words)")
        }
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

    private func take(_ step: ImportStep) async throws(Refusal) {
        let at = Instant(milliseconds: step.at)
        let record = records[step.line]
        switch step.action {
        case .openVisit(let clinic):
            let id = try await self.clinic(clinic, at)
            let body = body([("clinic", .string(id.description))])
            let answer = try await sent("visit.open", try names.step(step), at, body)
            records[step.line] = (try made("visit", answer), clinic)
        case .arrive(_, let caller):
            let entry: JSON = ["externalNumber": caller.map(JSON.string)]
            try await visit("visit.arrive", step, [("entry", entry)])
        case .admit(let practitioner):
            let actor = try await acting(practitioner, record?.clinic ?? "", at)
            try await visit("visit.admit", step, by: actor)
        case .giveUp: try await visit("visit.give-up", step)
        case .endVisit(let practitioner?):
            let actor = try await acting(practitioner, record?.clinic ?? "", at)
            try await visit("visit.end", step, by: actor)
        case .endVisit(nil): try await visit("visit.end", step, [("neverArrived", true)])
        case .book(let clinic, let client, let day):
            let body = body([
                ("clinic", .string(try await self.clinic(clinic, at).description)),
                ("client", .string(try await self.client(client, at))),
                ("day", .string(day.text)),
            ])
            let answer = try await sent("appointment.book", try names.step(step), at, body)
            records[step.line] = (try made("appointment", answer), clinic)
        case .complete: try await appointment("appointment.done", step)
        case .noShow: try await appointment("appointment.no-show", step)
        }
    }

    /// A later step of a row's visit; nobody but the operator names the organisation.
    private func visit(
        _ name: String, _ step: ImportStep, by actor: RequestActor = .operator,
        _ more: [(String, JSON)] = []
    ) async throws(Refusal) {
        guard let record = records[step.line] else { return }
        let body = body([("visit", .string(record.id))] + more, by: actor)
        let at = Instant(milliseconds: step.at)
        _ = try await sent(name, try names.step(step), at, by: actor, body)
        if step.isLast { records[step.line] = nil }
    }

    private func appointment(_ name: String, _ step: ImportStep) async throws(Refusal) {
        guard let record = records.removeValue(forKey: step.line) else { return }
        let body = body([("appointment", .string(record.id))])
        _ = try await sent(
            name, try names.step(step), Instant(milliseconds: step.at), body)
    }

    /// Staff are of one organisation, and say so by who they are; the operator names it.
    private func body(
        _ members: [(String, JSON)], by actor: RequestActor = .operator
    ) -> JSON {
        let own = [("organisation", JSON.string(organisation.description))]
        let all = actor == .operator ? own + members : members
        return .object(all.map { JSON.Member($0.0, $0.1) })
    }

    private func sent(
        _ name: String, _ key: IdempotencyKey, _ at: Instant, by actor: RequestActor = .operator,
        _ body: JSON
    ) async throws(Refusal) -> CommandAnswer {
        try await send(
            CommandRequest(
                name: name, body: body, key: key, actor: actor, at: at, door: .importing))
    }

    private func made(_ member: String, _ answer: CommandAnswer) throws(Refusal) -> String {
        guard let made = answer[member] else {
            throw .unreadable(reason: "a command was answered without \(member)")
        }
        return made
    }

    // MARK: What is made as it is met

    private func clinic(_ name: String, _ at: Instant) async throws(Refusal) -> ID<Clinic> {
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

    /// The client with that number, registered where there is none.
    private func client(_ number: String, _ at: Instant) async throws(Refusal) -> String {
        if let known = clients[number] { return known }
        let id: String
        if let known = try await known.client(number) {
            id = known.description
        } else {
            let answer = try await sent(
                "client.register", try names.key("client", number), at,
                body([("details", ["externalNumber": .string(number)])]))
            id = try made("client", answer)
        }
        clients[number] = id
        return id
    }

    /// The practitioner as an actor, with a role in that clinic.
    private func acting(
        _ name: String, _ clinicName: String, _ at: Instant
    ) async throws(Refusal) -> RequestActor {
        let clinic = try await clinic(clinicName, at)
        let role: [(String, JSON)] = [
            ("role", "teamMember"), ("clinic", .string(clinic.description)),
        ]
        var known = staff[name]
        if known == nil { known = try await self.known.staff(name) }
        if let known {
            staff[name] = known
            if roles.insert("\(known) \(clinic)").inserted {
                let give = role + [("staff", .string(known.description)), ("reason", "import")]
                let key = try names.key("role", "\(name) \(clinicName)")
                _ = try await sent("staff.give-role", key, at, body(give))
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
    ) async throws(Refusal) -> ID<Subject> {
        let answer = try await sent(name, key, at, body(members))
        guard let id = ID<Subject>(try made(member, answer)) else {
            throw .unreadable(reason: "\(name) was answered with no id")
        }
        return id
    }
}

extension CommandAnswer {
    /// A text of the result.
    subscript(name: String) -> String? { result.first { $0.name == name }?.value.text }
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
