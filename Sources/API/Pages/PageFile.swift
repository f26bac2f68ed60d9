import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// A file that pages load, as it is sent.
///
/// Each stands at an address that holds the version of all of them, so that it may be kept for
/// ever, and a page never gets modules of two versions.
struct PageFile: Sendable {
    let bytes: [UInt8]
    let mediaType: String
    let entityTag: String

    init(_ bytes: [UInt8], _ mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        entityTag = "\"\(hexText(Array(SHA256.hash(data: bytes).prefix(16))))\""
    }

    /// 304 where whoever asks has it.
    func response(to request: Request, caching: String) -> Response {
        var headers = PageHeaders.common
        headers[.eTag] = entityTag
        headers[.cacheControl] = caching
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").contains { tag in
            let tag = tag.trimmingPrefix { $0 == " " }
            return tag.trimmingPrefix("W/") == entityTag || tag == "*"
        }
        if known == true { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = mediaType
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A year, RFC 9111's customary for ever.
    static let forEver = "public, max-age=31536000, immutable"
    /// Asked about each time.
    static let asked = "no-cache"
}

/// What every answer of the pages says to the browser. Source: design.md "Browsers".
enum PageHeaders {
    /// No inline script or style, nothing from elsewhere, in no frame; scripts cannot turn text
    /// into markup.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    static let common: HTTPFields = {
        var headers = HTTPFields()
        for (name, value) in [
            ("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ] {
            guard let name = HTTPField.Name(name) else {
                preconditionFailure("not a field name: \(name)")
            }
            headers[name] = value
        }
        return headers
    }()
}
