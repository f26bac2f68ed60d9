import API
import EventStore

/// Names an import's commands: the same step, started again, gets the same name; and with the
/// secret gone nobody can work out any of them from a row. Source: design.md "What must not tell".
struct CommandNames {
    let secret: EndingSecret

    func step(_ step: ImportStep) throws(Refusal) -> IdempotencyKey {
        try key("step", "\(step.line).\(step.part)")
    }

    func key(_ kind: String, _ name: String) throws(Refusal) -> IdempotencyKey {
        let message = Array(kind.utf8) + [0] + Array(name.utf8)
        return try IdempotencyKey(hexDigits(secret.mac(.commandID, message)[0..<16]))
    }
}
