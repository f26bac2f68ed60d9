import Domain
import EventStore
import Projections

/// What events say about whose a record is, for the keyed index: the tie between a person and a
/// record stands under seal, in the record or in the one it belongs to (ANON-3).
struct ClientTies: Sendable {
    let store: any EventStore
    let vault: any Vault

    /// What terms of the index are for; `client` leads to records.
    enum Kind {
        static let number: Word = "client.number"
        static let email: Word = "client.email"
        static let staffNumber: Word = "staff.number"
        static let staffEmail: Word = "staff.email"
        static let appointments: Word = "client.bookings"
        static let visits: Word = "client.visits"
        static let answers: Word = "client.answers"
    }

    /// By kind, the streams whose ids it leads to.
    static let records: [(kind: Word, category: Word)] = [
        (Kind.appointments, Category.appointment), (Kind.visits, Category.visit),
        (Kind.answers, Category.answers),
    ]

    func number(_ number: String, in log: LogID) -> IndexTerm {
        IndexTerm(Kind.number, number.utf8, log: log, vault: vault)
    }

    /// Of an address as it is compared: letters of either case are one, spaces around it none.
    func email(_ address: String, in log: LogID) -> IndexTerm {
        let spaces: Set<Character> = [" ", "\t", "\n", "\r"]
        let bare = address.drop(while: spaces.contains)
        let end = bare.lastIndex { !spaces.contains($0) }.map { bare.index(after: $0) }
        let text = bare[..<(end ?? bare.startIndex)].lowercased()
        return IndexTerm(Kind.email, text.utf8, log: log, vault: vault)
    }

    func staffNumber(_ number: String, in log: LogID) -> IndexTerm {
        IndexTerm(Kind.staffNumber, number.utf8, log: log, vault: vault)
    }

    func staffEmail(_ address: SoughtAddress, in log: LogID) -> IndexTerm {
        IndexTerm(Kind.staffEmail, address.text.utf8, log: log, vault: vault)
    }

    func records(_ kind: Word, of client: ID<Client>, in log: LogID) -> IndexTerm {
        IndexTerm(kind, id: client.bits, log: log, vault: vault)
    }

    /// What an event changes in the index. Of a record whose key is gone nothing is known.
    func changes(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        switch event.stream.category {
        case Category.client: try await client(event)
        case Category.appointment: try await appointment(event)
        case Category.visit: try await visit(event)
        case Category.answers: try await answers(event)
        case Category.staff: try await staff(event)
        default: []
        }
    }

    private func client(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        let sealed: Sealed<ClientDetails> =
            switch try Coding.event(event, as: ClientEvent.self) {
            case .registered(let registered): registered.details
            case .changed(let changed): changed.details
            }
        let record = event.stream.id
        let details = try await open(sealed, event.stream, event.log)
        var changes: [IndexChange] = [.forget(record: record)]
        if let number = details?.externalNumber {
            changes.append(.add(self.number(number, in: event.log), record: record))
        }
        if let address = details?.email {
            changes.append(.add(email(address, in: event.log), record: record))
        }
        return changes
    }

    private func staff(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        let sealed: Sealed<StaffProfile>
        let record = event.stream.id
        switch try Coding.event(event, as: StaffEvent.self) {
        case .invited(let invited): sealed = invited.profile
        case .profileChanged(let changed): sealed = changed.profile
        case .removed: return [.forget(record: record)]
        case .accepted, .roleGiven, .roleTaken, .practitionerMarked, .practitionerUnmarked,
            .suspended, .restored, .tokenIssued, .tokenRevoked, .photoSet, .photoRemoved:
            return []
        }
        let profile = try await open(sealed, event.stream, event.log)
        var changes = [IndexChange.forget(record: record)]
        if let number = profile?.externalNumber {
            changes.append(.add(staffNumber(number, in: event.log), record: record))
        }
        if let address = profile?.email.flatMap(SoughtAddress.init) {
            changes.append(.add(staffEmail(address, in: event.log), record: record))
        }
        return changes
    }

