import Foundation

/// `anteroom.json`: whose folder it is, and in which format.
enum Identity {
    static let fileName = "anteroom.json"
    /// Raised when an older program could do harm in the folder.
    static let format: Int64 = 1

    /// Writes the file where there is none; refuses a folder of a newer format, or of another
    /// program.
    static func check(_ folder: String) throws(OpeningError) {
        let file = URL(fileURLWithPath: folder).appendingPathComponent(fileName)
        let found: JSON
        do {
            guard FileManager.default.fileExists(atPath: file.path) else {
                let identity: JSON = ["program": "anteroom", "format": .integer(format)]
                try Data(identity.bytes + Array("\n".utf8)).write(to: file, options: .atomic)
                return
            }
            found = try JSON(parsing: Data(contentsOf: file))
        } catch let error as JSONError {
            throw .identity(file: file.path, reason: "at byte \(error.offset): \(error.reason)")
        } catch {
            throw .identity(file: file.path, reason: error.localizedDescription)
        }
        guard let number = found["format"]?.whole, found["program"] == "anteroom" else {
            throw .identity(file: file.path, reason: "this is no data folder of anteroom")
        }
        guard number <= format else {
            throw .identity(
                file: file.path, reason: "format \(number); this program knows up to \(format)")
        }
    }
}
