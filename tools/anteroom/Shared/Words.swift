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

extension VaultError {
    var words: String {
        switch self {
        case .wrongInstallationKey:
            "the installation key does not open this vault: give the right --key-file"
        case .rotationUnfinished:
            "a rotation of the installation key did not end: start with the new key, and it goes on"
        case .damaged(let file, let reason):
            "\(file) is damaged (\(reason)): restore a backup, or what its keys sealed is lost"
        case .erasureListBehind(let file, let has, let needs):
            "\(file) holds \(has) erasures of at least \(needs): find the newest list"
        case .missing(let file):
            "\(file) is missing, and the log holds what its keys sealed: restore it"
        case .diskFull: "no room on the disk"
        case .io(let file, let reason): "\(file): \(reason)"
        case .closed: "the vault is closed"
        }
    }
}

extension InstallationKeyError {
    var words: String {
        switch self {
        case .missing(let path):
            "\(path): the installation key is missing, and no other opens the vault"
        case .insideDataFolder(let path):
            "\(path): an installation key must not lie in the data folder it opens"
        case .malformed(let path, let reason): "\(path) is no installation key: \(reason)"
        case .io(let path, let reason): "\(path): \(reason)"
        }
    }
}
