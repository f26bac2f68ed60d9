import Domain
import Projections

/// Days and clinics added up.
struct Tally {
    var appointments = 0
    var done = 0
    var noShows = 0
    var cancelled = 0
    var lateAppointments = 0
    var opened = 0
    var arrivals = 0
    var otherwise = 0
    var shortCalls = 0
    var transfersIn = 0
    var lateVisits = 0
    var shortRoomCalls = 0
    var shortGroupCalls = 0
    var openedByHour = Array(repeating: 0, count: 24)
    var arrivalsByHour = Array(repeating: 0, count: 24)
    private var minutesCounts: [UInt32: Int] = [:]
    private var seenCounts: [UInt32: Int] = [:]
    private var leftCounts: [UInt32: Int] = [:]
    private var callCounts: [UInt32: Int] = [:]
    private var roomCallCounts: [UInt32: Int] = [:]
    private var groupCallCounts: [UInt32: Int] = [:]
    /// By the number of the error.
    private(set) var errors: [UInt32: Int] = [:]
    private(set) var transfersOut: [UInt32: Int] = [:]

    mutating func add(_ row: ClinicDayRow) {
        appointments += row.appointments
        done += row.done
        noShows += row.noShows
        cancelled += row.cancelled
        lateAppointments += row.lateAppointments
        opened += row.opened
        arrivals += row.arrivals
        otherwise += row.otherwise
        shortCalls += row.shortCalls
        transfersIn += row.transfersIn
        lateVisits += row.lateVisits
        shortRoomCalls += row.shortRoomCalls
        shortGroupCalls += row.shortGroupCalls
        for (hour, count) in row.openedByHour.enumerated() {
            openedByHour[hour] += Int(count.count)
        }
        for (hour, count) in row.arrivalsByHour.enumerated() {
            arrivalsByHour[hour] += Int(count.count)
        }
        Tally.add(row.minutes, to: &minutesCounts)
        Tally.add(row.waitsSeen, to: &seenCounts)
        Tally.add(row.waitsLeft, to: &leftCounts)
        Tally.add(row.calls, to: &callCounts)
        Tally.add(row.roomCalls, to: &roomCallCounts)
        Tally.add(row.groupCalls, to: &groupCallCounts)
        Tally.add(row.errors, to: &errors)
        Tally.add(row.transfersOut, to: &transfersOut)
    }

    private static func add(_ counts: [ValueCount], to sums: inout [UInt32: Int]) {
        for entry in counts { sums[entry.value, default: 0] += Int(entry.count) }
    }

    /// Booked for these days, and neither settled nor corrected in them.
    var unsettled: Int { max(0, appointments - done - noShows - cancelled) }
    var seen: Int { seenCounts.values.reduce(0, +) }
    var seenAtOnce: Int { seenCounts[0] ?? 0 }
    var left: Int { leftCounts.values.reduce(0, +) }
    var calls: Int { callCounts.values.reduce(0, +) }
    var transferred: Int { transfersOut.values.reduce(0, +) }

    /// Lengths booked, in minutes.
    var minutes: Quantiles { Tally.quantiles(minutesCounts) }
    /// Lengths of calls, in seconds.
    var callSeconds: Quantiles { Tally.quantiles(callCounts) }
    /// The same in meeting rooms and user rooms, and in group rooms.
    var roomCallSeconds: Quantiles { Tally.quantiles(roomCallCounts) }
    var groupCallSeconds: Quantiles { Tally.quantiles(groupCallCounts) }
    /// Waits of a second or more that ended in being taken in.
    var waitsSeen: Quantiles { Tally.quantiles(seenCounts, above: 0) }
    var waitsLeft: Quantiles { Tally.quantiles(leftCounts, above: 0) }
    /// Both.
    var waits: Quantiles {
        Tally.quantiles(seenCounts.merging(leftCounts, uniquingKeysWith: +), above: 0)
    }

    private static func quantiles(_ counts: [UInt32: Int], above floor: Int = -1) -> Quantiles {
        Quantiles(
            counts.lazy.map { (value: Int($0.key), count: $0.value) }.filter { $0.value > floor })
    }
}

/// A staff member's days added up.
struct StaffTally {
    var appointments = 0
    var done = 0
    var noShows = 0
    var cancelled = 0
    var minutes = 0
    var calls = 0
    var callSeconds = 0

    mutating func add(_ day: StaffDay) {
        appointments += Int(day.appointments)
        done += Int(day.done)
        noShows += Int(day.noShows)
        cancelled += Int(day.cancelled)
        minutes += Int(day.minutes)
        calls += Int(day.calls)
        callSeconds += Int(day.callSeconds)
    }
}

/// What a report counts: the clinics that count in it, their days, everything added up.
struct ReportCounts {
    let source: ReportSource
    let days: ClosedRange<Int>
    /// In the order of their numbers.
    let clinics: [ReportClinic]
    private(set) var total = Tally()
    private(set) var byDay: [Int: Tally] = [:]
    private(set) var byClinic: [Int: Tally] = [:]
    /// By code; the first is nobody in particular. Empty entries: not met.
    private(set) var staff: [StaffTally] = []
    /// By clinic, then by code.
    private(set) var staffByClinic: [Int: [Int: StaffTally]] = [:]

    /// - Parameter splitsStaff: ``staffByClinic`` is wanted; otherwise ``staff`` is.
    init(
        _ source: ReportSource, _ days: ClosedRange<Int>, _ clinics: [ReportClinic],
        splitsStaff: Bool
    ) {
        self.source = source
        self.days = days
        self.clinics = clinics
        let counted = Set(clinics.map(\.code))
        for row in source.rows where counted.contains(row.place.clinic) {
            total.add(row)
            byDay[row.place.day, default: Tally()].add(row)
            byClinic[row.place.clinic, default: Tally()].add(row)
            if splitsStaff {
                for day in row.staff {
                    staffByClinic[row.place.clinic, default: [:]][
                        Int(day.code), default: StaffTally()
                    ].add(day)
                }
            } else {
                add(row.staff)
            }
        }
    }

    private mutating func add(_ days: [StaffDay]) {
        guard let last = days.last else { return }
        while staff.count <= Int(last.code) { staff.append(StaffTally()) }
        for day in days { staff[Int(day.code)].add(day) }
    }

    /// How reports name a staff member: `S12`, or nobody in particular.
    static func name(ofStaff code: Int) -> String {
        code == 0 ? "nobody in particular" : "S\(code)"
    }
}
