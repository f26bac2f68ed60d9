/// Counts and what ties them together.
package struct CountSystem: Hashable, Sendable {
    /// Counts on its one side make as much as those on the other. Places in ``counts``.
    package struct Equation: Hashable, Sendable {
        package let these: [Int]
        package let those: [Int]

        var all: [Int] { these + those }
    }

    package private(set) var counts: [Int] = []
    package private(set) var equations: [Equation] = []

    package init() {}

    /// Adds a count and says its place.
    package mutating func add(_ count: Int) -> Int {
        counts.append(count)
        return counts.count - 1
    }

    /// Notes that a reader knows `total` to be the sum of `parts`. Where it is not (a visit that
    /// ran into the next week), nobody can reckon with it, and nothing is noted.
    package mutating func relate(_ total: Int, isSumOf parts: [Int]) {
        relate([total], areAsManyAs: parts)
    }

    /// As the other, with more than one count on either side; none stands on both.
    package mutating func relate(_ these: [Int], areAsManyAs those: [Int]) {
        func sum(_ places: [Int]) -> Int { places.reduce(0) { $0 + counts[$1] } }
        guard sum(these) == sum(those) else { return }
        equations.append(Equation(these: these, those: those))
    }
}

/// Which counts are not published, so that none of the small ones can be worked out from those that
/// are (REP-5). Pure.
///
/// Primary: every count from 1 up to below the bound; zero stays. Secondary: as many others as it
/// takes that no hidden count follows from the published ones, neither by solving the equations nor
/// from every hidden count being at least 1. Ends: where every count but the zeros is hidden, any
/// multiple of all of them fits as well, so that none is determined.
///
/// Source: Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17
/// (1988), for the kind of inference; here by elimination, which knows more kinds of tables.
package enum Suppression {
    /// For each count whether it is hidden.
    package static func hidden(in system: CountSystem, below: Int) -> [Bool] {
        var hidden = system.counts.map { (1..<max(1, below)).contains($0) }
        while true {
            let open = determined(in: system, hidden)
            guard !open.isEmpty else { return hidden }
            var more = false
            for cell in open {
                guard let other = companion(of: cell, in: system, hidden) else { continue }
                hidden[other] = true
                more = true
            }
            guard more else { return hideAll(in: system, hidden) }
        }
    }

    /// Hidden counts that a reader can work out.
    package static func determined(in system: CountSystem, _ hidden: [Bool]) -> [Int] {
        let solved = Elimination.determined(in: system, hidden)
        return solved.isEmpty ? squeezed(in: system, hidden) : solved
    }

    /// What to hide beside `cell`: the smallest published count of an equation it stands in, of one
    /// tied to that by hidden counts where there is none.
    private static func companion(
        of cell: Int, in system: CountSystem, _ hidden: [Bool]
    ) -> Int? {
        var reached: Set<Int> = [cell]
        while true {
            var candidates: [Int] = []
            var grown = reached
            for equation in system.equations {
                let members = equation.all
                guard members.contains(where: reached.contains) else { continue }
                candidates += members.filter { !hidden[$0] && system.counts[$0] != 0 }
                grown.formUnion(members.filter { hidden[$0] })
            }
            let least = candidates.min {
                (system.counts[$0], $0) < (system.counts[$1], $1)
            }
            if let least { return least }
            if grown == reached { return nil }
            reached = grown
        }
    }

    /// Every count of an equation with a hidden one, but for zeros.
    private static func hideAll(in system: CountSystem, _ hidden: [Bool]) -> [Bool] {
        var hidden = hidden
        for (index, count) in system.counts.enumerated() where count != 0 { hidden[index] = true }
        return hidden
    }

    /// Hidden counts of which bounds leave one value: each is at least 1, and sums are known.
    private static func squeezed(in system: CountSystem, _ hidden: [Bool]) -> [Int] {
        var low = system.counts.indices.map { hidden[$0] ? 1 : system.counts[$0] }
        var high = system.counts.indices.map { hidden[$0] ? Int.max : system.counts[$0] }
        var changed = true
        while changed {
            changed = false
            for equation in system.equations {
                changed = narrow(equation.these, by: equation.those, &low, &high) || changed
                changed = narrow(equation.those, by: equation.these, &low, &high) || changed
            }
        }
        return system.counts.indices.filter { hidden[$0] && low[$0] == high[$0] }
    }

    /// Narrows the bounds of an equation's one side by those of both; false where they are as
    /// narrow as it makes them. What has no upper bound is `Int.max`.
    private static func narrow(
        _ side: [Int], by other: [Int], _ low: inout [Int], _ high: inout [Int]
    ) -> Bool {
        let least = other.reduce(0) { $0 + low[$1] }
        let most = other.contains { high[$0] == .max } ? nil : other.reduce(0) { $0 + high[$1] }
        let ownLeast = side.reduce(0) { $0 + low[$1] }
        let unbounded = side.count { high[$0] == .max }
        let ownMost = side.reduce(0) { high[$1] == .max ? $0 : $0 + high[$1] }
        var changed = false
        for place in side {
            let (before, beyond) = (low[place], high[place])
            if let most, most - (ownLeast - before) < beyond {
                high[place] = most - (ownLeast - before)
                changed = true
            }
            // The others of its side, at their most.
            let others = beyond == .max ? ownMost : ownMost - beyond
            if unbounded == (beyond == .max ? 1 : 0), least - others > before {
                low[place] = least - others
                changed = true
            }
            // Sums of this call count what was: the rest is for the next round.
            if changed { return true }
        }
        return false
    }
}

/// Solves for hidden counts by elimination over a prime field: exact, without fractions. A count
/// that rational numbers determine is found unless the prime divides a minor of the equations, all
/// of whose coefficients are 0 and ±1.
enum Elimination {
    /// 2^31 − 1: products fit 64 bits.
    private static let prime: Int64 = 2_147_483_647

    static func determined(in system: CountSystem, _ hidden: [Bool]) -> [Int] {
        var rows: [[Int: Int64]] = []
        for equation in system.equations {
            var row: [Int: Int64] = [:]
            for place in equation.these where hidden[place] { row[place, default: 0] += 1 }
            for place in equation.those where hidden[place] { row[place, default: 0] += prime - 1 }
            row = row.mapValues { $0 % prime }.filter { $0.value != 0 }
            if !row.isEmpty { rows.append(row) }
        }
        var pivots: [(column: Int, row: [Int: Int64])] = []
        while var row = rows.popLast() {
            for (column, known) in pivots { subtract(known, from: &row, at: column) }
            guard let column = row.keys.min(), let value = row[column] else { continue }
            let inverse = power(value, prime - 2)
            row = row.mapValues { $0 * inverse % prime }
            for index in pivots.indices { subtract(row, from: &pivots[index].row, at: column) }
            pivots.append((column, row))
        }
        return pivots.filter { $0.row.count == 1 }.map(\.column).sorted()
    }

    /// Takes as much of `known`, which has 1 at `column`, as makes `row` 0 there.
    private static func subtract(
        _ known: [Int: Int64], from row: inout [Int: Int64], at column: Int
    ) {
        guard let factor = row[column] else { return }
        for (index, value) in known {
            let rest = (row[index, default: 0] + (prime - factor) * value) % prime
            row[index] = rest == 0 ? nil : rest
        }
    }

    private static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
        var (base, exponent, result) = (base % prime, exponent, Int64(1))
        while exponent > 0 {
            if exponent & 1 == 1 { result = result * base % prime }
            base = base * base % prime
            exponent >>= 1
        }
        return result
    }
}
