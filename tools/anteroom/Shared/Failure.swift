import API
import ArgumentParser
import EventStore
import Glibc
import Projections

/// Why a sub-command ends with something else than 0: what its last line on stderr says.
struct Failure: Error {
    let code: ExitCode
    /// Empty: it was said already.
    let message: String

    static func wrong(_ message: String) -> Failure { Failure(code: .foundWrong, message: message) }
    static func usage(_ message: String) -> Failure { Failure(code: .badUsage, message: message) }
}

extension Failure {
    /// What a sub-command threw, whatever it was.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure:
            let message = failure.message
            self.init(code: failure.code, message: message.isEmpty ? "" : "anteroom: \(message)")
        case is CancellationError: self.init(code: .foundWrong, message: "anteroom: stopped")
        case let error as OpeningError: self = Failure(Failure.wrong(error.words))
        case let error as Refusal: self = Failure(Failure.wrong(error.words))
        case let error as VaultError: self = Failure(Failure.wrong(error.words))
        case let error as ViewError: self = Failure(Failure.wrong("\(error)"))
        case let error as ReadError: self = Failure(Failure.wrong("\(error)"))
        case let error as OpenError: self = Failure(Failure.wrong("\(error)"))
        default:
            // Bad usage, or help, in the parser's own words.
            let isHelp = AnteroomCommand.exitCode(for: error) == .success
            self.init(
                code: isHelp ? .fine : .badUsage, message: AnteroomCommand.fullMessage(for: error))
        }
    }
}

/// Ends the process. Whatever was to be closed has been; what is not durable by now never was.
func leave(_ code: ExitCode) -> Never { exit(code.rawValue) }
