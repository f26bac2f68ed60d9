import Glibc

/// Why a sub-command ends with something else than 0: what its last line on stderr says.
struct Failure: Error {
    let code: ExitCode
    let message: String

    static func wrong(_ message: String) -> Failure { Failure(code: .foundWrong, message: message) }
    static func usage(_ message: String) -> Failure { Failure(code: .badUsage, message: message) }
}

/// Ends the process. Whatever was to be closed has been; what is not durable by now never was.
func leave(_ code: ExitCode) -> Never { exit(code.rawValue) }
