/// Who plays in the demonstration. Names from word lists; nobody real.
enum DemoPeople {
    struct Practitioner {
        let label: String
        let name: String
        let clinic: String
        let role: String
    }

    static let clinics = [
        (label: "dermatology", name: "Dermatology"),
        (label: "physiotherapy", name: "Physiotherapy"),
        (label: "family", name: "Family medicine"),
    ]

    static let staff = [
        Practitioner(
            label: "lund", name: "Dr. Astrid Lund", clinic: "dermatology", role: "teamMember"),
        Practitioner(
            label: "okafor", name: "Dr. Chidi Okafor", clinic: "dermatology", role: "clinicAdmin"),
        Practitioner(
            label: "meyer", name: "Jonas Meyer", clinic: "physiotherapy", role: "teamMember"),
        Practitioner(
            label: "costa", name: "Rita Costa", clinic: "physiotherapy", role: "teamMember"),
        Practitioner(
            label: "haddad", name: "Dr. Leila Haddad", clinic: "family", role: "teamMember"),
        Practitioner(
            label: "visser", name: "Dr. Pieter Visser", clinic: "family", role: "teamMember"),
    ]

    static let receptionist = Practitioner(
        label: "berg", name: "Nina Berg", clinic: "family", role: "clinicClerk")

    static let firstNames = [
        "Ada", "Bram", "Cecilia", "Dmitri", "Elif", "Femke", "Goran", "Hana", "Ilse", "João",
        "Klára", "Lars", "Mina", "Noor", "Oskar", "Petra", "Quirijn", "Ruth", "Søren", "Teresa",
    ]

    static let surnames = [
        "Aalto", "Bakker", "Castro", "Dahl", "Eriksen", "Fontaine", "Grünwald", "Horvat", "Ibrahim",
        "Jansen", "Kowalska", "Lindqvist", "Moreau", "Nielsen", "Öztürk", "Popescu", "Rossi",
        "Smit", "Takács", "Vermeulen",
    ]

    static let messages = [
        "My camera does not start, can you hear me?", "I can wait a little longer.",
        "Do you need my last results?", "The picture is fine now, thank you.",
    ]
}
