import API

/// A sub-command as it was typed, on its way to the server that has the data folder:
/// `{"arguments": […], "directory": "/…"}` in, NDJSON out (``CommandOutput``).
struct OperatorRequest {
    /// As after the program's name.
    let arguments: [String]
    /// Absolute: what relative paths mean.
    let directory: String

    static let path = "/operator/run"
    static let bytesMax = 1 << 20

    init(arguments: [String], directory: String) {
        self.arguments = arguments
        self.directory = directory
    }

    init(_ json: JSON) throws(Failure) {
        guard let words = json["arguments"]?.elements, let directory = json["directory"]?.text
        else {
            throw .usage("arguments and directory are wanted")
        }
        arguments = words.compactMap(\.text)
        self.directory = directory
        guard arguments.count == words.count else { throw .usage("arguments are texts") }
    }

    var json: JSON {
        [
            "arguments": .array(arguments.map(JSON.string)), "directory": .string(directory),
        ]
    }
}
