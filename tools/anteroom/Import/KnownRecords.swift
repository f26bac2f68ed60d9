import API
import Domain
import EventStore
import Projections

/// Whom and what an organisation has already: an earlier file's clinics by name, staff and clients
/// by their number in the other system. Of several with one number, the first by id is taken.
struct KnownRecords {
    let clinics: [String: ID<Clinic>]
    private let people: ClientIndex?
    private let log: LogID

    /// Events read at once.
    private static let page = 4_096

    /// - Parameter isNew: the organisation was made just now, and has nothing.
    init(of organisation: ID<Organisation>, in installation: Installation, isNew: Bool) async throws
    {
        log = LogID(bits: organisation.bits)
        people = isNew ? nil : installation.clients
        var names: [ID<Clinic>: String] = [:]
        var next: Int64 = 0
        while !isNew {
            let page = try installation.store.read(log, from: next, limit: KnownRecords.page)
            guard let last = page.last else { break }
            next = last.position + 1
            for event in page where event.stream.category == Category.clinic {
                let id = ID<Clinic>(bits: event.stream.id)
                switch try EventCoding.decode(event) as ClinicEvent {
                case .created(let created): names[id] = created.name.description
                case .renamed(let renamed): names[id] = renamed.name.description
                case .closed, .reopened, .adminSeated, .adminUnseated, .addOnsSet, .waitingAreaSet,
                    .waitingAreaSwitched:
                    continue
                }
            }
        }
        let byID = names.sorted { $0.key < $1.key }.map { ($0.value, $0.key) }
        clinics = Dictionary(byID, uniquingKeysWith: { first, _ in first })
    }

    func client(_ number: String) async throws(Refusal) -> ID<Client>? {
        try await people?.clients(withNumber: number, in: log, limit: 1).first
    }

    func staff(_ number: String) async throws(Refusal) -> ID<Staff>? {
        try await people?.staff(withNumber: number, in: log, limit: 1).first
    }
}
