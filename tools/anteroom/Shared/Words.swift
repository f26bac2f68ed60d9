import API
import EventStore

extension Refusal {
    /// For the operator's terminal: as HTTP tells it, and the machinery's own words, which HTTP
    /// keeps back.
    var words: String {
        let problem = Problem(self)
        let text = problem.detail.map { "\(problem.title): \($0)" } ?? problem.title
        if case .append(let error) = self { return "\(text) (\(error))" }
        if case .read(let error) = self { return "\(text) (\(error))" }
        if case .vault(let error) = self { return "\(text) (\(error))" }
        if case .unreadable(let reason) = self { return "\(text) (\(reason))" }
        if case .projectionStopped(let reason) = self { return "\(text) (\(reason))" }
        return text
    }

    /// Why a row of a file was refused; nil where the trouble is not the row's.
    var aboutTheRow: String? {
        if case .rule(let told) = self { return told.words }
        if case .fields = self { return Problem(self).detail ?? Problem(self).title }
        return nil
    }
}
