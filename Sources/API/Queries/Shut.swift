import Domain
import Projections

extension ShutRecord {
    /// As an event holds it.
    func sealed<Record: PersonalRecord>(as record: Record.Type) -> Sealed<Record> { .shut(sealed) }
}
