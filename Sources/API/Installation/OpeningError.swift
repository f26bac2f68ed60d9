package import EventStore
package import Projections

/// Why a data folder could not be opened, or not be closed.
package enum OpeningError: Error, Hashable, Sendable {
    /// Another process works in it: ask that one through its socket, or end it.
    case inUse(String)
    case folder(String, reason: String)
    /// It is no data folder, or one of a newer program.
    case identity(file: String, reason: String)
    case key(InstallationKeyError)
    case vault(VaultError)
    case views(ViewError)
    case log(LogError)
    /// The log holds what this program cannot understand: a newer program wrote it.
    case unreadable(reason: String)

    package enum LogError: Hashable, Sendable {
        case open(OpenError)
        case read(ReadError)
        case append(AppendError)
    }

    /// What a step of opening threw.
    init(_ error: any Error, _ folder: String) {
        switch error {
        case let error as OpeningError: self = error
        case let error as VaultError: self = .vault(error)
        case let error as ReadError: self = .log(.read(error))
        case let error as AppendError: self = .log(.append(error))
        case let error as Refusal: self = .unreadable(reason: "\(error)")
        default: self = .folder(folder, reason: "\(error)")
        }
    }

    /// For the operator: what is wrong, and what to do.
    package var words: String {
        switch self {
        case .inUse(let folder): "\(folder): another process works in it"
        case .folder(let folder, let reason): "\(folder): \(reason)"
        case .identity(let file, let reason): "\(file): \(reason)"
        case .key(let error): error.words
        case .vault(let error): error.words
        case .views(let error): "\(error)"
        case .log(.open(.locked(let folder))): "\(folder): another process works in it"
        case .log(.open(.disk(let error))): "\(error)"
        case .log(.read(let error)): "\(error)"
        case .log(.append(let error)): "\(error)"
        case .unreadable(let reason): reason
        }
    }
}

extension VaultError {
    package var words: String {
        switch self {
        case .wrongInstallationKey:
            "the installation key does not open this vault: give the right --key-file"
        case .rotationUnfinished:
            "a rotation of the installation key did not end: start with the new key, and it goes on"
        case .damaged(let file, let reason):
            "\(file) is damaged (\(reason)): restore a backup, or what its keys sealed is lost"
        case .erasureListBehind(let file, 0, _):
            "\(file), the list of what was erased, is missing or empty: find the newest one"
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
    package var words: String {
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
