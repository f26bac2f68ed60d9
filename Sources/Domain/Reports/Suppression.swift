/// Counts and what ties them together: each equation says that one count is the sum of others.
package struct CountSystem: Hashable, Sendable {
    package private(set) var counts: [Int] = []
    /// Each a total and its parts, places in `counts`.
    package private(set) var equations: [(total: Int, parts: [Int])] = []

    package init() {}

    package static func == (one: CountSystem, other: CountSystem) -> Bool {
        one.counts == other.counts
            && one.equations.elementsEqual(other.equations) {
                $0.total == $1.total && $0.parts == $1.parts
            }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(counts) }

    /// Adds a count and says its place.
    package mutating func add(_ count: Int) -> Int {
        counts.append(count)
        return counts.count - 1
    }

    /// Notes that a reader knows `total` to be the sum of `parts`. Where it is not (a visit that
    /// ran into the next week), nobody can reckon with it, and nothing is noted.
    package mutating func relate(_ total: Int, isSumOf parts: [Int]) {
        guard counts[total] == parts.reduce(0, { $0 + counts[$1] }) else { return }
        equations.append((total, parts))
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
            for (total, parts) in system.equations {
                let members = [total] + parts
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
            for (total, parts) in system.equations {
                changed = narrow(total, parts, &low, &high) || changed
            }
        }
        return system.counts.indices.filter { hidden[$0] && low[$0] == high[$0] }
    }

    /// Narrows the bounds of one equation's counts; false where they are as narrow as it makes
    /// them. What has no upper bound is `Int.max`.
    private static func narrow(
        _ total: Int, _ parts: [Int], _ low: inout [Int], _ high: inout [Int]
    ) -> Bool {
        var changed = false
        let least = parts.reduce(0) { $0 + low[$1] }
        let unbounded = parts.count { high[$0] == .max }
        let most = parts.reduce(0) { high[$1] == .max ? $0 : $0 + high[$1] }
        func raise(_ index: Int, to bound: Int, _ low: inout [Int]) {
            if bound > low[index] { (low[index], changed) = (bound, true) }
        }
        func lower(_ index: Int, to bound: Int, _ high: inout [Int]) {
            if bound < high[index] { (high[index], changed) = (bound, true) }
        }
        raise(total, to: least, &low)
        if unbounded == 0 { lower(total, to: most, &high) }
        for part in parts {
            if high[total] != .max {
                lower(part, to: high[total] - (least - low[part]), &high)
            }
            let othersUnbounded = unbounded - (high[part] == .max ? 1 : 0)
            if othersUnbounded == 0, unbounded == 0 || high[part] == .max {
                let others = high[part] == .max ? most : most - high[part]
                raise(part, to: low[total] - others, &low)
            }
            // Bounds of this very call count from the next round on.
            if changed { return true }
        }
        return changed
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
        for (total, parts) in system.equations {
            var row: [Int: Int64] = [:]
            if hidden[total] { row[total] = 1 }
            for part in parts where hidden[part] { row[part, default: 0] += prime - 1 }
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
