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

    package static let fileBytesMax = 64 << 10

    /// Why a file of settings is refused, in words for who wrote it. Never holds the password.
    package struct Flaw: Error, Hashable, Sendable {
        package let words: String
    }

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
    package init(file path: String, password: String? = nil) throws(Flaw) {
        guard let bytes = FileManager.default.contents(atPath: path),
            bytes.count <= Self.fileBytesMax
        else { throw Flaw(words: "\(path): cannot be read, or is no file of settings") }
        do throws(Flaw) {
            try self.init(json: Array(bytes), password: password)
        } catch {
            throw Flaw(words: "\(path): \(error.words)")
        }
    }

    private static let names = [
        "host", "port", "security", "user", "password", "from", "fromName", "authority",
    ]

    init(json bytes: [UInt8], password environment: String? = nil) throws(Flaw) {
        let parsed: JSON
        do {
            parsed = try JSON(parsing: bytes)
        } catch {
            throw Flaw(words: "not JSON: \(error.reason) at byte \(error.offset)")
        }
        guard case .object(let members) = parsed else { throw Flaw(words: "not a JSON object") }
        for member in members where !Self.names.contains(member.name) {
            throw Flaw(words: "«\(member.name)» is no setting; there are \(Self.names)")
        }
        let json = JSON.object(members)
        func text(_ name: String) throws(Flaw) -> String? {
            guard let value = json[name] else { return nil }
            guard let text = value.text, !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 })
            else { throw Flaw(words: "«\(name)» must be a text of one line") }
            return text
        }
        guard let host = try text("host"), Self.isHost(host) else {
            throw Flaw(words: "«host» must name the mail server")
        }
        guard let from = try text("from").flatMap(EmailAddress.init) else {
            throw Flaw(words: "«from» must be an e-mail address")
        }
        let security: Security
        if let named = try text("security") {
            guard let known = Security(rawValue: named) else {
                throw Flaw(words: "«security» is starttls, tls or none")
            }
            security = known
        } else {
            security = .starttls
        }
        let port = json["port"].map { $0.whole ?? 0 } ?? (security == .tls ? 465 : 587)
        guard (1...65_535).contains(port) else { throw Flaw(words: "«port» is 1 to 65535") }
        let isLocal = host == "127.0.0.1" || host == "localhost"
        guard security != .none || isLocal else {
            throw Flaw(words: "«security» none is for a server on this machine alone")
        }
        let written = try text("password")
        let password = environment ?? written
        let user = try text("user")
        guard (user == nil) == (password == nil) else {
            throw Flaw(words: "«user» and «password» go together")
        }
        self.init(
            host: host, port: Int(port), security: security, user: user, password: password,
            from: from, fromName: try text("fromName"), authority: try text("authority"))
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
