import API
import Crypto
import Domain
import EventStore
import Foundation
import Projections

/// Takes one file in, once: started again it goes on, and once closed it adds nothing.
struct ImportRun: Sendable {
    let installation: Installation
    let kind: ImportKind
    let mapping: Mapping
    /// The file, whole.
    let bytes: [UInt8]

    /// What came of it.
    struct Outcome {
        let organisation: ID<Organisation>
        let fingerprint: Domain.Digest
        let rows: Int
        let steps: Int
        let refusals: [RowRefusal]
        /// The file had been taken in before: nothing was added.
        let wasKnown: Bool
        /// The operator had ended it: nothing was added.
        var wasCutShort = false
    }

    private var dispatch: Dispatch { installation.dispatch }

    /// Times in a row that it begins anew because somebody changed what a step was decided on, and
    /// gets no step further.
    private static let fruitlessMax = 4

    func run(_ output: CommandOutput) async throws -> Outcome {
        let plan = try await offThePool { try self.plan() }
        let founded = try await founded(before: plan.steps.first)
        let organisation = founded.organisation
        let log = LogID(bits: organisation.bits)
        let fingerprint = fingerprint(organisation)
        let id = ID<Import>(bits: fingerprint.high)
        var state = try await state(id, in: log)
        if state.phase == .closed {
            // Killed between closing and destroying, it ends here.
            try await destroy(state.secret)
            return Outcome(
                organisation: organisation, fingerprint: fingerprint, rows: plan.rows, steps: 0,
                refusals: plan.refusals, wasKnown: true, wasCutShort: state.wasCutShort)
        }
        if state.phase == .unknown {
            try await open(organisation, plan)
            state = try await self.state(id, in: log)
        }
        let names = CommandNames(secret: try await secret(state.secret))
        let closed = try await closedBefore(id, in: log)
        let late = plan.refusals(before: closed)
        let steps = plan.steps.filter { late[$0.line] == nil }
        let fed = try await feed(steps, of: id, founded, names, output)
        let refusals = (plan.refusals + fed + late.values).sorted { $0.line < $1.line }
        try await close(id, organisation, plan, refused: refusals.count)
        try await destroy(state.secret)
        return Outcome(
            organisation: organisation, fingerprint: fingerprint, rows: plan.rows,
            steps: plan.steps.count, refusals: refusals, wasKnown: false)
    }

