import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Accounts: photo") struct PhotoTests {
    /// As large as one may be, and nothing a compressor makes smaller.
    private static let png: [UInt8] = {
        var random = Seeded(7)
        let noise = (0..<(PictureBytes.bytesMax - 8)).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + noise
    }()

    private static func body(_ bytes: [UInt8]) -> JSON {
        ["picture": .string(Data(bytes).base64EncodedString())]
    }

    @Test(
        "ACC-1 a photo is shown to its owner and who manages the organisation, and looks are noted")
    func shown() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let colleague = try await hospital.teamMember()
            let path = "/v1/staff/\(member.id)/photo"
            (try await fixture.get(path, by: member)).refused(404, "notFound")
            try await fixture.must("staff.set-photo", Self.body(Self.png), by: member)
            for person in [member, hospital.administrator] {
                let new = try await fixture.appended {
                    let told = try await fixture.get(path, by: person)
                    told.accepted("\(person)")
                    #expect(told.json["mediaType"] == "image/png")
                }
                #expect(new.map(\.described).allSatisfy { $0.hasSuffix("allowed") })
                #expect(new.count == 1, "the look is noted")
                let picture = try await fixture.get(path + "?as=picture", by: person)
                #expect(picture.bytes == Self.png)
                #expect(picture.headers[.contentType] == "image/png")
            }
            (try await fixture.get(path, by: colleague)).refused(403, "notPermitted")
            let caller = try await hospital.caller()
            (try await fixture.get(path, by: caller)).refused(403, "notForThisActor")
            (try await fixture.get(path, by: .nobody)).refused(401, "notSignedIn")
            try await fixture.caughtUp(hospital.organisation)
            let profile = try await fixture.get("/v1/profile", by: member)
            #expect(profile.json["hasPhoto"] == true)

            // The bytes decide what it is, and how many there may be.
            (try await fixture.post("staff.set-photo", Self.body([1, 2]), by: member))
                .refused(409, "photoUnknownForm")
            (try await fixture.post("staff.set-photo", Self.body(Self.png + [1]), by: member))
                .refused(422, "invalidFields")
            // Another takes its place.
            let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 5]
            try await fixture.must("staff.set-photo", Self.body(jpeg), by: member)
            let second = try await fixture.get(path + "?as=picture", by: member)
            #expect(second.bytes == jpeg && second.headers[.contentType] == "image/jpeg")
            try await fixture.must("staff.remove-photo", [:], by: member)
            (try await fixture.get(path, by: member)).refused(404, "notFound")
        }
    }

    @Test("ACC-1 a photo goes with the person")
    func removed() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let member = try await hospital.teamMember()
            _ = try await Self.sealed(of: member, hospital)
            try await fixture.must(
                "staff.remove", ["staff": .string(member.id), "reason": "left"],
                by: hospital.administrator)
            try await Self.get(of: member, hospital).refused(404, "notFound")
        }
    }

    @Test(
        "ACC-1 a photo is sealed in the log under the key of all that is theirs, and goes with it"
    )
    func erased() async throws {
        let vault = MemoryVault()
        try await Fixture.run(vault: vault) { fixture in
            let hospital = try await Hospital(fixture)
            let member = try await hospital.teamMember()
            let event = try await Self.sealed(of: member, hospital)
            let keys = try Coding.sealedKeys(Coding.new(event))
            let stream = try await fixture.store.readStream(
                event.stream, in: event.log, from: 0, limit: 100)
            let all = try Set(stream.flatMap { try Coding.sealedKeys(Coding.new($0)) })
            #expect(all == Set(keys))
            try await vault.destroy(keys)
            try await Self.get(of: member, hospital).refused(404, "notFound")
        }
    }

    private static func get(of member: Person, _ hospital: Hospital) async throws -> Told {
        try await hospital.fixture.get(
            "/v1/staff/\(member.id)/photo", by: hospital.administrator)
    }

    /// The event of a photo that was set, which does not hold it in plain.
    private static func sealed(
        of member: Person, _ hospital: Hospital
    ) async throws -> RecordedEvent {
        let head = try await hospital.fixture.head(hospital.organisation)
        try await hospital.fixture.must("staff.set-photo", body(png), by: member)
        let event = try #require(
            try await hospital.fixture.events(hospital.organisation, from: head).first)
        #expect("\(event.type)" == "staff.photo-set")
        #expect(!event.payload.contains(png[0..<8]))
        #expect(event.payload.count < 60 * 1024)
        try await get(of: member, hospital).accepted()
        return event
    }
}
