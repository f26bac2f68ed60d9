import Domain
import Foundation

/// Where mails go that are not sent: one file each, `ID.eml`, text messages `ID.txt`, webhooks
/// `ID.json`, in the clear. For trying, and for test organisations (ORG-12): only the program's own
/// user may look.
package struct MailFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Writes it, whole or not at all; again over what stands there of the same mail.
    /// - Throws: whatever the file system says.
    func write(_ message: OutgoingMessage, of mail: ID<Mail>) throws {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let file = "\(path)/\(mail).\(message.ending)"
        let part = file + ".part"
        guard
            manager.createFile(
                atPath: part, contents: Data(message.bytes),
                attributes: [.posixPermissions: 0o600]),
            rename(part, file) == 0
        else { throw CocoaError(.fileWriteUnknown) }
    }
}
