import Crypto
import Domain
import EventStore
import Projections

// Refusals that are entries of the access log, and what a command does before its organisation
// exists.
extension Dispatch {
    /// Notes a refusal by the golden table, or by an actor's closed list, and nothing else (ROLE).
    /// - Parameter about: the record it was about, where it came so far.
    func note(
        refusal: Refusal, _ operation: Domain.Operation, _ actor: RequestActor, _ door: Door,
        in organisation: ID<Organisation>?, about: StreamName? = nil
    ) async throws(Refusal) {
        switch refusal {
        case .notPermitted, .notForThisActor: break
        default: return
        }
        guard let organisation = organisation ?? actor.organisation else { return }
        if actor == .nobody {
            refusals.count(in: organisation, at: clock.now())
            return
        }
        var permission: Permission?
        if case .notPermitted(let row) = refusal { permission = row }
        let entry = AccessEntry(
            operation.code, operation.action, outcome: .refused, on: operation.objectKind,
            permission: permission)
        let record = try await record(about, in: LogID(bits: organisation.bits))
        try await note(
            in: organisation, try await refusedJudgement(actor),
            [AccessNote(entry, record: record)], by: actor, door: door)
    }

    /// A record as an entry names it: under the first key its stream names; nil where it has none.
    func record(
        _ stream: StreamName?, in log: LogID
    ) async throws(Refusal) -> AccessNote.Record? {
        guard let stream else { return nil }
        for event in try await loader.page(stream, log, 0) {
            if let key = try Coding.sealedKeys(Coding.new(event)).first {
                return AccessNote.Record(stream, key: key)
            }
        }
        return nil
    }

    /// Writes down the minutes that are over, one entry each; with nil all of them.
    func writeRefusals(before now: Instant?) async throws(Refusal) {
        for minute in refusals.take(before: now) {
            let log = LogID(bits: minute.organisation.bits)
            // Nobody fills the log of an organisation that does not exist.
            guard
                try await loader.load(
                    Organisation.self, StreamName(of: ID<Organisation>(bits: log.bits)), in: log
                ).version != nil
            else { continue }
            let stream = StreamName(Category.access, log.bits, part: minute.at.utcDay)
            let event = AccessEvent.refusalsCounted(
                RefusalsCounted(at: minute.at, count: minute.count))
            let judged = Judgement.nobody
            _ = try await append(
                Commit(
                    log: log, commandID: ids.next(), now: clock.now().milliseconds,
                    context: Context(
                        actor: RequestActor.nobody.recorded, role: judged.role, basis: judged.basis,
                        origin: Door.http.origin),
                    events: [try Coding.newEvent(event, into: stream, in: log, keys: [:])]))
        }
    }

    /// The role somebody was refused in: their first, so that the entry is never without one.
    func refusedJudgement(_ actor: RequestActor) async throws(Refusal) -> Judgement {
        switch actor {
        case .caller: return .caller
        case .apiKey: return .apiKey
        case .guest: return .guest
        case .external: return .external
        case .auditor: return .auditor
        case .operator: return .operator
        case .nobody: return .nobody
        case .policy: return .policy
        case .staff(let organisation, let staff):
            let log = LogID(bits: organisation.bits)
            let state = try await loader.load(Staff.self, StreamName(of: staff), in: log).state
            let first = Authority(of: state).grants.first
            return Judgement(role: Word(stringOf: first?.role.word ?? "none"), basis: "refused")
        }
    }

    /// Refuses an organisation that was named and is none: nobody begins a log but who founds one.
    func exists(
        _ organisation: ID<Organisation>, namedBy actor: RequestActor
    ) async throws(Refusal) {
        guard actor.organisation == nil else { return }  // Its token was found in that log.
        let known = try await loader.load(
            Organisation.self, StreamName(of: organisation), in: LogID(bits: organisation.bits))
        guard known.version != nil else { throw .notFound(field: "organisation") }
    }

