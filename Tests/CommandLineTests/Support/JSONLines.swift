import API
import Testing

extension Program.Outcome {
    /// Each line of the output as JSON.
    func json(location: SourceLocation = #_sourceLocation) throws -> [JSON] {
        try lines.map { line in
            do throws(JSONError) {
                return try JSON(parsing: line.utf8)
            } catch {
                throw NotJSON(line: String(line.prefix(200)), reason: error.reason)
            }
        }
    }
}

struct NotJSON: Error {
    let line: String
    let reason: String
}

/// How often each value comes.
func counts<Value: Hashable>(_ values: some Sequence<Value>) -> [Value: Int] {
    values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
}

/// Nearest-rank quantile of sorted whole numbers.
func quantile(_ part: Double, of sorted: [Int64]) -> Int64 {
    sorted[max(0, Int((part * Double(sorted.count)).rounded(.up)) - 1)]
}
