import Crypto
import Domain
import Foundation

/// A signed request about one event, to a program of somebody's.
package struct WebhookCall: Hashable, Sendable {
    let url: String
    let secret: WebhookSecret
    /// The same at every attempt: who gets it twice knows it.
    let id: String
    /// JSON without anything personal.
    package let body: [UInt8]
}

/// What requests are signed with: `whsec_` and base64. Source: Standard Webhooks.
struct WebhookSecret: Hashable, Sendable {
    let bytes: [UInt8]

    private static let mark = "whsec_"

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nil where `text` is none.
    init?(_ text: String) {
        guard text.hasPrefix(Self.mark),
            let data = Data(base64Encoded: String(text.dropFirst(Self.mark.count)))
        else { return nil }
        bytes = Array(data)
    }

    var text: String { Self.mark + Data(bytes).base64EncodedString() }

    /// `v1,BASE64` of an HMAC-SHA256 over `id.timestamp.body`.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(
            for: message, using: SymmetricKey(data: bytes))
        return "v1," + Data(code).base64EncodedString()
    }
}

/// Sends signed requests. Source: Standard Webhooks.
package struct WebhookSender: Sendable {
    private let web: WebClient
    private let clock: any Clock

    package init(threads: OutgoingThreads, clock: any Clock, reach: WebReach) {
        web = WebClient(threads: threads, reach: reach)
        self.clock = clock
    }

    func send(_ call: WebhookCall) async -> Delivery {
        let timestamp = clock.now().milliseconds / 1_000
        let signature = call.secret.signature(id: call.id, timestamp: timestamp, body: call.body)
        let answer = await web.post(
            call.url, WebBody(type: "application/json", bytes: call.body),
            headers: [
                ("webhook-id", call.id), ("webhook-timestamp", "\(timestamp)"),
                ("webhook-signature", signature),
            ])
        guard let answer else { return .failed(.noConnection, reply: nil) }
        switch answer.status {
        case 200..<300: return .accepted
        case 410: return .failed(.gone, reply: answer.status)
        default: return .failed(.refusedForNow, reply: answer.status)
        }
    }
}
