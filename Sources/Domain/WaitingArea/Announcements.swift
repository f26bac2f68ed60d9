/// What an organisation or one of its clinics tells its waiting callers (TXT-3). One stream for
/// each: that of the organisation bears the organisation's id, that of a clinic the clinic's.
package enum Announcements: Decider {
    /// Announcements that stand, expired ones included.
    package static let countMax = 100

    package struct Standing: Hashable, Sendable {
        package let announcement: ID<Announcement>
        package let at: Instant
        package let text: PublicText
        package let expires: Instant?

        /// An expired one is kept, and shown no longer.
        package func isShown(at now: Instant) -> Bool { expires.map { now < $0 } ?? true }
    }

    package struct State: Hashable, Sendable {
        /// In the order they were made.
        package var standing: [Standing] = []
        package var lastAt: Instant?
    }

    package static let initial = State()

    package static func decide(
        _ command: AnnouncementCommand, _ state: State
    ) throws(AnnouncementRejection) -> [AnnouncementEvent] {
        switch command {
        case .make(let at, let announcement, let text, let expires):
            guard !text.description.isEmpty else { throw .announcementEmpty }
            if let expires { guard expires > at else { throw .expiresBefore } }
            guard state.standing.count < countMax else {
                throw .tooManyAnnouncements(limit: countMax)
            }
            return [
                .made(
                    AnnouncementMade(
                        at: at, announcement: announcement, text: text, expires: expires))
            ]
        case .withdraw(let at, let announcement):
            guard state.standing.contains(where: { $0.announcement == announcement }) else {
                throw .announcementUnknown
            }
            return [.withdrawn(AnnouncementWithdrawn(at: at, announcement: announcement))]
        case .withdrawAll(let at):
            return state.standing.isEmpty ? [] : [.allWithdrawn(AnnouncementsWithdrawn(at: at))]
        }
    }

    package static func evolve(_ state: inout State, _ event: AnnouncementEvent) {
        switch event {
        case .made(let made):
            state.standing.append(
                Standing(
                    announcement: made.announcement, at: made.at, text: made.text,
                    expires: made.expires))
        case .withdrawn(let withdrawn):
            state.standing.removeAll { $0.announcement == withdrawn.announcement }
        case .allWithdrawn: state.standing = []
        }
    }
}

/// One announcement; the subject of its id.
package enum Announcement {}

/// What can be asked of announcements.
package enum AnnouncementCommand: Hashable, Sendable {
    case make(
        at: Instant, announcement: ID<Announcement>, text: PublicText, expires: Instant?)
    case withdraw(at: Instant, announcement: ID<Announcement>)
    case withdrawAll(at: Instant)
}

/// Why announcements refuse. In order: where two reasons apply, the earlier is thrown.
package enum AnnouncementRejection: Rejected {
    case announcementEmpty
    case expiresBefore
    case tooManyAnnouncements(limit: Int)
    case announcementUnknown

    package var told: Told {
        switch self {
        case .announcementEmpty:
            Told("announcementEmpty", "An announcement says something.", field: "text")
        case .expiresBefore:
            Told("expiresBefore", "An announcement expires later than now.", field: "expires")
        case .tooManyAnnouncements(let limit):
            Told("tooManyAnnouncements", "At most \(limit) stand at once.", limit: limit)
        case .announcementUnknown:
            Told(
                "announcementUnknown", "There is no such announcement, or it was deleted.",
                field: "announcement")
        }
    }
}

/// What can happen to announcements. Source: TXT-3.
package enum AnnouncementEvent: Hashable, Sendable {
    case made(AnnouncementMade)
    case withdrawn(AnnouncementWithdrawn)
    case allWithdrawn(AnnouncementsWithdrawn)
}

extension AnnouncementEvent: EventFamily {
    package static let category = "announcement"
    package static let members = Members<AnnouncementEvent>(
        Member(AnnouncementMade.self, AnnouncementEvent.made),
        Member(AnnouncementWithdrawn.self, AnnouncementEvent.withdrawn),
        Member(AnnouncementsWithdrawn.self, AnnouncementEvent.allWithdrawn))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .made(let event): try visitor.visit(event)
        case .withdrawn(let event): try visitor.visit(event)
        case .allWithdrawn(let event): try visitor.visit(event)
        }
    }
}

/// Waiting callers are told something, until it expires or is deleted.
package struct AnnouncementMade: Hashable, Sendable {
    package let at: Instant
    package let announcement: ID<Announcement>
    package let text: PublicText
    package let expires: Instant?

    package init(
        at: Instant, announcement: ID<Announcement>, text: PublicText, expires: Instant? = nil
    ) {
        self.at = at
        self.announcement = announcement
        self.text = text
        self.expires = expires
    }
}

extension AnnouncementMade: Event {
    package static let name = "announcement.made"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        announcement = try f(2, "announcement", \.announcement)
        text = try f(3, "text", \.text)
        expires = try f(4, "expires", \.expires)
    }
}

/// One announcement was deleted.
package struct AnnouncementWithdrawn: Hashable, Sendable {
    package let at: Instant
    package let announcement: ID<Announcement>

    package init(at: Instant, announcement: ID<Announcement>) {
        self.at = at
        self.announcement = announcement
    }
}

extension AnnouncementWithdrawn: Event {
    package static let name = "announcement.withdrawn"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        announcement = try f(2, "announcement", \.announcement)
    }
}

/// All of them were deleted.
package struct AnnouncementsWithdrawn: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension AnnouncementsWithdrawn: Event {
    package static let name = "announcement.all-withdrawn"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}
