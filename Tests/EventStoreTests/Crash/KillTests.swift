import EventStore
import Foundation
import Synchronization
import Testing

/// A process that appends under load is killed again and again, each time somewhere else.
@Suite("Crash: kill -9") struct KillTests {
    static let rounds = 10
    static let writers = 6

    @Test(
        "AUD-1 killed under load, every acknowledged commit is there once and nothing is half there"
    )
    func killed() async throws {
        try await withFolder { folder in
            var random = Seeded(101)
            var acknowledged: [UInt128: Int64] = [:]
            for round in 1...KillTests.rounds {
                let dyingAfter = Int.random(in: 1...400, using: &random)
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [
                        folder = folder as String, round = round as Int,
                        dyingAfter = dyingAfter as Int
                    ] in
                    try await KillTests.append(in: folder, round: round, dyingAfter: dyingAfter)
                }
                for (id, first) in try KillTests.acknowledged(in: folder) {
                    acknowledged[id] = first
                }
                let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
                defer { store.close() }
                let note = "round \(round), killed after \(dyingAfter)"
                if let reason = store.report.readOnly {
                    throw Disagreement(description: "read-only: \(reason). \(note)")
                }
                try await KillTests.expectWhole(store, acknowledged, note)
                try agree(try faults(of: store), [], "verify", note)
            }
            #expect(acknowledged.count > 100)
        }
    }

    /// In the child: appends until so many commits are acknowledged, then dies while others are
    /// under way.
    static func append(in folder: String, round: Int, dyingAfter: Int) async throws {
        let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
        let notes = open("\(folder)/acknowledged", O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let count = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<100_000 {
                        let id = UInt128(round) << 64 | UInt128(writer) << 32 | UInt128(number + 1)
                        let answer = try await store.append(commit(id, events(of: id)))
                        // One write, so that a line is there whole or not at all.
                        let line = "\(hex(id)) \(answer.first)\n"
                        _ = line.withCString { write(notes, $0, strlen($0)) }
                        if count.next() == dyingAfter {
                            kill(getpid(), SIGKILL)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// What a commit holds follows from its id.
    static func events(of id: UInt128) -> [NewEvent] {
        var random = Seeded(UInt64(truncatingIfNeeded: id &* 0x9E37_79B9_7F4A_7C15))
        return (0..<Int.random(in: 1...5, using: &random)).map { _ in
            .on(
                StreamName("visit", UInt128.random(in: 1...9, using: &random)),
                random.bytes(.random(in: 0...150, using: &random)))
        }
    }

    static func acknowledged(in folder: String) throws -> [(id: UInt128, first: Int64)] {
        try String(contentsOfFile: "\(folder)/acknowledged", encoding: .utf8)
            .split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let id = UInt128(words[0], radix: 16),
                    let first = Int64(words[1])
                else { return nil }
                return (id, first)
            }
    }

    /// Every commit in the log is whole and was asked for; every acknowledged one is where it was
    /// acknowledged.
    static func expectWhole(
        _ store: SegmentStore, _ acknowledged: [UInt128: Int64], _ note: String
    ) async throws {
        let all = try await store.everything(in: .one, page: 500)
        try agree(all.positions, Array(0..<Int64(all.count)), "positions", note)
        var first: [UInt128: Int64] = [:]
        var rest = all[...]
        while let event = rest.first {
            let asked = events(of: event.commandID)
            let there = rest.prefix(asked.count)
            let made = there.map {
                NewEvent(
                    stream: $0.stream, type: $0.type, schema: $0.schema, payload: Array($0.payload))
            }
            try agree(made, asked, "commit at \(event.position)", note)
            guard first.updateValue(event.position, forKey: event.commandID) == nil else {
                throw Disagreement(description: "twice: \(hex(event.commandID)). \(note)")
            }
            rest = rest.dropFirst(asked.count)
        }
        for (id, position) in acknowledged.sorted(by: { $0.key < $1.key }) {
            try agree([first[id]], [position], "acknowledged \(hex(id))", note)
            let found = try store.find(commandID: id, in: .one)
            try agree([found?.first], [position], "found \(hex(id))", note)
        }
    }
}

/// Counts from 1, for many tasks.
private final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
