import Domain
import Testing

@Suite("Client") struct ClientTests {
    @Test(
        "SCH-1 initials, surname, date of birth and e-mail are required, by name",
        arguments: ClientField.allCases)
    func required(field: ClientField) {
        var details = Self.whole
        switch field {
        case .initials: details.initials = ""
        case .surname: details.surname = nil
        case .birthDate: details.birthDate = nil
        case .email: details.email = nil
        case .phone: details.phone = nil
        case .language: details.language = nil
        case .externalNumber: details.externalNumber = nil
        }
        switch field {
        case .initials, .surname, .birthDate, .email:
            let refusal = ClientRejection.fieldMissing(field)
            Given<Client>().when(Self.register(details)).refused(refusal)
            #expect(refusal.field == "details.\(field.rawValue)")
            // History knows what it knows.
            Given<Client>().when(Self.register(details, .history)).then(Self.registered(details))
        case .phone, .language, .externalNumber:
            Given<Client>().when(Self.register(details)).then(Self.registered(details))
        }
    }

    @Test("SCH-1 details are sealed under the client's record key, also when they change")
    func change() {
        var details = Self.whole
        details.phone = "0201234567"
        let changed = ClientEvent.changed(
            ClientChanged(at: second(1), details: Sealed(details, under: id(700))))
        Given<Client>(Self.registered(Self.whole))
            .when(.change(at: second(1), details: details, before: Self.whole)).then(changed)
            .when(.change(at: second(2), details: details, before: details)).then()
        Given<Client>(Self.registered(Self.whole))
            .when(.change(at: second(1), details: ClientDetails(surname: "x"), before: nil))
            .refused(.fieldMissing(.initials))
        Given<Client>().when(.change(at: second(1), details: details, before: nil))
            .refused(.clientUnknown)
        Given<Client>(Self.registered(Self.whole)).when(Self.register(details))
            .refused(.clientExists)
    }

    @Test("SCH-1 history is content with an external number, not with nothing")
    func history() {
        let number = ClientDetails(externalNumber: "29872499824296")
        Given<Client>().when(Self.register(number, .history)).then(Self.registered(number))
        Given<Client>().when(Self.register(ClientDetails(), .history)).refused(.nothingKnown)
        Given<Client>().when(Self.register(ClientDetails(phone: "1", externalNumber: ""), .history))
            .refused(.nothingKnown)
    }

    @Test(
        "SCH-1 an e-mail address has the shape of one",
        arguments: ["ada", "@", "a@", "@b", "a@b@c", "a b@c"])
    func email(address: String) {
        var details = Self.whole
        details.email = address
        Given<Client>().when(Self.register(details)).refused(.emailMalformed)
    }

    @Test(
        "SCH-1 a text that is too long is refused by name",
        arguments: [ClientField.initials, .surname, .email, .phone, .externalNumber])
    func tooLong(field: ClientField) {
        var details = Self.whole
        let tooLong = long(ClientDetails.textMax + 1)
        switch field {
        case .initials: details.initials = tooLong
        case .surname: details.surname = tooLong
        case .email: details.email = tooLong
        case .phone: details.phone = tooLong
        case .externalNumber: details.externalNumber = tooLong
        case .birthDate, .language: Issue.record("has no length")
        }
        let refusal = ClientRejection.fieldTooLong(field, limit: ClientDetails.textMax)
        Given<Client>().when(Self.register(details)).refused(refusal)
        Given<Client>().when(Self.register(details, .history)).refused(refusal)
    }

    private static let whole = ClientDetails(
        initials: "A", surname: "Lovelace", birthDate: day("1815-12-10"), email: "ada@example.org",
        phone: "1", language: LanguageTag("en"), externalNumber: "42")

    private static func register(
        _ details: ClientDetails, _ completeness: Completeness = .live
    ) -> ClientCommand {
        .register(at: second(0), details: details, completeness: completeness, key: id(700))
    }
    private static func registered(_ details: ClientDetails) -> ClientEvent {
        .registered(ClientRegistered(at: second(0), details: Sealed(details, under: id(700))))
    }
}
