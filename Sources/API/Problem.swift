import Domain
import EventStore
package import Hummingbird

/// An error as HTTP tells it: `application/problem+json`. The only file that knows which error is
/// which status.
///
/// `code` is stable; `title` and `detail` are for people and may change. Nothing of what a caller
/// sent is repeated but names of fields. Source: RFC 9457, OPS-6.
package struct Problem: Hashable, Sendable {
    package let status: Int
    package let code: String
    package let title: String
    package let detail: String?
    package let errors: [FieldError]
    /// The bound that was met, where one was.
    package let limit: Int?
    /// Seconds after which asking again may help.
    package let retrySeconds: Int?
    /// Methods the address takes, where it was asked by another.
    package let allowed: String?

    private init(
        _ status: Int, _ code: String, _ title: String, detail: String? = nil,
        errors: [FieldError] = [],
        limit: Int? = nil, retrySeconds: Int? = nil, allowed: String? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.limit = limit
        self.retrySeconds = retrySeconds
        self.allowed = allowed
    }
}

// MARK: - The table

extension Problem {
    package init(_ refusal: Refusal) {
        switch refusal {
        case .notJSON(let error):
            let detail = "At byte \(error.offset): \(error.reason)."
            self.init(400, "notJSON", "The body is not JSON", detail: detail)
        case .notAJSONType:
            let detail = "A command's is application/json, that of many application/x-ndjson."
            self.init(415, "mediaType", "The body is of another media type", detail: detail)
        case .fields(let faults): self = Problem.fields(faults.errors)
        case .bodyTooLarge(let bytesMax):
            self.init(413, "bodyTooLarge", "The body is too large", limit: bytesMax)
        case .tooManyLines(let linesMax):
            self.init(413, "tooManyLines", "Too many lines", limit: linesMax)
        case .unknownCommand: self.init(404, "unknownCommand", "There is no such command")
        case .unknownAddress: self.init(404, "unknownAddress", "There is nothing at this address")
        case .wrongMethod(let allowed):
            self.init(405, "wrongMethod", "The address takes other methods", allowed: allowed)
        case .notSignedIn: self.init(401, "notSignedIn", "This needs a bearer token")
        case .tokenRefused: self.init(401, "tokenRefused", "The token is not, or no longer, good")
        case .signIn(let refusal): self = Problem.signIn(refusal)
        case .tooManyTries(let seconds):
            self.init(429, "tooManyTries", "Too many at once", retrySeconds: seconds)
        case .notPermitted(let permission):
            let lacking = permission.map { "\($0)" } ?? "managing this person"
            let detail = "No role held here includes \(lacking)."
            self.init(403, "notPermitted", "The role does not allow it", detail: detail)
        case .notForThisActor(let actor):
            let detail = "It is not for a \(actor)."
            self.init(403, "notForThisActor", "This is not for who asks", detail: detail)
        case .keyMissing: self.init(400, "keyMissing", "The Idempotency-Key header is missing")
        case .keyInvalid: self = Problem.keyInvalid
        case .keyTooShort(let bytesMin):
            let detail = "Without a token it has at least \(bytesMin) random characters."
            let title = "The Idempotency-Key could be guessed"
            self.init(400, "keyTooShort", title, detail: detail, limit: bytesMin)
        case .otherPayload:
            let title = "This Idempotency-Key was used for another command, or another body"
            self.init(422, "otherPayload", title)
        case .stillRunning:
            let title = "The command with this Idempotency-Key is still running"
            self.init(409, "stillRunning", title, retrySeconds: Problem.soon)
        case .rule(let rule): self = Problem.rule(rule)
        case .notFound(let field):
            let errors = [FieldError(field: field, code: .notFound, detail: "is not known here")]
            self.init(404, "notFound", "There is no such record", errors: errors)
        case .erased(let field):
            let errors = [FieldError(field: field, code: .notFound, detail: "was erased")]
            self.init(410, "erased", "The record was erased", errors: errors)
        case .contended:
            let title = "Others changed the same thing each time it was tried"
            self.init(409, "contended", title, retrySeconds: Problem.soon)
        case .busy: self.init(503, "busy", "Too much at once", retrySeconds: Problem.soon)
        case .projectionBehind(let position):
            let detail = "It has not reached position \(position)."
            self.init(
                503, "behind", "The view is not as far as was asked", detail: detail,
                retrySeconds: Problem.soon)
        case .projectionStopped:
            self.init(503, "viewStopped", "The view stopped; see the server's log")
        case .append(let error): self = Problem.append(error)
        case .read: self.init(500, "readFailed", "The log cannot be read; see the server's log")
        case .vault(.diskFull): self = Problem.append(.diskFull)
        case .vault(.closed): self.init(.stopping)
        case .vault: self.init(500, "vaultFailed", "The vault cannot be read; see the server's log")
        case .unreadable:
            self.init(500, "unreadable", "The log holds what this program does not know")
        case .stopping:
            self.init(503, "stopping", "The server is stopping", retrySeconds: Problem.soon)
        }
    }

