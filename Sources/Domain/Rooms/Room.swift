/// A permanent room of a clinic or of one of its staff members: made before use, entered and left
/// any number of times (ORG-3, ORG-4, ORG-5).
package enum Room: Decider {
    package static let membersMax = 200
    /// Links good at once.
    package static let linksMax = 100

    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case unknown, open, closed
    }

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        package var clinic: ID<Clinic>?
        package var kind = RoomKind.meeting
        package var name: PublicText?
        package var owner: ID<Staff>?
        /// Of the clinic's staff only these; all of them where none is named.
        package var members: Set<ID<Staff>> = []
        package var links: [ID<GuestLink>: LinkState] = [:]
        /// Who is in it, and since when.
        package var present: [Occupant: Instant] = [:]
        package var lock: Lock?
        package var lastAt: Instant?
    }

    package struct LinkState: Hashable, Sendable {
        package let secretHash: Digest
        package let until: Instant?

        package func isGood(at now: Instant) -> Bool { until.map { now <= $0 } ?? true }
    }

    /// A locked room lets in whom those inside invite, and who was there and lost contact.
    package struct Lock: Hashable, Sendable {
        package var invited: Set<ID<GuestLink>> = []
        package var lost: Set<Occupant> = []
    }

    package static let initial = State()

    package static func decide(
        _ command: RoomCommand, _ state: State
    ) throws(RoomRejection) -> [RoomEvent] {
        if let refusal = refusal(of: command, in: state.standing) { throw refusal }
        switch command {
        case .add(let at, let door, let kind, let name, let owner):
            return try add(at, door, kind, name, owner)
        case .rename(let at, let name):
            guard state.kind != .user else { throw .nameNotWanted }
            guard !name.description.isEmpty else { throw .nameMissing }
            return name == state.name ? [] : [.renamed(RoomRenamed(at: at, name: name))]
        case .narrow(let at, let members):
            guard state.kind != .user else { throw .notForUserRooms }
            let named = Set(members)
            guard named.count <= membersMax else { throw .tooManyMembers(limit: membersMax) }
            if named == state.members { return [] }
            return [.narrowed(RoomNarrowed(at: at, members: named.sorted()))]
        case .close(let at):
            return state.standing == .closed ? [] : [.closed(RoomClosed(at: at))]
        case .makeLink(let at, let link, let secretHash, let until):
            if let until, until < at { throw .untilPast }
            let good = state.links.values.count { $0.isGood(at: at) }
            guard good < linksMax else { throw .tooManyLinks(limit: linksMax) }
            return [
                .linkMade(
                    GuestLinkMade(at: at, link: link, secretHash: secretHash, until: until))
            ]
        case .revokeLink(let at, let link):
            guard state.links[link] != nil else { return [] }
            return [.linkRevoked(GuestLinkRevoked(at: at, link: link))]
        case .enter(let at, let door, let staff):
            return try enter(at, door, staff, state)
        case .enterAsGuest(let at, let door, let guest, let link):
            return try enter(at, door, guest, by: link, state)
        case .leave(let at, let occupant):
            guard state.present[occupant] != nil else { throw .notInRoom }
            return [.left(RoomLeft(at: at, occupant: occupant, cause: .onPurpose))]
        case .dropOut(let at, let occupant):
            guard state.present[occupant] != nil else { return [] }
            return [.left(RoomLeft(at: at, occupant: occupant, cause: .lostContact))]
        case .lock(let at, let staff):
            guard state.present[.staff(staff)] != nil else { throw .notInRoom }
            return state.lock == nil ? [.locked(RoomLocked(at: at, by: staff))] : []
        case .unlock(let at, let staff, let isAdministrator):
            guard isAdministrator || state.present[.staff(staff)] != nil else { throw .notInRoom }
            return state.lock == nil ? [] : [.unlocked(RoomUnlocked(at: at, by: staff))]
        }
    }

    /// The transition table: nil where `command` has a meaning in `standing`.
    static func refusal(of command: RoomCommand, in standing: Standing) -> RoomRejection? {
        switch (command, standing) {
        case (.add, .unknown): nil
        case (.add, .open), (.add, .closed): .roomExists
        case (_, .unknown): .roomUnknown
        // Who was in it is out already, and a link that lets nobody in can be revoked all the same.
        case (.close, .closed), (.dropOut, .closed), (.revokeLink, .closed): nil
        case (_, .closed): .roomClosed
        case (.rename, .open), (.narrow, .open), (.close, .open), (.makeLink, .open),
            (.revokeLink, .open), (.enter, .open), (.enterAsGuest, .open), (.leave, .open),
            (.dropOut, .open), (.lock, .open), (.unlock, .open):
            nil
        }
    }

    /// Total, and never judges: rules change, history does not.
    package static func evolve(_ state: inout State, _ event: RoomEvent) {
        switch event {
        case .added(let added):
            state.standing = .open
            state.clinic = added.clinic
            state.kind = added.kind
            state.name = added.name
            state.owner = added.owner
            state.lastAt = added.at
        case .renamed(let renamed):
            state.name = renamed.name
            state.lastAt = renamed.at
        case .narrowed(let narrowed):
            state.members = Set(narrowed.members)
            state.lastAt = narrowed.at
        case .closed(let closed):
            state.standing = .closed
            state.present = [:]
            state.links = [:]
            state.lock = nil
            state.lastAt = closed.at
        case .linkMade(let made):
            state.links[made.link] = LinkState(secretHash: made.secretHash, until: made.until)
            state.lock?.invited.insert(made.link)
            state.lastAt = made.at
        case .linkRevoked(let revoked):
            state.links[revoked.link] = nil
            state.lastAt = revoked.at
        case .entered(let entered):
            state.present[entered.occupant] = entered.at
            state.lock?.lost.remove(entered.occupant)
            state.lastAt = entered.at
        case .left(let left):
            state.present[left.occupant] = nil
            if left.cause == .lostContact { state.lock?.lost.insert(left.occupant) }
            if !state.present.keys.contains(where: { $0.staff != nil }) { state.lock = nil }
            state.lastAt = left.at
        case .locked(let locked):
            state.lock = state.lock ?? Lock()
            state.lastAt = locked.at
        case .unlocked(let unlocked):
            state.lock = nil
            state.lastAt = unlocked.at
        }
    }
}

