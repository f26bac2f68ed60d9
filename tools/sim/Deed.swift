/// What one request asks.
enum Deed: Hashable, Sendable {
    case open(clinic: Int)
    case arrive(name: String)
    case message(String)
    case admit
    case join
    case leave
    /// Nil: the caller.
    case hold(staff: Int?)
    case resume(staff: Int?)
    case disconnect
    case comeBack
    case transfer(clinic: Int)
    case giveUp
    case end
    case readVisit
    case readArea(clinic: Int)
    /// - Parameter owner: whose it is, where it is a user room.
    case addRoom(clinic: Int, kind: String, owner: Int)
    case makeLink
    case enterRoom
    /// Nil: who has a token already, and may not.
    case enterByLink(guest: Int?)
    case leaveRoom
    case lockRoom
    case unlockRoom
    case closeRoom
    case readRoom
}

extension Deed {
    var isRead: Bool {
        switch self {
        case .readVisit, .readArea, .readRoom: true
        case .open, .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect,
            .comeBack, .transfer, .giveUp, .end, .addRoom, .makeLink, .enterRoom, .enterByLink,
            .leaveRoom, .lockRoom, .unlockRoom, .closeRoom:
            false
        }
    }

    /// Of one that was opened.
    var isAboutAVisit: Bool {
        switch self {
        case .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect, .comeBack,
            .transfer, .giveUp, .end, .readVisit:
            true
        case .open, .readArea, .addRoom, .makeLink, .enterRoom, .enterByLink, .leaveRoom,
            .lockRoom, .unlockRoom, .closeRoom, .readRoom:
            false
        }
    }

    /// Of one that was made.
    var isAboutARoom: Bool {
        switch self {
        case .makeLink, .enterRoom, .enterByLink, .leaveRoom, .lockRoom, .unlockRoom, .closeRoom,
            .readRoom:
            true
        case .open, .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect,
            .comeBack, .transfer, .giveUp, .end, .readVisit, .readArea, .addRoom:
            false
        }
    }

    /// Its name in the catalogue.
    var command: String {
        switch self {
        case .open: "visit.open"
        case .arrive: "visit.arrive"
        case .message: "visit.message"
        case .admit: "visit.admit"
        case .join: "visit.join"
        case .leave: "visit.leave"
        case .hold: "visit.hold"
        case .resume: "visit.resume"
        case .disconnect: "visit.disconnect"
        case .comeBack: "visit.come-back"
        case .transfer: "visit.transfer"
        case .giveUp: "visit.give-up"
        case .end: "visit.end"
        case .readVisit: "visit.read"
        case .readArea: "waiting-area.read"
        case .addRoom: "room.add"
        case .makeLink: "room.make-guest-link"
        case .enterRoom: "room.enter"
        case .enterByLink: "room.enter-by-link"
        case .leaveRoom: "room.leave"
        case .lockRoom: "room.lock"
        case .unlockRoom: "room.unlock"
        case .closeRoom: "room.close"
        case .readRoom: "room.read"
        }
    }
}
