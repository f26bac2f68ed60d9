import Domain
import EventStore
package import Projections
import ServiceLifecycle

/// Drops out of rooms who was silent for longer than the grace time, and notes of who was silent in
/// a visit or group call that contact to them was lost: they keep their place for one grace time
/// more (``Timeouts``). After a start nobody is dropped before one whole grace time: nobody can
/// have been heard yet.
///
/// Nothing here waits: ``tick()`` does what is due by the clock and returns.
package final class PresenceKeeper: Sendable {
    private let dispatch: Dispatch
    private let views: Views
    private let startedAt: Instant
    /// Told what an operator should know; never anything personal.
    private let notice: @Sendable (String) -> Void

    package init(
        dispatch: Dispatch, views: Views, notice: @escaping @Sendable (String) -> Void
    ) {
        self.dispatch = dispatch
        self.views = views
        self.notice = notice
        startedAt = dispatch.clock.now()
    }

    /// Drops everybody whose grace time is over. What fails in one organisation leaves the others
    /// alone, and is tried again at the next tick.
    /// - Returns: how many were dropped, or have lost contact.
    @discardableResult
    package func tick() async throws(Refusal) -> Int {
        let now = dispatch.clock.now()
        let logs: [LogID]
        do {
            logs = try await dispatch.store.logs()
        } catch {
            throw .read(error)
        }
        var dropped = 0
        for log in logs where log != .installation {
            do throws(Refusal) {
                dropped += try await drop(in: log, at: now)
            } catch {
                if error == .stopping || error == .append(.closed) { throw error }
                notice("rooms of \(log) keep who was silent: \(error)")
            }
        }
        dropped += try await loseSilent(at: now)
        dispatch.presence.forgetSilent(at: now)
        return dropped
    }

    private func drop(in log: LogID, at now: Instant) async throws(Refusal) -> Int {
        var dropped = 0
        var mark: PageMark?
        repeat {
            let page: Page<RoomRow>
            do {
                page = try await views.occupiedRooms(
                    in: log, PageRequest(after: mark, limit: PageRequest.rowsMax))
            } catch {
                throw Refusal(error)
            }
            for row in page.rows {
                for present in row.present where isSilent(present, row.room, log, at: now) {
                    try await drop(present, from: row.room, in: log)
                    dropped += 1
                }
            }
            mark = page.next
        } while mark != nil
        return dropped
    }

    // MARK: Visits and group calls

    private func loseSilent(at now: Instant) async throws(Refusal) -> Int {
        var lost = 0
        for (being, last) in dispatch.presence.silentInCalls(at: now) {
            do throws(Refusal) {
                if try await lose(being, heardAt: last) { lost += 1 }
            } catch {
                if error == .stopping || error == .append(.closed) { throw error }
                notice("a call of \(being.log) keeps who was silent: \(error)")
                continue
            }
            dispatch.presence.forget(being, heardAt: last)
        }
        return lost
    }

    /// - Returns: whether they were there, and are in contact no longer.
    private func lose(
        _ being: Presence.Being, heardAt last: Instant
    ) async throws(Refusal) -> Bool {
        switch being.place {
        case .visit(let visit, let who):
            try await lose(who, in: visit, being.log, heardAt: last)
        case .groupCall(let call, let staff):
            try await lose(staff, in: call, being.log, heardAt: last)
        case .room: false  // Dropped, by what the view of rooms shows.
        }
    }

    private func lose(
        _ who: Participant, in visit: ID<Visit>, _ log: LogID, heardAt last: Instant
    ) async throws(Refusal) -> Bool {
        let state = try await dispatch.loader.load(Visit.self, StreamName(of: visit), in: log).state
        // Staff may have told of it already, or it is over.
        guard state.present.contains(who) else { return false }
        let name = who.staff.map { "\($0)" } ?? who.invitee.map { "\($0)" } ?? ""
        let request = CommandRequest(
            name: Domain.Operation.visitDisconnect.rawValue,
            body: [
                "organisation": .id(ID<Organisation>(bits: log.bits)), "visit": .id(visit),
                "staff": .id(who.staff), "invitee": .id(who.invitee),
            ],
            // One silence is one loss of contact, whoever looks.
            key: try IdempotencyKey("lost-contact-\(visit)-\(name)-\(last.milliseconds)"),
            actor: .policy, door: .policy)
        return try await isAccepted { () throws(Refusal) in _ = try await dispatch.run(request) }
    }

    private func lose(
        _ staff: ID<Staff>, in call: ID<GroupCall>, _ log: LogID, heardAt last: Instant
    ) async throws(Refusal) -> Bool {
        let state = try await dispatch.loader.load(GroupCall.self, StreamName(of: call), in: log)
            .state
        guard state.staff.contains(staff), state.away[staff] == nil else { return false }
        let entry = GroupCallPolicy.disconnect
        let request = CommandRequest(
            name: entry.name,
            body: [
                "organisation": .id(ID<Organisation>(bits: log.bits)), "call": .id(call),
                "staff": .id(staff),
            ],
            key: try IdempotencyKey("lost-contact-\(call)-\(staff)-\(last.milliseconds)"),
            actor: .policy, door: .policy)
        return try await isAccepted { () throws(Refusal) in
            _ = try await dispatch.run(request, as: entry)
        }
    }

    /// False: settled, it ended meanwhile.
    private func isAccepted(
        _ command: () async throws(Refusal) -> Void
    ) async throws(Refusal) -> Bool {
        do throws(Refusal) {
            try await command()
            return true
        } catch {
            switch error {
            case .rule, .notFound, .erased: return false
            default: throw error
            }
        }
    }

    // MARK: Rooms

    private func isSilent(
        _ present: RoomPresence, _ room: ID<Room>, _ log: LogID, at now: Instant
    ) -> Bool {
        let heard = dispatch.presence.last(Presence.Being(in: log, at: room, present.who))
        let last = max(heard ?? present.since, present.since, startedAt)
        return now - last > Presence.grace
    }

    private func drop(
        _ present: RoomPresence, from room: ID<Room>, in log: LogID
    ) async throws(Refusal) {
        let (staff, guest) = (present.who.staff, present.who.guest)
        let name = staff.map { "\($0)" } ?? guest.map { "\($0)" } ?? ""
        let request = CommandRequest(
            name: PresenceKeeper.command.name,
            body: [
                "organisation": .id(ID<Organisation>(bits: log.bits)), "room": .id(room),
                "staff": .id(staff), "guest": .id(guest),
                "since": .instant(present.since),
            ],
            // One entering is dropped once, however often the view shows it.
            key: try IdempotencyKey("drop-out-\(room)-\(name)-\(present.since.milliseconds)"),
            actor: .policy, door: .policy)
        _ = try await dispatch.run(request, as: PresenceKeeper.command)
    }

    /// The policy's own command: in no catalogue, so that no door offers it.
    static let command = CommandEntry(
        .roomDropOut, "Drops somebody from a room who was silent for longer than the grace time.",
        body: { body in
            (
                Catalogue.room(&body), body.optional("staff", .id(), "Who.") as ID<Staff>?,
                body.optional("guest", .id(), "Or whose stay.") as ID<GuestStay>?,
                body("since", .instant, "When they entered.")
            )
        }
    ) {
        (input: (ID<Room>, ID<Staff>?, ID<GuestStay>?, Instant), work: inout Work)
            async throws(Refusal) in
        work.allowByBeing()
        let state = try await work.load(Room.self, input.0).state
        work.follow(state.lastAt)
        let who = input.1.map(Occupant.staff) ?? input.2.map(Occupant.guest)
        // Who left and came back since the view showed them is somebody else, as it were.
        guard let who, state.present[who] == input.3 else { return }
        try await work.decide(Room.self, input.0, .dropOut(at: work.at, occupant: who))
        if let guest = who.guest {
            try await work.decide(
                GuestStay.self, guest, .leave(at: work.at, cause: .lostContact))
        }
    }
}

/// Asks ``PresenceKeeper`` again and again, until the server stops.
struct PresenceService: Service {
    let keeper: PresenceKeeper

    /// Between two looks; how much later than the grace time somebody is dropped at most.
    static let interval = Duration.seconds(20)

    func run() async throws {
        let keeper = keeper
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: PresenceService.interval)
                } catch {
                    break  // Cancelled: the server stops.
                }
                try await keeper.tick()
            }
        }
    }
}
