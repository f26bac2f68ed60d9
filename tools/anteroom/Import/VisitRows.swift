/// Reads callers of a queue: the link opened, began to wait, taken in or gave up, ended.
///
/// Times are of the day in the date's column; one more than 12 hours before the one before it is
/// the next day's. Where both ends of the wait are 0:00:00 there was none, and both are the end of
/// the announcement. A service of 0:00:00 to 0:00:00 ends when taken in, and so does one that ends
/// before it. Only an announcement that ends before the link was opened is refused: nothing can be
/// made of it.
struct VisitRows: RowReader {
    private let mapping: Mapping.Visits
    private let times: LocalTimes
    private let clinic: ClinicColumn
    private let date: Int
    private let openedAt: Int
    private let answeredAt: Int
    private let waitingFrom: Int
    private let waitingTo: Int
    private let seenFrom: Int
    private let endedAt: Int
    private let caller: Int
    private let practitioner: Int
    private let outcome: Int

    init(_ mapping: Mapping.Visits, _ columns: Columns, _ times: LocalTimes) throws(ImportError) {
        self.mapping = mapping
        self.times = times
        clinic = try ClinicColumn(mapping.clinic, columns)
        date = try columns.place(mapping.date)
        openedAt = try columns.place(mapping.openedAt)
        answeredAt = try columns.place(mapping.answeredAt)
        waitingFrom = try columns.place(mapping.waitingFrom)
        waitingTo = try columns.place(mapping.waitingTo)
        seenFrom = try columns.place(mapping.seenFrom)
        endedAt = try columns.place(mapping.endedAt)
        caller = try columns.place(mapping.caller)
        practitioner = try columns.place(mapping.practitioner)
        outcome = try columns.place(mapping.outcome)
    }

    func steps(of row: DelimitedRow) throws(RowRefusal) -> [ImportStep] {
        func refusal(_ reason: String) -> RowRefusal { RowRefusal(line: row.line, reason: reason) }
        guard let day = LocalTimes.day(row.fields[date]) else {
            throw refusal("«\(row.fields[date])» is no day")
        }
        let clinicName = try clinic.name(in: row)
        let clock = try clock(of: row)
        let moments = [clock.opened, clock.waitingFrom, clock.waitingTo, clock.ended]
            .compactMap { times.instant(day, second: $0) }
        guard moments.count == 4 else { throw refusal("«\(row.fields[date])» is no day") }
        let number = row.fields[caller]
        let opened = ImportAction.openVisit(clinic: clinicName)
        let arrived = ImportAction.arrive(
            clinic: clinicName, caller: mapping.unknownCaller.contains(number) ? nil : number)
        let actions: [(Int64, ImportAction)]
        if mapping.seen.contains(row.fields[outcome]) {
            let name = row.fields[practitioner]
            guard !name.isEmpty else { throw refusal("no practitioner") }
            let known = mapping.practitionerNames[name] ?? name
            actions = [
                (moments[0], opened), (moments[1], arrived),
                (moments[2], .admit(practitioner: known)),
                (moments[3], .endVisit(practitioner: known)),
            ]
        } else if mapping.gaveUp.contains(row.fields[outcome]) {
            actions = [(moments[0], opened), (moments[1], arrived), (moments[2], .giveUp)]
        } else if mapping.none.contains(row.fields[outcome]) {
            actions = [(moments[0], opened), (moments[2], .endVisit(practitioner: nil))]
        } else {
            throw refusal("«\(row.fields[outcome])» is no outcome that the mapping knows")
        }
        return actions.enumerated().map { part, action in
            ImportStep(at: action.0, line: row.line, part: part, action: action.1)
        }
    }

    /// Seconds since the date's midnight, never going back.
    private func clock(
        of row: DelimitedRow
    ) throws(RowRefusal) -> (opened: Int, waitingFrom: Int, waitingTo: Int, ended: Int) {
        func second(_ place: Int) throws(RowRefusal) -> Int {
            guard let second = LocalTimes.second(row.fields[place]) else {
                throw RowRefusal(line: row.line, reason: "«\(row.fields[place])» is no time of day")
            }
            return second
        }
        let opened = try second(openedAt)
        let answered = try VisitRows.following(opened, second(answeredAt))
        guard answered >= opened else {
            throw RowRefusal(
                line: row.line, reason: "the announcement ends before the link was opened")
        }
        var from = try second(waitingFrom)
        var to = try second(waitingTo)
        if from == 0, to == 0 {
            (from, to) = (answered, answered)
        } else {
            from = max(answered, VisitRows.following(answered, from))
            to = max(from, VisitRows.following(from, to))
        }
        let seenFrom = try second(seenFrom)
        let endedAt = try second(endedAt)
        let ended = seenFrom == 0 && endedAt == 0 ? to : max(to, VisitRows.following(to, endedAt))
        return (opened, from, to, ended)
    }

    /// `second` as it follows `previous`, both counted from the same midnight.
    private static func following(_ previous: Int, _ second: Int) -> Int {
        let sameDay = previous - previous % 86_400 + second
        return sameDay < previous - 43_200 ? sameDay + 86_400 : sameDay
    }
}
