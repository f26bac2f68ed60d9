import Domain
import EventStore
import Projections

extension Catalogue {
    static let reportCommands: [CommandEntry] = [
        CommandEntry(
            .reportsConfigure,
            "Says how reports are made, from the day after on (REP-2, REP-5, REP-6).",
            body: ReportSettings.init
        ) { settings, work throws(Refusal) in
            try await work.allow(in: nil)
            for (index, clinic) in settings.clinics.enumerated() {
                _ = try await work.existing(Clinic.self, clinic, field: "clinics[\(index)]")
            }
            try await work.decide(
                Reporting.self, StreamName(Category.report, work.organisation.bits),
                .configure(at: work.at, settings))
        }
    ]
}

extension ReportSettings {
    fileprivate init(_ body: inout Body) {
        let below = Reporting.suppressBelowRange
        self.init(
            minimumSeconds: Int(
                body.optional(
                    "minimumSeconds", .whole(0...Int64(Reporting.minimumSecondsMax)),
                    "Calls shorter than this leave every summary. Left out: 0.") ?? 0),
            suppressBelow: body.optional(
                "suppressBelow", .whole(Int64(below.lowerBound)...Int64(below.upperBound)),
                "Counts from 1 up to below this are not published. Left out: all are."
            ).map { Int($0) },
            period: body.optional(
                "period", .choice(ReportPeriod.allCases.map { ($0.word, $0) }),
                "What is published where counts are suppressed. Left out: week.") ?? .week,
            clinics: body.optional(
                "clinics", .list(of: .id(), max: Reporting.clinicsMax),
                "Those that count. Left out: all.") ?? [],
            measures: body.optional(
                "measures",
                .list(
                    of: .choice(ReportMeasure.allCases.map { ($0.word, $0) }),
                    max: ReportMeasure.allCases.count),
                "What reports show. Left out: all.") ?? [])
    }
}
