import Domain
package import EventStore

/// The only path for changes: who, may they, was it done before, load, decide, seal, append; again
/// on conflict.
package final class Dispatch: Sendable {
    package let store: any EventStore
    package let vault: any Vault
    package let clock: any Clock
    package let ids: any IDSource
    package let catalogue: Catalogue
    package let signIns: SignInDesk
    let loader: Loader
    /// Who was heard of last and when, in rooms and visits.
    package let presence = Presence()
    /// Finds clients by their address; nil where no command asks for them, as in an import.
    let clients: ClientIndex?
    /// Which machines the staff may have asked: this one, too, where it is for trying.
    let reach: WebReach
    package let refusals = RefusalCounts()
    package let bell = LiveBell()
    private let running = RunningCommands()
    /// Told of each log that was begun, so that projections follow it at once.
    private let began: @Sendable (LogID) -> Void

    /// Times a command is decided anew because another append came first, or between what it read.
    package static let attemptsMax = 16

    package init(
        store: any EventStore, vault: any Vault, clock: any Clock, ids: any IDSource,
        catalogue: Catalogue, signIns: SignInDesk = SignInDesk(), clients: ClientIndex? = nil,
        reach: WebReach = .publicOnly,
        began: @escaping @Sendable (LogID) -> Void = { _ in }
    ) {
        self.store = store
        self.vault = vault
        self.clock = clock
        self.ids = ids
        self.catalogue = catalogue
        self.signIns = signIns
        self.began = began
        self.clients = clients
        self.reach = reach
        loader = Loader(store: store)
    }

    /// Runs one command. On return its events are durable.
    package func run(_ request: CommandRequest) async throws(Refusal) -> CommandAnswer {
        guard let entry = catalogue.command(request.name) else { throw .unknownCommand }
        return try await run(request, as: entry)
    }

    /// As the other, for a command that no catalogue offers: a policy's.
    package func run(
        _ request: CommandRequest, as entry: CommandEntry
    ) async throws(Refusal) -> CommandAnswer {
        guard entry.operation.isOpen(to: request.actor, by: request.door) else {
            if request.actor == .nobody { throw .notSignedIn }
            let refusal = Refusal.notForThisActor(actor: request.actor.kind.rawValue)
            try await note(
                refusal: refusal, entry.operation, request.actor, request.door, in: nil)
            throw refusal
        }
        try check(request)
        let prepared = try entry.prepare(request)
        let organisation = prepared.organisation ?? newOrganisation(request)
        let commandID = commandID(organisation, request)
        let run = Run(
            entry: entry, prepared: prepared, organisation: organisation, commandID: commandID)
        return try await running.once(commandID, in: run.log) { () throws(Refusal) in
            if let first = try await find(commandID, in: run.log) {
                return try await answer(again: request, run, first)
            }
            return try await attempt(request, run)
        }
    }

    struct Run {
        let entry: CommandEntry
        let prepared: PreparedCommand
        let organisation: ID<Organisation>
        let commandID: UInt128
        var log: LogID { LogID(bits: organisation.bits) }
    }

    private func attempt(
        _ request: CommandRequest, _ run: Run
    ) async throws(Refusal) -> CommandAnswer {
        for attempt in 1...Dispatch.attemptsMax {
            var work = Work(
                dispatch: self, request: request, organisation: run.organisation,
                at: request.at ?? clock.now(), commandID: run.commandID,
                operation: run.entry.operation)
            do {
                if !run.entry.foundsOrganisation {
                    try await exists(run.organisation, namedBy: request.actor)
                }
                try await run.prepared.handle(&work)
            } catch {
                work.giveBackKeys()
                // A refusal of what was read in part, before and after a commit, is of nothing.
                if case .rule = error, attempt < Dispatch.attemptsMax, try await work.isTorn() {
                    continue
                }
                try await note(
                    refusal: error, run.entry.operation, request.actor, request.door,
                    in: run.organisation, about: work.about)
                throw error
            }
            let commit = try await commit(work, run)
            guard let appended = try await appended(commit, work) else { continue }
            if appended.repeated { return try await answer(again: request, run, appended) }
            if run.entry.foundsOrganisation { began(run.log) }
            return try await answer(commit.events, run, appended, secrets: work.secrets)
        }
        throw .contended
    }

    /// Every append of this process: live streams are woken by it.
    func appendRinging(_ commit: Commit) async throws(AppendError) -> Appended {
        bell.begin(in: commit.log)
        do {
            let appended = try await store.append(commit)
            bell.ring(commit, appended)
            return appended
        } catch {
            bell.giveUp(in: commit.log)
            throw error
        }
    }

    /// Nil where another append came first.
    private func appended(_ commit: Commit, _ work: Work) async throws(Refusal) -> Appended? {
        do {
            let appended = try await appendRinging(commit)
            work.settleKeys(appended)
            return appended
        } catch {
            work.giveBackKeys()
            if case .conflict = error { return nil }
            throw .append(error)
        }
    }
}
