/// What can be asked of a mail.
package enum MailCommand: Hashable, Sendable {
    /// - Parameter key: a fresh one, the mail's own.
    case queue(
        at: Instant, kind: MailKind, clinic: ID<Clinic>?, letter: Letter, key: ID<RecordKey>)
    /// - Parameter attempt: which one it was, from 1: so that nothing is told twice.
    case tellSent(at: Instant, attempt: Int)
    case tellFailed(at: Instant, attempt: Int, fault: MailFault, reply: Int?)
    case tellCaptured(at: Instant, cause: MailCapture)
}

/// Why a mail refuses. In order: where two reasons apply, the earlier is thrown.
package enum MailRejection: Rejected {
    case mailUnknown
    case mailExists
    case mailSettled
    case attemptNotNext
    /// The clinic's add-on for text messages is off, or the package holds none.
    case smsOff

    package var told: Told {
        switch self {
        case .mailUnknown: Told("mailUnknown", "There is no such mail.", field: "mail")
        case .mailExists: Told("mailExists", "This mail exists.", field: "mail")
        case .mailSettled: Told("mailSettled", "This mail was sent or given up.", field: "mail")
        case .attemptNotNext:
            Told("attemptNotNext", "Another attempt comes first.", field: "attempt")
        case .smsOff:
            Told("smsOff", "Text messages are not switched on for this clinic.", field: "by")
        }
    }
}
