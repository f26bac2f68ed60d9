package import Domain

/// A report as numbers and words, before it takes a form. Nothing in it depends on when, where or
/// by whom it is asked for (REP-4).
package struct Report: Hashable, Sendable {
    package let name: ReportName
    package let title: String
    /// What it is about, by name, in order: what a reader needs to tell it from any other.
    package let head: [Line]
    package var tables: [Table]
    package var chart: Chart?
    package let definitions: [Definition]

    package struct Line: Hashable, Sendable {
        package let name: String
        package let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Definition: Hashable, Sendable {
        package let term: String
        package let words: String

        init(_ term: String, _ words: String) {
            self.term = term
            self.words = words
        }
    }

    package struct Table: Hashable, Sendable {
        /// For programs.
        package let name: String
        package let title: String
        package let columns: [String]
        package var rows: [[Cell]]

        init(_ name: String, _ title: String, _ columns: [String], _ rows: [[Cell]]) {
            precondition(rows.allSatisfy { $0.count == columns.count }, "a row of other columns")
            self.name = name
            self.title = title
            self.columns = columns
            self.rows = rows
        }
    }

    package enum Cell: Hashable, Sendable {
        case text(String)
        case count(Int)
        /// A count that is not published, or a statistic over too few.
        case hidden
        /// There is nothing to say: a median of nothing.
        case none

        init(_ count: Int?) { self = count.map(Cell.count) ?? .none }
    }

    /// Bars side by side in groups or one upon the other.
    package struct Chart: Hashable, Sendable {
        package let title: String
        package let across: String
        package let up: String
        package let labels: [String]
        package let series: [Series]
        package let isStacked: Bool

        package struct Series: Hashable, Sendable {
            package let name: String
            /// One for each label; nil: not published.
            package let values: [Int?]
        }
    }
}

/// The reports there are.
package enum ReportName: String, CaseIterable, Sendable {
    case usage, waits, transfers, weekly, monthly
}

/// What a report is asked for.
package struct ReportRequest: Hashable, Sendable {
    package let name: ReportName
    /// Its last day, or for weekly and monthly any day of the period; nil: the last that is closed.
    package let day: LocalDate?
    /// Nil: the organisation as a whole.
    package let clinic: ID<Clinic>?

    package init(name: ReportName, day: LocalDate? = nil, clinic: ID<Clinic>? = nil) {
        self.name = name
        self.day = day
        self.clinic = clinic
    }

    /// Days that `usage` and its like look back over, the last included.
    package static let windowDays = 40

    /// The days it is about, given the last one that is closed.
    func days(lastClosed: Int) -> ClosedRange<Int>? {
        let last = day?.day ?? lastClosed
        switch name {
        case .usage, .waits, .transfers: return last - Self.windowDays + 1...last
        case .weekly, .monthly:
            guard let around = period(around: last) else { return nil }
            if day != nil || around.upperBound <= lastClosed { return around }
            return period(around: around.lowerBound - 1)
        }
    }

    /// The whole week or month that holds a day.
    private func period(around day: Int) -> ClosedRange<Int>? {
        guard let date = LocalDate(day: day) else { return nil }
        if name == .weekly {
            let monday = day - (date.weekday - 1)
            return monday...monday + 6
        }
        let (year, month, _) = date.parts
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        guard let first = LocalDate(year: year, month: month, day: 1),
            let following = LocalDate(year: next.0, month: next.1, day: 1)
        else { return nil }
        return first.day...following.day - 1
    }
}

/// Why there is no such report. In order: where two reasons apply, the earlier is thrown.
package enum ReportRejection: Rejected {
    /// The day is not closed, and until that import is over no day will be.
    case daysHeld(by: ID<Import>)
    case dayNotClosed
    case clinicUnknown
    /// SQL over none, or over too many.
    case daysOutOfRange(limit: Int)
    /// Small counts are suppressed on some day of it: a window that slides gives every cell away.
    case suppressed(instead: ReportName)
    /// What is published changed within the period: a part of it stands in other reports.
    case settingsChanged

    package var told: Told {
        switch self {
        case .daysHeld(let id):
            Told("daysHeld", "The days are open: \(Self.words(holdBy: id)).", field: "day")
        case .dayNotClosed:
            Told("dayNotClosed", "The last day of this report is not closed.", field: "day")
        case .clinicUnknown:
            Told("clinicUnknown", "No report counts this clinic then.", field: "clinic")
        case .daysOutOfRange(let limit):
            Told("daysOutOfRange", "1 to \(limit) days.", field: "from", limit: limit)
        case .suppressed(let instead):
            Told(
                "reportSuppressed",
                "Small counts are suppressed: ask for the \(instead.rawValue) report.",
                field: "name")
        case .settingsChanged:
            Told(
                "settingsChanged",
                "Suppression was set anew within this period; ask for the next whole one.",
                field: "day")
        }
    }

    /// What holds days open, and what lets go of them.
    static func words(holdBy id: ID<Import>) -> String {
        "import \(id) is not over; start it again, or end it with `anteroom import-end`"
    }
}
