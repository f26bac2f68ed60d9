import API
import Domain
import Testing

/// Every command × every field × every way to get it wrong, made from the catalogue.
@Suite("Commands: fields") struct FieldTests {
    @Test("OPS-6 one faulty field is refused by its name, and nothing is appended")
    func everyFault() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let people = try await hospital.ofEachKind()
            var tried = 0
            for entry in Catalogue.all.commands {
                for (kind, person) in people where entry.operation.isOpen(to: kind) {
                    let fields = entry.fields(askedBy: kind)
                    for fault in Bodies().faults(fields) {
                        let what = "\(entry.name) by a \(kind): \(fault)"
                        try await fixture.appendsNothing(what) {
                            let told = try await fixture.post(entry.name, fault.body, by: person)
                            told.refused(422, "invalidFields", field: fault.field, what)
                            #expect(told.errors.map(\.code) == [fault.code.rawValue], "\(what)")
                        }
                        tried += 1
                    }
                }
            }
            #expect(tried > 2_000)
        }
    }

    @Test("OPS-6 a body that is no object is refused as a whole")
    func noObject() async throws {
        try await inHospital { hospital in
            let bodies: [JSON] = [.null, true, 1, "text", [], [[:]]]
            for entry in Catalogue.all.commands where entry.operation.isOpen(to: .operator) {
                for body in bodies {
                    let what = "\(entry.name) \(body.description)"
                    try await hospital.fixture.appendsNothing(what) {
                        let told = try await hospital.fixture.post(
                            entry.name, body, by: .operator)
                        told.refused(422, "invalidFields", field: "", what)
                    }
                }
            }
        }
    }

    @Test("OPS-6 all faulty fields are told at once, with their paths")
    func several() async throws {
        try await inHospital { hospital in
            let body: JSON = [
                "visit": "x", "entry": ["firstName": 1, "birthDate": "never"], "other": 1,
            ]
            let told = try await hospital.fixture.post(
                "visit.arrive", body, by: hospital.administrator)
            told.refused(422, "invalidFields")
            #expect(told.fields == ["visit", "entry.firstName", "entry.birthDate", "other"])
        }
    }

    @Test("OPS-6 an unknown member's name is told cut short, however long it is")
    func longName() async throws {
        try await inHospital { hospital in
            let body = JSON.object([.init(String(repeating: "é", count: 5_000), 1)])
            let told = try await hospital.fixture.post(
                "organisation.set-package",
                body.setting("organisation", .string(hospital.organisation)), by: .operator)
            told.refused(
                422, "invalidFields",
                field: String(repeating: "é", count: FieldError.nameScalarsMax))
        }
    }

    @Test("OPS-6 what is no JSON body at all is refused before anything else")
    func notJSON() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let person = hospital.administrator
            for entry in Catalogue.all.commands where entry.operation.isOpen(to: .staff) {
                try await fixture.appendsNothing(entry.name) {
                    let cut = try await fixture.post(
                        entry.name, bytes: Array(#"{"visit": "#.utf8), by: person)
                    cut.refused(400, "notJSON")
                    #expect(cut.json["detail"]?.text?.hasPrefix("At byte 10: ") == true)
                    let empty = try await fixture.post(entry.name, bytes: [], by: person)
                    empty.refused(400, "notJSON")
                    let text = try await fixture.post(
                        entry.name, [:], by: person, ["Content-Type": "text/plain"])
                    text.refused(415, "mediaType")
                    let most: Int64 = 256 * 1024
                    let large = [UInt8](repeating: UInt8(ascii: " "), count: Int(most) + 1)
                    let told = try await fixture.post(entry.name, bytes: large, by: person)
                    told.refused(413, "bodyTooLarge")
                    #expect(told.json["limit"]?.whole == most)
                }
            }
        }
    }

    @Test("OPS-6 an unknown command, an unknown address and a wrong method are told apart")
    func unknown() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await fixture.appendsNothing("unknown") {
                let command = try await fixture.post(
                    "visit.vanish", [:], by: hospital.administrator)
                command.refused(404, "unknownCommand")
                let address = try await fixture.get("/v1/nothing", by: hospital.administrator)
                address.refused(404, "unknownAddress")
            }
        }
    }
}

extension Hospital {
    /// Somebody of each kind of actor that has a door: staff who may most of what staff may.
    func ofEachKind() async throws -> [(kind: ActorKind, person: Person)] {
        [
            (.staff, administrator), (.caller, try await caller()), (.operator, .operator),
            (.nobody, .nobody), (.guest, try await guest()), (.auditor, try await auditor()),
            (.apiKey, try await key()), (.external, try await external()),
        ]
    }
}
