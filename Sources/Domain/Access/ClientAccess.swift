/// Who looked at records of one client in one year, once those records are anonymised (AUD-2).
///
/// While a record lives, the looks at it stand in the access streams of their days and are found
/// through its key. Before that key is destroyed, who and when are carried over to here, sealed
/// under a key of this client and year; at which record is not, and no moment finer than a day,
/// which with the name would lead back to the entry and its key. That key goes when the retention
/// of access logs ends.
package enum ClientAccess: Decider {
    /// Looks in one commit.
    package static let looksMax = 256

    package struct State: Hashable, Sendable {
        package var looks = 0
        /// The key of the client and year; nil before the first.
        package var key: ID<RecordKey>?
    }

    package static let initial = State()

    package static func decide(
        _ command: ClientAccessCommand, _ state: State
    ) throws(ClientAccessRejection) -> [ClientAccessEvent] {
        switch command {
        case .carry(let at, let looks, let fresh):
            guard looks.count <= looksMax else { throw .tooManyLooks(limit: looksMax) }
            let key = state.key ?? fresh
            return looks.map { .carried(AccessCarried(at: at, look: Sealed($0, under: key))) }
        }
    }

    package static func evolve(_ state: inout State, _ event: ClientAccessEvent) {
        switch event {
        case .carried(let carried):
            state.looks += 1
            state.key = carried.look.key
        }
    }
}

/// What can be asked of a client's access stream.
package enum ClientAccessCommand: Hashable, Sendable {
    /// - Parameter key: what the looks are sealed under where the stream is empty.
    case carry(at: Instant, [PastAccess], key: ID<RecordKey>)
}

/// Why it refuses.
package enum ClientAccessRejection: Rejected {
    case tooManyLooks(limit: Int)

    package var told: Told {
        switch self {
        case .tooManyLooks(let limit):
            Told("tooManyLooks", "At most \(limit) looks in one commit.", limit: limit)
        }
    }
}
