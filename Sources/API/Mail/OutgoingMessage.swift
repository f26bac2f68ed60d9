/// What is to leave, whole, by whatever way.
enum OutgoingMessage: Sendable {
    case mail(MailMessage)
    case text(TextMessage)
    case webhook(WebhookCall)

    /// What is written of it where it does not leave.
    var bytes: [UInt8] {
        switch self {
        case .mail(let message): message.bytes
        case .text(let message): Array("To: \(message.to.text)\n\n\(message.text)\n".utf8)
        case .webhook(let call): call.body
        }
    }

    /// Of the file it is written to then.
    var ending: String {
        switch self {
        case .mail: "eml"
        case .text: "txt"
        case .webhook: "json"
        }
    }
}
