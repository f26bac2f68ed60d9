/// Why rows could not be read or written. Nothing is lost: the log is the truth (design.md, rule
/// 2).
package enum ViewError: Error, Hashable, Sendable {
    /// The file's bytes are not what was written: it is set aside and rebuilt from the log.
    case damaged(file: String, reason: String)
    /// No room on the disk: the projection stays where it is and goes on when there is room.
    case diskFull(file: String)
    /// SQLite or the operating system refused, in its words: try again, then ask an operator.
    case io(file: String, reason: String)
    /// An event can't be understood here; see ``ProjectionStop``. Upgrade the program.
    case stopped(ProjectionStop)
    /// The log's history is not the one these rows came from (a restored backup): rebuilt.
    case otherHistory(log: String, position: Int64)
    /// No projection of that name runs here.
    case unknownProjection(String)
    /// ``EngineLimits/waiters`` tasks wait already: come back later.
    case tooManyWaiting
    /// Reading the log failed.
    case log(reason: String)
    case closed
}

extension ViewError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let file, let reason):
            "\(file) is damaged (\(reason)); its rows are rebuilt from the log"
        case .diskFull(let file): "\(file): no room on the disk; projections wait"
        case .io(let file, let reason): "\(file): \(reason)"
        case .stopped(let stop): stop.description
        case .otherHistory(let log, let position):
            "log \(log) is not the one these rows came from (event \(position) differs)"
        case .unknownProjection(let name): "there is no projection called \(name)"
        case .tooManyWaiting: "too many wait for projections"
        case .log(let reason): "the log could not be read: \(reason)"
        case .closed: "projections are closed"
        }
    }
}
