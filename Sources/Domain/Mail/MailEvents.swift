/// What can happen to a mail. Each has a stream of its own, named by a random id: nothing says to
/// whom it went but what is sealed in it. Source: ACC-1, ORG-12, WA-10, WA-11.
package enum MailEvent: Hashable, Sendable {
    case queued(MailQueued)
    case sent(MailSent)
    case failed(MailFailed)
    case givenUp(MailGivenUp)
    case captured(MailCaptured)
}

extension MailEvent: EventFamily {
    package static let category = "mail"
    package static let members = Members<MailEvent>(
        Member(MailQueued.self, MailEvent.queued),
        Member(MailSent.self, MailEvent.sent),
        Member(MailFailed.self, MailEvent.failed),
        Member(MailGivenUp.self, MailEvent.givenUp),
        Member(MailCaptured.self, MailEvent.captured))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .queued(let event): try visitor.visit(event)
        case .sent(let event): try visitor.visit(event)
        case .failed(let event): try visitor.visit(event)
        case .givenUp(let event): try visitor.visit(event)
        case .captured(let event): try visitor.visit(event)
        }
    }
}

/// A mail is to go out; it was asked for by the other events of its commit, or by its sender.
package struct MailQueued: Hashable, Sendable {
    package let at: Instant
    package let kind: MailKind
    /// The clinic it is sent for; nil: the organisation.
    package let clinic: ID<Clinic>?
    package let letter: Sealed<Letter>
    package let by: MailWay

    package init(
        at: Instant, kind: MailKind, clinic: ID<Clinic>? = nil, letter: Sealed<Letter>,
        by: MailWay = .email
    ) {
        self.at = at
        self.kind = kind
        self.clinic = clinic
        self.letter = letter
        self.by = by
    }
}

extension MailQueued: Event {
    package static let name = "mail.queued"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        kind = try f(2, "kind", \.kind)
        clinic = try f(3, "clinic", \.clinic)
        letter = try f(4, "letter", \.letter)
        by = try f(5, "by", \.by, default: .email)
    }
}

/// The mail server took it. Whether it arrived nobody tells us.
package struct MailSent: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let attempt: Int

    package init(at: Instant, attempt: Int) {
        self.at = at
        self.attempt = attempt
    }
}

extension MailSent: Event {
    package static let name = "mail.sent"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        attempt = try f(2, "attempt", \.attempt)
    }
}

/// An attempt came to nothing; there will be another.
package struct MailFailed: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let attempt: Int
    package let fault: MailFault
    /// The server's reply, such as 451, where it gave one.
    package let reply: Int?
    /// When the next attempt is.
    package let again: Instant

    package init(at: Instant, attempt: Int, fault: MailFault, reply: Int? = nil, again: Instant) {
        self.at = at
        self.attempt = attempt
        self.fault = fault
        self.reply = reply
        self.again = again
    }
}

extension MailFailed: Event {
    package static let name = "mail.failed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        attempt = try f(2, "attempt", \.attempt)
        fault = try f(3, "fault", \.fault)
        reply = try f(4, "reply", \.reply)
        again = try f(5, "again", \.again)
    }
}

/// The last attempt came to nothing: it is not sent any more.
package struct MailGivenUp: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let attempt: Int
    package let fault: MailFault
    /// The server's reply, such as 550, where it gave one.
    package let reply: Int?

    package init(at: Instant, attempt: Int, fault: MailFault, reply: Int? = nil) {
        self.at = at
        self.attempt = attempt
        self.fault = fault
        self.reply = reply
    }
}

extension MailGivenUp: Event {
    package static let name = "mail.given-up"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        attempt = try f(2, "attempt", \.attempt)
        fault = try f(3, "fault", \.fault)
        reply = try f(4, "reply", \.reply)
    }
}

/// It was written to the installation's folder for mail instead of being sent.
package struct MailCaptured: Hashable, Sendable {
    package let at: Instant
    package let cause: MailCapture

    package init(at: Instant, cause: MailCapture) {
        self.at = at
        self.cause = cause
    }
}

extension MailCaptured: Event {
    package static let name = "mail.captured"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        cause = try f(2, "cause", \.cause)
    }
}
