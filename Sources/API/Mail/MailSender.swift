import Domain
import EventStore
package import Projections
import Synchronization

/// Sends what is queued, and tells what came of it: the outbox's other half (design.md). Nothing
/// here waits: ``tick()`` tries once what is due and returns.
///
/// A mail goes out once for its event, with one exception that no sender can rule out: where the
/// process dies between the server's yes and our event, it is sent again, with the same Message-ID.
/// Where the log takes no events meanwhile, what came of it is kept until it does.
package final class MailSender: Sendable {
    /// Mails of one tick: what is due beyond them goes in the next.
    package static let batchMax = 64

    private let dispatch: Dispatch
    private let views: Views
    private let carrier: (any MailCarrier)?
    private let texts: (any TextCarrier)?
    private let webhooks: WebhookSender?
    private let letters: Letters
    private let folder: MailFolder
    private let threads: OutgoingThreads
    private let notice: @Sendable (String) -> Void
    /// What was told last: the same is not told again.
    private let told = Mutex<String?>(nil)
    /// What came of mails, where the log did not take it: no more than one tick's, which are due
    /// before all others as long as they stand here.
    private let untold = Mutex<[DueMail: Result]>([:])

    /// - Parameters:
    ///   - carrier: nil: there is no mail server, and all mail goes to `folder`.
    ///   - texts: the same for text messages.
    ///   - webhooks: the same for signed requests.
    package init(
        dispatch: Dispatch, views: Views, carrier: (any MailCarrier)?,
        texts: (any TextCarrier)? = nil, webhooks: WebhookSender? = nil, letters: Letters,
        folder: MailFolder,
        threads: OutgoingThreads,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.dispatch = dispatch
        self.views = views
        self.carrier = carrier
        self.texts = texts
        self.webhooks = webhooks
        self.letters = letters
        self.folder = folder
        self.threads = threads
        self.notice = notice
    }

    /// Says where mail goes, if that is not out.
    func begin() {
        guard carrier == nil else { return }
        tell("no mail server is set: mails are written to \(folder.path), for trying only")
    }

    /// Tries each mail that is due, some at one time. What fails for reasons of ours is told, and
    /// tried again at the next tick.
    package func tick() async {
        let due: [DueMail]
        do {
            due = try await views.mailsDue(
                at: dispatch.clock.now(), limit: MailSender.batchMax)
        } catch {
            return tell("mail stands still: \(error)")
        }
        // No more at one time than there are threads: the pool's would only wait for them.
        var rest = due[...]
        await withTaskGroup(of: Void.self) { group in
            for mail in rest.prefix(OutgoingThreads.threads) {
                group.addTask { await self.try(mail) }
            }
            rest = rest.dropFirst(OutgoingThreads.threads)
            while await group.next() != nil {
                guard !Task.isCancelled, let mail = rest.popFirst() else { continue }
                group.addTask { await self.try(mail) }
            }
        }
    }

    private func `try`(_ due: DueMail) async {
        do throws(Refusal) {
            var result = untold.withLock { $0[due] }
            if result == nil { result = try await self.result(of: due) }
            guard let result else { return }
            untold.withLock { $0[due] = result }
            try await settle(due, result)
            untold.withLock { $0[due] = nil }
        } catch {
            // What the rules refuse they refuse for ever: it was told before, by another server.
            if case .rule = error { untold.withLock { $0[due] = nil } }
            tell("log \(due.log): a mail waits: \(error)")
        }
    }

    /// Tells an operator, once in a row.
    private func tell(_ words: String) {
        let isNew = told.withLock { told in
            defer { told = words }
            return told != words
        }
        if isNew { notice(words) }
    }

    // MARK: One mail

    private enum Result {
        case sent(attempt: Int)
        case failed(attempt: Int, MailFault, reply: Int?)
        case captured(MailCapture)
    }

    /// Nil where it is not due any more: the view is behind the log.
    private func result(of due: DueMail) async throws(Refusal) -> Result? {
        let stream = StreamName(of: due.mail)
        let mail = try await dispatch.loader.load(Mail.self, stream, in: due.log).state
        guard mail.phase == .waiting, let at = mail.dueAt, at <= dispatch.clock.now(),
            let queuedAt = mail.queuedAt, let kind = mail.kind, let sealed = mail.letter
        else { return nil }
        let attempt = mail.attempts + 1
        let name = ID<Organisation>(bits: due.log.bits)
        let organisation = try await dispatch.loader.load(
            Organisation.self, StreamName(of: name), in: due.log
        ).state
        guard let letter = try await dispatch.open(sealed, stream, in: due.log),
            let profile = organisation.profile, let to = letter.to
        else { return .failed(attempt: attempt, .erased, reply: nil) }
        let occasion = Letters.Occasion(mail: due.mail, queuedAt: queuedAt, profile: profile)
        let outgoing: OutgoingMessage
        switch to {
        case .email(let to): outgoing = .mail(letters.message(kind, letter, to: to, occasion))
        case .phone(let to):
            outgoing = .text(letters.textMessage(kind, letter, to: to, occasion))
        case .webhook(let webhook):
            guard
                let call = letters.webhookCall(
                    to: webhook, clinic: mail.clinic, of: name, occasion)
            else { return .failed(attempt: attempt, .refused, reply: nil) }
            outgoing = .webhook(call)
        }
        let delivery = organisation.isTest ? nil : await carry(outgoing)
        switch delivery {
        case nil:
            guard await capture(outgoing, due.mail) else { return nil }
            return .captured(organisation.isTest ? .testOrganisation : .noServer)
        case .accepted: return .sent(attempt: attempt)
        case .failed(let fault, let reply):
            tell("\(to.way): \(fault.words)\(reply.map { " (\($0))" } ?? "")")
            return .failed(attempt: attempt, fault, reply: reply)
        }
    }

    /// Nil where nothing carries it out.
    private func carry(_ outgoing: OutgoingMessage) async -> Delivery? {
        switch outgoing {
        case .mail(let message): return await carrier?.carry(message)
        case .text(let message):
            if texts == nil {
                tell("no gateway of text messages is set: they are written to \(folder.path)")
            }
            return await texts?.carry(message)
        case .webhook(let call): return await webhooks?.send(call)
        }
    }

    private func capture(_ message: OutgoingMessage, _ mail: ID<Mail>) async -> Bool {
        let folder = folder
        let failure: String? = await threads.run {
            do {
                try folder.write(message, of: mail)
                return nil
            } catch {
                return "\(error)"
            }
        }
        if let failure { tell("mails wait: \(folder.path) cannot be written: \(failure)") }
        return failure == nil
    }

    private func settle(_ due: DueMail, _ result: Result) async throws(Refusal) {
        var body: JSON = [
            "organisation": .string(ID<Organisation>(bits: due.log.bits).description),
            "mail": .string(due.mail.description),
        ]
        let key: String
        switch result {
        case .sent(let attempt):
            key = "\(attempt)"
            body = body.setting("attempt", .integer(Int64(attempt)))
        case .failed(let attempt, let fault, let reply):
            key = "\(attempt)"
            body = body.setting("attempt", .integer(Int64(attempt)))
                .setting("fault", .string("\(fault)"))
                .setting("reply", reply.map { .integer(Int64($0)) })
        case .captured(let cause):
            key = "captured"
            body = body.setting("captured", .string("\(cause)"))
        }
        let request = CommandRequest(
            name: MailSender.settle.name, body: body,
            key: try IdempotencyKey("mail-\(due.mail)-\(key)"), actor: .policy, door: .policy)
        _ = try await dispatch.run(request, as: MailSender.settle)
    }

    /// The sender's own command: in no catalogue, so that no door offers it.
    static let settle = CommandEntry(
        .mailSettle, "Tells what came of a mail.",
        body: { body in
            Told(
                mail: body("mail", .id(), "The mail."),
                attempt: body.optional("attempt", .whole(1...1_000), "Which attempt it was."),
                fault: body.optional(
                    "fault", .choice(MailFault.allCases.map { ("\($0)", $0) }), "Why it failed."),
                reply: body.optional("reply", .whole(1...999), "The server's reply."),
                captured: body.optional(
                    "captured", .choice(MailCapture.allCases.map { ("\($0)", $0) }),
                    "Why it was written to a folder instead."))
        }
    ) { told, work throws(Refusal) in
        work.allowByBeing()
        try await work.decide(Mail.self, told.mail, told.command(at: work.at))
        if told.fault == .gone { try await work.removeWebhook(of: told.mail) }
    }

    private struct Told: Sendable {
        let mail: ID<Mail>
        let attempt: Int64?
        let fault: MailFault?
        let reply: Int64?
        let captured: MailCapture?

        func command(at: Instant) -> MailCommand {
            if let captured { return .tellCaptured(at: at, cause: captured) }
            let attempt = Int(attempt ?? 1)
            guard let fault else { return .tellSent(at: at, attempt: attempt) }
            return .tellFailed(
                at: at, attempt: attempt, fault: fault, reply: reply.map { Int($0) })
        }
    }
}

extension Work {
    /// What is gone is asked no more.
    fileprivate mutating func removeWebhook(of mail: ID<Mail>) async throws(Refusal) {
        let stream = StreamName(of: mail)
        let sealed = try await load(Mail.self, mail).state.letter
        guard let letter = try await open(sealed, in: stream, field: "mail"),
            case .webhook(let gone) = letter.to
        else { return }
        let alerts = StreamName(Category.alert, gone.staff.bits)
        let target = try await load(Alerts.self, alerts).state.target
        // They may have set another since.
        guard try await open(target, in: alerts, field: "mail")?.webhook == gone else { return }
        try await decide(Alerts.self, alerts, .removeWebhook(at: at, isGone: true))
    }
}

extension MailFault {
    /// For an operator.
    fileprivate var words: String {
        switch self {
        case .noConnection: "the server does not answer, or broke off"
        case .noTrust: "the server offers no TLS, or no certificate we trust"
        case .signInRefused: "the server refuses our account"
        case .refusedForNow: "the server refuses a mail for now"
        case .refused: "the server refuses a mail for good"
        case .erased: "a mail was erased before it was sent"
        case .gone: "nothing is there any more"
        }
    }
}
