/// Values and how often each came, in ascending order: what medians are taken of, exactly and
/// without fractions.
package struct Quantiles: Hashable, Sendable {
    private let values: [(value: Int, count: Int)]
    package let count: Int

    /// - Parameter values: each value once, in any order.
    package init(_ values: some Sequence<(value: Int, count: Int)>) {
        self.values = values.sorted { $0.value < $1.value }
        count = self.values.reduce(0) { $0 + $1.count }
    }

    /// The smallest value that at least `tenths` tenths of all are at or below: nearest rank. Nil
    /// where there is none.
    package func quantile(tenths: Int) -> Int? {
        let rank = max(1, (count * tenths + 9) / 10)
        var seen = 0
        for (value, count) in values {
            seen += count
            if seen >= rank { return value }
        }
        return nil
    }

    package var median: Int? { quantile(tenths: 5) }
    package var ninetieth: Int? { quantile(tenths: 9) }
    package var longest: Int? { values.last?.value }
    package var sum: Int { values.reduce(0) { $0 + $1.value * $1.count } }

    package static func == (one: Quantiles, other: Quantiles) -> Bool {
        one.values.elementsEqual(other.values) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(sum)
    }
}