    /// Feeds every step, durable on return, and begins anew where others changed the same streams
    /// meanwhile: steps that are in are answered again.
    /// - Returns: rows that the rules refused.
    private func feed(
        _ steps: [ImportStep], of id: ID<Import>, _ founded: Founded, _ names: CommandNames,
        _ output: CommandOutput
    ) async throws -> [RowRefusal] {
        var isNew = founded.isNew
        var fruitless = 0
        while true {
            let known = try await KnownRecords(
                of: founded.organisation, in: installation, isNew: isNew)
            let pending = WriteBehind(installation.store)
            let dispatch = Dispatch(
                store: pending, vault: dispatch.vault, clock: dispatch.clock,
                ids: dispatch.ids, catalogue: dispatch.catalogue)
            let feeder = Feeder(
                (founded.organisation, founded.administrator), names: names, known: known,
                // What it would tell an operator, it throws when asked for one organisation.
                closer: DayCloser(dispatch: dispatch) { _ in }, of: id
            ) { request throws(Refusal) in try await dispatch.run(request) }
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await pending.run() }
                    try await feeder.feed(steps, output)
                    try await pending.drain()
                    group.cancelAll()
                }
                return feeder.refusals
            } catch {
                fruitless = pending.settled > 0 ? 0 : fruitless + 1
                guard pending.hasConflict, fruitless < ImportRun.fruitlessMax else { throw error }
                isNew = false
            }
        }
    }

    private func plan() throws(Failure) -> ImportPlan {
        let mapping = mapping
        let kind = kind
        do throws(ImportError) {
            guard let zone = TimeZone(identifier: mapping.organisation.zone) else {
                throw .mapping("organisation.zone: no time zone «\(mapping.organisation.zone)»")
            }
            let times = LocalTimes(zone)
            return try ImportPlan(bytes, delimiter: mapping.delimiter.byte) {
                columns throws(ImportError) -> any RowReader in
                switch kind {
                case .appointments:
                    guard let meaning = mapping.appointments else {
                        throw .mapping("no appointments")
                    }
                    return try AppointmentRows(meaning, columns, times)
                case .visits:
                    guard let meaning = mapping.visits else { throw .mapping("no visits") }
                    return try VisitRows(meaning, columns, times)
                }
            }
        } catch {
            throw .usage(error.description)
        }
    }

    // MARK: The import's own book

    private func fingerprint(_ organisation: ID<Organisation>) -> Domain.Digest {
        let whole = Array(SHA256.hash(data: bytes))
        let message = Array("import \(organisation) \(kind.word)".utf8) + [0] + whole
        guard let digest = Domain.Digest(bytes: dispatch.vault.mac(.fingerprint, message)) else {
            preconditionFailure("an HMAC-SHA256 has as many bytes as a digest")
        }
        return digest
    }

    private func state(_ id: ID<Import>, in log: LogID) async throws -> Import.State {
        try await ImportRun.state(id, in: log, dispatch)
    }

    private static func state(
        _ id: ID<Import>, in log: LogID, _ dispatch: Dispatch
    ) async throws -> Import.State {
        let stream = StreamName(Category.imports, id.bits)
        var state = Import.initial
        // An import's stream holds a handful of events: opened, steps taken, closed.
        for event in try await dispatch.store.readStream(
            stream, in: log, from: 0, limit: Limits.subscriptionPage)
        {
            guard case .imports(_, let event) = try EventCoding.fact(event).body else { continue }
            Import.evolve(&state, event)
        }
        return state
    }

    /// The last day that was closed before this import was opened: what the file says of it and of
    /// earlier days comes too late. Days closed since are the import's own nightly work.
    private func closedBefore(_ id: ID<Import>, in log: LogID) async throws -> DaySpan? {
        let imports = StreamName(Category.imports, id.bits)
        let opened = try await dispatch.store.readStream(imports, in: log, from: 0, limit: 1).first
        let days = StreamName(Category.day, log.bits)
        var last: DaySpan?
        var next: Int64 = 0
        while true {
            let page = try await dispatch.store.readStream(
                days, in: log, from: next, limit: Limits.subscriptionPage)
            for event in page where event.position < opened?.position ?? .max {
                guard case .days(_, .closed(let closed)) = try EventCoding.fact(event).body else {
                    continue
                }
                last = closed.span
            }
            guard page.count == Limits.subscriptionPage else { return last }
            next += Int64(page.count)
        }
    }

    /// Takes few arguments on purpose: docs/decisions/0001-wide-arguments.md.
    private func open(_ organisation: ID<Organisation>, _ plan: ImportPlan) async throws {
        let secret = try await makeSecret()
        let fingerprint = fingerprint(organisation)
        try await note(
            "open", ID(bits: fingerprint.high), organisation, at: plan.steps.first,
            [
                "kind": .string(kind.word), "fingerprintHigh": .string(hex(fingerprint.high)),
                "fingerprintLow": .string(hex(fingerprint.low)),
                "secret": .string(hex(secret.id.bits)),
            ])
    }

    private func close(
        _ id: ID<Import>, _ organisation: ID<Organisation>, _ plan: ImportPlan, refused: Int
    ) async throws {
        try await note(
            "close", id, organisation, at: plan.steps.last,
            [
                "steps": .integer(Int64(plan.steps.count)), "rows": .integer(Int64(plan.rows)),
                "refused": .integer(Int64(refused)),
            ])
    }

    private func makeSecret() async throws(Failure) -> EndingSecret {
        do throws(VaultError) {
            return try await dispatch.vault.makeSecret()
        } catch {
            throw .wrong(error.words)
        }
    }

    private func secret(_ id: ID<Domain.RecordKey>?) async throws(Failure) -> EndingSecret {
        do throws(VaultError) {
            if let id, let secret = try await dispatch.vault.secret(SecretID(bits: id.bits)) {
                return secret
            }
        } catch {
            throw .wrong(error.words)
        }
        throw .wrong("the import is open and its secret is not in the vault")
    }

    private func destroy(_ id: ID<Domain.RecordKey>?) async throws(Failure) {
        try await ImportRun.destroy(id, in: dispatch)
    }

    private static func destroy(
        _ id: ID<Domain.RecordKey>?, in dispatch: Dispatch
    ) async throws(Failure) {
        guard let id else { return }
        do throws(VaultError) {
            try await dispatch.vault.destroySecret(SecretID(bits: id.bits))
        } catch {
            throw .wrong(error.words)
        }
    }

    /// Ends an import that nobody will go on with. First its secret goes: where this ends in
    /// between, the import is open still, and can be ended again.
    static func cutShort(
        _ id: ID<Import>, of organisation: ID<Organisation>, in installation: Installation
    ) async throws {
        let dispatch = installation.dispatch
        let state = try await state(id, in: LogID(bits: organisation.bits), dispatch)
        try await destroy(state.secret, in: dispatch)
        try await note("cutShort", id, organisation, at: nil, true, dispatch)
    }

    private func note(
        _ what: String, _ id: ID<Import>, _ organisation: ID<Organisation>, at step: ImportStep?,
        _ words: JSON
    ) async throws {
        try await ImportRun.note(what, id, organisation, at: step, words, dispatch)
    }

    private static func note(
        _ what: String, _ id: ID<Import>, _ organisation: ID<Organisation>, at step: ImportStep?,
        _ words: JSON, _ dispatch: Dispatch
    ) async throws {
        let members = [
            JSON.Member("organisation", .string(organisation.description)),
            JSON.Member("import", .string(id.description)), JSON.Member(what, words),
        ]
        do {
            let request = CommandRequest(
                name: ImportCommands.run.name, body: .object(members),
                key: try IdempotencyKey("import-\(what)-\(id)"), actor: .operator,
                at: step.map { Instant(milliseconds: $0.at) }, door: .importing)
            _ = try await dispatch.run(request)
        } catch {
            throw Failure.wrong("import, \(what): \(error.words)")
        }
    }

    // MARK: Whose history

    /// An organisation, and who of it makes clinics.
    struct Founded {
        let organisation: ID<Organisation>
        let administrator: ID<Staff>
        /// Made just now: there is nobody in it.
        let isNew: Bool
    }

    /// The organisation that has the mapping's subdomain, whoever made it; made where there is
    /// none.
    private func founded(before first: ImportStep?) async throws -> Founded {
        let wanted = mapping.organisation
        guard let label = DNSLabel(wanted.subdomain) else {
            throw Failure.usage("organisation.subdomain: «\(wanted.subdomain)» is no label of DNS")
        }
        if let organisation = try await dispatch.organisation(holding: label) {
            let state = try await Operator.state(
                Organisation.self, of: LogID(bits: organisation.bits), in: installation.store)
            // Claimed and never made: that is gone on with below.
            if state.exists {
                guard let administrator = state.admins.min() else {
                    throw Failure.wrong("\(organisation) has no administrator who can act")
                }
                return Founded(
                    organisation: organisation, administrator: administrator, isNew: false)
            }
        }
        let person = wanted.administrator
        let body: JSON = [
            "name": .string(wanted.name), "subdomain": .string(wanted.subdomain),
            "zone": .string(wanted.zone), "holdsDays": true,
            "administrator": [
                "name": .string("\(person.givenName) \(person.surname)"),
                "email": .string(person.email),
            ],
        ]
        do throws(Refusal) {
            // Not named by the secret: an organisation is nobody, and its next file must find it.
            let request = CommandRequest(
                name: "organisation.create", body: body,
                key: try IdempotencyKey("import-\(wanted.subdomain)"),
                actor: .operator, at: first.map { Instant(milliseconds: $0.at) }, door: .importing)
            let answer = try await dispatch.run(request)
            guard let administrator = answer["administrator"].flatMap(ID<Staff>.init) else {
                throw .unreadable(reason: "it was answered without its administrator")
            }
            return Founded(
                organisation: answer.organisation, administrator: administrator, isNew: true)
        } catch {
            throw Failure.wrong("organisation.create: \(error.words)")
        }
    }
}

/// Does what blocks or takes long away from the threads that serve requests.
func offThePool<Answer: Sendable>(
    _ work: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
    try await withCheckedThrowingContinuation { done in
        DispatchQueue.global().async { done.resume(with: Result { try work() }) }
    }
}
