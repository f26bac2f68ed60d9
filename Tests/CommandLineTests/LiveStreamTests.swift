import API
import Foundation
import Testing

/// A server with as many live streams as a hospital has screens and callers.
@Suite("Live streams of one process", .timeLimit(.minutes(10)))
struct LiveStreamTests {
    private static let screens = 400
    private static let callers = 4_600
    /// Callers of one clinic, who are told when one of them goes.
    private static let queue = 100
    /// Callers whose visit ends while everybody listens.
    private static let leaving = 100

    @Test("OPS-6 5,000 streams are open at once, and each is told what is its own and no more")
    func many() async throws {
        guard OpenFiles.raise() >= 2 * (LiveStreamTests.screens + LiveStreamTests.callers) else {
            print("notice: this machine lets no process open so many files; nothing was checked")
            return
        }
        let folder = try Folder()
        let server = try await Server.start(in: folder)
        // One clinic whose screens are watched, others in which the callers wait.
        let desk = try Reception(
            server, folder, clinics: 1 + LiveStreamTests.callers / LiveStreamTests.queue)
        let people = try (0..<LiveStreamTests.callers).map {
            try desk.caller($0, in: 1 + $0 / LiveStreamTests.queue)
        }
        let before = try Memory.resident(of: server.program.processID)
        let callers = try people.map { person in
            let path = "/v1/visits/\(person.visit)/live"
            let stream = try LiveConnection(server.port, path, token: person.token)
            _ = try stream.through { $0.event == "ready" }
            return stream
        }
        let screens = try (0..<LiveStreamTests.screens).map { _ in
            let path = "/v1/clinics/\(desk.clinics[0])/waiting-area/live"
            let stream = try LiveConnection(server.port, path, token: desk.token)
            _ = try stream.through { $0.event == "ready" }
            return stream
        }
        let after = try Memory.resident(of: server.program.processID)
        let each = (after - before) / (LiveStreamTests.screens + LiveStreamTests.callers)
        print("live: \(each / 1024) KiB of memory for each open stream, \(after >> 20) MiB in all")

        // Acknowledged, it stands on every screen, with nothing asked meanwhile.
        let newcomer = try desk.caller(LiveStreamTests.callers, in: 0)
        for screen in screens {
            let told = try screen.through { $0.event == "caller" }
            #expect(told.map { $0.json["visit"]?.text } == [newcomer.visit])
        }
        // Of all the callers, one is told.
        let one = LiveStreamTests.callers / 2
        try desk.message("Come in.", to: people[one].visit)
        let message = try callers[one].through { $0.event == "message" }
        #expect(message.map { $0.json["text"] } == ["Come in."])
        for number in 0..<LiveStreamTests.leaving {
            try desk.end(people[number].visit)
            // Those behind who left moved up, and are told their place.
            let told = try callers[number].through { $0.json["state"] == "ended" }
                .filter { $0.event != "place" }
            #expect(told.map { $0.json["visit"]?.text } == [people[number].visit])
        }
        #expect(await server.stop() == 0)
    }
}
