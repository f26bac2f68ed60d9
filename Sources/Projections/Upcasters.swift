package import EventStore

/// Turns payloads of an older schema number into the shape of today, step by step. What the log
/// holds never changes; this is the one place that knows how it was written before.
package struct Upcasters: Sendable {
    /// From one schema number of an event to the next.
    package struct Step: Sendable {
        package let type: EventType
        package let from: UInt32
        package let raise: @Sendable (ArraySlice<UInt8>) throws(CodingError) -> [UInt8]

        package init(
            _ type: EventType, from: UInt32,
            _ raise: @escaping @Sendable (ArraySlice<UInt8>) throws(CodingError) -> [UInt8]
        ) {
            self.type = type
            self.from = from
            self.raise = raise
        }
    }

    private struct Key: Hashable {
        let type: EventType
        let from: UInt32
    }

    private let steps: [Key: Step]

    package init(_ steps: [Step]) {
        self.steps = Dictionary(
            steps.map { (Key(type: $0.type, from: $0.from), $0) },
            uniquingKeysWith: { _, _ in preconditionFailure("two steps from one schema number") })
    }

    /// Every step this program knows. Schema numbers have only been 1 so far.
    package static let all = Upcasters([])

    /// As high as the steps lead; at least one of them.
    package func raise(
        _ type: EventType, _ schema: UInt32, _ payload: ArraySlice<UInt8>
    ) throws(CodingError) -> (schema: UInt32, payload: [UInt8]) {
        guard var step = steps[Key(type: type, from: schema)] else {
            throw .noUpcaster(from: schema)
        }
        var raised = try step.raise(payload)
        while let next = steps[Key(type: type, from: step.from + 1)] {
            step = next
            raised = try step.raise(raised[...])
        }
        return (step.from + 1, raised)
    }
}
