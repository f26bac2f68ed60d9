import Domain
import Foundation
import TestSupport
import Testing

/// Whether Debian's protobuf-compiler is there (tools/setup brings it).
private func hasProtoc() async -> Bool {
    do {
        return try await RunningProgram.run(["protoc", "--version"]).status == 0
    } catch {
        print("protoc cannot be run: \(error)")
        return false
    }
}

@Suite("protoc", .enabled("protobuf-compiler is not installed: see tools/setup", hasProtoc))
struct ProtocTests {
    @Test("AUD-1 protoc reads what our writer wrote, by docs/events.proto, and writes it the same")
    func decodes() async throws {
        try await check(EventFamilies.all, proto: try Checkout.text("docs/events.proto"))
    }

    @Test("AUD-1 protoc reads every kind of field, and says the values we meant")
    func sample() async throws {
        let schema = try SchemaDescription([SampleEvent.self])
        let text = try await check([SampleEvent.self], proto: ProtoFile.text(of: schema))
        for line in [
            "flag: true", "number: -1234567", "colour: SAMPLE_COLOUR_DARK_RED", "price {",
            "    minor_units: -250", "    currency: \"EUR\"", "zone: \"Europe/Amsterdam\"",
            "numbers: -3", "numbers: 9223372036854775807",
        ] {
            #expect(text.contains(line), "no \(line) in:\n\(text)")
        }
    }

    /// All payloads go through `protoc --decode` and back through `--encode` at once, in one
    /// message that holds them all. Returns what protoc made of them.
    @discardableResult
    private func check(_ families: [any EventFamily.Type], proto: String) async throws -> String {
        var batch: [UInt8] = []
        var members = ""
        func add<Family: EventFamily>(_ event: Family) throws {
            var payload: [UInt8] = []
            let head = try event.encode(into: &payload)
            let number = members.split(separator: "\n").count + 1
            let type = try #require(Family.members.member(head.name)?.type)
            members += "  optional \(type) f\(number) = \(number);\n"
            batch += varint(number << 3 | 2) + varint(payload.count) + payload
        }
        for family in families {
            func addAll<Family: EventFamily>(_ family: Family.Type) throws {
                for member in family.members.all {
                    for (seed, fullness) in [Samples.Fullness.sparse, .complete, .mixed]
                        .enumerated()
                    {
                        var samples = Samples(seed: UInt64(seed), fullness)
                        try add(member.sample(&samples))
                    }
                }
            }
            try addAll(family)
        }
        if families.contains(where: { $0 == SampleEvent.self }) {
            try add(SampleEvent.everything(.known))
        }
        return try await withTemporaryFolder { folder in
            try Data(proto.utf8).write(to: folder.appending(path: "events.proto"))
            let wrapper = """
                syntax = "proto2";
                package anteroom;
                import "events.proto";
                message Batch {
                \(members)}
                """
            try Data(wrapper.utf8).write(to: folder.appending(path: "batch.proto"))
            let arguments = ["--proto_path=\(folder.path)", "batch.proto"]
            let decoded = try await RunningProgram.run(
                ["protoc", "--decode=anteroom.Batch"] + arguments, input: batch)
            try #require(decoded.status == 0, "\(decoded.errors)")
            let text = decoded.output
            // A field protoc does not know is printed by its number.
            #expect(text.firstMatch(of: /(?m)^ +\d+[:{ ]/) == nil, "\(text)")
            let encoded = try await RunningProgram.run(
                ["protoc", "--encode=anteroom.Batch"] + arguments, input: decoded.bytes)
            try #require(encoded.status == 0, "\(encoded.errors)")
            #expect(encoded.bytes == batch)
            return text
        }
    }

    private func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
