package import Domain
import Foundation

/// How mail leaves the installation. Read from a file, so that no password stands on a command
/// line; `ANTEROOM_MAIL_PASSWORD` in the environment wins over the file's.
///
/// ```
/// {"host": "smtp.example.org", "port": 587, "security": "starttls", "user": "anteroom",
///  "password": "…", "from": "noreply@example.org", "fromName": "Example Clinics",
///  "authority": "/etc/ssl/own-ca.pem"}
/// ```
package struct MailSettings: Hashable, Sendable {
    /// What stands between us and the server.
    package enum Security: String, CaseIterable, Sendable {
        /// TLS begun within the connection, and nothing sent where the server has none.
        case starttls
        /// TLS from the first byte.
        case tls
        /// None: for a server on this machine alone.
        case none
    }

    package let host: String
    package let port: Int
    package let security: Security
    /// Nil: the server asks for no account.
    package let user: String?
    package let password: String?
    package let from: EmailAddress
    package let fromName: String?
    /// A file of certificates to trust instead of the machine's own.
    package let authority: String?

    package init(
        host: String, port: Int, security: Security, user: String? = nil, password: String? = nil,
        from: EmailAddress, fromName: String? = nil, authority: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.from = from
        self.fromName = fromName
        self.authority = authority
    }

    /// - Parameter password: from the environment.
    package init(file path: String, password: String? = nil) throws(SettingsFlaw) {
        self = try SettingsFile.read(path) { bytes throws(SettingsFlaw) in
            try MailSettings(json: bytes, password: password)
        }
    }

    private static let names = [
        "host", "port", "security", "user", "password", "from", "fromName", "authority",
    ]

    init(json bytes: [UInt8], password environment: String? = nil) throws(SettingsFlaw) {
        let file = try SettingsFile(json: bytes, names: Self.names)
        guard let host = try file.text("host"), Self.isHost(host) else {
            throw SettingsFlaw(words: "«host» must name the mail server")
        }
        guard let from = try file.text("from").flatMap(EmailAddress.init) else {
            throw SettingsFlaw(words: "«from» must be an e-mail address")
        }
        let security: Security
        if let named = try file.text("security") {
            guard let known = Security(rawValue: named) else {
                throw SettingsFlaw(words: "«security» is starttls, tls or none")
            }
            security = known
        } else {
            security = .starttls
        }
        let port = file.whole("port") ?? (security == .tls ? 465 : 587)
        guard (1...65_535).contains(port) else {
            throw SettingsFlaw(words: "«port» is 1 to 65535")
        }
        let isLocal = host == "127.0.0.1" || host == "localhost"
        guard security != .none || isLocal else {
            throw SettingsFlaw(words: "«security» none is for a server on this machine alone")
        }
        let account = try file.account(password: environment)
        self.init(
            host: host, port: Int(port), security: security, user: account?.user,
            password: account?.password, from: from, fromName: try file.text("fromName"),
            authority: try file.text("authority"))
    }

    private static func isHost(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }
}
