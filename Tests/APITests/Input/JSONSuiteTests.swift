import API
import Foundation
import Testing

/// JSONTestSuite (Nicolas Seriot): what is JSON and what is not, through the door.
@Suite("Input: JSON") struct JSONSuiteTests {
    /// Files of one folder, by name.
    private static func files(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
        guard let folder = Checkout.shared("json-test-suite/\(folder)") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".json") }
            .map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
    }

    @Test(
        "OPS-6 what JSONTestSuite calls JSON is taken, what it calls none is refused with the byte")
    func suite() async throws {
        let files = try JSONSuiteTests.files("test_parsing")
        try await inHospital { hospital in
            let fixture = hospital.fixture
            var counts = ["y": 0, "n": 0, "i": 0]
            for (name, bytes) in files {
                let kind = String(name.prefix(1))
                counts[kind, default: 0] += 1
                try await fixture.appendsNothing(name) {
                    let told = try await fixture.post(
                        "visit.admit", bytes: bytes, by: hospital.administrator)
                    told.isProblem(name)
                    switch kind {
                    case "y": told.refused(422, "invalidFields", name)
                    case "n":
                        told.refused(400, "notJSON", name)
                        let offset = told.json["detail"]?.text?
                            .wholeMatch(of: /At byte ([0-9]+): .+\./)?.1
                        let byte = try #require(offset.flatMap { Int($0) }, "\(name)")
                        #expect((0...bytes.count).contains(byte), "\(name): \(byte)")
                    default: #expect([400, 422].contains(told.status), "\(name): \(told.text)")
                    }
                }
            }
            if !files.isEmpty { #expect(counts == ["y": 95, "n": 188, "i": 35]) }
        }
    }

    @Test("OPS-6 JSON read and written again says the same, to another reader too")
    func roundTrip() throws {
        for (name, bytes) in try JSONSuiteTests.files("test_parsing") where name.hasPrefix("y") {
            let json = try JSON(parsing: bytes)
            #expect(try JSON(parsing: json.bytes) == json, "\(name)")
            let ours = try JSONSerialization.jsonObject(
                with: Data(json.bytes), options: .fragmentsAllowed)
            let theirs = try JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            #expect((ours as? NSObject) == (theirs as? NSObject), "\(name)")
        }
        for (_, bytes) in try JSONSuiteTests.files("test_transform") {
            // Whether it is JSON is not agreed on; read twice it is the same.
            #expect(JSON.orNull(bytes) == JSON.orNull(JSON.orNull(bytes).bytes))
        }
    }

    @Test("OPS-6 an object in an object is taken to a depth, and refused beyond it")
    func depth() throws {
        let most = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try JSON(parsing: most.utf8) }
        #expect(throws: JSONError.self) { try JSON(parsing: "[\(most)]".utf8) }
        #expect(throws: JSONError.self) {
            try JSON(parsing: String(repeating: "[", count: 200_000).utf8)
        }
    }
}