extension Room.State {
    /// The link with that hash, where it lets somebody in; nil: refused.
    package func link(_ secretHash: Digest, at now: Instant) -> ID<GuestLink>? {
        links.filter { $0.value.secretHash == secretHash && $0.value.isGood(at: now) }.keys.min()
    }

    /// Who is in it, in the order they came; at one moment, staff first, then by id.
    package var occupants: [(who: Occupant, since: Instant)] {
        present.map { (who: $0.key, since: $0.value) }
            .sorted { ($0.since, $0.who) < ($1.since, $1.who) }
    }
}

// The rules of entering; the standing has been checked.
extension Room {
    private static func add(
        _ at: Instant, _ door: ClinicDoor, _ kind: RoomKind, _ name: PublicText?,
        _ owner: ID<Staff>?
    ) throws(RoomRejection) -> [RoomEvent] {
        guard door.isOpen else { throw .clinicClosed }
        switch kind {
        case .user:
            guard name == nil else { throw .nameNotWanted }
            guard owner != nil else { throw .ownerMissing }
        case .meeting, .group:
            guard let name, !name.description.isEmpty else { throw .nameMissing }
            guard owner == nil else { throw .ownerNotWanted }
        }
        return [
            .added(RoomAdded(at: at, clinic: door.clinic, kind: kind, name: name, owner: owner))
        ]
    }

    private static func enter(
        _ at: Instant, _ door: ClinicDoor, _ staff: ID<Staff>, _ state: State
    ) throws(RoomRejection) -> [RoomEvent] {
        let who = Occupant.staff(staff)
        guard door.isOpen else { throw .clinicClosed }
        guard state.members.isEmpty || state.members.contains(staff) else { throw .notNamed }
        if state.present[who] != nil { return [] }  // Asked twice, true once.
        if let lock = state.lock, !lock.lost.contains(who) { throw .roomLocked }
        return try enter(at, who, state)
    }

    private static func enter(
        _ at: Instant, _ door: ClinicDoor, _ guest: ID<GuestStay>, by link: ID<GuestLink>,
        _ state: State
    ) throws(RoomRejection) -> [RoomEvent] {
        let who = Occupant.guest(guest)
        guard door.isOpen else { throw .clinicClosed }
        if state.present[who] != nil { return [] }
        guard let known = state.links[link], known.isGood(at: at) else { throw .linkRefused }
        if let owner = state.owner, state.present[.staff(owner)] == nil { throw .roomNotOpened }
        if let lock = state.lock, !lock.invited.contains(link), !lock.lost.contains(who) {
            throw .roomLocked
        }
        return try enter(at, who, state)
    }

    private static func enter(
        _ at: Instant, _ who: Occupant, _ state: State
    ) throws(RoomRejection) -> [RoomEvent] {
        let limit = state.kind.peopleMax
        guard state.present.count < limit else { throw .roomFull(limit: limit) }
        return [.entered(RoomEntered(at: at, occupant: who))]
    }
}
