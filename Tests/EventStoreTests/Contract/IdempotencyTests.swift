import EventStore
import Testing

@Suite("Contract: idempotency") struct IdempotencyTests {
    @Test(
        "OPS-6 a command asked again gets the first answer and adds nothing", arguments: Engine.all)
    func again(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let asked = commit(5, expecting: [(.visit, .noneYet)], [.on(.visit), .on(.other)])
            try await bed.store.fill(streams: [.agenda], count: 3)
            #expect(
                try await bed.store.append(asked) == Appended(first: 3, count: 2, repeated: false))
            let known = Appended(first: 3, count: 2, repeated: true)
            for _ in 0..<2 {
                // Its expectation does not hold any more: the command id is looked at first.
                #expect(try await bed.store.append(asked) == known)
                #expect(try await bed.store.find(commandID: 5, in: .one) == known)
                #expect(try await bed.store.head(of: .one) == 5)
                try await bed.reopen(forgettingIndexes: true)
            }
        }
    }

    @Test("OPS-6 another payload under a known command id adds nothing", arguments: Engine.all)
    func otherPayload(engine: Engine) async throws {
        try await withStore(engine) { bed in
            _ = try await bed.store.append(commit(5, [.on(.visit, [1])]))
            let other = commit(5, [.on(.other, [2]), .on(.other, [3])])
            #expect(
                try await bed.store.append(other) == Appended(first: 0, count: 1, repeated: true))
            #expect(try await bed.store.version(of: .other, in: .one) == nil)
        }
    }

    @Test("OPS-6 a refused command is not remembered", arguments: Engine.all)
    func refused(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            let asked = commit(5, expecting: [(.visit, .exactly(0))], [.on(.visit)])
            await #expect(throws: AppendError.self) { try await store.append(asked) }
            #expect(try await store.find(commandID: 5, in: .one) == nil)
            _ = try await store.append(commit(6, [.on(.visit)]))
            #expect(try await store.append(asked) == Appended(first: 1, count: 1, repeated: false))
        }
    }

    @Test("OPS-6 command ids of one log mean nothing in another", arguments: Engine.all)
    func perLog(engine: Engine) async throws {
        try await withStore(engine) { bed in
            _ = try await bed.store.append(commit(5, in: .one, [.on(.visit), .on(.visit)]))
            #expect(try await bed.store.find(commandID: 5, in: .two) == nil)
            let two = try await bed.store.append(commit(5, in: .two, [.on(.visit)]))
            #expect(two == Appended(first: 0, count: 1, repeated: false))
            try await bed.reopen()
            #expect(try await bed.store.find(commandID: 5, in: .one)?.count == 2)
            #expect(try await bed.store.find(commandID: 5, in: .two)?.count == 1)
        }
    }

    @Test(
        "OPS-6 a commit of 256 events is answered whole again, wherever it stands",
        arguments: Engine.all)
    func largest(engine: Engine) async throws {
        try await withStore(engine) { bed in
            var model = Model()
            var random = Seeded(21)
            var asked: [Commit] = []
            for round in 0..<6 {
                // Neighbours of odd sizes move the large commit across blocks and segments.
                for events in [Limits.commitEvents, 1 + round * 7] {
                    asked.append(random.commit(log: .one, events: events))
                }
            }
            for commit in asked {
                let answer = try await bed.store.append(commit)
                #expect(.success(answer) == model.append(commit))
            }
            for forgetting in [false, true] {
                for commit in asked {
                    let answer = try await bed.store.append(commit)
                    #expect(answer == model.find(commit.commandID, in: .one))
                    let found = try await bed.store.find(commandID: commit.commandID, in: .one)
                    #expect(found == answer)
                }
                try await bed.reopen(forgettingIndexes: forgetting)
            }
            #expect(try await bed.store.head(of: .one) == Int64(model.events.count))
        }
    }

    @Test("OPS-6 ids that differ in one bit are different commands", arguments: Engine.all)
    func nearIDs(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let base: UInt128 = 0x5A5A_5A5A_5A5A_5A5A_A5A5_A5A5_A5A5_A5A5
            let ids = [base] + (0..<128).map { base ^ (1 << UInt128($0)) }
            for (index, id) in ids.enumerated() {
                let answer = try await bed.store.append(commit(id, [.on(.visit)]))
                #expect(answer == Appended(first: Int64(index), count: 1, repeated: false))
            }
            try await bed.reopen()
            for (index, id) in ids.enumerated() {
                let found = try await bed.store.find(commandID: id, in: .one)
                #expect(found == Appended(first: Int64(index), count: 1, repeated: true))
            }
        }
    }
}
