package import Domain

/// Another system's key (ACC-5).
package struct APIKeyRow: Hashable, Sendable {
    package let key: ID<APIKey>
    package let name: String
    /// Names of operations, in order, with commas between them.
    package let scopes: String
    package let madeAt: Instant
    /// Noted once an hour.
    package var usedAt: Instant?
    package var revokedAt: Instant?

    init(_ key: ID<APIKey>, _ made: APIKeyMade) {
        self.key = key
        name = made.name.description
        scopes = made.scopes.map(\.word).joined(separator: ",")
        madeAt = made.at
    }
}

/// A session of remote support (ROLE-4); who asks and why stands sealed in its stream.
package struct SupportRow: Hashable, Sendable {
    package let support: ID<Support>
    package let staff: ID<Staff>
    package let askedAt: Instant
    package var approvedUntil: Instant?
    package var endedAt: Instant?

    init(support: ID<Support>, staff: ID<Staff>, askedAt: Instant) {
        self.support = support
        self.staff = staff
        self.askedAt = askedAt
    }
}

extension APIKeyRow: TableRow {
    package static let table = "api_keys"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = try c.key("key", \.key)
        name = try c("name", \.name)
        scopes = try c("scopes", \.scopes)
        madeAt = try c("made_at", \.madeAt)
        usedAt = try c("used_at", \.usedAt)
        revokedAt = try c("revoked_at", \.revokedAt)
    }
}

extension SupportRow: TableRow {
    package static let table = "supports"
    package var key: ID<Support> { support }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        support = try c.key("support", \.support)
        staff = try c("staff", \.staff)
        askedAt = try c("asked_at", \.askedAt)
        approvedUntil = try c("approved_until", \.approvedUntil)
        endedAt = try c("ended_at", \.endedAt)
    }
}
