package import Domain

/// A text message: one number, a few lines.
package struct TextMessage: Hashable, Sendable {
    package let to: PhoneNumber
    package let text: String

    package init(to: PhoneNumber, text: String) {
        self.to = to
        self.text = text
    }
}

/// Takes text messages over for delivery: a gateway, or what stands for it in a test.
package protocol TextCarrier: Sendable {
    func carry(_ message: TextMessage) async -> Delivery
}

/// How text messages leave the installation. Read from a file as ``MailSettings`` are;
/// `ANTEROOM_SMS_PASSWORD` in the environment wins over the file's.
///
/// ```
/// {"url": "https://sms.example.org/cgi-bin/sendsms", "user": "anteroom", "password": "…",
///  "from": "Clinics"}
/// ```
package struct SMSSettings: Hashable, Sendable {
    /// https, or http of this very machine.
    package let url: WebAddress
    package let user: String
    package let password: String
    /// Whom the message says it is from: a number or a word; nil: the gateway's own.
    package let from: String?

    package init(url: WebAddress, user: String, password: String, from: String? = nil) {
        self.url = url
        self.user = user
        self.password = password
        self.from = from
    }

    /// - Parameter password: from the environment.
    package init(file path: String, password: String? = nil) throws(SettingsFlaw) {
        self = try SettingsFile.read(path) { bytes throws(SettingsFlaw) in
            try SMSSettings(json: bytes, password: password)
        }
    }

    init(json bytes: [UInt8], password environment: String? = nil) throws(SettingsFlaw) {
        let file = try SettingsFile(json: bytes, names: ["url", "user", "password", "from"])
        guard let url = try file.text("url").flatMap(WebAddress.init) else {
            throw SettingsFlaw(
                words: "«url» must be the gateway's https address, or http on this machine")
        }
        guard let account = try file.account(password: environment) else {
            throw SettingsFlaw(words: "«user» and «password» must be there")
        }
        self.init(
            url: url, user: account.user, password: account.password,
            from: try file.text("from"))
    }
}

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
