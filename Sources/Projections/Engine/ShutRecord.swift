package import Domain
package import EventStore

/// A personal record as a row carries it: shut, with what is needed to open it. The stream is the
/// row's own; the key decides whether anybody still can.
package struct ShutRecord: Hashable, Sendable {
    /// The event and field it stood in: both are bound into its seal.
    package let place: Place
    package let sealed: SealedBytes

    /// Nil where it is open, which nothing that comes from a log is.
    package init?<Record: PersonalRecord>(_ record: Sealed<Record>, _ place: Place) {
        guard case .shut(let sealed) = record else { return nil }
        self.place = place
        self.sealed = sealed
    }

    init(_ place: Place, _ sealed: SealedBytes) {
        self.place = place
        self.sealed = sealed
    }

    /// Every field a row carries sealed. Numbers are in digests: for ever.
    package enum Place: UInt8, CaseIterable, Sendable {
        case visitEntry = 1
        case appointmentDetails = 2
        case clientRegistered = 3
        case clientChanged = 4
        case staffInvited = 5
        case staffProfileChanged = 6

        package var type: EventType {
            switch self {
            case .visitEntry: "visit.arrived"
            case .appointmentDetails: "appointment.booked"
            case .clientRegistered: "client.registered"
            case .clientChanged: "client.changed"
            case .staffInvited: "staff.invited"
            case .staffProfileChanged: "staff.profile-changed"
            }
        }

        /// The field's number within the event.
        package var field: Int {
            switch self {
            case .visitEntry: 3
            case .appointmentDetails: 5
            case .clientRegistered, .clientChanged, .staffInvited, .staffProfileChanged: 2
            }
        }
    }
}

extension ShutRecord: ColumnValue {
    package static var storage: ColumnStorage { .blob }
    package static var placeholder: ShutRecord {
        ShutRecord(.visitEntry, SealedBytes(key: ID(bits: 0), bytes: []))
    }

    /// `place, 1 byte ‖ key, 16 bytes ‖ sealed bytes`
    package func bind(to binder: inout Binder) {
        var bytes: [UInt8] = [place.rawValue]
        bytes.reserveCapacity(17 + sealed.bytes.count)
        withUnsafeBytes(of: sealed.key.bits.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: sealed.bytes)
        bytes.withUnsafeBytes { binder.bind(blob: $0) }
    }

    package static func read(from cell: Cell) throws(ViewError) -> ShutRecord {
        let blob = try cell.blob()
        guard blob.count >= 17, let place = Place(rawValue: blob[0]) else { throw cell.wrong }
        let key = UInt128(bigEndian: blob.loadUnaligned(fromByteOffset: 1, as: UInt128.self))
        return ShutRecord(
            place, SealedBytes(key: ID(bits: key), bytes: Array(blob.dropFirst(17))))
    }
}
