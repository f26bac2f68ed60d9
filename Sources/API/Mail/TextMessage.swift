package import Domain

/// A text message: one number, a few lines.
package struct TextMessage: Hashable, Sendable {
    package let to: PhoneNumber
    package let text: String

    package init(to: PhoneNumber, text: String) {
        self.to = to
        self.text = text
    }
}

/// Takes text messages over for delivery: a gateway, or what stands for it in a test.
package protocol TextCarrier: Sendable {
    func carry(_ message: TextMessage) async -> Delivery
}
