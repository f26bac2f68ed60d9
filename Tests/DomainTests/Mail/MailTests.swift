import Domain
import Testing

@Suite("Mail") struct MailTests {
    private static let letter = Letter(
        to: .email(EmailAddress("ada@example.org")!), language: LanguageTag("en")!)
    private static let key: ID<RecordKey> = id(7)
    private static let queue = MailCommand.queue(
        at: second(0), kind: .clinicLink, clinic: id(1), letter: letter, key: key)
    private static let queued = MailEvent.queued(
        MailQueued(
            at: second(0), kind: .clinicLink, clinic: id(1), letter: Sealed(letter, under: key)))

    private func failed(_ attempt: Int, at: Instant, again: Instant) -> MailEvent {
        .failed(
            MailFailed(
                at: at, attempt: attempt, fault: .refusedForNow, reply: 451, again: again))
    }

    @Test("ACC-1 a mail is sent once, whatever is told of it afterwards")
    func once() {
        let sent = MailEvent.sent(MailSent(at: second(1), attempt: 1))
        Given<Mail>().when(Self.queue).then(Self.queued)
            .when(.tellSent(at: second(1), attempt: 1)).then(sent)
        let commands: [MailCommand] = [
            .tellSent(at: second(2), attempt: 2),
            .tellFailed(at: second(2), attempt: 2, fault: .refused, reply: 550),
            .tellCaptured(at: second(2), cause: .noServer),
        ]
        let ends: [MailEvent] = [
            sent,
            .givenUp(MailGivenUp(at: second(1), attempt: 1, fault: .refused, reply: 550)),
            .captured(MailCaptured(at: second(1), cause: .noServer)),
        ]
        for command in commands {
            Given<Mail>().when(command).refused(.mailUnknown)
            for end in ends { Given<Mail>(Self.queued, end).when(command).refused(.mailSettled) }
        }
        Given<Mail>(Self.queued).when(Self.queue).refused(.mailExists)
        Given<Mail>(Self.queued).when(.tellSent(at: second(1), attempt: 2))
            .refused(.attemptNotNext)
    }

    @Test("ACC-1 what may pass is tried again after ever longer pauses, for a day; the rest is not")
    func pauses() throws {
        Given<Mail>(Self.queued)
            .when(.tellFailed(at: second(1), attempt: 1, fault: .refused, reply: 550))
            .then(.givenUp(MailGivenUp(at: second(1), attempt: 1, fault: .refused, reply: 550)))
        var events = [Self.queued]
        var state = Mail.fold(events)
        var due: [Int64] = []
        while let at = state.dueAt, events.count < 100 {
            due.append(at.milliseconds)
            let more = try Mail.decide(
                .tellFailed(
                    at: at, attempt: state.attempts + 1, fault: .noConnection, reply: nil), state)
            events += more
            state = Mail.fold(more, into: state)
        }
        let steps = zip(due.dropFirst(), due).map { $0 - $1 }
        #expect(steps.starts(with: Mail.pauses.map(\.count)))
        #expect(steps == steps.sorted() && steps.last == Mail.pauses.last?.count)
        let last = try #require(due.last)
        #expect(last - second(0).milliseconds <= MailKind.clinicLink.life.count)
        #expect(state.phase == .settled)
        guard case .givenUp(let end) = events.last else {
            Issue.record("not given up")
            return
        }
        #expect(end.attempt == due.count)
    }

    @Test("WA-11 an alert is worth half an hour")
    func life() {
        let queued = MailEvent.queued(
            MailQueued(
                at: second(0), kind: .arrivalAlert, letter: Sealed(Self.letter, under: Self.key)))
        let at = Instant(milliseconds: second(0).milliseconds + 29 * 60_000 + 1)
        Given<Mail>(queued)
            .when(.tellFailed(at: at, attempt: 1, fault: .noConnection, reply: nil))
            .then(.givenUp(MailGivenUp(at: at, attempt: 1, fault: .noConnection)))
    }

