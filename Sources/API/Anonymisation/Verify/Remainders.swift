import Domain
import EventStore
import Projections

/// What remains of the erased records of one log, per data set: what stands in plain for ever, and
/// what it still tells (ANON-7). Read off the log alone, as anybody who has it can.
struct Remainders {
    private let log: LogID
    private var closeness: Closeness
    private var appointments = Groups()
    private var appointmentTimes = Groups()
    private var appointmentSources = Groups()
    private var visits = Groups()
    private var visitTimes = Groups()
    private var answers = Groups()
    private var clients = Groups()
    private var years = Groups()
    private var guests = Groups()

    init(_ log: LogID, _ closeness: Closeness) {
        self.log = log
        self.closeness = closeness
    }

    /// An event in the stream of an erased record.
    mutating func note(_ fact: Fact) {
        switch fact.body {
        case .appointment(_, .booked(let booked)): note(booked)
        case .visit(_, .arrived(let arrived)): note(arrived)
        case .answers(_, .given(let given)):
            answers.add {
                $0.combine(given.questionnaire)
                $0.combine(Retention.day(of: given.at))
            }
        case .client(_, .registered(let registered)):
            clients.add { $0.combine(Retention.day(of: registered.at)) }
        case .clientAccess(let year, .carried) where fact.version == 0:
            years.add { $0.combine(year) }
        case .guest(_, .arrived(let arrived)):
            guests.add {
                $0.combine(arrived.room)
                $0.combine(Retention.day(of: arrived.at))
            }
        case .appointment, .visit, .client, .clientAccess, .organisation, .subdomain, .clinic,
            .groupCall, .announcement, .walkIn,
            .staff, .account, .security, .apiKey, .support, .agenda, .questionnaire, .access,
            .erasure, .anonymisation, .imports, .days, .reports, .mail, .nothing, .room, .guest,
            .callInterface, .app, .alert, .signOn, .auditor, .unread:
            break
        }
        closeness.note(record: fact)
    }

    private mutating func note(_ booked: AppointmentBooked) {
        let time = booked.time
        appointments.add {
            $0.combine(booked.clinic)
            $0.combine(booked.practitioner)
            $0.combine(time.day)
        }
        appointmentTimes.add {
            $0.combine(booked.clinic)
            $0.combine(time.day)
            $0.combine(time.clock)
        } tells: {
            $0.combine(booked.practitioner)
            $0.combine(time.minutes)
        }
        appointmentSources.add {
            $0.combine(booked.clinic)
            $0.combine(booked.at)
            $0.combine(time.day)
            $0.combine(time.clock)
        }
    }

    private mutating func note(_ arrived: CallerArrived) {
        visits.add {
            $0.combine(arrived.clinic)
            $0.combine(Retention.day(of: arrived.at))
        }
        visitTimes.add {
            $0.combine(arrived.clinic)
            $0.combine(arrived.at.milliseconds / 1_000)
        }
    }

    // MARK: In words

    /// - Parameter ledger: of the same log, read to its end.
    func found(_ ledger: DueLedger) -> [AnonymisationReport.Remainder] {
        ofAppointments + ofVisits
            + singling("answers", "are alone with their questionnaire and day", answers)
            + singling("clients", "were put on file alone on their day", clients)
            + singling("guest stays", "are alone in their room and day", guests)
            + singling("access years", "are alone in their year", years)
            + links(ledger)
    }

    private var ofAppointments: [AnonymisationReport.Remainder] {
        guard appointments.members > 0 else { return [] }
        let set = "appointments of \(log)"
        return singling(
            "appointments", "are alone in their clinic, practitioner and day", appointments) + [
                .init(
                    dataSet: set, risk: .inference,
                    words: "are at a clinic, day and hour at which all have the same practitioner "
                        + "and length: who knows that somebody was there learns those",
                    count: appointmentTimes.ofOneMind, of: appointmentTimes.members,
                    smallestGroup: appointmentTimes.smallest),
                .init(
                    dataSet: set, risk: .linkability,
                    words: "are alone in clinic, moment of booking, day and hour: who holds the "
                        + "list they were imported from finds their row again",
                    count: appointmentSources.alone, of: appointmentSources.members,
                    smallestGroup: appointmentSources.smallest),
            ]
    }

    private var ofVisits: [AnonymisationReport.Remainder] {
        guard visits.members > 0 else { return [] }
        return singling("visits", "are alone in their clinic and day", visits) + [
            .init(
                dataSet: "visits of \(log)", risk: .linkability,
                words: "are alone in clinic and second of arrival: who holds the list they were "
                    + "imported from finds their row again",
                count: visitTimes.alone, of: visitTimes.members,
                smallestGroup: visitTimes.smallest)
        ]
    }

    private func singling(
        _ set: String, _ words: String, _ groups: Groups
    ) -> [AnonymisationReport.Remainder] {
        guard groups.members > 0 else { return [] }
        return [
            .init(
                dataSet: "\(set) of \(log)", risk: .singlingOut, words: words,
                count: groups.alone, of: groups.members, smallestGroup: groups.smallest)
        ]
    }

    private func links(_ ledger: DueLedger) -> [AnonymisationReport.Remainder] {
        guard !closeness.records.isEmpty else { return [] }
        let set = "records of \(log)"
        let near =
            "have an event within \(Closeness.minutes) minutes or \(Closeness.positions) positions "
            + "of one that the same actor wrote in the stream of "
        var links: [AnonymisationReport.Remainder] = [
            .init(
                dataSet: set, risk: .linkability, words: near + "a client who is still on file",
                count: closeness.tied, of: closeness.records.count),
            .init(
                dataSet: set, risk: .linkability,
                words: near + "one such client, and of no other",
                count: closeness.tiedToOne, of: closeness.records.count),
        ]
        if let smallest = ledger.batches.min() {
            links.append(
                .init(
                    dataSet: set, risk: .linkability,
                    words: "went in the smallest batch: all of one batch went in the same moment",
                    count: smallest, of: closeness.records.count, smallestGroup: smallest))
        }
        if let least = ledger.requested.min(by: { $0.others < $1.others }) {
            links.append(
                .init(
                    dataSet: "clients of \(log)", risk: .linkability,
                    words: "records of others, due by their days, are in the smallest batch in "
                        + "which a client's went on request",
                    count: least.others, of: least.records, smallestGroup: least.records))
        }
        return links
    }
}

extension DueLedger.Requested {
    /// At least: of those that were due, some may be the client's too.
    fileprivate var others: Int { records - notDue }
}