    private func appointment(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        switch try Coding.event(event, as: AppointmentEvent.self) {
        case .booked(let booked):
            let client = try await open(booked.details, event.stream, event.log)?.client
            return tie(client, Kind.appointments, event.stream.id, event.log)
        case .done(let done):
            guard let visit = done.visit else { return [] }
            let client = try await client(of: ID<Appointment>(bits: event.stream.id), in: event.log)
            return tie(client, Kind.visits, visit.bits, event.log)
        case .noShow, .cancelled, .visited, .questionnaireMarked: return []
        }
    }

    private func visit(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        guard case .arrived(let arrived) = try Coding.event(event, as: VisitEvent.self) else {
            return []
        }
        let client = try await client(of: arrived, event.stream, event.log)
        return tie(client, Kind.visits, event.stream.id, event.log)
    }

    private func answers(_ event: RecordedEvent) async throws(Refusal) -> [IndexChange] {
        switch try Coding.event(event, as: AnswersEvent.self) {
        case .given(let given):
            var client: ID<Client>?
            if let appointment = given.appointment {
                client = try await self.client(of: appointment, in: event.log)
            }
            if client == nil, let visit = given.visit {
                client = try await self.client(of: visit, in: event.log)
            }
            return tie(client, Kind.answers, event.stream.id, event.log)
        }
    }

    private func tie(
        _ client: ID<Client>?, _ kind: Word, _ record: UInt128, _ log: LogID
    ) -> [IndexChange] {
        guard let client else { return [] }
        return [.add(records(kind, of: client, in: log), record: record)]
    }

    // MARK: Whose it is

    /// Whose record a stream is of, by its first `events`; nil where nobody on file is named, or it
    /// was erased.
    func owner(
        of stream: StreamName, events: [RecordedEvent], in log: LogID
    ) async throws(Refusal) -> ID<Client>? {
        switch stream.category {
        case Category.client: return ID(bits: stream.id)
        case Category.appointment: return try await client(ofAppointment: events, stream, log)
        case Category.visit: return try await client(ofVisit: events, stream, log)
        case Category.answers:
            for event in events {
                switch try Coding.event(event, as: AnswersEvent.self) {
                case .given(let given):
                    if let appointment = given.appointment,
                        let client = try await client(of: appointment, in: log)
                    {
                        return client
                    }
                    if let visit = given.visit { return try await client(of: visit, in: log) }
                }
            }
            return nil
        default: return nil
        }
    }

    private func client(
        of appointment: ID<Appointment>, in log: LogID
    ) async throws(Refusal) -> ID<Client>? {
        let stream = StreamName(of: appointment)
        return try await client(ofAppointment: page(stream, log), stream, log)
    }

    private func client(
        ofAppointment events: [RecordedEvent], _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> ID<Client>? {
        for event in events {
            if case .booked(let booked) = try Coding.event(event, as: AppointmentEvent.self) {
                return try await open(booked.details, stream, log)?.client
            }
        }
        return nil
    }

    private func client(of visit: ID<Visit>, in log: LogID) async throws(Refusal) -> ID<Client>? {
        let stream = StreamName(of: visit)
        return try await client(ofVisit: page(stream, log), stream, log)
    }

    private func client(
        ofVisit events: [RecordedEvent], _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> ID<Client>? {
        for event in events {
            if case .arrived(let arrived) = try Coding.event(event, as: VisitEvent.self) {
                return try await client(of: arrived, stream, log)
            }
        }
        return nil
    }

    private func client(
        of arrived: CallerArrived, _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> ID<Client>? {
        if let client = try await open(arrived.entry, stream, log)?.client { return client }
        guard let appointment = arrived.appointment else { return nil }
        return try await client(of: appointment, in: log)
    }

    private func page(
        _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> [RecordedEvent] {
        do {
            return try await store.readStream(stream, in: log, from: 0, limit: Loader.page)
        } catch {
            throw .read(error)
        }
    }

    /// Nil where it was erased.
    private func open<Record: OpenedRecord>(
        _ sealed: Sealed<Record>, _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> Record? {
        guard case .shut(let bytes) = sealed else { return nil }
        let key: VaultKey?
        do {
            key = try await vault.key(KeyID(bits: bytes.key.bits))
        } catch {
            throw .vault(error)
        }
        guard let key else { return nil }
        return try Coding.open(bytes, as: Record.self, under: key, stream, in: log)
    }
}