    /// What a command must be before anything is loaded for it.
    func check(_ request: CommandRequest) throws(Refusal) {
        // Whoever has no token shares one key space with everybody: a key that could be guessed
        // would give one caller another's answer.
        if request.actor == .nobody, request.key.bytes.count < IdempotencyKey.nobodyBytesMin {
            throw .keyTooShort(bytesMin: IdempotencyKey.nobodyBytesMin)
        }
    }

    /// Claims a subdomain in the installation's own log; claimed already by the same organisation,
    /// it stands.
    func claim(
        _ label: DNSLabel, for organisation: ID<Organisation>, at: Instant,
        by request: CommandRequest
    ) async throws(Refusal) {
        let stream = StreamName(subdomain: label)
        let log = LogID.installation
        let loaded = try await loader.load(Subdomain.self, stream, in: log)
        let decided: [SubdomainEvent]
        do {
            decided = try Subdomain.decide(
                .claim(at: at, label: label, organisation: organisation), loaded.state)
        } catch {
            throw .rule(error.told)
        }
        var events: [NewEvent] = []
        for event in decided {
            events.append(try Coding.newEvent(event, into: stream, in: log, keys: [:]))
        }
        guard !events.isEmpty else { return }
        let judged = Judgement.operator
        let context = Context(
            actor: request.actor.recorded, role: judged.role, basis: judged.basis,
            origin: request.door.origin)
        do {
            _ = try await appendRinging(
                Commit(
                    log: log, commandID: ids.next(), now: at.milliseconds, context: context,
                    expectations: [(stream, loaded.version.map(Expectation.exactly) ?? .noneYet)],
                    events: events))
        } catch .conflict {
            throw .contended
        } catch {
            throw .append(error)
        }
    }
}

extension Domain.Operation {
    /// What the access log calls it.
    fileprivate var code: AccessEventCode {
        switch self {
        case .clientsSearch: .searched
        case .waitingAreaRead, .visitsRead, .appointmentsRead, .clinicsRead, .staffRead,
            .reportStaffRead, .ownSessionsRead, .apiKeysRead, .supportRead, .roomsRead,
            .announcementsRead, .practitionersRead:
            .listed
        case .reportRead, .reportsQuery, .staffExport: .exported
        case .accessRead, .ownAccessRead, .clientAccessRead, .logRead: .logRead
        case .entryRead, .waitingAreaSettingsRead, .groupCallRead, .visitRead, .clientRead,
            .questionnaireRead, .answersRead, .organisationRead, .ownProfileRead,
            .staffPhotoRead,
            .reportSettingsRead, .securityRead, .anonymisationRead, .anonymisationPlan,
            .roomRead, .logoRead, .callInterfaceRead, .clinicCallInterfaceRead,
            .ownAlertsRead, .signOnRead, .auditorRead:
            .read
        case .mailsRead: .listed
        default: .commanded
        }
    }

    fileprivate var action: AccessAction { code == .commanded ? .execute : .read }

    fileprivate var objectKind: AccessObjectKind {
        switch rawValue.prefix(while: { $0 != "." }) {
        case "clinic", "clinics": .clinic
        case "staff", "own-profile", "own-alerts", "report-staff", "session", "own-sessions",
            "staff-photo", "password", "totp":
            .staff
        case "visit", "visits": .visit
        case "waiting-area", "waiting-area-settings", "entry", "announcement", "announcements",
            "walk-in", "practitioners", "group-call":
            .waitingArea
        case "client", "clients": .client
        case "appointment", "appointments": .appointment
        case "questionnaire": .questionnaire
        case "answers": .answers
        case "access", "own-access", "client-access": .access
        case "import": .imports
        case "room", "rooms": .room
        case "clinic-call-interface": .clinic
        case "report", "reports", "report-settings": .report
        case "log": .log
        case "mail", "mails": .mail
        default: .organisation
        }
    }
}
