import Domain
import EventStore
import Projections

/// Every question there is. Source: design.md "API".
package enum QueryCatalogue {
    package static let all: [QueryEntry] =
        waitingAreaQueries + recordQueries + directoryQueries + accessQueries + reportQueries
        + anonymisationQueries + accountQueries + roomQueries + callInterfaceQueries
        + clinicEntryQueries + securityQueries + mailQueries + signOnQueries
        + auditorQueries + photoQueries

    static func page(_ body: inout Body) -> PageRequest {
        let after = body.optional("after", .pageMark, "`next` of the page before.")
        let limit = body.optional(
            "limit", .whole(1...Int64(PageRequest.rowsMax)), "Rows on the page.")
        return PageRequest(after: after, limit: limit.map { Int($0) } ?? defaultRows)
    }

    /// Rows on a page where nobody says how many.
    static let defaultRows = 100

    static func list<Row>(_ page: Page<Row>, _ rows: [JSON]) -> JSON {
        ["rows": .array(rows), "next": page.next.map { .string($0.description) }]
    }
}

extension FieldType where Value == PageMark {
    fileprivate static var pageMark: FieldType {
        FieldType<String>.text(max: 60).map(
            placeholder: PageMark(sort: 0, id: 0),
            { text in PageMark(text).flatMap { $0.description == text ? $0 : nil } },
            or: "is no `next` of a page",
            telling: [
                "format": "page-mark", "pattern": "^(0|-?[1-9][0-9]{0,17})-[0-9a-f]{32}$",
                "examples": [.string("0-" + hex(UInt128(0)))],
            ])
    }
}

extension JSON {
    static func id<Subject>(_ id: ID<Subject>) -> JSON { .string(id.description) }
    static func id<Subject>(_ id: ID<Subject>?) -> JSON? { id.map { .string($0.description) } }
    static func instant(_ instant: Instant) -> JSON { .string(instant.description) }
    static func instant(_ instant: Instant?) -> JSON? { instant.map { .string($0.description) } }
    static func text(_ text: String?) -> JSON? { text.map(JSON.string) }
    static func whole(_ whole: Int) -> JSON { .integer(Int64(whole)) }
    static func whole(_ whole: Int?) -> JSON? { whole.map { .integer(Int64($0)) } }
}
