import EventStore
import Testing

@Suite("Run") struct RunTests {
    /// Events of a few logs and streams, as the index sees them.
    private struct Events {
        var tail: TailIndex
        var streams: [StreamKey: [Int64]] = [:]
        var commands: [UInt64: [Int64]] = [:]
        var positions: [LogID: [Int64]] = [:]
    }

    private func events(
        _ random: inout Seeded, from base: Int64, count: Int, before: [LogID: Int64]
    ) -> Events {
        var made = Events(tail: TailIndex(base: base))
        var heads = before
        var versions: [StreamKey: Int64] = [:]
        for index in 0..<count {
            let log = LogID(bits: UInt128.random(in: 0..<4, using: &random))
            let key = StreamKey(
                StreamName("visit", UInt128.random(in: 1...9, using: &random)), in: log)
            let ordinal = base + Int64(index)
            if index == 0 || Bool.random(using: &random) {
                let hash = random.next()
                made.tail.add(command: hash)
                made.commands[hash, default: []].append(ordinal)
            }
            let position = heads[log, default: 0]
            made.tail.add(
                key, versionIfNew: versions[key] ?? 0, position: position, time: ordinal)
            versions[key, default: 0] += 1
            heads[log] = position + 1
            made.streams[key, default: []].append(ordinal)
            made.positions[log, default: []].append(ordinal)
        }
        return made
    }

    private func open(_ folder: TestFolder, _ tail: TailIndex) throws -> Run {
        try RunFiles(disk: PosixDisk(), folder: folder.path, health: IndexHealth()).make(tail)
    }

    private func expect(_ run: Run, holds parts: [Events], before: [LogID: Int64]) throws {
        var streams: [UInt64: [Int64]] = [:]
        for part in parts {
            for (key, ordinals) in part.streams { streams[key.hash, default: []] += ordinals }
        }
        for (hash, ordinals) in streams {
            #expect(try run.ordinals(ofStream: hash) == ordinals.sorted())
        }
        for part in parts {
            for (hash, ordinals) in part.commands {
                #expect(try run.ordinals(ofCommand: hash) == ordinals)
            }
        }
        for log in Set(parts.flatMap(\.positions.keys)) {
            let ordinals = parts.flatMap { $0.positions[log] ?? [] }
            let first = before[log] ?? 0
            let place = try #require(run.place(of: log))
            #expect(
                run.logs[place].first == first && run.logs[place].count == Int64(ordinals.count))
            for start in [0, ordinals.count / 2, ordinals.count - 1] {
                let extents = try run.extents(of: log, from: first + Int64(start), limit: .max)
                let holding = try #require(extents.first)
                #expect(holding.position <= first + Int64(start))
                for (index, extent) in extents.enumerated() {
                    let end =
                        index + 1 < extents.count
                        ? extents[index + 1].position : first + Int64(ordinals.count)
                    for position in extent.position..<end {
                        let ordinal = extent.ordinal + position - extent.position
                        #expect(ordinals[Int(position - first)] == ordinal)
                    }
                }
            }
        }
        #expect(try run.ordinals(ofStream: 12345).isEmpty)
        #expect(run.place(of: LogID(bits: 99)) == nil)
    }

    @Test("OPS-2 a run says of every event what the memory it is made of said", arguments: 0..<8)
    func building(seed: UInt64) throws {
        let folder = TestFolder()
        var random = Seeded(seed)
        let before = [LogID(bits: 1): Int64(1000), LogID(bits: 3): 5]
        let made = events(&random, from: 77, count: seed == 0 ? 1 : 3000, before: before)
        try expect(try open(folder, made.tail), holds: [made], before: before)
    }

    @Test("OPS-2 a merged run says what its parts said", arguments: 0..<5)
    func merging(seed: UInt64) throws {
        let folder = TestFolder()
        var random = Seeded(seed)
        var parts: [Events] = []
        var heads: [LogID: Int64] = [:]
        var base: Int64 = 5
        for _ in 0..<4 {
            let count = Int.random(in: 1...1500, using: &random)
            let part = events(&random, from: base, count: count, before: heads)
            for (log, ordinals) in part.positions {
                heads[log, default: 0] += Int64(ordinals.count)
            }
            parts.append(part)
            base += Int64(count)
        }
        var merger = RunMerger(try parts.map { try open(folder, $0.tail) })
        let files = RunFiles(disk: PosixDisk(), folder: folder.path, health: IndexHealth())
        let merged = try files.make(merger.range) { file throws(DiskError) in
            try merger.write(to: file)
        }
        #expect(merged.range == 5..<base)
        try expect(merged, holds: parts, before: [:])
    }

    @Test("OPS-2 what was taken back from the memory index was never there", arguments: 0..<20)
    func undo(seed: UInt64) throws {
        var random = Seeded(seed)
        var (one, other) = (Seeded(seed), Seeded(seed))
        let kept = events(&one, from: 0, count: 200, before: [:])
        let tried = events(&other, from: 0, count: 200, before: [:])
        var added: [(StreamKey, Bool)] = []
        var heads = kept.positions.mapValues { Int64($0.count) }
        for _ in 0..<50 {
            let log = LogID(bits: UInt128.random(in: 0..<6, using: &random))
            let key = StreamKey(
                StreamName("visit", UInt128.random(in: 1...20, using: &random)), in: log)
            let isNew = Bool.random(using: &random)
            if isNew { tried.tail.add(command: random.next()) }
            tried.tail.add(
                key, versionIfNew: 0, position: heads[log, default: 0], time: 0)
            heads[log, default: 0] += 1
            added.append((key, isNew))
        }
        for (key, isNew) in added.reversed() {
            tried.tail.removeLast(key)
            if isNew { tried.tail.removeLastCommand() }
        }
        #expect(tried.tail.streamPairs() == kept.tail.streamPairs())
        #expect(tried.tail.commandPairs() == kept.tail.commandPairs())
        #expect(tried.tail.logs.map(\.id) == kept.tail.logs.map(\.id))
        #expect(tried.tail.logs.map(\.extents) == kept.tail.logs.map(\.extents))
        for (key, ordinals) in kept.streams {
            #expect(tried.tail.version(of: key) == Int64(ordinals.count - 1))
        }
    }

    @Test("OPS-2 a Bloom filter never denies a key it holds, and rarely claims another")
    func bloom() {
        var random = Seeded(3)
        let keys = (0..<20_000).map { _ in random.next() }
        var filter = BloomFilter(keys: keys.count)
        for key in keys { filter.insert(key) }
        let again = BloomFilter(bytes: filter.bytes[...])
        #expect(again == filter)
        #expect(keys.allSatisfy { again.mayContain($0) })
        let wrong = (0..<20_000).count { _ in again.mayContain(random.next()) }
        #expect(wrong < 600)
    }
}
