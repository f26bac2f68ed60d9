/// What can happen to another system's key. Source: ACC-5.
package enum APIKeyEvent: Hashable, Sendable {
    case made(APIKeyMade)
    case used(APIKeyUsed)
    case revoked(APIKeyRevoked)
}

extension APIKeyEvent: EventFamily {
    package static let category = "api-key"
    package static let members = Members<APIKeyEvent>(
        Member(APIKeyMade.self, APIKeyEvent.made),
        Member(APIKeyUsed.self, APIKeyEvent.used),
        Member(APIKeyRevoked.self, APIKeyEvent.revoked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .made(let event): try visitor.visit(event)
        case .used(let event): try visitor.visit(event)
        case .revoked(let event): try visitor.visit(event)
        }
    }
}

/// A key was made and shown once; only its secret's hash is here, and the secret is random.
package struct APIKeyMade: Hashable, Sendable {
    package let at: Instant
    /// What the organisation calls the system it is for.
    package let name: PublicText
    /// All it may do, in order.
    package let scopes: [KeyScope]
    /// SHA-256 of the secret.
    package let secretHash: Digest

    package init(at: Instant, name: PublicText, scopes: [KeyScope], secretHash: Digest) {
        self.at = at
        self.name = name
        self.scopes = scopes
        self.secretHash = secretHash
    }
}

extension APIKeyMade: Event {
    package static let name = "api-key.made"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
        scopes = try f(3, "scopes", \.scopes)
        secretHash = try f(4, "secret_hash", \.secretHash)
    }
}

/// It was used; noted once an hour at most.
package struct APIKeyUsed: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension APIKeyUsed: Event {
    package static let name = "api-key.used"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// It is good no more.
package struct APIKeyRevoked: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension APIKeyRevoked: Event {
    package static let name = "api-key.revoked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}
