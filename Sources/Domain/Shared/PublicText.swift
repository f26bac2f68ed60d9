/// Text an organisation wrote for everyone to read: a clinic's name, a disclaimer, an announcement.
/// Never what a caller, client or staff member typed about a person.
package struct PublicText: PlainText {
    /// UTF-8 bytes, 0…8,192.
    package static let bytesMax = 8192
    package static let meaning = "text written by the organisation, at most 8,192 bytes"

    package let description: String

    /// Nil where `text` is longer than ``bytesMax``.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        samples.text("abcdefg hij-ÅØéझ🏥\"\\", count: 0...24)
    }
}
