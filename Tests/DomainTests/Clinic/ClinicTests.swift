import Domain
import Testing

@Suite("Clinic") struct ClinicTests {
    @Test("ORG-2 clinics are created, renamed, closed and reopened", arguments: table.indices)
    func row(index: Int) {
        let (command, cells) = Self.table[index]
        let answers = Self.standings.map { answer(Clinic.self, command, after: $0).cell }
        #expect(answers == cells, "\(command)")
    }

    @Test("ORG-2 the waiting area comes with the clinic, once")
    func once() {
        Given<Clinic>().when(Self.create).then(Self.created).when(Self.create)
            .refused(.clinicExists)
        #expect(Clinic.fold([Self.created]).isOpen)
    }

    @Test("ORG-2 closed and reopened, it keeps its name and administrators")
    func keeps() {
        let seated = ClinicEvent.adminSeated(ClinicAdminSeated(at: second(1), staff: id(1)))
        let before = Clinic.fold([Self.created, seated])
        let after = Clinic.fold([
            Self.created, seated, .closed(ClinicClosed(at: second(2))),
            .reopened(ClinicReopened(at: second(3))),
        ])
        #expect(before == after)
        #expect(!Clinic.fold([Self.created, .closed(ClinicClosed(at: second(2)))]).isOpen)
    }

    @Test("ORG-2 a clinic has a name")
    func name() {
        Given<Clinic>().when(.create(at: second(0), name: text(""), zone: zone("UTC")))
            .refused(.nameMissing)
        Given<Clinic>(Self.created).when(.rename(at: second(1), name: text("")))
            .refused(.nameMissing)
        Given<Clinic>(Self.created).when(.rename(at: second(1), name: text("Cardiology"))).then()
    }

    @Test("ORG-11 the last administrator is named in the refusal's field")
    func lastAdmin() {
        let seated = ClinicEvent.adminSeated(ClinicAdminSeated(at: second(1), staff: id(1)))
        Given<Clinic>(Self.created, seated).when(.unseatAdmin(at: second(2), staff: id(1)))
            .refused(.lastClinicAdmin)
        #expect(ClinicRejection.lastClinicAdmin.field == "staff")
    }

    private static let create = ClinicCommand.create(
        at: second(0), name: text("Cardiology"), zone: zone("UTC"))
    private static let created = ClinicEvent.created(
        ClinicCreated(at: second(0), name: text("Cardiology"), zone: zone("UTC")))
    private static let standings: [[ClinicEvent]] = [
        [], [created], [created, .closed(ClinicClosed(at: second(1)))],
    ]

    /// Columns: unknown, open, closed.
    private static let table: [(ClinicCommand, [String])] = [
        (create, ["yes", "clinicExists", "clinicExists"]),
        (.rename(at: second(2), name: text("Heart")), ["clinicUnknown", "yes", "yes"]),
        (.close(at: second(2)), ["clinicUnknown", "yes", "nothing"]),
        (.reopen(at: second(2)), ["clinicUnknown", "nothing", "yes"]),
        (.seatAdmin(at: second(2), staff: id(1)), ["clinicUnknown", "yes", "yes"]),
        (.unseatAdmin(at: second(2), staff: id(1)), ["clinicUnknown", "nothing", "nothing"]),
    ]
}
