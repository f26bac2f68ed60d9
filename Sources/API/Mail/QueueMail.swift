package import Domain
import EventStore
import Projections

extension Work {
    /// Queues a mail in this command's commit: it goes out if, and only if, the command is
    /// accepted, and once. The letter is sealed under a key of its own, which is destroyed some
    /// days after it was sent (``Retention/mailDays``), whatever becomes of what it was about.
    ///
    /// Where history is imported nothing is queued: nobody is written to about what is long past.
    /// - Parameter clinic: for which it is sent; nil: the organisation.
    package mutating func queueMail(
        _ kind: MailKind, _ letter: Letter, clinic: ID<Clinic>? = nil
    ) async throws(Refusal) {
        guard request.door != .importing else { return }
        let key = try await takeKey()
        let mail: ID<Mail> = newID()
        try await decide(
            Mail.self, mail,
            .queue(at: at, kind: kind, clinic: clinic, letter: letter, key: key))
    }
}
