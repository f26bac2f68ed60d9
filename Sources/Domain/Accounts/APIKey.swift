/// Another system's key: what it may do is a closed list of its own (ACC-5, ROLE-7).
package enum APIKey: Decider {
    /// Unicode scalars.
    package static let nameMax = 100
    /// How often use is noted at most.
    package static let usedPace = Milliseconds.hours(1)

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        package var secretHash: Digest?
        package var scopes: Set<KeyScope> = []
        package var usedAt: Instant?
    }

    package enum Standing: Hashable, Sendable {
        case unknown, good, revoked
    }

    package static let initial = State()

    package static func decide(
        _ command: APIKeyCommand, _ state: State
    ) throws(APIKeyRejection) -> [APIKeyEvent] {
        switch (command, state.standing) {
        case (.make(let at, let name, let scopes, let secretHash), .unknown):
            guard !name.description.isEmpty else { throw .nameMissing }
            guard !scopes.isEmpty else { throw .scopeMissing }
            let scopes = Set(scopes).sorted { $0.rawValue < $1.rawValue }
            return [.made(APIKeyMade(at: at, name: name, scopes: scopes, secretHash: secretHash))]
        case (.make, .good), (.make, .revoked): throw .keyExists
        case (.use, .unknown), (.revoke, .unknown): throw .keyUnknown
        case (.use(let at), .good):
            guard state.wantsNote(at: at) else { return [] }
            return [.used(APIKeyUsed(at: at))]
        case (.revoke(let at), .good): return [.revoked(APIKeyRevoked(at: at))]
        case (.use, .revoked), (.revoke, .revoked): return []
        }
    }

    package static func evolve(_ state: inout State, _ event: APIKeyEvent) {
        switch event {
        case .made(let made):
            state.standing = .good
            state.secretHash = made.secretHash
            state.scopes = Set(made.scopes)
        case .used(let used): state.usedAt = used.at
        case .revoked: state.standing = .revoked
        }
    }
}

extension APIKey.State {
    /// Whether its use now is worth an event.
    package func wantsNote(at now: Instant) -> Bool {
        usedAt.map { $0.adding(APIKey.usedPace) <= now } ?? true
    }
}

/// What can be asked of a key.
package enum APIKeyCommand: Hashable, Sendable {
    case make(at: Instant, name: PublicText, scopes: [KeyScope], secretHash: Digest)
    case use(at: Instant)
    case revoke(at: Instant)
}

/// Why a key refuses.
package enum APIKeyRejection: Rejected {
    case keyUnknown
    case keyExists
    case nameMissing
    case scopeMissing

    package var told: Told {
        switch self {
        case .keyUnknown: Told("keyUnknown", "There is no such key.", field: "key")
        case .keyExists: Told("keyExists", "This key exists.", field: "key")
        case .nameMissing:
            Told("nameMissing", "Name the system the key is for.", field: "name")
        case .scopeMissing:
            Told("scopeMissing", "Name at least one thing it may do.", field: "scopes")
        }
    }
}

/// What a key can be made for: names of operations that a patient record or another system has a
/// use for. Nothing of staff, keys, settings or access logs is among them.
package enum KeyScope: Int, GrowingEnum {
    case clientRegister = 0
    case clientChange = 1
    case clientRead = 2
    case clientsSearch = 3
    case appointmentBook = 4
    case appointmentCancel = 5
    case appointmentDone = 6
    case appointmentNoShow = 7
    case appointmentsRead = 8
    case visitOpen = 9
    case visitsRead = 10
    case clinicsRead = 11
    case answersRead = 12
    case reportRead = 13

    package var operation: Operation {
        switch self {
        case .clientRegister: .clientRegister
        case .clientChange: .clientChange
        case .clientRead: .clientRead
        case .clientsSearch: .clientsSearch
        case .appointmentBook: .appointmentBook
        case .appointmentCancel: .appointmentCancel
        case .appointmentDone: .appointmentDone
        case .appointmentNoShow: .appointmentNoShow
        case .appointmentsRead: .appointmentsRead
        case .visitOpen: .visitOpen
        case .visitsRead: .visitsRead
        case .clinicsRead: .clinicsRead
        case .answersRead: .answersRead
        case .reportRead: .reportRead
        }
    }

    /// The operation's name: `appointment.book`.
    package var word: String { operation.rawValue }
}
