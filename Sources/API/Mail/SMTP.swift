import CCurl
package import Domain

/// What came of handing a mail over.
package enum Delivery: Hashable, Sendable {
    case accepted
    /// - Parameter reply: the server's, where it gave one.
    case failed(MailFault, reply: Int?)
}

/// Takes mails over for delivery: the mail server, or what stands for it in a test.
package protocol MailCarrier: Sendable {
    func carry(_ message: MailMessage) async -> Delivery
}

/// A mail server, spoken to by libcurl: one connection for each message.
package struct SMTPCarrier: MailCarrier {
    private let settings: MailSettings
    private let greeting: String
    private let threads: OutgoingThreads

    /// To connect, and to be done with everything, seconds.
    package static let connectSeconds = 10
    package static let seconds = 30
    /// Bytes of what a server says that we read.
    private static let answerBytesMax = 1 << 20

    /// - Parameter greeting: how we call ourselves to the server: our public host.
    package init(_ settings: MailSettings, greeting: String, threads: OutgoingThreads) {
        self.settings = settings
        self.greeting = greeting
        self.threads = threads
    }

    package func carry(_ message: MailMessage) async -> Delivery {
        await threads.run { [self] in send(message) }
    }

    private func send(_ message: MailMessage) -> Delivery {
        guard var curl = Curl() else { return .failed(.noConnection, reply: nil) }
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        curl.set(CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(greeting)")
        curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // Without this a server that offers no TLS would get the mail, and the password, in plain.
        if settings.security != .none { curl.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        curl.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authority = settings.authority { curl.trust(onlyIn: authority) }
        if let user = settings.user, let password = settings.password {
            curl.set(CURLOPT_USERNAME, user)
            curl.set(CURLOPT_PASSWORD, password)
        }
        curl.set(CURLOPT_CONNECTTIMEOUT, SMTPCarrier.connectSeconds)
        curl.set(CURLOPT_TIMEOUT, SMTPCarrier.seconds)
        curl.set(CURLOPT_MAIL_FROM, "<\(settings.from.text)>")
        curl.set(CURLOPT_MAIL_RCPT, lines: ["<\(message.to.text)>"])
        curl.set(CURLOPT_UPLOAD, 1)
        let outcome = curl.perform(sending: message.bytes, max: SMTPCarrier.answerBytesMax)
        return SMTPCarrier.delivery(outcome)
    }

    /// Replies about us rather than about the message: another account, or TLS, would help.
    private static let repliesAboutUs: Set<Int> = [530, 534, 535, 538]

    private static func delivery(_ outcome: Curl.Outcome) -> Delivery {
        let reply = outcome.reply
        switch outcome.code {
        case CURLE_OK: return .accepted
        case CURLE_LOGIN_DENIED: return .failed(.signInRefused, reply: reply)
        case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR:
            return .failed(.noTrust, reply: reply)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT:
            return .failed(.noConnection, reply: reply)
        default: break
        }
        guard let reply else { return .failed(.noConnection, reply: nil) }
        if repliesAboutUs.contains(reply) { return .failed(.signInRefused, reply: reply) }
        switch reply {
        case 400..<500: return .failed(.refusedForNow, reply: reply)
        case 500..<600: return .failed(.refused, reply: reply)
        default: return .failed(.noConnection, reply: reply)  // It broke off after a good reply.
        }
    }
}
