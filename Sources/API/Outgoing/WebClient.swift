import CCurl
import Foundation

/// What another machine answered.
struct WebAnswer: Sendable {
    let status: Int
    let bytes: [UInt8]
}

/// Which machines are asked.
package enum WebReach: Sendable {
    /// For addresses that an operator or administrator set up.
    case anywhere
    /// None of a private network, nor this one: for addresses that anybody of the staff set up.
    case publicOnly

    /// Whether an address in numbers is the whole internet's.
    package static func isPublic(_ address: String) -> Bool {
        anteroom_is_public_text(address) == 1
    }
}

/// What is sent to another machine.
struct WebBody: Sendable {
    let type: String
    let bytes: [UInt8]
}

/// Asks other machines over HTTP, by libcurl. Redirections are not followed: what was configured is
/// what is asked.
struct WebClient: Sendable {
    let threads: OutgoingThreads
    var reach = WebReach.anywhere

    /// To connect, and to be done with everything, seconds.
    static let connectSeconds = 5
    static let seconds = 10
    static let answerBytesMax = 1 << 20

    /// Nil where it gave no whole answer in time or more than we take, or too much waits already.
    func get(_ url: String) async -> WebAnswer? {
        let reach = reach
        return await threads.offer {
            WebClient.ask(url, nil, headers: [("Accept", "application/json")], reach)
        } ?? nil
    }

    /// Sends a form. Nil as ``get(_:)``.
    /// - Parameter authorization: a header's value.
    func post(
        _ url: String, form: [(String, String)], authorization: String?
    ) async -> WebAnswer? {
        var headers = [("Accept", "application/json")]
        if let authorization { headers.append(("Authorization", authorization)) }
        return await post(
            url,
            WebBody(
                type: "application/x-www-form-urlencoded",
                bytes: Array(WebClient.encoded(form).utf8)),
            headers: headers)
    }

    /// Sends something. Nil as ``get(_:)``.
    /// - Parameter headers: names and values, each of one line.
    func post(
        _ url: String, _ body: WebBody, headers: [(String, String)]
    ) async -> WebAnswer? {
        let reach = reach
        return await threads.offer { WebClient.ask(url, body, headers: headers, reach) } ?? nil
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
        _ url: String, _ body: WebBody?, headers: [(String, String)], _ reach: WebReach
    ) -> WebAnswer? {
        guard var curl = Curl() else { return nil }
        switch reach {
        case .anywhere: break
        case .publicOnly: curl.setPublicOnly()
        }
        curl.set(CURLOPT_URL, url)
        // Plain http is for loopback addresses: ``WebAddress`` has seen to that.
        curl.set(CURLOPT_PROTOCOLS_STR, "http,https")
        curl.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        curl.set(CURLOPT_CONNECTTIMEOUT, connectSeconds)
        curl.set(CURLOPT_TIMEOUT, seconds)
        var lines = headers.map { "\($0.0): \($0.1)" } + ["User-Agent: anteroom"]
        if let body {
            curl.set(CURLOPT_POST, 1)
            curl.set(CURLOPT_POSTFIELDSIZE, body.bytes.count)
            lines.append("Content-Type: \(body.type)")
        }
        curl.set(CURLOPT_HTTPHEADER, lines: lines)
        let outcome = curl.perform(sending: body?.bytes, max: answerBytesMax)
        guard outcome.code == CURLE_OK, let status = outcome.reply else { return nil }
        return WebAnswer(status: status, bytes: outcome.received)
    }
}
