import Domain
import Foundation

/// Makes messages of letters.
package struct Letters: Sendable {
    private let address: PublicAddress
    private let from: EmailAddress
    private let fromName: String?

    /// - Parameter settings: nil: there is no server; what is written says so by its address.
    package init(_ address: PublicAddress, _ settings: MailSettings?) {
        self.address = address
        fromName = settings?.fromName
        guard let nobody = EmailAddress("noreply@anteroom.invalid") else {
            preconditionFailure("an address")
        }
        from = settings?.from ?? nobody
    }

    /// Which mail it is, and whose.
    struct Occasion {
        let mail: ID<Mail>
        let queuedAt: Instant
        let profile: OrganisationProfile
    }

    func message(
        _ kind: MailKind, _ letter: Letter, to: EmailAddress, _ occasion: Occasion
    ) -> MailMessage {
        let text = text(kind, letter, occasion)
        let envelope = MailMessage.Envelope(
            mail: occasion.mail, queuedAt: occasion.queuedAt, from: from,
            fromName: fromName ?? occasion.profile.name.description, to: to)
        return MailMessage(
            envelope, subject: text.subject, language: text.language, text: text.body)
    }

    /// UTF-16 units of a text message: what two parts hold on the air, where they leave as UCS-2.
    package static let textMax = 134

    /// What it is about and its link, and nothing else: a mail's subject says as much. Where both
    /// are too long the subject is cut, and never the link.
    func textMessage(
        _ kind: MailKind, _ letter: Letter, to: PhoneNumber, _ occasion: Occasion
    ) -> TextMessage {
        let subject = text(kind, letter, occasion).subject
        let link = letter.link.map { "\n" + address.url($0) } ?? ""
        let room = Letters.textMax - link.utf16.count
        return TextMessage(to: to, text: Letters.cut(subject, units: room) + link)
    }

    /// The whole characters at its beginning that `units` of UTF-16 hold: one of Thai may have
    /// three.
    private static func cut(_ text: String, units: Int) -> String {
        var left = units
        return String(
            text.prefix { character in
                left -= character.utf16.count
                return left >= 0
            })
    }

    /// Says what happened and where, and nothing of whom; nil where it cannot be signed.
    func webhookCall(
        to webhook: AlertWebhook, clinic: ID<Clinic>?, of organisation: ID<Organisation>,
        _ occasion: Occasion
    ) -> WebhookCall? {
        guard let secret = WebhookSecret(webhook.secret) else { return nil }
        let body: JSON = [
            "type": "visit.arrived", "timestamp": .instant(occasion.queuedAt),
            "data": ["organisation": .id(organisation), "clinic": .id(clinic)],
        ]
        return WebhookCall(
            url: webhook.url, secret: secret, id: "\(occasion.mail)", body: body.bytes)
    }

    private func text(_ kind: MailKind, _ letter: Letter, _ occasion: Occasion) -> MailText {
        let organisation = occasion.profile.name.description
        let values: [(String, String?)] = [
            ("name", letter.name), ("from", letter.from), ("about", letter.about),
            ("organisation", organisation), ("link", letter.link.map(address.url)),
            ("until", letter.until.map { Letters.moment($0, occasion.profile.zone) }),
        ]
        let known = values.compactMap { name, value in
            value.map { (name, Letters.oneLine($0)) }
        }
        return MailText(
            kind, letter.language, Dictionary(known, uniquingKeysWith: { one, _ in one }))
    }

    /// What people typed makes no lines of its own in a mail of ours.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// `2026-11-22 19:30 (Europe/Copenhagen)`
    private static func moment(_ at: Instant, _ zone: ZoneName) -> String {
        let table = TimeZone(identifier: zone.description) ?? .gmt
        let date = Date(timeIntervalSince1970: Double(at.milliseconds) / 1000)
        let text = date.formatted(
            Date.ISO8601FormatStyle(timeZone: table).year().month().day()
                .dateTimeSeparator(.space).time(includingFractionalSeconds: false))
        return "\(text.dropLast(3)) (\(table.identifier))"
    }
}
