import API
import Domain
import EventStore
import Foundation
import TestSupport
import Testing

/// A day in which every place for something personal held a canary, driven over HTTP on files.
struct PlantedDay: Sendable {
    let canaries: [Canary]
    /// Written by the organisation for everyone: found in the log and in a view, or the search
    /// could not find anything.
    let control: Canary
    let client: String
    let records: [String]
    /// Keys by which commands were named, and their bodies: what a thief may have from elsewhere.
    let commands: [(key: String, body: [UInt8])]
    let organisation: String

    /// Runs it in a folder, closes, and hands the folder to `look`.
    static func after(
        _ look: @escaping @Sendable (PlantedDay, StolenFolder) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "anteroom-stolen-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        let store = try SegmentStore.open(folder: folder + "/log")
        let key = InstallationKey.random()
        let vault = try await SQLiteVault.open(
            folder, key: key, erasureList: folder + ".erasures")
        defer { removeQuietly(folder + ".erasures") }
        try await Fixture.run(store: store, vault: vault) { fixture in
            let day = try await PlantedDay(fixture)
            let head = try await fixture.head(day.organisation)
            let caughtUp = try await fixture.get(
                "/v1/clinics?position=\(head - 1)", by: .bearing(day.reader))
            try #require(caughtUp.status == 200, "\(caughtUp.json.description)")
            store.close()
            try await vault.close()
            for part in ["read", "index.sqlite", "index.sqlite-wal"] {
                let path = "\(fixture.folder)/\(part)"
                guard FileManager.default.fileExists(atPath: path) else { continue }
                try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(part)")
            }
            try await look(day, StolenFolder(folder))
        }
    }

    private let reader: String

    private init(_ fixture: Fixture) async throws {
        var planter = try await Planter(fixture)
        let staff = try await planter.staff()
        client = try await planter.client(staff.token)
        let appointment = try await planter.appointment(of: client, with: staff)
        let visit = try await planter.visit(for: appointment, with: staff)
        let answers = try await planter.answers(in: visit, for: appointment, staff.token)
        try await planter.look(at: client, visit, answers, staff.token)
        try await planter.end(visit, appointment, staff.token)
        canaries = planter.planted
        control = planter.control
        records = [visit, appointment, answers]
        commands = planter.commands
        organisation = planter.hospital.organisation
        reader = staff.token
    }
}
