import EventStore
import Hummingbird

// Every problem there is but those of the rules, for the documents; a test compares with the codes
// of Problem.swift.
extension Problem {
    /// Ascending by status, then by code.
    package static let all: [Problem] = {
        let problems =
            Refusal.oneOfEach.map(Problem.init)
            + [
                Problem(any: HTTPError(.badRequest)), Problem(any: Unexpected()),
            ]
        return Dictionary(problems.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { ($0.status, $0.code) < ($1.status, $1.code) }
    }()

    /// Their statuses, ascending.
    package static let statuses = Array(Set(all.map(\.status))).sorted()

    private struct Unexpected: Error {}
}

extension Refusal {
    /// One of each case but the rules', of which there are many; what a case holds is no matter.
    fileprivate static let oneOfEach: [Refusal] =
        [
            .notJSON(JSONError(offset: 0, reason: "")), .notAJSONType, .field("", .missing, ""),
            .bodyTooLarge(bytesMax: CommandRoutes.bodyBytesMax),
            .tooManyLines(linesMax: BulkRoute.linesMax), .unknownCommand, .unknownAddress,
            .wrongMethod(allowed: ""),
            .notSignedIn, .tokenRefused, .tooManyTries(retrySeconds: 1),
            .notPermitted(nil), .notForThisActor(actor: ""), .keyMissing,
            .keyInvalid, .keyTooShort(bytesMin: IdempotencyKey.nobodyBytesMin), .otherPayload,
            .stillRunning, .notFound(field: ""), .erased(field: ""), .contended, .busy,
            .projectionBehind(position: 0), .projectionStopped(reason: ""),
            .append(.unacceptable(reason: "")), .append(.diskFull), .append(.readOnly(reason: "")),
            .read(.closed), .vault(.wrongInstallationKey), .unreadable(reason: ""), .stopping,
        ] + SignInRefusal.allCases.map(Refusal.signIn)
}
