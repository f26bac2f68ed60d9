import API
import Foundation
import Testing

/// A server with as many live streams as a hospital has screens and callers.
@Suite("Live streams of one process", .timeLimit(.minutes(10)))
struct LiveStreamTests {
    private static let screens = 400
    private static let callers = 4_600
    /// Callers of one clinic that has a long queue; all others have short ones.
    private static let longQueue = 2_500
    private static let shortQueue = 100
    /// Callers at the front of the long queue whose visit ends while everybody listens.
    private static let leaving = 8
    /// Of memory for each stream of the second half of the long queue: what a connection takes
    /// (some 85 KiB), and no list of all who are ahead.
    private static let bytesMax = 128 << 10

    /// Which clinic a caller waits in: none in the one whose screens are watched.
    private static func clinic(of number: Int) -> Int {
        number < longQueue ? 1 : 2 + (number - longQueue) / shortQueue
    }

    @Test("OPS-6 5,000 streams are open at once, and each is told what is its own and no more")
    func many() async throws {
        guard OpenFiles.raise() >= 2 * (LiveStreamTests.screens + LiveStreamTests.callers) else {
            print("notice: this machine lets no process open so many files; nothing was checked")
            return
        }
        let folder = try Folder()
        let server = try await Server.start(in: folder)
        let desk = try Reception(
            server, folder, clinics: 1 + LiveStreamTests.clinic(of: LiveStreamTests.callers - 1))
        let people = try (0..<LiveStreamTests.callers).map {
            try desk.caller($0, in: LiveStreamTests.clinic(of: $0))
        }
        let before = try Memory.resident(of: server.program.processID)
        func open(_ numbers: Range<Int>) throws -> [LiveConnection] {
            try numbers.map { number in
                let path = "/v1/visits/\(people[number].visit)/live"
                let stream = try LiveConnection(server.port, path, token: people[number].token)
                let told = try stream.through { $0.event == "ready" }
                    .filter { $0.event == "place" }
                #expect(told.map { $0.json["position"] } == [.integer(place(of: number))])
                return stream
            }
        }
        let half = LiveStreamTests.longQueue / 2
        var callers = try open(0..<half)
        let atHalf = try Memory.resident(of: server.program.processID)
        callers += try open(half..<LiveStreamTests.longQueue)
        let atEnd = try Memory.resident(of: server.program.processID)
        #expect((atEnd - atHalf) / half < LiveStreamTests.bytesMax)
        callers += try open(LiveStreamTests.longQueue..<LiveStreamTests.callers)
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
        let one = LiveStreamTests.callers - 1
        try desk.message("Come in.", to: people[one].visit)
        let message = try callers[one].through { $0.event == "message" }
        #expect(message.map { $0.json["text"] } == ["Come in."])
        try leave(desk, people.map(\.visit), callers)
        #expect(await server.stop() == 0)
    }

    /// From 1, before anybody leaves.
    private func place(of number: Int) -> Int64 {
        let longQueue = LiveStreamTests.longQueue
        let ahead =
            number < longQueue ? number : (number - longQueue) % LiveStreamTests.shortQueue
        return Int64(ahead + 1)
    }

    /// Who is first goes, again and again: everybody behind moves up, and is told their place;
    /// moves that come together may be told at once.
    private func leave(
        _ desk: Reception, _ visits: [String], _ callers: [LiveConnection]
    ) throws {
        let leaving = LiveStreamTests.leaving
        for number in 0..<leaving {
            try desk.end(visits[number])
            let told = try callers[number].through { $0.json["state"] == "ended" }
                .filter { $0.event != "place" }
            #expect(told.map { $0.json["visit"]?.text } == [visits[number]])
        }
        for number in leaving..<LiveStreamTests.longQueue {
            let last = place(of: number) - Int64(leaving)
            let told = try callers[number].through { $0.json["position"] == .integer(last) }
            #expect(told.allSatisfy { $0.event == "place" })
            #expect(told.count <= leaving)
        }
    }
}
