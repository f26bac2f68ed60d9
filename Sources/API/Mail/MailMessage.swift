package import Domain
import Foundation

/// A mail as a server takes it: one address, one text, UTF-8. The same event makes the same bytes,
/// so that a mail sent twice (a crash between the server's yes and our event) has one Message-ID.
///
/// Source: RFC 5322; RFC 2045 (quoted-printable), RFC 2047 (encoded words), RFC 3834
/// (Auto-Submitted).
package struct MailMessage: Hashable, Sendable {
    package let to: EmailAddress
    /// Lines end in CRLF; 76 characters at most, all of them ASCII.
    package let bytes: [UInt8]

    /// Who it is from, to whom, when: what does not depend on the text.
    package struct Envelope: Hashable, Sendable {
        package let mail: ID<Mail>
        package let queuedAt: Instant
        package let from: EmailAddress
        package let fromName: String
        package let to: EmailAddress

        package init(
            mail: ID<Mail>, queuedAt: Instant, from: EmailAddress, fromName: String,
            to: EmailAddress
        ) {
            self.mail = mail
            self.queuedAt = queuedAt
            self.from = from
            self.fromName = fromName
            self.to = to
        }

        /// Follows from the event, so that a repetition is known as one.
        package var messageID: String { "<\(mail.description)@\(from.domain)>" }
    }

    package init(_ envelope: Envelope, subject: String, language: LanguageTag, text: String) {
        to = envelope.to
        let lines = [
            "Date: " + MailMessage.date(envelope.queuedAt),
            "From: \(EncodedWords.header(envelope.fromName, after: 6)) <\(envelope.from.text)>",
            "To: <\(envelope.to.text)>",
            "Message-ID: \(envelope.messageID)",
            "Subject: " + EncodedWords.header(subject, after: 9),
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Language: \(language)",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            QuotedPrintable.text(text),
            "",
        ]
        bytes = Array(lines.joined(separator: "\r\n").utf8)
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sat, 21 Nov 2026 19:25:39 +0000`
    static func date(_ moment: Instant) -> String {
        let number = Retention.day(of: moment)
        guard let day = LocalDate(day: Int(number)) else { return date(Instant(milliseconds: 0)) }
        let parts = day.description.split(separator: "-")
        let seconds = (moment.milliseconds - number * 86_400_000) / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let name = days[Int(((number % 7) + 7) % 7)]
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "\(name), \(parts[2]) \(month) \(parts[0]) \(clock) +0000"
    }
}

/// Text of any language in a header's line.
enum EncodedWords {
    /// Bytes of UTF-8 in one word: with the header's name it stays within 76 characters.
    static let bytesMax = 36
    private static let plainMax = 60

    /// - Parameter after: characters that stand before it on its line.
    static func header(_ text: String, after: Int) -> String {
        // A control character ends nothing here: a header is one line.
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || scalar.value == 0x7f ? " " : scalar
                }))
        let isPlain =
            line.utf8.count + after <= plainMax
            && line.utf8.allSatisfy { byte in
                byte == UInt8(ascii: " ") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        if isPlain, !line.isEmpty { return line }
        return words(line).joined(separator: "\r\n ")
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var part: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if part.count + bytes.count > bytesMax {
                words.append(word(part))
                part = []
            }
            part += bytes
        }
        return words + [word(part)]
    }

    private static func word(_ bytes: [UInt8]) -> String {
        "=?UTF-8?B?\(Data(bytes).base64EncodedString())?="
    }
}

/// A body of any text in lines of 76 ASCII characters at most.
enum QuotedPrintable {
    static let lineMax = 76

    static func text(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { line(Array($0.utf8)) }.joined(separator: "\r\n")
    }

    private static func line(_ bytes: [UInt8]) -> String {
        var lines = ""
        var length = 0
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            let isPlain =
                (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
            let piece = isPlain ? String(UnicodeScalar(byte)) : escaped(byte)
            // One place is kept for the `=` that says the line goes on.
            if length + piece.utf8.count > lineMax - 1 {
                lines += "=\r\n"
                length = 0
            }
            lines += piece
            length += piece.utf8.count
        }
        return lines
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
