import API
import Domain
import Testing

@Suite("Queries: fields") struct QueryFieldTests {
    @Test("OPS-6 each faulty parameter of each question is refused by its name, nothing appended")
    func faults() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let auditor = try await hospital.auditor()
            for asking in Asking.all {
                let isForStaff = asking.operation.isOpen(to: .staff)
                let person = isForStaff ? hospital.administrator : auditor
                let good = asking.required()
                for fault in asking.faults {
                    let values = good.filter { $0.name != fault.name } + [fault]
                    let what = asking.address(values)
                    try await fixture.appendsNothing(what) {
                        let told = try await fixture.ask(asking, values, by: person)
                        told.refused(422, "invalidFields", field: fault.name, what)
                    }
                }
            }
        }
    }

    @Test(
        "OPS-3 what stands in an address is an id, a time, a number: nothing that can be personal")
    func addresses() {
        for asking in Asking.all where asking.method == .get {
            for field in asking.fields {
                let isBound = field.schema["format"] != nil || field.schema["enum"] != nil
                #expect(isBound || field.schema["type"] != "string", "\(asking.path) \(field.name)")
            }
        }
    }

    @Test("OPS-6 a position a view must show has to be one")
    func positions() async throws {
        try await inHospital { hospital in
            for position in ["x", "-1", "", "1.5"] {
                let told = try await hospital.fixture.get(
                    "/v1/clinics?position=\(position)", by: hospital.administrator)
                told.refused(422, "invalidFields", field: "position", position)
            }
        }
    }

    @Test("OPS-6 a list comes page by page, each row once, whatever the size of a page")
    func pages() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for _ in 0..<7 { _ = try await hospital.opened() }
            try await fixture.caughtUp(hospital.organisation)
            let all = try await fixture.get("/v1/visits", by: hospital.administrator)
            let rows = try #require(all.json["rows"]?.elements)
            #expect(rows.count == 7 && all.json["next"] == nil)
            for size in 1...8 {
                var seen: [JSON] = []
                var after = ""
                repeat {
                    let page = try await fixture.get(
                        "/v1/visits?limit=\(size)\(after)", by: hospital.administrator)
                    page.accepted()
                    let part = page.json["rows"]?.elements ?? []
                    #expect(part.count <= size)
                    seen += part
                    after = page.json["next"]?.text.map { "&after=\($0)" } ?? ""
                } while !after.isEmpty && seen.count <= rows.count
                #expect(seen == rows, "\(size) a page")
            }
        }
    }
}

extension Asking {
    /// One faulty value for each way each field can be faulty in an address, or in a search's body.
    fileprivate var faults: [(name: String, value: String)] {
        var faults = [(name: "stranger", value: "1")]
        for field in fields {
            let schema = field.schema
            if schema["format"] != nil { faults.append((field.name, "?")) }
            if schema["format"] == "id" {
                faults.append((field.name, String(repeating: "a", count: 33)))
                faults.append((field.name, String(repeating: "A", count: 32)))
            }
            if let most = schema["maxLength"]?.whole {
                faults.append((field.name, String(repeating: "é", count: Int(most) + 1)))
            }
            if let least = schema["minimum"]?.whole {
                faults.append((field.name, "\(least - 1)"))
                faults.append((field.name, "one"))
            }
            if let most = schema["maximum"]?.whole { faults.append((field.name, "\(most + 1)")) }
        }
        return faults
    }
}
