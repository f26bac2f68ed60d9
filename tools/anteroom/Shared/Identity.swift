import API
import Foundation

/// `anteroom.json`: whose folder it is and how it is written, so that a program too old for it says
/// so and touches nothing.
enum Identity {
    static let fileName = "anteroom.json"
    /// Raised when an older program could do harm in the folder.
    static let format: Int64 = 1

    /// Writes the file where there is none; refuses a folder of a newer format.
    static func check(_ folder: String) throws(Failure) {
        let file = URL(fileURLWithPath: folder).appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            let identity: JSON = ["program": "anteroom", "format": .integer(format)]
            do {
                try Data(identity.bytes + Array("\n".utf8)).write(to: file, options: .atomic)
            } catch {
                throw .wrong("\(file.path): \(error.localizedDescription)")
            }
            return
        }
        let found: JSON
        do {
            found = try JSON(parsing: Data(contentsOf: file))
        } catch {
            throw .wrong("\(file.path): \(error)")
        }
        guard let number = found["format"]?.whole, found["program"] == "anteroom" else {
            throw .wrong("\(file.path): this is no data folder of anteroom")
        }
        guard number <= format else {
            throw .wrong("\(file.path): format \(number); this program knows up to \(format)")
        }
    }
}
