import Domain
import TestSupport
import Testing

/// An attack on suppressed tables, by other means than those that made them: rational elimination
/// over everything published, and every whole-number table that fits it.
@Suite("Suppression") struct SuppressionTests {
    /// Places of a clinics × outcomes table with its totals, and a breakdown of the first clinic.
    struct Table {
        var system = CountSystem()

        init(_ random: inout Samples, below: Int) {
            let rows = random.next(in: 1...4)
            let columns = random.next(in: 1...3)
            func count() -> Int {
                switch random.next(in: 0...3) {
                case 0: 0
                case 1: random.next(in: 1...below - 1)
                default: random.next(in: 1...12)
                }
            }
            var grid: [[Int]] = []
            for _ in 0..<rows { grid.append((0..<columns).map { _ in count() }) }
            let places = grid.map { row in row.map { system.add($0) } }
            let rowTotals = grid.map { system.add($0.reduce(0, +)) }
            let columnTotals = (0..<columns).map { column in
                system.add(grid.reduce(0) { $0 + $1[column] })
            }
            let total = system.add(grid.joined().reduce(0, +))
            for row in 0..<rows { system.relate(rowTotals[row], isSumOf: places[row]) }
            for column in 0..<columns {
                system.relate(columnTotals[column], isSumOf: places.map { $0[column] })
            }
            system.relate(total, isSumOf: rowTotals)
            system.relate(total, isSumOf: columnTotals)
            // The first cell again, by staff member; the whole again, by hour.
            split(places[0][0], &random)
            split(total, &random)
        }

        private mutating func split(_ place: Int, _ random: inout Samples) {
            var left = system.counts[place]
            var parts: [Int] = []
            for _ in 0..<2 {
                let part = random.next(in: 0...left)
                parts.append(system.add(part))
                left -= part
            }
            parts.append(system.add(left))
            system.relate(place, isSumOf: parts)
        }
    }

    @Test("REP-5 no hidden count follows from everything published, by linear algebra")
    func linear() {
        for seed in UInt64(0)..<4_000 {
            var random = Samples(seed: seed)
            let below = random.next(in: 3...6)
            let system = Table(&random, below: below).system
            let hidden = Suppression.hidden(in: system, below: below)
            for (place, count) in system.counts.enumerated() {
                if (1..<below).contains(count) { #expect(hidden[place], "seed \(seed)") }
                if count == 0 { #expect(!hidden[place], "seed \(seed): zero stays") }
            }
            let solved = solved(system, hidden)
            #expect(solved.isEmpty, "seed \(seed), below \(below): \(solved) of \(system.counts)")
        }
    }

    @Test("REP-5 no hidden count is the only whole number of at least 1 that fits")
    func wholeNumbers() {
        var tried = 0
        for seed in UInt64(10_000)..<14_000 {
            var random = Samples(seed: seed)
            let system = Table(&random, below: 5).system
            let hidden = Suppression.hidden(in: system, below: 5)
            let places = system.counts.indices.filter { hidden[$0] }
            guard (1...9).contains(places.count) else { continue }
            tried += 1
            let others = OtherTables.differing(from: system, hidden)
            #expect(
                others.isSuperset(of: places),
                "seed \(seed): \(Set(places).subtracting(others)) of \(system.counts)")
        }
        #expect(tried > 300, "only \(tried) tables were small enough")
    }

    @Test("REP-5 the attack finds what is not protected")
    func attackWorks() {
        var system = CountSystem()
        let parts = [3, 20, 30].map { system.add($0) }
        let total = system.add(53)
        system.relate(total, isSumOf: parts)
        #expect(solved(system, [true, false, false, false]) == [0])
        #expect(solved(system, [true, true, false, false]).isEmpty)
        #expect(Suppression.hidden(in: system, below: 5) == [true, true, false, false])
        // Two hidden counts of at least 1 that sum to 2 are both 1.
        var pair = CountSystem()
        let ones = [1, 1, 40].map { pair.add($0) }
        pair.relate(pair.add(42), isSumOf: ones)
        #expect(Suppression.determined(in: pair, [true, true, false, false]) == [0, 1])
        #expect(Suppression.hidden(in: pair, below: 5)[2])
    }

    @Test("REP-5 where nothing is small, nothing is hidden")
    func nothingSmall() {
        var system = CountSystem()
        let parts = [0, 5, 30].map { system.add($0) }
        system.relate(system.add(35), isSumOf: parts)
        #expect(Suppression.hidden(in: system, below: 5) == [false, false, false, false])
    }
}

/// Hidden places whose count follows from the others, over the rational numbers.
private func solved(_ system: CountSystem, _ hidden: [Bool]) -> [Int] {
    let unknowns = system.counts.indices.filter { hidden[$0] }
    let rows = system.equations.map { equation in
        unknowns.map { unknown in
            equation.these.count { $0 == unknown } - equation.those.count { $0 == unknown }
        }
    }
    return RationalAttack.determined(rows).map { unknowns[$0] }
}

/// Searches every table of whole numbers that agrees with what is published.
private enum OtherTables {
    /// Hidden places that another table fills otherwise; hidden counts are known to be at least 1.
    static func differing(from system: CountSystem, _ hidden: [Bool]) -> Set<Int> {
        var differing: Set<Int> = []
        let places = system.counts.indices.filter { hidden[$0] }
        var counts = system.counts
        // Far enough to show that nothing is determined.
        let most = (places.map { system.counts[$0] }.max() ?? 0) + 2
        func fits(upTo count: Int) -> Bool {
            let open = Set(places[count...])
            return system.equations.allSatisfy { equation in
                let (total, parts) = (equation.these, equation.those)
                if total.contains(where: open.contains) { return true }
                let known = parts.filter { !open.contains($0) }
                let sum = known.reduce(0) { $0 + counts[$1] }
                let rest = parts.count - known.count
                let whole = total.reduce(0) { $0 + counts[$1] }
                return rest == 0 ? sum == whole : sum + rest <= whole
            }
        }
        func search(_ index: Int) {
            guard differing.count < places.count else { return }
            guard index < places.count else {
                differing.formUnion(places.filter { counts[$0] != system.counts[$0] })
                return
            }
            for value in 1...most {
                counts[places[index]] = value
                if fits(upTo: index + 1) { search(index + 1) }
            }
            counts[places[index]] = system.counts[places[index]]
        }
        search(0)
        return differing
    }
}
