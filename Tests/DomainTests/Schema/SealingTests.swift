import Domain
import Testing

@Suite("Sealing while writing") struct SealingTests {
    private let key = ID<RecordKey>(bits: 7)

    private func event(_ note: Sealed<SampleRecord>) -> SampleEvent {
        .typical(
            SampleTypical(
                at: Instant(milliseconds: 0), clinic: ID(bits: 1), staff: ID(bits: 2),
                colour: .green, minutes: 1, note: note))
    }

    private func record() throws -> SampleRecord {
        SampleRecord(
            name: "Žofie", remark: "\u{0} \"", born: try #require(LocalDate("1970-02-28")),
            relatives: [SampleRelative(name: "Ba", phone: "+31 20"), .init(name: "", phone: "")])
    }

    @Test("ANON-1 an open record cannot be written without a sealing function")
    func notSealed() throws {
        var payload: [UInt8] = [1]
        #expect(throws: WireError.notSealed(field: 6)) {
            try event(Sealed(record(), under: key)).encode(into: &payload)
        }
        #expect(payload == [1], "nothing was added")
    }

    @Test("ANON-1 the sealing function is told what, where and under which key, once a record")
    func requests() throws {
        let record = try record()
        var requests: [SealRequest] = []
        var payload: [UInt8] = []
        let head = try event(Sealed(record, under: key)).encode(into: &payload) { request in
            requests.append(request)
            return SealedBytes(key: request.key, bytes: [9, 9, 9])
        }
        let request = try #require(requests.first)
        #expect(requests.count == 1)
        #expect(request.event == EventName(SampleTypical.name))
        #expect(request.field == 6)
        #expect(request.key == key)
        #expect(try SampleRecord(plainBytes: request.plainBytes) == record)
        let read = try SampleEvent.decode(head.name, number: head.number, payload[...])
        #expect(read == event(.shut(SealedBytes(key: key, bytes: [9, 9, 9]))))
    }

    @Test("ANON-1 what is shut is written as it is, whatever sealing function there is")
    func shut() throws {
        let shut = event(.shut(SealedBytes(key: key, bytes: [1, 2])))
        var payload: [UInt8] = []
        _ = try shut.encode(into: &payload) { _ throws(WireError) in
            throw WireError.sealingFailed(field: 0)
        }
        #expect(!payload.isEmpty)
    }

    @Test("ANON-1 a sealing function that fails, or takes another key, leaves nothing behind")
    func failed() throws {
        let open = event(Sealed(try record(), under: key))
        var payload: [UInt8] = []
        #expect(throws: WireError.sealingFailed(field: 6)) {
            try open.encode(into: &payload) { request throws(WireError) in
                throw WireError.sealingFailed(field: request.field)
            }
        }
        #expect(throws: WireError.sealingFailed(field: 6)) {
            try open.encode(into: &payload) { request in
                SealedBytes(key: ID(bits: 8), bytes: request.plainBytes)
            }
        }
        #expect(payload.isEmpty)
    }

    @Test("ANON-1 open and shut say the same key, and are told apart")
    func sameKey() throws {
        let open = Sealed(try record(), under: key)
        let shut = Sealed<SampleRecord>.shut(SealedBytes(key: key, bytes: []))
        #expect(open.key == shut.key)
        #expect(open != shut)
    }

    @Test("ANON-1 a personal record comes back from its bytes as it was")
    func plainBytes() throws {
        for seed in UInt64(0)..<500 {
            var samples = Samples(seed: seed)
            let record = try SampleRecord.sample(&samples)
            let plain = try record.plainBytes()
            #expect(try SampleRecord(plainBytes: plain) == record, "seed \(seed)")
            for count in plain.indices {
                // Most are refused; none is taken for the whole.
                do throws(WireError) {
                    #expect(try SampleRecord(plainBytes: Array(plain[..<count])) != record)
                } catch {}
            }
        }
    }
}
