import Domain
import EventStore
package import Projections
import ServiceLifecycle
import Synchronization

/// Turns arrivals into mails, text messages and webhooks to the staff who asked for them (WA-11): a
/// policy. Its command's id follows from the arrival, so that nobody is told twice; what it says
/// holds nothing of the caller.
package final class AlertPolicy: Sendable {
    /// Arrivals of one tick.
    package static let batchMax = 64

    private let dispatch: Dispatch
    private let views: Views
    private let notice: @Sendable (String) -> Void
    /// What was told last: the same is not told again.
    private let told = Mutex<String?>(nil)

    package init(
        dispatch: Dispatch, views: Views, notice: @escaping @Sendable (String) -> Void
    ) {
        self.dispatch = dispatch
        self.views = views
        self.notice = notice
    }

    /// Tells of every arrival that nobody was told of. What stands still is told, and tried again
    /// at the next tick.
    package func tick() async {
        let dues: [DueAlert]
        do {
            dues = try await views.alertsDue(limit: AlertPolicy.batchMax)
        } catch {
            return tell(error)
        }
        // One that cannot be told leaves the others alone.
        for due in dues {
            do {
                try await raise(due)
            } catch {
                tell(error)
            }
        }
    }

    private func tell(_ error: any Error) {
        let words = "alerts stand still: \(error)"
        let isNew = told.withLock { told in
            defer { told = words }
            return told != words
        }
        if isNew { notice(words) }
    }

    private func raise(_ due: DueAlert) async throws {
        var readers: [JSON] = []
        for staff in due.staff.sorted() where readers.count < Alerts.toldMax {
            if let reader = try await reader(staff, in: due.log) { readers.append(reader) }
        }
        let request = CommandRequest(
            name: AlertPolicy.command.name,
            body: [
                "organisation": .id(ID<Organisation>(bits: due.log.bits)),
                "clinic": .id(due.clinic), "cause": .integer(due.position),
                "arrivedAt": .instant(due.at), "readers": .array(readers),
            ],
            key: try IdempotencyKey("alert-\(due.position)"), actor: .policy, door: .policy)
        _ = try await dispatch.run(request, as: AlertPolicy.command)
    }

    /// Nil where there is nobody to be told any more. Whether they have an address or a number for
    /// the ways they chose is looked at when it is told.
    private func reader(_ staff: ID<Staff>, in log: LogID) async throws -> JSON? {
        let shut = try await views.staffMember(staff, in: log).value?.profile
        guard let sealed = shut?.sealed(as: StaffProfile.self),
            let profile = try await dispatch.open(sealed, StreamName(of: staff), in: log)
        else { return nil }
        let (email, phone) = (profile.email.flatMap(EmailAddress.init), profile.phoneNumber)
        return [
            "staff": .id(staff), "email": email.map { .string($0.text) },
            "phone": phone.map { .string($0.text) }, "name": .string(profile.name),
            "language": profile.languages.first.map { .string($0.description) },
        ]
    }

    private struct Reader: Sendable {
        let staff: ID<Staff>
        let email: EmailAddress?
        let phone: PhoneNumber?
        let name: String
        let language: LanguageTag?

        init(_ body: inout Body) {
            staff = body("staff", .id(), "Who.")
            email = body.optional("email", .email, "Where.")
            phone = body.optional("phone", .phone, "Or where.")
            name = body("name", .text(max: StaffProfile.textMax), "As they are called.")
            language = body.optional("language", .language, "Theirs.")
        }
    }

    private struct Raised: Sendable {
        let clinic: ID<Clinic>
        let cause: Int64
        let arrivedAt: Instant
        let readers: [Reader]

        init(_ body: inout Body) {
            clinic = body("clinic", .id(), "Where somebody waits.")
            cause = body("cause", .whole(0...Int64.max), "The arrival's position.")
            arrivedAt = body("arrivedAt", .instant, "When it was.")
            readers = body(
                "readers", .list(of: .object(Reader.init), max: Alerts.toldMax), "Whom to tell.")
        }
    }

    /// The policy's own command: in no catalogue, so that no door offers it.
    static let command = CommandEntry(
        .alertsRaise, "Tells staff that somebody waits.", body: Raised.init
    ) { input, work throws(Refusal) in
        work.allowByBeing()
        let clinic = try await work.existing(Clinic.self, input.clinic, field: "clinic")
        var mails = 0
        // Late, as after a time out of service, it says nothing that helps.
        if work.at.milliseconds - input.arrivedAt.milliseconds < MailKind.arrivalAlert.life.count {
            let sendsTexts = try await work.sendsTexts(in: input.clinic)
            for reader in input.readers {
                let ways = try await work.ways(of: reader.staff, input.clinic)
                var recipients: [Recipient] = []
                if ways.contains(.email), let email = reader.email {
                    recipients.append(.email(email))
                }
                if ways.contains(.sms), sendsTexts, let phone = reader.phone {
                    recipients.append(.phone(phone))
                }
                if ways.contains(.webhook), let webhook = try await work.webhook(of: reader.staff) {
                    recipients.append(.webhook(webhook))
                }
                for to in recipients {
                    try await work.queueMail(
                        .arrivalAlert,
                        Letter(
                            to: to, language: try await work.language(reader.language),
                            name: reader.name, link: "/", about: clinic.name?.description),
                        clinic: input.clinic)
                    mails += 1
                }
            }
        }
        try await work.decide(
            Alerts.self, StreamName(Category.alert, input.clinic.bits),
            .tellRaised(at: work.at, cause: Int(input.cause), mails: mails))
    }
}

extension Work {
    /// By which ways they want to be told; none where they may not see that waiting area, at the
    /// log's head.
    fileprivate mutating func ways(
        of staff: ID<Staff>, _ clinic: ID<Clinic>
    ) async throws(Refusal) -> Set<MailWay> {
        let chosen = try await load(Alerts.self, StreamName(Category.alert, staff.bits)).state
        guard !chosen.ways.isEmpty, chosen.settings.clinics.contains(clinic) else { return [] }
        let authority = Authority(of: try await load(Staff.self, staff).state)
        return authority.grant(for: .useWaitingArea, in: clinic) == nil ? [] : chosen.ways
    }

    /// Nil where they have none, or were erased.
    fileprivate mutating func webhook(of staff: ID<Staff>) async throws(Refusal) -> AlertWebhook? {
        let stream = StreamName(Category.alert, staff.bits)
        guard let target = try await load(Alerts.self, stream).state.target else { return nil }
        return try await dispatch.open(target, stream, in: log)?.webhook
    }

    /// The one asked for, else the organisation's first.
    mutating func language(
        _ asked: LanguageTag?
    ) async throws(Refusal) -> LanguageTag {
        if let asked { return asked }
        let profile = try await load(Organisation.self, ID(bits: organisation.bits)).state.profile
        return profile?.languages.first ?? .english
    }
}

/// Asks ``AlertPolicy`` again and again, until the server stops.
package struct AlertService: Service {
    let policy: AlertPolicy

    /// How long an arrival waits to be told of at most, where nothing else does.
    static let interval = Duration.seconds(1)

    package init(policy: AlertPolicy) { self.policy = policy }

    package func run() async throws {
        let policy = policy
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await policy.tick()
                do {
                    try await Task.sleep(for: AlertService.interval)
                } catch {
                    break
                }
            }
        }
        try await gracefulShutdown()
    }
}
