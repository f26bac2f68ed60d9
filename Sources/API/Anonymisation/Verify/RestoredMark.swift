import EventStore
import Foundation

/// `DIR/restored.json`: how many erasures the list held when the folder was laid from a backup. The
/// log may not know of those, since it is older than they are; of all later ones it does.
struct RestoredMark: Hashable {
    let erasures: Int

    static let fileName = "restored.json"

    init(erasures: Int) { self.erasures = erasures }

    /// That of a folder; of one that was not restored: none.
    init(folder: String) throws {
        let file = "\(folder)/\(RestoredMark.fileName)"
        guard FileManager.default.fileExists(atPath: file) else {
            erasures = 0
            return
        }
        let json: JSON
        do {
            json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw BackupError.malformed(file: file)
        }
        guard json["restored"] == "anteroom 1", let count = json["erasures"]?.whole else {
            throw BackupError.malformed(file: file)
        }
        erasures = Int(count)
    }

    func write(to folder: String) throws {
        let json: JSON = ["restored": "anteroom 1", "erasures": .integer(Int64(erasures))]
        try Data(json.bytes + Array("\n".utf8)).write(
            to: URL(fileURLWithPath: "\(folder)/\(RestoredMark.fileName)"), options: .atomic)
    }
}
