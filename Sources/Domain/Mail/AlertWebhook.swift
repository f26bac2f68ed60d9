/// Where alerts of one staff member go as signed requests (WA-11). Personal: stands in sealed
/// records alone, under the key of theirs.
package struct AlertWebhook: Hashable, Sendable {
    package let staff: ID<Staff>
    /// https.
    package let url: String
    /// What requests are signed with, as their programs are given it: `whsec_` and base64.
    package let secret: String

    package static let textMax = 500

    package init(staff: ID<Staff>, url: String, secret: String) {
        self.staff = staff
        self.url = url
        self.secret = secret
    }
}

extension AlertWebhook: PersonalStruct {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        staff = try f(1, "staff", \.staff)
        url = try f(2, "url", \.url)
        secret = try f(3, "secret", \.secret)
    }
}

/// A webhook as it stands in the stream of alerts.
package struct AlertTarget: Hashable, Sendable {
    package let webhook: AlertWebhook

    package init(_ webhook: AlertWebhook) { self.webhook = webhook }
}

extension AlertTarget: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        webhook = try f(1, "webhook", \.webhook)
    }
}

/// A staff member wants alerts sent to a program of theirs.
package struct AlertWebhookSet: Hashable, Sendable {
    package let at: Instant
    package let target: Sealed<AlertTarget>

    package init(at: Instant, target: Sealed<AlertTarget>) {
        self.at = at
        self.target = target
    }
}

extension AlertWebhookSet: Event {
    package static let name = "alert.webhook-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        target = try f(2, "target", \.target)
    }
}

/// Nothing is sent there any more: they said so, or what is there did.
package struct AlertWebhookRemoved: Hashable, Sendable {
    package let at: Instant
    /// It answered that it is gone (410).
    package let isGone: Bool

    package init(at: Instant, isGone: Bool) {
        self.at = at
        self.isGone = isGone
    }
}

extension AlertWebhookRemoved: Event {
    package static let name = "alert.webhook-removed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        isGone = try f(2, "is_gone", \.isGone)
    }
}
