import Domain
import Testing

@Suite("Settings of reports") struct ReportingTests {
    private func configured(_ settings: ReportSettings) -> ReportEvent {
        .configured(ReportsConfigured(at: second(1), settings: settings))
    }

    @Test("REP-2 settings are saved whole, and saving the same again changes nothing")
    func saved() {
        let settings = ReportSettings(
            minimumSeconds: 60, suppressBelow: 5, period: .month, clinics: [id(1)],
            measures: [.waits, .appointments])
        Given<Reporting>().when(.configure(at: second(1), settings)).then(configured(settings))
            .when(.configure(at: second(1), settings)).then()
        Given<Reporting>().when(.configure(at: second(1), .standard)).then()
    }

    @Test("REP-5 REP-6 bounds of what can be chosen are told")
    func bounds() {
        func refused(_ settings: ReportSettings, _ reason: ReportingRejection) {
            Given<Reporting>().when(.configure(at: second(1), settings)).refused(reason)
        }
        refused(ReportSettings(minimumSeconds: 3_601), .minimumOutOfRange(limit: 3_600))
        refused(ReportSettings(minimumSeconds: -1), .minimumOutOfRange(limit: 3_600))
        refused(ReportSettings(suppressBelow: 2), .suppressionOutOfRange(limit: 100))
        refused(ReportSettings(suppressBelow: 101), .suppressionOutOfRange(limit: 100))
        refused(ReportSettings(clinics: (0...500).map { id($0) }), .tooManyClinics(limit: 500))
        refused(ReportSettings(clinics: [id(1), id(1)]), .clinicNamedTwice)
        refused(ReportSettings(measures: [.waits, .waits]), .measureNamedTwice)
    }
}
