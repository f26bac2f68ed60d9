import EventStore
import Testing

@Suite("Verify") struct VerifyTests {
    @Test("OPS-2 a flipped byte anywhere under log/ is found, and the file named", arguments: 0..<2)
    func flips(seed: UInt64) async throws {
        let folder = TestFolder()
        var work = Workload(seed: seed)
        let store = try SegmentStore.open(folder: folder.path, options: .tiny)
        for step in 0..<300 {
            let commit = work.next()
            work.accepted(commit, try await store.append(commit))
            if step == 200 { store.settle() }
        }
        let open = try store.verify()
        #expect(open.findings == [])
        #expect(open.events == Int64(work.order.count))
        store.close()
        #expect(try SegmentStore.verify(folder: folder.path).findings == [])
        var random = Seeded(seed)
        let names = folder.names.filter { $0 != Layout.lock }
        #expect(names.contains { $0.hasSuffix(".run") } && names.contains(Layout.prepared))
        for name in names {
            let bytes = folder.bytes(name)
            for _ in 0..<15 {
                var flipped = bytes
                let at = Int.random(in: bytes.indices, using: &random)
                flipped[at] ^= UInt8.random(in: 1...255, using: &random)
                folder.write(flipped, to: name)
                let found = try SegmentStore.verify(folder: folder.path)
                let first = found.findings.first { $0.file == name }
                #expect(first.map { $0.offset <= Int64(at) } == true, "seed \(seed) \(name) \(at)")
            }
            folder.write(bytes, to: name)
        }
        #expect(try SegmentStore.verify(folder: folder.path).findings == [])
    }

    @Test(
        "OPS-2 a flipped byte in a written block is never cut: read-only, and it says where"
    )
    func damage() async throws {
        for seed in UInt64(0)..<12 {
            let folder = TestFolder()
            var work = Workload(seed: seed)
            let store = try SegmentStore.open(folder: folder.path, options: .tiny)
            for _ in 0..<10 {
                let commit = work.next(eventsMax: 1)
                work.accepted(commit, try await store.append(commit))
            }
            store.close()
            let name = try #require(
                folder.names.last { $0.hasSuffix(".seg") && $0 != Layout.prepared })
            var bytes = folder.bytes(name)
            let end = try #require(bytes.lastIndex { $0 != 0 })
            let at = Int.random(in: 0...end, using: &work.random)
            bytes[at] ^= 0x55
            folder.write(bytes, to: name)
            let names = folder.names
            let damaged = try SegmentStore.open(folder: folder.path, options: .tiny)
            let damage = try #require(damaged.report.damage.first, "seed \(seed)")
            #expect(damage.file == name && damage.offset <= Int64(at), "seed \(seed)")
            #expect(damaged.report.readOnly?.contains(name) == true)
            await #expect(throws: AppendError.readOnly(reason: damaged.report.readOnly ?? "")) {
                _ = try await damaged.append(work.next())
            }
            damaged.close()
            #expect(folder.names == names && folder.bytes(name) == bytes, "seed \(seed)")
        }
    }
}
