import API
import Crypto
import Domain
import EventStore
import Projections

/// Rows of projections as the operator may see them: no personal values, clients by pseudonym.
struct Screens {
    typealias Show = (JSON) async throws -> Void

    let views: Views
    private let accessLog: AccessLogReader
    private let vault: any Vault
    /// Drawn for the run and kept nowhere: pseudonyms of two runs cannot be matched.
    private let pseudonymKey = SymmetricKey(size: .bits256)

    init(_ shelf: ViewShelf, _ store: any EventStore, _ vault: any Vault) {
        views = Views(shelf)
        accessLog = AccessLogReader(shelf, store)
        self.vault = vault
    }

    func show(_ screen: ShowCommand.Screen, in log: LogID, _ show: Show) async throws {
        switch screen {
        case .waitingArea: try await waitingArea(in: log, show)
        case .visits: try await visits(in: log, show)
        case .appointments: try await appointments(in: log, show)
        case .directory: try await directory(in: log, show)
        case .accessLog: try await entries(in: log, show)
        }
    }

    /// Clinic by clinic, callers in the order they came.
    private func waitingArea(in log: LogID, _ show: Show) async throws {
        for clinic in try await clinics(in: log) {
            var callers: [CallerRow] = []
            try await pages {
                try await views.waitingArea(of: clinic.clinic, in: log, $0)
            } _: {
                callers.append($0)
            }
            for row in callers {
                let place = WaitingQueue.position(of: row.visit, among: callers)
                try await show(row.screen(log, clinic: clinic.name, place: place))
            }
        }
    }

    private func appointments(in log: LogID, _ show: Show) async throws {
        let clinics = try await clinicNames(in: log)
        try await pages {
            try await views.appointments(in: log, $0)
        } _: { row in
            let client = try await client(of: row, in: log)
            try await show(row.screen(log, clinic: clinics[row.clinic], client: client))
        }
    }

    private func visits(in log: LogID, _ show: Show) async throws {
        let clinics = try await clinicNames(in: log)
        try await pages {
            try await views.visits(in: log, $0)
        } _: { row in
            try await show(row.screen(log, clinic: clinics[row.clinic]))
        }
    }

    /// The organisation, its clinics, its staff by id and role, its clients by pseudonym.
    private func directory(in log: LogID, _ show: Show) async throws {
        guard let organisation = try await views.organisation(in: log).value else { return }
        try await show(organisation.screen)
        let clinics = try await clinics(in: log)
        for clinic in clinics { try await show(clinic.screen(log)) }
        let names = clinicNames(clinics)
        try await pages {
            try await views.staff(in: log, $0)
        } _: { row in
            try await show(row.screen(log, names))
        }
        try await pages {
            try await views.clients(in: log, $0)
        } _: { row in
            var client: String?
            if let shut = row.details, try await isThere(shut) { client = pseudonym(row.client) }
            try await show(row.screen(log, client))
        }
    }

    private func entries(in log: LogID, _ show: Show) async throws {
        var after: Int64?
        while true {
            let page = try await accessLog.entries(in: log, after: after)
            for entry in page.rows { try await show(entry.screen(log)) }
            guard let next = page.next else { return }
            after = next.sort
        }
    }

    // MARK: Names and pseudonyms

    private func clinics(in log: LogID) async throws -> [ClinicRow] {
        var rows: [ClinicRow] = []
        try await pages {
            try await views.clinics(in: log, $0)
        } _: {
            rows.append($0)
        }
        return rows
    }

    private func clinicNames(in log: LogID) async throws -> [ID<Clinic>: String] {
        clinicNames(try await clinics(in: log))
    }

    private func clinicNames(_ rows: [ClinicRow]) -> [ID<Clinic>: String] {
        Dictionary(rows.map { ($0.clinic, $0.name) }, uniquingKeysWith: { one, _ in one })
    }

    /// 32 hexadecimal digits; nil where the record was erased.
    private func client(of row: AppointmentRow, in log: LogID) async throws -> String? {
        guard let shut = row.details,
            let key = try await vault.key(KeyID(bits: shut.sealed.key.bits))
        else { return nil }
        let place = SealPlace(
            log: log, stream: StreamName(Category.appointment, row.appointment.bits),
            type: shut.place.type, field: UInt32(shut.place.field))
        let details = try AppointmentDetails(
            plainBytes: Sealer.open(shut.sealed.bytes, under: key, at: place))
        return pseudonym(details.client)
    }

    private func isThere(_ shut: ShutRecord) async throws -> Bool {
        try await vault.key(KeyID(bits: shut.sealed.key.bits)) != nil
    }

    private func pseudonym(_ client: ID<Client>) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(client.description.utf8), using: pseudonymKey)
        return hexDigits(Array(code)[0..<16])
    }

    /// Row after row of all pages.
    private func pages<Row>(
        _ ask: (PageRequest) async throws -> Page<Row>, _ take: (Row) async throws -> Void
    ) async throws {
        var request: PageRequest? = .first
        while let page = request {
            let answer = try await ask(page)
            for row in answer.rows { try await take(row) }
            request = answer.next.map { PageRequest(after: $0) }
        }
    }
}
