import API
import Domain
import EventStore
import Projections
import Testing

extension Told {
    /// It was done.
    func accepted(
        _ what: @autoclosure () -> String = "", at location: SourceLocation = #_sourceLocation
    ) {
        #expect(status == 200, "\(what()): \(text)", sourceLocation: location)
    }

    /// It was refused with a whole problem of RFC 9457, of that status and code.
    func refused(
        _ status: Int, _ code: String, field: String? = nil,
        _ what: @autoclosure () -> String = "", at location: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(what()): \(text)", sourceLocation: location)
        #expect(self.code == code, "\(what()): \(text)", sourceLocation: location)
        if let field {
            #expect(fields == [field], "\(what()): \(text)", sourceLocation: location)
        }
        isProblem(what(), at: location)
    }

    /// What every refusal is: `application/problem+json` that says its own status, never kept by
    /// anyone in between.
    func isProblem(_ what: String = "", at location: SourceLocation = #_sourceLocation) {
        #expect(
            headers[.contentType] == "application/problem+json", "\(what): \(text)",
            sourceLocation: location)
        #expect(headers[.cacheControl] == "no-store", sourceLocation: location)
        #expect(json["status"]?.whole == Int64(status), "\(what)", sourceLocation: location)
        #expect(json["title"]?.text?.isEmpty == false, "\(what)", sourceLocation: location)
        #expect(
            json["type"]?.text == "https://anteroom.example/problems/\(code ?? "")",
            sourceLocation: location)
    }
}

extension Fixture {
    /// Runs `body` and says what it appended, whichever log it stands in.
    func appended(_ body: () async throws -> Void) async throws -> [RecordedEvent] {
        let before = try await heads()
        try await body()
        var new: [RecordedEvent] = []
        for (log, head) in try await heads() {
            let from = before[log] ?? 0
            guard head > from else { continue }
            new += try await store.read(log, from: from, limit: Int(head - from))
        }
        return new
    }

    /// Runs `body`, in which nothing may be appended.
    func appendsNothing(
        _ what: @autoclosure () -> String, at location: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async throws {
        let new = try await appended(body)
        #expect(new.map(\.described) == [], "\(what())", sourceLocation: location)
    }

    /// Runs `body`, which is refused by permission: one refused entry in the access log of
    /// `organisation`, and nothing else anywhere (AUD-2).
    func appendsRefusalOnly(
        in organisation: String, _ what: @autoclosure () -> String,
        at location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async throws {
        let new = try await appended(body)
        #expect(
            new.map(\.described) == ["\(organisation) access.noted refused"], "\(what())",
            sourceLocation: location)
    }
}

extension RecordedEvent {
    /// Log and type; of an access entry also whether it was allowed.
    var described: String {
        "\(log) \(type)" + (accessOutcome.map { " \($0)" } ?? "")
    }

    private var accessOutcome: AccessOutcome? {
        guard stream.category == Category.access else { return nil }
        do {
            let event: AccessEvent = try EventCoding.decode(self)
            guard case .noted(let noted) = event else { return nil }
            return noted.outcome
        } catch {
            Issue.record("an access entry that cannot be read: \(error)")
            return nil
        }
    }
}
