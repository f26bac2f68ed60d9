import API
import Domain
import Foundation
import Testing

@Suite("Call interface, add-ons and logo") struct CallInterfaceTests {
    private func effective(_ hospital: Hospital, by person: Person) async throws -> JSON {
        let told = try await hospital.fixture.get(
            "/v1/clinics/\(hospital.clinic)/call-interface", by: person)
        told.accepted()
        return told.json
    }

    @Test("ORG-7 what the organisation fixes wins at once, the rest a clinic may override")
    func flow() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let admin = try await hospital.staff(["clinicAdmin@\(hospital.clinic)"])
            let coordinator = try await hospital.staff(["orgCoordinator"])
            func clinic(_ settings: JSON, by person: Person) async throws -> Told {
                try await fixture.post(
                    "clinic.set-call-interface",
                    ["clinic": .string(hospital.clinic), "settings": settings], by: person)
            }
            let before = try await effective(hospital, by: admin)
            #expect(before["settings"]?["videoFit"] == "contain")
            #expect(before["settings"]?["subtitles"] == false)
            try await clinic(["videoFit": "cover", "subtitles": true], by: admin).accepted()
            let own = try await effective(hospital, by: admin)
            #expect(own["settings"]?["videoFit"] == "cover")
            let set: JSON = [
                "settings": ["videoFit": "contain", "subtitles": false, "audibleAlarm": false],
                "fixed": ["videoFit"],
            ]
            try await fixture.post("organisation.set-call-interface", set, by: admin)
                .refused(403, "notPermitted")
            try await fixture.must("organisation.set-call-interface", set, by: coordinator)
            let caller = try await hospital.caller()
            for person in [admin, caller] {
                let now = try await effective(hospital, by: person)
                #expect(now["settings"]?["videoFit"] == "contain", "fixed wins at once")
                #expect(now["settings"]?["subtitles"] == true, "a default gives way")
                #expect(now["settings"]?["audibleAlarm"] == false, "a default holds where unset")
                #expect(now["fixed"] == ["videoFit"])
                #expect((now["own"] == nil) == (person.id == caller.id))
            }
            try await clinic(["videoFit": "cover"], by: admin)
                .refused(409, "settingFixed", field: "settings.videoFit")
            try await clinic(["customFrame": "http://example.org"], by: admin)
                .refused(422, "invalidFields", field: "settings.customFrame")
            try await clinic(["customFrame": "https://u:p@example.org"], by: admin)
                .refused(422, "invalidFields", field: "settings.customFrame")
            let elsewhere = try await fixture.get(
                "/v1/clinics/\(hospital.otherClinic)/call-interface", by: caller)
            elsewhere.refused(404, "notFound", field: "clinic")
        }
    }

    @Test("ROLE-5 add-ons and frames stay within what the operator's package holds")
    func package() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let person = hospital.administrator
            func addOns(_ words: JSON) async throws -> Told {
                try await fixture.post(
                    "clinic.set-add-ons",
                    ["clinic": .string(hospital.clinic), "addOns": words], by: person)
            }
            func package(_ functions: JSON?) async throws {
                try await fixture.must(
                    "organisation.set-package",
                    ["organisation": .string(hospital.organisation), "functions": functions],
                    by: .operator)
            }
            try await addOns(["payments", "rating"]).accepted()
            try await package(["rating"])
            #expect(try await effective(hospital, by: person)["addOns"] == ["rating"])
            try await addOns(["payments"]).refused(409, "notInPackage", field: "addOns")
            let frame: JSON = [
                "clinic": .string(hospital.clinic),
                "settings": ["customFrame": "https://example.org/frame"],
            ]
            try await fixture.post("clinic.set-call-interface", frame, by: person)
                .refused(409, "notInPackage", field: "settings.customFrame")
            try await package(nil)
            try await fixture.must("clinic.set-call-interface", frame, by: person)
            let now = try await effective(hospital, by: person)
            #expect(now["settings"]?["customFrame"] == "https://example.org/frame")
            #expect(now["addOns"] == ["payments", "rating"])
            try await package(["rating"])
            let less = try await effective(hospital, by: person)
            #expect(less["settings"]?["customFrame"] == nil)
        }
    }

    @Test("ORG-7 an app reports what failed, from where it is, and nothing in words")
    func errors() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let report: JSON = ["error": "cameraFailed"]
            for person in [try await hospital.caller(), try await hospital.guest()] {
                try await fixture.must("app.report-error", report, by: person)
                try await fixture.post(
                    "app.report-error",
                    report.setting("clinic", .string(hospital.otherClinic)), by: person
                ).refused(404, "notFound", field: "clinic")
            }
            let member = try await hospital.teamMember()
            try await fixture.post("app.report-error", report, by: member)
                .refused(422, "invalidFields", field: "clinic")
            try await fixture.post(
                "app.report-error", report.setting("clinic", .string(hospital.otherClinic)),
                by: member
            ).refused(403, "notPermitted")
            try await fixture.post(
                "app.report-error", ["error": "my camera is broken"], by: member
            ).refused(422, "invalidFields")
        }
    }

    @Test("ORG-11 zone and languages reach clinics made later, the logo everyone at once")
    func defaults() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let person = hospital.administrator
            func change(_ zone: String, _ languages: JSON) async throws {
                try await fixture.must(
                    "organisation.change",
                    ["name": "Example", "zone": .string(zone), "languages": languages],
                    by: person)
            }
            func clinic(_ zone: JSON?, _ languages: JSON?) async throws -> JSON {
                let made = try await fixture.must(
                    "clinic.create",
                    [
                        "name": "New", "administrator": .string(person.id), "zone": zone,
                        "languages": languages,
                    ], by: person)
                let last = try #require(made.position)
                let list = try await fixture.get("/v1/clinics?position=\(last)", by: person)
                let id = made.result("clinic")
                return try #require(
                    list.json["rows"]?.elements?.first { $0["clinic"]?.text == id })
            }
            try await change("Europe/Amsterdam", ["nl", "en"])
            let first = try await clinic(nil, nil)
            #expect(first["zone"] == "Europe/Amsterdam" && first["languages"] == ["nl", "en"])
            let own = try await clinic("Europe/Berlin", ["de"])
            #expect(own["zone"] == "Europe/Berlin" && own["languages"] == ["de"])
            try await change("Europe/Oslo", ["nb"])
            let later = try await clinic(nil, nil)
            #expect(later["zone"] == "Europe/Oslo" && later["languages"] == ["nb"])
            let list = try await fixture.get("/v1/clinics", by: person)
            let kept = list.json["rows"]?.elements?.first { $0["clinic"] == first["clinic"] }
            #expect(kept?["zone"] == "Europe/Amsterdam")
        }
    }

    @Test("ORG-11 a logo is for everyone to see, as a picture too, and goes when it is removed")
    func logo() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let png: [UInt8] =
                [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
                + [UInt8](repeating: 7, count: 40 * 1024 - 8)
            let address = "/v1/organisation/logo?organisation=\(hospital.organisation)"
            try await fixture.get(address, by: .nobody).refused(404, "notFound")
            func set(_ bytes: [UInt8], by person: Person) async throws -> Told {
                try await fixture.post(
                    "organisation.set-logo",
                    ["picture": .string(Data(bytes).base64EncodedString())], by: person)
            }
            let member = try await hospital.teamMember()
            try await set(png, by: member).refused(403, "notPermitted")
            try await set(png, by: hospital.administrator).accepted()
            try await set(png + [1], by: hospital.administrator).refused(422, "invalidFields")
            try await set([1, 2], by: hospital.administrator).refused(409, "logoUnknownForm")
            try await fixture.appendsNothing("looks at a logo") {
                let shown = try await fixture.get(address, by: .nobody)
                shown.accepted()
                #expect(shown.json["mediaType"] == "image/png")
                let picture = try await fixture.get(address + "&as=picture", by: .nobody)
                #expect(picture.bytes == png)
                #expect(picture.headers[.contentType] == "image/png")
            }
            let caller = try await hospital.caller()
            try await fixture.get("/v1/organisation/logo", by: caller).accepted()
            #expect(try await effective(hospital, by: caller)["hasLogo"] == true)
            try await fixture.must("organisation.remove-logo", [:], by: hospital.administrator)
            try await fixture.get(address, by: .nobody).refused(404, "notFound")
        }
    }

    @Test("ORG-1 a practitioner's forms of address are theirs to change, and stand under seal")
    func forms() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            try await fixture.must(
                "staff.change-profile",
                [
                    "profile": [
                        "name": "A. de Vries", "languages": ["nl"],
                        "addressNl": "mevrouw De Vries", "addressEn": "Dr De Vries",
                        "addressDe": "Frau Doktor De Vries",
                    ]
                ], by: member)
            let last = try await fixture.head(hospital.organisation) - 1
            let profile = try await fixture.get("/v1/profile?position=\(last)", by: member)
            #expect(profile.json["profile"]?["addressNl"] == "mevrouw De Vries", "\(profile.text)")
            #expect(profile.json["profile"]?["addressDe"] == "Frau Doktor De Vries")
            for event in try await fixture.events(hospital.organisation, from: 0) {
                let text = String(decoding: event.payload, as: UTF8.self)
                #expect(!text.contains("Vries"), "\(event.type)")
            }
        }
    }

    @Test("ORG-11 whoever creates a clinic names its first administrator; the last one stays")
    func firstAdministrator() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let coordinator = try await hospital.staff(["orgCoordinator"])
            let first = try await hospital.staff(["teamMember@\(hospital.clinic)"])
            try await fixture.post("clinic.create", ["name": "New"], by: coordinator)
                .refused(422, "invalidFields", field: "administrator")
            let made = try await fixture.must(
                "clinic.create", ["name": "New", "administrator": .string(first.id)],
                by: coordinator)
            let clinic = try #require(made.result("clinic"))
            let rename: JSON = ["clinic": .string(clinic), "name": "Newer"]
            try await fixture.must("clinic.rename", rename, by: first)
            let demote: JSON = [
                "staff": .string(first.id), "role": "clinicAdmin", "clinic": .string(clinic),
                "reason": "test",
            ]
            try await fixture.post("staff.take-role", demote, by: hospital.administrator)
                .refused(409, "lastClinicAdmin", field: "staff")
            try await fixture.post(
                "staff.remove", ["staff": .string(first.id), "reason": "test"],
                by: hospital.administrator
            ).refused(409, "lastClinicAdmin", field: "staff")
        }
    }
}
