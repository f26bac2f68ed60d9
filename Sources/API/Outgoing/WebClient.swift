import CCurl
import Foundation

/// What another machine answered.
struct WebAnswer: Sendable {
    let status: Int
    let bytes: [UInt8]
}

/// Asks other machines over HTTP, by libcurl. Redirections are not followed: what was configured is
/// what is asked.
struct WebClient: Sendable {
    let threads: OutgoingThreads

    /// To connect, and to be done with everything, seconds.
    static let connectSeconds = 5
    static let seconds = 10
    static let answerBytesMax = 1 << 20

    /// Nil where it gave no whole answer in time, or more than we take.
    func get(_ url: String) async -> WebAnswer? {
        await threads.run { WebClient.ask(url, form: nil, authorization: nil) }
    }

    /// Sends a form. Nil as in the other.
    /// - Parameter authorization: a header's value.
    func post(
        _ url: String, form: [(String, String)], authorization: String?
    ) async -> WebAnswer? {
        let body = WebClient.encoded(form)
        return await threads.run { WebClient.ask(url, form: body, authorization: authorization) }
    }

    /// `application/x-www-form-urlencoded`, and what follows `?` in an address.
    static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
    }

    /// All but what RFC 3986 leaves unreserved is escaped.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { escaped, byte in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-._~".utf8.contains(byte)
            escaped +=
                isPlain
                ? String(UnicodeScalar(byte))
                : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }

    private static func ask(
        _ url: String, form: String?, authorization: String?
    ) -> WebAnswer? {
        guard var curl = Curl() else { return nil }
        curl.set(CURLOPT_URL, url)
        // Plain http is for loopback addresses: ``WebAddress`` has seen to that.
        curl.set(CURLOPT_PROTOCOLS_STR, "http,https")
        curl.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        curl.set(CURLOPT_CONNECTTIMEOUT, connectSeconds)
        curl.set(CURLOPT_TIMEOUT, seconds)
        var headers = ["Accept: application/json", "User-Agent: anteroom"]
        if let authorization { headers.append("Authorization: \(authorization)") }
        if let form {
            curl.set(CURLOPT_POST, 1)
            curl.set(CURLOPT_POSTFIELDSIZE, form.utf8.count)
            curl.set(CURLOPT_COPYPOSTFIELDS, form)
            headers.append("Content-Type: application/x-www-form-urlencoded")
        }
        curl.set(CURLOPT_HTTPHEADER, lines: headers)
        let outcome = curl.perform(max: answerBytesMax)
        guard outcome.code == CURLE_OK, let status = outcome.reply else { return nil }
        return WebAnswer(status: status, bytes: outcome.received)
    }
}
