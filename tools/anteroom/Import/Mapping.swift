import Foundation

/// How a file of history is to be read: whose it is, and what its columns mean. Source:
/// docs/import.md.
struct Mapping: Decodable {
    struct Organisation: Decodable {
        let name: String
        /// Unique in the installation; an organisation that has it is taken, not made again.
        let subdomain: String
        /// IANA time zone of every local time in the file.
        let zone: String
        let administrator: Person
    }

    struct Person: Decodable {
        let givenName: String
        let surname: String
        let email: String
    }

    enum Delimiter: String, Decodable {
        case comma, tab

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .tab: UInt8(ascii: "\t")
            }
        }
    }

    /// A clinic named by a column, or one for the whole file.
    struct ClinicName: Decodable {
        let column: String?
        let name: String?
    }

    struct Appointments: Decodable {
        let clinic: ClinicName
        /// The client's number in the other system.
        let client: String
        /// Local date and time, `2016-04-29T18:38:08`; a `Z` behind it is not believed.
        let bookedAt: String
        /// Local date, `2016-04-29`; what follows is not looked at.
        let day: String
        let outcome: String
        /// Values of the outcome's column.
        let done: [String]
        let noShow: [String]
    }

    struct Visits: Decodable {
        let clinic: ClinicName
        /// Local date, `990131` or `1999-01-31`.
        let date: String
        /// Local times of day, `9:31:30`, in the order of a visit.
        let openedAt: String
        let answeredAt: String
        let waitingFrom: String
        let waitingTo: String
        let seenFrom: String
        let endedAt: String
        /// The caller's number in another system; `unknownCaller` where there is none.
        let caller: String
        let unknownCaller: [String]
        let practitioner: String
        /// Names to be put in another's place, such as `NO_SERVER`: `not recorded`.
        let practitionerNames: [String: String]
        let outcome: String
        let seen: [String]
        let gaveUp: [String]
        let none: [String]
    }

    let organisation: Organisation
    let delimiter: Delimiter
    let appointments: Appointments?
    let visits: Visits?

    /// - Throws: ``ImportError/mapping(_:)`` with what is missing or wrong, by key.
    static func read(_ url: URL) throws(ImportError) -> Mapping {
        do {
            let mapping = try JSONDecoder().decode(Mapping.self, from: Data(contentsOf: url))
            guard TimeZone(identifier: mapping.organisation.zone) != nil else {
                throw ImportError.mapping(
                    "organisation.zone: no time zone «\(mapping.organisation.zone)»")
            }
            return mapping
        } catch let error as ImportError {
            throw error
        } catch let DecodingError.keyNotFound(key, context) {
            throw .mapping("\(path(context.codingPath + [key])) is missing")
        } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(
            _, context)
        {
            throw .mapping("\(path(context.codingPath)): \(context.debugDescription)")
        } catch let DecodingError.dataCorrupted(context) {
            throw .mapping("\(path(context.codingPath)): \(context.debugDescription)")
        } catch {
            throw .mapping("\(url.path): \(error.localizedDescription)")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the file" : keys.map(\.stringValue).joined(separator: ".")
    }
}

/// Why an import cannot go on at all; single rows are refused, not thrown.
enum ImportError: Error, Hashable, CustomStringConvertible {
    case mapping(String)
    case file(String)
    /// The header lacks a column that the mapping names.
    case column(String)

    var description: String {
        switch self {
        case .mapping(let reason): "the mapping: \(reason)"
        case .file(let reason): reason
        case .column(let name): "the file has no column «\(name)»"
        }
    }
}
