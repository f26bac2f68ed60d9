import Domain

/// One thing the file says happened. A row makes one to four of them.
struct ImportStep {
    /// Milliseconds since 1970-01-01 UTC.
    let at: Int64
    /// The row's first line (1-based): names the row for ever, and with `part` the step.
    let line: Int
    /// 0-based within the row.
    let part: Int
    let action: ImportAction

    /// Nothing of the row comes after it.
    var isLast: Bool {
        switch action {
        case .openVisit, .arrive, .admit, .book: false
        case .giveUp, .endVisit, .complete, .noShow: true
        }
    }
}

enum ImportAction {
    case openVisit(clinic: String)
    case arrive(clinic: String, caller: String?)
    case admit(practitioner: String)
    case giveUp
    /// `practitioner` nil: nobody ever took them in.
    case endVisit(practitioner: String?)
    case book(clinic: String, client: String, day: CivilDay)
    case complete
    case noShow
}

/// A day of the calendar, wherever.
struct CivilDay: Hashable {
    let year: Int
    let month: Int
    let day: Int
}

/// A file read whole: what happened, in the order of time, and what could not be taken.
struct ImportPlan {
    /// Rows of one file at most: a plan is held in memory, some 200 bytes a step.
    static let rowsMax = 5_000_000

    let rows: Int
    /// In the order of time; of one moment in the order of the file.
    let steps: [ImportStep]
    let refusals: [RowRefusal]

    /// - Throws: ``ImportError`` where the file as a whole cannot be read; rows that cannot be
    ///   taken are in `refusals`.
    init(
        _ bytes: [UInt8], delimiter: UInt8,
        reading make: (Columns) throws(ImportError) -> any RowReader
    ) throws(ImportError) {
        var reader = DelimitedReader(bytes, delimiter: delimiter)
        guard let header = reader.nextRow() else { throw .file("the file is empty") }
        let columns: Columns
        switch header {
        case .success(let row): columns = Columns(row.fields)
        case .failure(let refusal): throw .file("the header cannot be read: \(refusal.reason)")
        }
        let rowReader = try make(columns)
        var steps: [ImportStep] = []
        var refusals: [RowRefusal] = []
        var rows = 0
        while let result = reader.nextRow() {
            rows += 1
            guard rows <= ImportPlan.rowsMax else {
                throw .file("more than \(ImportPlan.rowsMax) rows; split the file")
            }
            do throws(RowRefusal) {
                let row = try result.get()
                try columns.check(row)
                steps += try rowReader.steps(of: row)
            } catch {
                refusals.append(error)
            }
        }
        steps.sort { ($0.at, $0.line, $0.part) < ($1.at, $1.line, $1.part) }
        self.rows = rows
        self.steps = steps
        self.refusals = refusals
    }

    /// Rows that say something of a time that is closed, by line: reports of it stand.
    func refusals(before closed: DaySpan?) -> [Int: RowRefusal] {
        guard let closed else { return [:] }
        var refusals: [Int: RowRefusal] = [:]
        // In the order of time: all from the first one that is not too early on are not either.
        for step in steps.prefix(while: { $0.at < closed.until.milliseconds }) {
            refusals[step.line] = RowRefusal(
                line: step.line, reason: "before the end of \(closed.day), which is closed")
        }
        return refusals
    }
}

/// Turns one row into what happened.
protocol RowReader {
    func steps(of row: DelimitedRow) throws(RowRefusal) -> [ImportStep]
}

/// Where each named column stands.
struct Columns {
    private let places: [String: Int]
    private let count: Int

    init(_ header: [String]) {
        places = Dictionary(zip(header, header.indices), uniquingKeysWith: { first, _ in first })
        count = header.count
    }

    func place(_ name: String) throws(ImportError) -> Int {
        guard let place = places[name] else { throw .column(name) }
        return place
    }

    func check(_ row: DelimitedRow) throws(RowRefusal) {
        guard row.fields.count == count else {
            throw RowRefusal(
                line: row.line, reason: "\(row.fields.count) fields where the header has \(count)")
        }
    }
}
