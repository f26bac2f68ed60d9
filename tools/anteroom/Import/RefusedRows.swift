import Domain
import EventStore
import Foundation

/// The list of what an import could not take: `import-FINGERPRINT.refused.tsv` in the data folder,
/// line and reason.
///
/// Written whole and then put in place, so that it is never half there; none where nothing was
/// refused.
enum RefusedRows {
    static func write(
        _ refusals: [RowRefusal], of fingerprint: Digest, in folder: URL
    ) throws(Failure) -> URL? {
        guard !refusals.isEmpty else { return nil }
        let name = "import-\(hexDigits(fingerprint.bytes.prefix(8))).refused.tsv"
        let file = folder.appendingPathComponent(name)
        let lines = refusals.map { "\($0.line)\t\(oneLine($0.reason))\n" }
        do {
            try Data(("line\treason\n" + lines.joined()).utf8).write(to: file, options: .atomic)
        } catch {
            throw .wrong("\(file.path): \(error.localizedDescription)")
        }
        return file
    }

    private static func oneLine(_ reason: String) -> String {
        String(reason.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
    }
}