    @Test(
        "WA-10 addresses a mail can go to",
        arguments: [
            "ada@example.org", "Ada.Lovelace+x@EXAMPLE.org", "o'neil@a-b.example.co.uk",
            "1@2.example", "!#$%&'*+-/=?^_`{|}~@example.org",
            String(repeating: "a", count: 64) + "@example.org",
        ])
    func addresses(text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.text == text)
        #expect(address.domain == text.split(separator: "@").last?.lowercased())
    }

    @Test(
        "WA-10 and what is none",
        arguments: [
            "", "@", "ada", "ada@", "@example.org", "ada@example", "ada@@example.org",
            "ada @example.org", "ada@exa mple.org", ".ada@example.org", "a..b@example.org",
            "ada.@example.org", "ada@-x.org", "ada@x-.org", "ada@.org", "ada@example.org.",
            "ada@exam_ple.org", "ada@[127.0.0.1]", "\"ada\"@example.org", "åda@example.org",
            "ada@exåmple.org", "ada@example.org\n", "ada@example.org\r\nRCPT TO:<eve@example.org>",
            "<ada@example.org>", "ada@example.org,eve@example.org", "ada@example.org\u{0}",
            String(repeating: "a", count: 65) + "@example.org",
            "a@" + String(repeating: "b.", count: 126) + "org",
            "a@" + String(repeating: "b", count: 64) + ".org",
        ])
    func noAddresses(text: String) { #expect(EmailAddress(text) == nil) }

    @Test(
        "WA-10 a number is written as E.164 has it, whatever people put between its digits",
        arguments: [
            "+4512345678", "+45 12 34 56 78", "+45-1234-5678", "+45 (12) 34.56/78",
        ])
    func numbers(text: String) { #expect(PhoneNumber(text)?.text == "+4512345678") }

    @Test(
        "WA-10 what is no number with its country is none",
        arguments: [
            "", "+", "12345678", "004512345678", "+0451234567", "+123456", "+1234567890123456",
            "+45 1234567a", "+45 12345678\u{0}", "+44 (0)20 7946 0958", "+٤٥١٢٣٤٥٦٧٨",
            " +4512345678",
            "+45" + String(repeating: " ", count: 40) + "12345678",
        ])
    func noNumbers(text: String) { #expect(PhoneNumber(text) == nil) }

    @Test("WA-10 a letter to a telephone says that it leaves as a text message, and no other does")
    func ways() throws {
        let number = try #require(PhoneNumber("+4512345678"))
        let letter = Letter(to: .phone(number), language: Self.letter.language)
        Given<Mail>()
            .when(
                .queue(
                    at: second(0), kind: .clinicLink, clinic: id(1), letter: letter, key: Self.key)
            )
            .then(
                .queued(
                    MailQueued(
                        at: second(0), kind: .clinicLink, clinic: id(1),
                        letter: Sealed(letter, under: Self.key), by: .sms)))
        #expect(letter.to == .phone(number))
    }
}

@Suite("Alerts") struct AlertSettingsTests {
    private static let english = LanguageTag("en")!

    @Test("WA-11 settings are saved whole, within bounds, and saving the same changes nothing")
    func settings() {
        let settings = AlertSettings(clinics: [id(1), id(2)], byMail: true, sound: false)
        Given<Alerts>().when(.set(at: second(1), settings))
            .then(.set(AlertsSet(at: second(1), settings: settings)))
            .when(.set(at: second(2), settings)).then()
        Given<Alerts>().when(.set(at: second(1), .none)).then()
        let twice = AlertSettings(clinics: [id(1), id(1)], byMail: true, sound: false)
        Given<Alerts>().when(.set(at: second(1), twice)).refused(.clinicNamedTwice)
        let many = AlertSettings(clinics: (0...100).map { id($0) }, byMail: true, sound: false)
        Given<Alerts>().when(.set(at: second(1), many)).refused(.tooManyClinics(limit: 100))
    }

    @Test("WA-11 a webhook is set, set anew and taken away; what is gone is asked no more")
    func webhook() {
        let key: ID<RecordKey> = id(7)
        func hook(_ url: String) -> AlertWebhook {
            AlertWebhook(staff: id(1), url: url, secret: "whsec_AA==")
        }
        func set(_ url: String, at: Instant) -> AlertEvent {
            .webhookSet(
                AlertWebhookSet(at: at, target: Sealed(AlertTarget(hook(url)), under: key)))
        }
        let (first, other) = ("https://hooks.example.org/a", "https://hooks.example.org/b")
        let removed = AlertEvent.webhookRemoved(AlertWebhookRemoved(at: second(3), isGone: true))
        Given<Alerts>().when(.removeWebhook(at: second(1), isGone: false)).then()
            .when(.setWebhook(at: second(1), hook(first), key: key))
            .then(set(first, at: second(1)))
            // Each has a secret of its own: the same again is another.
            .when(.setWebhook(at: second(2), hook(first), key: key))
            .then(set(first, at: second(2)))
            .when(.setWebhook(at: second(2), hook(other), key: key))
            .then(set(other, at: second(2)))
            .when(.removeWebhook(at: second(3), isGone: true)).then(removed)
            .when(.removeWebhook(at: second(4), isGone: false)).then()
    }

    @Test("WA-11 by which ways somebody is told follows from what they chose, each by itself")
    func ways() {
        let key: ID<RecordKey> = id(7)
        let hook = AlertWebhook(staff: id(1), url: "https://a.example/", secret: "whsec_AA==")
        for choice in 0..<8 {
            let (byMail, bySMS, byHook) = (choice & 1 != 0, choice & 2 != 0, choice & 4 != 0)
            var events: [AlertEvent] = [
                .set(
                    AlertsSet(
                        at: second(1),
                        settings: AlertSettings(
                            clinics: [id(1)], byMail: byMail, sound: true, bySMS: bySMS)))
            ]
            if byHook {
                events.append(
                    .webhookSet(
                        AlertWebhookSet(
                            at: second(2), target: Sealed(AlertTarget(hook), under: key))))
            }
            let ways = Alerts.fold(events).ways
            #expect(ways.contains(.email) == byMail)
            #expect(ways.contains(.sms) == bySMS)
            #expect(ways.contains(.webhook) == byHook)
        }
    }

    @Test("WA-11 what answered that it is gone is given up at once")
    func gone() {
        let letter = Letter(
            to: .webhook(AlertWebhook(staff: id(1), url: "https://a.example/", secret: "whsec_")),
            language: Self.english)
        let key: ID<RecordKey> = id(7)
        Given<Mail>()
            .when(
                .queue(at: second(0), kind: .arrivalAlert, clinic: id(1), letter: letter, key: key)
            )
            .then(
                .queued(
                    MailQueued(
                        at: second(0), kind: .arrivalAlert, clinic: id(1),
                        letter: Sealed(letter, under: key), by: .webhook))
            )
            .when(.tellFailed(at: second(1), attempt: 1, fault: .gone, reply: 410))
            .then(.givenUp(MailGivenUp(at: second(1), attempt: 1, fault: .gone, reply: 410)))
    }
}
