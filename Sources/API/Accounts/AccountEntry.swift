package import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import EventStore

/// One request about one's own account that holds a password, said once: route, `/openapi.json` and
/// docs/commands.md follow.
///
/// They are no commands by name, because a command keeps a fingerprint of its body: of a password
/// only its slow hash may be kept. Nothing is lost: a session begun twice is two sessions.
package struct AccountEntry: Sendable {
    package let operation: Domain.Operation
    package let path: String
    package let docs: String
    package let fields: @Sendable () -> [Field]
    /// What its answer holds.
    package let answers: [Field]
    let run: @Sendable (JSON, AccountCall) async throws(Refusal) -> AccountAnswer

    init<Input: Sendable>(
        _ operation: Domain.Operation, at path: String, _ docs: String, answers: [Field] = [],
        fields walk: @escaping @Sendable (inout Body) -> Input,
        run: @escaping @Sendable (Input, AccountCall) async throws(Refusal) -> AccountAnswer
    ) {
        self.operation = operation
        self.path = path
        self.docs = docs
        self.answers = answers
        fields = { Body.describe(walk) }
        self.run = { json, call throws(Refusal) in
            switch Body.read(json, as: walk) {
            case .failure(let faults): throw .fields(faults)
            case .success(let input): return try await run(input, call)
            }
        }
    }

    /// Every one there is.
    package static let all = [signIn, signOut, setPassword, forgotten, changePassword]
}

/// Who sent it, and from where.
struct AccountCall: Sendable {
    let dispatch: Dispatch
    let actor: RequestActor
    let session: ID<Session>?
    let door: Door
    /// Of the net: what tries are counted by.
    let address: String
}

struct AccountAnswer: Sendable {
    var json: JSON
    /// `Set-Cookie`.
    var cookie: String?
}

/// Their routes.
struct AccountRoutes {
    let dispatch: Dispatch

    /// Bytes of a body.
    static let bodyBytesMax = 16 * 1024

    func add(to router: Router<AnteroomContext>) {
        for entry in AccountEntry.all {
            router.post(RouterPath(String(entry.path.dropFirst()))) { request, context in
                try await answer(entry, request, context)
            }
        }
    }

    private func answer(
        _ entry: AccountEntry, _ request: Request, _ context: AnteroomContext
    ) async throws(Refusal) -> Response {
        let call = AccountCall(
            dispatch: dispatch, actor: context.actor, session: context.session, door: context.door,
            address: request.clientAddress(context))
        let answer = try await entry.run(
            try await request.json(bytesMax: AccountRoutes.bodyBytesMax), call)
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if let cookie = answer.cookie { headers[.setCookie] = cookie }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.json.bytes)))
    }
}

extension Request {
    /// Where it comes from: the peer or, where that is a proxy on this machine, what the proxy says
    /// last. An IPv6 address counts by its first 64 bits, which are one household's.
    fileprivate func clientAddress(_ context: AnteroomContext) -> String {
        let peer = context.channel.remoteAddress?.ipAddress ?? "local"
        guard ["127.0.0.1", "::1", "local"].contains(peer),
            let forwarded = headers[.forwardedFor]?.split(separator: ",").last
        else { return Request.counted(peer) }
        return Request.counted(forwarded.filter { !$0.isWhitespace })
    }

    private static func counted(_ address: String) -> String {
        let short = String(address.prefix(64))
        guard address.contains(":") else { return short }
        do {
            guard case .v6(let v6) = try SocketAddress(ipAddress: short, port: 0) else {
                return short
            }
            return withUnsafeBytes(of: v6.address.sin6_addr) { bytes in
                hex(bytes.prefix(8).reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
            }
        } catch {
            return short  // No address at all: it counts as it is written.
        }
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = known("X-Forwarded-For")
}
