import API
import Domain
import EventStore
import Foundation
import Projections

extension Bench {
    /// `usage` of an organisation with a million appointments in its 40 days: 10 clinics, 1,000
    /// practitioners, 25,000 bookings of 10 to 60 minutes a day, each settled.
    func measureReports() async throws {
        let count = scaled(1_000_000)
        let store = try Ours.open(fresh("reports"))
        try await ReportLoad(appointments: count, log: ReportLoad.reports).fill(store)
        store.settle()
        let shelf = try ViewShelf(
            folder: fresh("reports-read").path, ViewSet([ReportFacts.self])
        ) { Terminal.say("bench: \($0)") }
        let clock = ContinuousClock()
        let events = try store.head(of: ReportLoad.reports)
        var started = clock.now
        try await Replay(store, cores: 1).run(onto: shelf, logs: [ReportLoad.reports])
        report.add(
            "rebuild reports", ours: Double(events) / (clock.now - started).inSeconds,
            unit: "events/s", atLeast: 100_000)
        let views = Views(shelf)
        let request = ReportRequest(name: .usage)
        var times: [Double] = []
        for _ in 0..<21 {
            started = clock.now
            let shown = try await views.report(request, of: ID(bits: ReportLoad.reports.bits))
            guard let bytes = try shown.report.get().bytes(as: .json), !bytes.isEmpty else {
                return
            }
            times.append((clock.now - started).inSeconds * 1_000)
        }
        times.sort()
        report.add(
            "usage over \(count) appointments, median", ours: times[10], unit: "ms",
            lessIsBetter: true, atLeast: 20)
        try shelf.close()
        store.close()
    }
}

/// Forty days of bookings as events.
struct ReportLoad {
    static let reports = LogID(bits: 0x5E << 64)
    private static let days = 40
    private static let first = 20_000
    let appointments: Int
    let log: LogID

    func fill(_ store: SegmentStore) async throws {
        guard let zone = ZoneName("Etc/UTC") else { return }
        var command: UInt128 = 1
        var batch: [NewEvent] = []
        func send(_ at: Int64) async throws {
            guard !batch.isEmpty else { return }
            command += 1
            _ = try await store.append(
                Commit(
                    log: log, commandID: command, now: at,
                    context: Context(
                        actor: Actor("operator"), role: "operator", basis: "installation",
                        origin: "cli"), events: batch))
            batch.removeAll(keepingCapacity: true)
        }
        let perDay = appointments / Self.days
        for day in 0..<Self.days {
            guard let date = LocalDate(day: Self.first + day) else { return }
            let begin = Int64(Self.first + day) * 86_400_000
            for index in 0..<perDay {
                let number = UInt128(day * perDay + index + 1)
                let stream = StreamName(Category.appointment, number)
                let staff = (index * 7_919 + day) % 1_000
                let booked = AppointmentBooked(
                    at: Instant(milliseconds: begin), clinic: ID(bits: UInt128(staff % 10 + 1)),
                    practitioner: ID(bits: UInt128(staff + 1)),
                    time: AppointmentTime(
                        day: date, zone: zone, start: Instant(milliseconds: begin),
                        minutes: 10 + index % 6 * 10),
                    details: Sealed(
                        AppointmentDetails(client: ID(bits: number)), under: ID(bits: 3)))
                batch.append(try event(AppointmentEvent.booked(booked), stream))
                let at = Instant(milliseconds: begin + 1)
                let settled: AppointmentEvent =
                    index % 10 == 0
                    ? .noShow(AppointmentNoShow(at: at)) : .done(AppointmentDone(at: at))
                batch.append(try event(settled, stream))
                if batch.count >= 250 { try await send(begin) }
            }
            let until = Instant(milliseconds: begin + 86_400_000)
            let span = DaySpan(
                day: date, zone: zone, from: Instant(milliseconds: begin), until: until,
                offsetSeconds: 0)
            batch.append(
                try event(
                    DayEvent.closed(DayClosed(at: until, span: span)),
                    StreamName(Category.day, log.bits)))
            try await send(until.milliseconds)
        }
    }

    /// As if sealed: bytes that say nothing.
    private func event<Family: EventFamily>(
        _ event: Family, _ stream: StreamName
    ) throws -> NewEvent {
        try EventCoding.newEvent(event, in: stream) { request in
            SealedBytes(key: request.key, bytes: request.plainBytes)
        }
    }
}