    /// Whatever a route or the server's library threw.
    package init(any error: any Error) {
        switch error {
        case let refusal as Refusal: self.init(refusal)
        case let error as ReadError: self.init(.read(error))
        case let error as VaultError: self.init(.vault(error))
        case is CancellationError: self.init(.stopping)
        case let error as HTTPError where error.status == .notFound: self.init(.unknownAddress)
        case let error as HTTPError where error.status == .contentTooLarge:
            self.init(413, "bodyTooLarge", "The body is too large")
        case let error as HTTPError:
            self.init(error.status.code, "refusedByServer", error.status.reasonPhrase)
        default: self.init(500, "unexpected", "Something unexpected; see the server's log")
        }
    }

    private static let soon = 1

    private static let keyInvalid = Problem(
        400, "keyInvalid", "The Idempotency-Key header cannot be used",
        detail: "It must be 1 to \(IdempotencyKey.bytesMax) visible ASCII characters.")

    private static func fields(_ errors: [FieldError]) -> Problem {
        let detail = errors.first.map {
            "\($0.field.isEmpty ? "The body" : $0.field) \($0.detail)."
        }
        return Problem(
            422, "invalidFields", "A field is not as it must be", detail: detail, errors: errors)
    }

    private static func signIn(_ refusal: SignInRefusal) -> Problem {
        switch refusal {
        case .refused:
            Problem(
                401, "signInRefused", "Address, password or account: one of them is not good")
        case .codeNeeded: Problem(401, "codeNeeded", "Give the code of the authenticator too")
        case .codeRefused:
            Problem(401, "codeRefused", "The code is not right, or was used; wait for the next")
        case .linkRefused:
            Problem(
                410, "linkRefused",
                "The link was used, has run out or was replaced; ask for another")
        case .secondFactorNeeded:
            Problem(
                403, "secondFactorNeeded",
                "Enrol an authenticator first: the organisation requires it")
        case .originRefused:
            Problem(403, "originRefused", "A cookie is taken from pages of this server only")
        }
    }

    private static func rule(_ told: Told) -> Problem {
        let errors =
            told.field.map { [FieldError(field: $0, code: .refused, detail: told.words)] } ?? []
        return Problem(
            409, told.code, "The rules refuse it", detail: told.words, errors: errors,
            limit: told.limit)
    }

    private static func append(_ error: AppendError) -> Problem {
        switch error {
        case .conflict: Problem(Refusal.contended)
        case .unacceptable:
            Problem(500, "unacceptable", "The log does not take this; see the server's log")
        case .overloaded: Problem(Refusal.busy)
        case .diskFull:
            Problem(507, "diskFull", "There is no room on the disk; nothing was written")
        case .readOnly:
            Problem(503, "readOnly", "The log is open for reading only; nothing was written")
        case .closed: Problem(Refusal.stopping)
        }
    }
}

// MARK: - As a response

extension Problem {
    package var json: JSON {
        let listed = errors.map { error -> JSON in
            [
                "field": .string(error.field), "code": .string(error.code.rawValue),
                "detail": .string(error.detail),
            ]
        }
        return [
            "type": .string("https://anteroom.example/problems/\(code)"), "title": .string(title),
            "status": .integer(Int64(status)), "code": .string(code),
            "detail": detail.map(JSON.string),
            "errors": errors.isEmpty ? nil : .array(listed),
            "limit": limit.map { .integer(Int64($0)) },
        ]
    }

    package var response: Response {
        var headers: HTTPFields = [
            .contentType: "application/problem+json", .cacheControl: "no-store",
        ]
        if let retrySeconds { headers[.retryAfter] = String(retrySeconds) }
        if let allowed { headers[.allow] = allowed }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        return Response(status: HTTPResponse.Status(code: status), headers: headers, body: body)
    }
}
