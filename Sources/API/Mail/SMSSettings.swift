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
