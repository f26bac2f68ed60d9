/// Gauss and Jordan over the rational numbers.
package enum RationalAttack {
    /// A fraction in lowest terms, its denominator positive.
    private struct Fraction: Equatable {
        let over: Int
        let under: Int

        init(_ over: Int, _ under: Int = 1) {
            var (a, b) = (abs(over), abs(under))
            while b != 0 { (a, b) = (b, a % b) }
            let sign = under < 0 ? -1 : 1
            self.over = sign * over / max(a, 1)
            self.under = sign * under / max(a, 1)
        }

        static func - (a: Fraction, b: Fraction) -> Fraction {
            Fraction(a.over * b.under - b.over * a.under, a.under * b.under)
        }
        static func * (a: Fraction, b: Fraction) -> Fraction {
            Fraction(a.over * b.over, a.under * b.under)
        }
        static func / (a: Fraction, b: Fraction) -> Fraction {
            Fraction(a.over * b.under, a.under * b.over)
        }
        var isZero: Bool { over == 0 }
    }

    /// Columns whose unknown has one value in every solution, whatever is on the right of each row.
    package static func determined(_ coefficients: [[Int]]) -> [Int] {
        var rows = coefficients.map { $0.map { Fraction($0) } }
        let columns = rows.first?.indices ?? 0..<0
        var next = 0
        for column in columns {
            guard let pivot = rows.indices.first(where: { $0 >= next && !rows[$0][column].isZero })
            else { continue }
            rows.swapAt(next, pivot)
            let value = rows[next][column]
            rows[next] = rows[next].map { $0 / value }
            for row in rows.indices where row != next && !rows[row][column].isZero {
                let factor = rows[row][column]
                for index in columns {
                    rows[row][index] = rows[row][index] - factor * rows[next][index]
                }
            }
            next += 1
        }
        return rows.compactMap { row in
            let used = row.indices.filter { !row[$0].isZero }
            return used.count == 1 ? used[0] : nil
        }
    }
}
