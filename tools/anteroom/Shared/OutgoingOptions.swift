import API
import ArgumentParser
import Foundation

/// Where a server is reached from outside, and how its mail goes out. The environment stands in for
/// what is not given; secrets come from there or from the file, never from the command line.
struct OutgoingOptions: ParsableArguments {
    @Option(
        help: """
            Where people reach the server, such as https://care.example.org; links in mail begin \
            with it. Left out: ANTEROOM_PUBLIC_URL, else the port it listens at on 127.0.0.1.
            """)
    var publicURL: String?

    @Option(
        help: """
            The mail server, a file of JSON (docs/operations.md, "Mail"). Left out: \
            ANTEROOM_MAIL_FILE, else mails are written to FOLDER.mail and not sent. The password \
            may stand in ANTEROOM_MAIL_PASSWORD.
            """)
    var mailFile: String?

    @Option(
        help: """
            The gateway of text messages, a file of JSON (docs/operations.md, "Text messages"). \
            Left out: ANTEROOM_SMS_FILE, else text messages are written to FOLDER.mail and not \
            sent. The password may stand in ANTEROOM_SMS_PASSWORD.
            """)
    var smsFile: String?

    /// - Parameter port: at which it listens.
    func set(_ options: inout Installation.Options, port: Int) throws(Failure) {
        let environment = ProcessInfo.processInfo.environment
        if let text = publicURL ?? environment["ANTEROOM_PUBLIC_URL"] {
            guard let address = PublicAddress(text) else {
                throw .usage("--public-url: «\(text)» is no https address without a path")
            }
            options.publicAddress = address
        } else {
            options.publicAddress = .loopback(port: port == 0 ? 80 : port)
        }
        if let file = mailFile ?? environment["ANTEROOM_MAIL_FILE"] {
            do {
                options.mail = try MailSettings(
                    file: file, password: environment["ANTEROOM_MAIL_PASSWORD"])
            } catch {
                throw .usage("--mail-file: \(error.words)")
            }
        }
        if let file = smsFile ?? environment["ANTEROOM_SMS_FILE"] {
            do {
                options.sms = try SMSSettings(
                    file: file, password: environment["ANTEROOM_SMS_PASSWORD"])
            } catch {
                throw .usage("--sms-file: \(error.words)")
            }
        }
    }
}
