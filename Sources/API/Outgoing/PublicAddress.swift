/// Where people reach the installation from outside: `https://care.example.org`, without a path.
/// Links in mail begin with it, and single sign-on comes back to it. Plain http is taken for a
/// loopback address alone, for trying.
package struct PublicAddress: Hashable, Sendable {
    /// `https://care.example.org`
    package let origin: String
    /// `care.example.org`: a name for Message-IDs and for greeting a mail server.
    package let host: String

    /// Nil where `text` is no such address.
    package init?(_ text: String) {
        guard let web = WebAddress(text), web.path.isEmpty || web.path == "/" else { return nil }
        origin = web.origin
        host = web.host
    }

    /// Where the program itself listens: for trying.
    package static func loopback(port: Int) -> PublicAddress {
        guard let address = PublicAddress("http://127.0.0.1:\(port)") else {
            preconditionFailure("a loopback address is one")
        }
        return address
    }

    /// The installation is for trying.
    package var isLoopback: Bool { WebAddress.isLoopback(host) }

    /// Which machines its staff may have asked.
    package var reach: WebReach { isLoopback ? .anywhere : .publicOnly }

    package func url(_ path: String) -> String { origin + path }
}

/// An address of the web that we may ask: https, or http of this very machine. No user, password,
/// query or fragment.
package struct WebAddress: Hashable, Sendable {
    /// `https://login.example.org:8443`, as given but in small letters.
    package let origin: String
    package let host: String
    /// From the first `/` on; may be empty.
    package let path: String

    package static let bytesMax = 500

    /// Nil where `text` is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 2,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            !text.utf8.contains(where: { "?#@\\\"<>".utf8.contains($0) })
        else { return nil }
        let scheme = parts[0].lowercased()
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        let authority = parts[1][..<slash].lowercased()
        guard let host = WebAddress.host(authority) else { return nil }
        guard scheme == "https" || (scheme == "http" && WebAddress.isLoopback(host)) else {
            return nil
        }
        self.host = host
        origin = "\(scheme)://\(authority)"
        path = String(parts[1][slash...])
    }

    package var text: String { origin + path }

    /// https.
    package var isEncrypted: Bool { origin.hasPrefix("https:") }

    /// This very machine.
    static func isLoopback(_ host: String) -> Bool {
        host == "127.0.0.1" || host == "localhost" || host == "[::1]"
    }

    /// The host of `host` or `host:port`.
    private static func host(_ authority: String) -> String? {
        var host = authority[...]
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else {
                return nil
            }
            host = authority[..<colon]
        }
        let isName = host.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        guard !host.isEmpty, isName || host == "[::1]" else { return nil }
        return String(host)
    }
}
