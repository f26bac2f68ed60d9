import EventStore
import Testing

@Suite("Contract: limits") struct LimitTests {
    /// A way to spoil a commit, and a word the refusal must hold.
    struct Spoiled: Sendable {
        let word: String
        let spoil: @Sendable (inout Commit) -> Void
    }

    static let spoiled: [Spoiled] = [
        Spoiled(word: "257 events") {
            $0.events = Array(repeating: .on(.visit), count: Limits.commitEvents + 1)
        },
        Spoiled(word: "0 events") { $0.events = [] },
        Spoiled(word: "\(Limits.recordBytes + 1) bytes") {
            $0.events.append(.on(.visit, LimitTests.payload(recordBytes: Limits.recordBytes + 1)))
        },
        Spoiled(word: "command id") { $0.commandID = 0 },
        Spoiled(word: "1970") { $0.now = -1 },
        Spoiled(word: "actor") { $0.context.actor.kind = "" },
        Spoiled(word: "role") { $0.context.role = "" },
        Spoiled(word: "basis") { $0.context.basis = "" },
        Spoiled(word: "origin") { $0.context.origin = "" },
        Spoiled(word: "actor") { $0.context.onBehalfOf = Actor("") },
        Spoiled(word: "cause") { $0.context.cause = -1 },
        Spoiled(word: "category") { $0.events.append(.on(StreamName("", 3))) },
        Spoiled(word: "schema") { $0.events[0].schema = 0 },
        Spoiled(word: "257 expectations") {
            $0.expectations = (0...Limits.commitEvents).map {
                (StreamName("visit", UInt128($0)), .any)
            }
        },
    ]

    @Test(
        "AUD-1 what breaks a limit is refused by name, and nothing is appended",
        arguments: Engine.all)
    func refused(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            for spoiled in LimitTests.spoiled {
                var asked = commit(9, [.on(.visit), .on(.other)])
                spoiled.spoil(&asked)
                do {
                    _ = try await store.append(asked)
                    Issue.record("accepted: \(spoiled.word)")
                } catch AppendError.unacceptable(let reason) {
                    #expect(reason.contains(spoiled.word))
                }
            }
            #expect(try await store.logs() == [])
            #expect(try await store.head(of: .one) == 0)
            #expect(try await store.find(commandID: 9, in: .one) == nil)
            #expect(try await store.version(of: .visit, in: .one) == nil)
            let answer = try await store.append(commit(9, [.on(.visit)]))
            #expect(answer == Appended(first: 0, count: 1, repeated: false))
        }
    }

    @Test(
        "AUD-1 what just keeps to the limits is taken: 256 records of 60 KiB", arguments: Engine.all
    )
    func largest(engine: Engine) async throws {
        try await withStore(engine) { bed in
            var random = Seeded(31)
            var model = Model()
            let bytes = random.bytes(4_096)
            var payload = LimitTests.payload(recordBytes: Limits.recordBytes)
            // Not compressible, so that a block is as large as it can get.
            for index in payload.indices {
                payload[index] = bytes[index % 4_096] &+ UInt8(index >> 12)
            }
            let largest = commit(
                1, Array(repeating: .on(.visit, payload), count: Limits.commitEvents))
            for asked in [largest, commit(2, [.on(.visit)])] {
                let answer = try await bed.store.append(asked)
                #expect(.success(answer) == model.append(asked))
            }
            try await model.expectAll(of: bed.store, page: 100)
            try await bed.reopen(forgettingIndexes: true)
            try await model.expectAll(of: bed.store, page: 3)
        }
    }

    /// A payload that makes the record of `.on(.visit, …)` so large.
    static func payload(recordBytes: Int) -> [UInt8] {
        let guess = Array(repeating: UInt8(1), count: recordBytes - 300)
        do {
            let encoded = try EncodedCommit(commit(1, [.on(.visit, guess)]))
            return Array(repeating: 1, count: guess.count + recordBytes - encoded.bytes.count)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
