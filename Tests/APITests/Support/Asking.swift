import API
import Domain
import Foundation
import Projections
import Testing

/// A question put together from its catalogue entry.
struct Asking: Sendable {
    let path: String
    let method: QueryEntry.Method
    let fields: [Field]
    let operation: Domain.Operation

    init(_ entry: QueryEntry) {
        path = entry.path
        method = entry.method
        fields = entry.fields()
        operation = entry.operation
    }

    init(_ entry: LiveEntry) {
        path = entry.path
        method = .get
        fields = entry.fields()
        operation = entry.operation
    }

    /// Every question and every live stream there is.
    static let all = QueryCatalogue.all.map(Asking.init) + LiveCatalogue.all.map(Asking.init)

    var isLive: Bool { path.hasSuffix("/live") }

    /// Names of the fields that stand in the path.
    var inPath: [String] { fields.map(\.name).filter { path.contains("{\($0)}") } }

    /// Something for each field it must be told: what is known by that name, else what it takes.
    func required(_ known: [String: JSON] = [:]) -> [(name: String, value: String)] {
        let body = Bodies(known).body(fields.filter(\.required))
        guard case .object(let members) = body else { return [] }
        return members.map { ($0.name, $0.value.text ?? $0.value.description) }
    }

    /// The address with these values; those of a search stand in its body.
    func address(_ values: [(name: String, value: String)]) -> String {
        var address = path
        var query: [String] = []
        for (name, value) in values {
            let value = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            if address.contains("{\(name)}") {
                address = address.replacingOccurrences(of: "{\(name)}", with: value)
            } else if method == .get {
                query.append("\(name)=\(value)")
            }
        }
        return query.isEmpty ? address : address + "?" + query.joined(separator: "&")
    }
}

extension Fixture {
    func ask(
        _ asking: Asking, _ values: [(name: String, value: String)], by person: Person
    ) async throws -> Told {
        switch asking.method {
        case .get: return try await get(asking.address(values), by: person)
        case .post:
            let body = JSON.object(values.map { JSON.Member($0.name, .string($0.value)) })
            return try await request(
                .post, asking.path, by: person, ["Content-Type": "application/json"],
                body: body.bytes)
        }
    }

    /// Waits until every view shows what was done in an organisation.
    func caughtUp(_ organisation: String) async throws {
        let last = try await head(organisation) - 1
        for projection in ViewSet.all.projections {
            try await side.runner.waitUntil(projection.name, log(organisation), shows: last)
        }
    }

    /// Two days go by and are closed: there is something to report.
    func closeDays(of organisation: String) async throws {
        clock.advance(seconds: 2 * 86_400)
        let closer = DayCloser(dispatch: dispatch) { Issue.record("\($0)") }
        #expect(try await closer.tick() > 0)
        try await caughtUp(organisation)
    }
}
