/// An amount in a currency's smallest unit (cents); may be negative (a refund).
package struct Money: PlainStruct {
    package let minorUnits: Int
    package let currency: Currency

    package init(minorUnits: Int, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        minorUnits = try f(1, "minor_units", \.minorUnits)
        currency = try f(2, "currency", \.currency)
    }
}

/// A currency by its three letters. Source: ISO 4217.
package struct Currency: PlainText {
    package static let bytesMax = 3
    package static let meaning = "ISO 4217 currency code"

    package let description: String

    /// Nil unless `text` is three capital letters.
    package init?(_ text: String) {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ $0.isLetter && $0 < 0x60 }) else {
            return nil
        }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        samples.text("ABCEURSDZ", count: 3...3)
    }
}
