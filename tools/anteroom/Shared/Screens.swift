import API
import Crypto
import Domain
import EventStore
import Projections

/// Rows of projections as the operator may see them: no personal values, clients by pseudonym.
struct Screens {
    let views: Views
    let vault: any Vault
    /// Drawn for the run and kept nowhere: pseudonyms of two runs cannot be matched.
    private let pseudonymKey = SymmetricKey(size: .bits256)

    init(views: Views, vault: any Vault) {
        self.views = views
        self.vault = vault
    }

    func appointments(in log: LogID, _ show: (JSON) -> Void) async throws {
        let clinics = try await clinicNames(in: log)
        var request: PageRequest? = .first
        while let page = request {
            let answer = try await views.appointments(in: log, page)
            for row in answer.rows {
                show([
                    "organisation": .string(log.description),
                    "appointment": .string(row.appointment.description),
                    "day": .string(row.day.description),
                    "time": row.clock.map { .string($0.description) },
                    "zone": .string(row.zone), "start": instant(row.start),
                    "minutes": row.minutes.map { .integer(Int64($0)) },
                    "clinic": clinics[row.clinic].map(JSON.string),
                    "practitioner": row.practitioner.map { .string($0.description) },
                    "client": try await client(of: row, in: log).map(JSON.string),
                    "status": .string(row.status.word), "bookedAt": instant(row.bookedAt),
                    "settledAt": instant(row.settledAt),
                    "visit": row.visit.map { .string($0.description) },
                ])
            }
            request = answer.next.map { PageRequest(after: $0) }
        }
    }

    func visits(in log: LogID, _ show: (JSON) -> Void) async throws {
        let clinics = try await clinicNames(in: log)
        var request: PageRequest? = .first
        while let page = request {
            let answer = try await views.visits(in: log, page)
            for row in answer.rows {
                show([
                    "organisation": .string(log.description),
                    "visit": .string(row.visit.description),
                    "clinic": clinics[row.clinic].map(JSON.string),
                    "openedAt": instant(row.openedAt), "waitingFrom": instant(row.waitingFrom),
                    "beingSeenAt": instant(row.beingSeenAt), "endedAt": instant(row.endedAt),
                    "practitioner": row.practitioner.map { .string($0.description) },
                    "outcome": .string(row.outcome.rawValue),
                    "waitSeconds": row.wait.map { .integer($0.count / 1000) },
                    "transfers": .integer(Int64(row.transfers)),
                    "appointment": row.appointment.map { .string($0.description) },
                ])
            }
            request = answer.next.map { PageRequest(after: $0) }
        }
    }

    private func instant(_ instant: Instant?) -> JSON? { instant.map { .string($0.description) } }

    private func clinicNames(in log: LogID) async throws -> [ID<Clinic>: String] {
        var names: [ID<Clinic>: String] = [:]
        var request: PageRequest? = .first
        while let page = request {
            let answer = try await views.clinics(in: log, page)
            for row in answer.rows { names[row.clinic] = row.name }
            request = answer.next.map { PageRequest(after: $0) }
        }
        return names
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
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(details.client.description.utf8), using: pseudonymKey)
        return hexadecimal(Array(code)[0..<16])
    }
}

extension AppointmentStatus {
    /// As the issue names them.
    var word: String {
        switch self {
        case .booked: "booked"
        case .done: "done"
        case .noShow: "noShow"
        case .cancelled: "cancelled"
        }
    }
}
