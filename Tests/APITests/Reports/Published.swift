import API
import TestSupport

/// A cell of a report, whichever table shows it.
struct Place: Hashable, Comparable, CustomStringConvertible {
    /// A clinic's id, `all`, a clinic's staff member, an hour or a weekday.
    let row: String
    let column: String

    var description: String { "\(column) of \(row)" }

    static func < (one: Place, other: Place) -> Bool {
        (one.row, one.column) < (other.row, other.column)
    }
}

/// What a reader of several reports knows, and what they can reckon with it.
struct Published {
    /// Nil: hidden.
    private(set) var cells: [Place: Int?] = [:]
    /// Shown in one report, and hidden or another in the next.
    private(set) var contradictions: [String] = []
    /// Counts of which a median is shown: together they are not few.
    private var notFew: Set<[Place]> = []

    var unknowns: [Place] { cells.filter { $0.value == nil }.keys.sorted() }

    mutating func hide(_ place: Place) { cells[place] = .some(nil) }

    // MARK: Reading

    mutating func read(_ report: Report) {
        for table in report.tables {
            switch table.name {
            case "clinics", "callers", "transfersByClinic":
                for row in table.rows { read(row, table, named: clinic(row[1]), from: 2) }
            case "staff":
                for row in table.rows {
                    read(row, table, named: "\(words(row[0])) \(words(row[1]))", from: 2)
                }
            case "hours", "weekdays":
                for row in table.rows {
                    read(row, table, named: "\(table.name) \(words(row[0]))", from: 1)
                }
            case "waits",
                "lengths" where table.columns.first == "clinic":
                for row in table.rows {
                    guard case .count = row[row.count - 2] else { continue }
                    let columns = Self.over[words(row[2])] ?? []
                    notFew.insert(columns.map { Place(row: clinic(row[1]), column: $0) })
                }
            default: continue
            }
        }
    }

    private static let over = [
        "all": ["taken in", "left before being seen"], "taken in": ["taken in"],
        "left before being seen": ["left before being seen"],
        "minutes of appointments, as booked": ["booked"], "seconds of calls": ["calls"],
    ]

    private func clinic(_ cell: Report.Cell) -> String {
        if case .text(let id) = cell { id } else { "all" }
    }

    private func words(_ cell: Report.Cell) -> String {
        if case .text(let words) = cell { words } else { "" }
    }

    private mutating func read(
        _ row: [Report.Cell], _ table: Report.Table, named name: String, from first: Int
    ) {
        for (column, cell) in zip(table.columns, row).dropFirst(first) {
            // `transfers in` where nothing is suppressed.
            let column = column.replacing("transfers ", with: "")
            let place = Place(row: name, column: column)
            let value: Int?
            switch cell {
            case .count(let count): value = count
            case .hidden: value = nil
            case .text, .none: continue
            }
            if let known = cells[place], known != value {
                contradictions.append("\(place): \(cell) and \(String(describing: known))")
            }
            cells[place] = .some(value)
        }
    }

    // MARK: Reckoning

    /// One side is as much as the other.
    typealias Equation = (these: [Place], those: [Place])

    /// Sums that a reader may well take to hold, and that do.
    func equations(_ truth: [Place: Int]) -> [Equation] {
        candidates.filter { equation in
            func sum(_ places: [Place]) -> Int { places.reduce(0) { $0 + (truth[$1] ?? 0) } }
            return sum(equation.these) == sum(equation.those)
        }
    }

    private var clinics: [String] {
        Set(cells.keys.filter { $0.column == "booked" }.map(\.row)).sorted()
            .filter { $0.count == 32 }
    }

    private var candidates: [Equation] {
        var equations: [Equation] = []
        func equal(_ these: [Place], _ those: [Place]) {
            guard (these + those).allSatisfy({ cells[$0] != nil }) else { return }
            equations.append((these, those))
        }
        let outcomes = ["done", "no-shows", "cancelled"]
        let ends = ["taken in", "left before being seen", "ended otherwise"]
        for column in ["booked", "arrivals", "calls", "in", "out"] + outcomes + ends {
            equal(
                [Place(row: "all", column: column)], clinics.map { Place(row: $0, column: column) })
        }
        for row in clinics + ["all"] {
            func at(_ columns: [String]) -> [Place] { columns.map { Place(row: row, column: $0) } }
            equal(at(["arrivals"]), at(ends))
            equal(at(["arrivals", "in"]), at(ends + ["out"]))
            equal(at(["calls"]), at(["taken in"]))
        }
        for row in Set(cells.keys.map(\.row)).sorted() {
            equal(
                [Place(row: row, column: "booked")],
                outcomes.map { Place(row: row, column: $0) })
        }
        equal([Place(row: "all", column: "in")], [Place(row: "all", column: "out")])
        for (index, clinic) in clinics.enumerated() {
            for column in ["booked"] + outcomes {
                let parts = cells.keys.filter {
                    $0.row.hasPrefix("Clinic \(index + 1) ") && $0.column == column
                }
                equal([Place(row: clinic, column: column)], parts.sorted())
            }
        }
        for kind in ["hours ", "weekdays "] {
            let parts = cells.keys.filter { $0.row.hasPrefix(kind) && $0.column == "arrivals" }
            equal([Place(row: "all", column: "arrivals")], parts.sorted())
        }
        return equations
    }

    /// Hidden cells that linear algebra gives away.
    func solved(by equations: [Equation]) -> [Place] {
        let unknowns = unknowns
        let rows = equations.map { equation in
            unknowns.map { unknown in
                equation.these.count { $0 == unknown } - equation.those.count { $0 == unknown }
            }
        }
        return RationalAttack.determined(rows).map { unknowns[$0] }.sorted()
    }

    /// Hidden cells of which bounds leave one value: each is at least 1, outcomes and members of
    /// staff are no more than there are bookings, and a median is of no fewer than `below`.
    func squeezed(_ truth: [Place: Int], below: Int) -> [Place] {
        var atLeast: [(these: [Place], those: [Place], more: Int)] = []
        for equation in equations(truth) {
            atLeast.append((equation.these, equation.those, 0))
            atLeast.append((equation.those, equation.these, 0))
        }
        for equation in candidates where equation.these.count == 1 {
            let column = equation.these[0].column
            if ["booked", "done", "no-shows", "cancelled"].contains(column) {
                atLeast.append((equation.these, equation.those, 0))
            }
        }
        for places in notFew { atLeast.append((places, [], below)) }
        var low = cells.mapValues { $0 ?? 1 }
        var high = cells.mapValues { $0 ?? Self.unbounded }
        var changed = true
        while changed {
            changed = false
            for (these, those, more) in atLeast {
                let (most, least) = (sum(these, high), sum(those, low))
                for place in these {
                    let bound = least + more - (most - (high[place] ?? 0))
                    if bound > low[place] ?? 0 { (low[place], changed) = (bound, true) }
                }
                for place in those {
                    let bound = most - more - (least - (low[place] ?? 0))
                    if bound < high[place] ?? 0 { (high[place], changed) = (bound, true) }
                }
            }
        }
        return unknowns.filter { low[$0] == high[$0] }
    }

    /// More than any count here.
    private static let unbounded = 1_000_000_000

    private func sum(_ places: [Place], _ bounds: [Place: Int]) -> Int {
        places.reduce(0) { $0 + (bounds[$1] ?? 0) }
    }
}
