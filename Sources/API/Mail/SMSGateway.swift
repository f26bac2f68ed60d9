/// A gateway that takes messages as Kannel's `sendsms` does: the text is the body, all else stands
/// in headers, so that no number and no password is in an address that somebody logs.
///
/// Source: Kannel 1.4.5 User Guide, "Using the HTTP interface to send SMS messages", POST.
package struct SMSGateway: TextCarrier {
    private let settings: SMSSettings
    private let web: WebClient

    /// How Kannel begins its 403 to a number that none of its networks takes; it answers 403 to an
    /// account it does not know, too.
    private static let noRoute = "Not routable"

    package init(_ settings: SMSSettings, threads: OutgoingThreads) {
        self.settings = settings
        web = WebClient(threads: threads)
    }

    package func carry(_ message: TextMessage) async -> Delivery {
        var headers = [
            ("X-Kannel-Username", settings.user), ("X-Kannel-Password", settings.password),
            ("X-Kannel-To", message.to.text),
            // Of any language: UCS-2 on the air, UTF-8 to the gateway.
            ("X-Kannel-Coding", "2"),
        ]
        if let from = settings.from { headers.append(("X-Kannel-From", from)) }
        let answer = await web.post(
            settings.url.text,
            WebBody(type: "text/plain; charset=UTF-8", bytes: Array(message.text.utf8)),
            headers: headers)
        guard let answer else { return .failed(.noConnection, reply: nil) }
        switch answer.status {
        case 200..<300: return .accepted
        case 403 where String(decoding: answer.bytes, as: UTF8.self).hasPrefix(Self.noRoute):
            return .failed(.refused, reply: answer.status)
        case 401, 403: return .failed(.signInRefused, reply: answer.status)
        case 408, 429, 500...: return .failed(.refusedForNow, reply: answer.status)
        default: return .failed(.refused, reply: answer.status)
        }
    }
}
