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
    case startGroup(clinic: Int, callers: [Int])
    case askIntoGroup(callers: [Int])
    case answerGroup(accepts: Bool)
    case joinGroup
    case leaveGroup
    case endGroup
}

extension Deed {
    var isRead: Bool {
        switch self {
        case .readVisit, .readArea, .readRoom: true
        case .open, .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect,
            .comeBack, .transfer, .giveUp, .end, .addRoom, .makeLink, .enterRoom, .enterByLink,
            .leaveRoom, .lockRoom, .unlockRoom, .closeRoom, .startGroup, .askIntoGroup,
            .answerGroup, .joinGroup, .leaveGroup, .endGroup:
            false
        }
    }

    /// Of one that was opened.
    var isAboutAVisit: Bool {
        switch self {
        case .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect, .comeBack,
            .transfer, .giveUp, .end, .readVisit, .answerGroup:
            true
        case .open, .readArea, .addRoom, .makeLink, .enterRoom, .enterByLink, .leaveRoom,
            .lockRoom, .unlockRoom, .closeRoom, .readRoom, .startGroup, .askIntoGroup, .joinGroup,
            .leaveGroup, .endGroup:
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
            .comeBack, .transfer, .giveUp, .end, .readVisit, .readArea, .addRoom, .startGroup,
            .askIntoGroup, .answerGroup, .joinGroup, .leaveGroup, .endGroup:
            false
        }
    }

    /// Of one that was begun.
    var isAboutAGroupCall: Bool {
        switch self {
        case .askIntoGroup, .answerGroup, .joinGroup, .leaveGroup, .endGroup: true
        case .open, .arrive, .message, .admit, .join, .leave, .hold, .resume, .disconnect,
            .comeBack, .transfer, .giveUp, .end, .readVisit, .readArea, .addRoom, .makeLink,
            .enterRoom, .enterByLink, .leaveRoom, .lockRoom, .unlockRoom, .closeRoom, .readRoom,
            .startGroup:
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
        case .startGroup: "group-call.start"
        case .askIntoGroup: "group-call.ask"
        case .answerGroup: "visit.answer-group"
        case .joinGroup: "group-call.join"
        case .leaveGroup: "group-call.leave"
        case .endGroup: "group-call.end"
        }
    }
}
