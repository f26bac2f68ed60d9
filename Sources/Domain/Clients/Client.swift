/// A patient on file with the clinic.
package enum Client: Decider {
    package struct State: Hashable, Sendable {
        package var exists = false
        /// The record key; the details as they stand in the log, under seal.
        package var key: ID<RecordKey>?
        package var details: Sealed<ClientDetails>?
    }

    package static let initial = State()

    package static func decide(
        _ command: ClientCommand, _ state: State
    ) throws(ClientRejection) -> [ClientEvent] {
        switch command {
        case .register(let at, let details, let completeness, let key):
            guard !state.exists else { throw .clientExists }
            try check(details, completeness)
            return [
                .registered(ClientRegistered(at: at, details: Sealed(details, under: key)))
            ]
        case .change(let at, let details, let before):
            guard state.exists, let key = state.key else { throw .clientUnknown }
            try check(details, .live)
            if details == before { return [] }
            return [.changed(ClientChanged(at: at, details: Sealed(details, under: key)))]
        }
    }

    package static func evolve(_ state: inout State, _ event: ClientEvent) {
        switch event {
        case .registered(let registered): keep(registered.details, &state)
        case .changed(let changed): keep(changed.details, &state)
        }
    }

    private static func keep(_ details: Sealed<ClientDetails>, _ state: inout State) {
        state.exists = true
        state.key = details.key
        state.details = details
    }

    private static func check(
        _ details: ClientDetails, _ completeness: Completeness
    ) throws(ClientRejection) {
        switch completeness {
        case .live: if let field = details.missing { throw .fieldMissing(field) }
        case .history: break
        }
        if let field = details.tooLong {
            throw .fieldTooLong(field, limit: ClientDetails.textMax)
        }
        switch completeness {
        case .live: guard details.isEmailWhole else { throw .emailMalformed }
        case .history:
            guard !(details.externalNumber ?? "").isEmpty || !(details.surname ?? "").isEmpty
            else { throw .nothingKnown }
        }
    }
}
