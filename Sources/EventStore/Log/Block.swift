/// A block's records, decompressed: `message Block { repeated Record records = 1; }` in protobuf
/// wire.
package final class Block: Sendable {
    package static let recordTag: UInt8 = 0x0A

    /// Store ordinal of the first event.
    package let first: Int64
    private let bytes: [UInt8]
    /// Where each record starts and ends in `bytes`: two numbers an event.
    private let bounds: [UInt32]

    /// What is wrong with the raw bytes.
    package struct Fault: Error, Hashable {
        package let reason: String
    }

    package var count: Int { bounds.count / 2 }
    package var end: Int64 { first + Int64(count) }
    /// Memory it takes.
    package var size: Int { bytes.count + 4 * bounds.count + 128 }

    /// Takes what the writer just wrote.
    package init(first: Int64, bytes: [UInt8], bounds: [UInt32]) {
        self.first = first
        self.bytes = bytes
        self.bounds = bounds
    }

    package init(first: Int64, raw bytes: [UInt8], events: Int) throws(Fault) {
        var bounds: [UInt32] = []
        bounds.reserveCapacity(2 * events)
        let whole = bytes.withUnsafeBytes { raw in
            var next = 0
            while next < raw.count {
                guard let record = Block.record(in: raw, at: next) else { return false }
                bounds.append(UInt32(truncatingIfNeeded: record.lowerBound))
                bounds.append(UInt32(truncatingIfNeeded: record.upperBound))
                next = record.upperBound
            }
            return true
        }
        guard whole, bounds.count == 2 * events else {
            throw Fault(reason: "the block does not hold the \(events) records it says")
        }
        self.first = first
        self.bytes = bytes
        self.bounds = bounds
    }

    /// The record whose tag stands at `offset`; nil where none fits.
    private static func record(in raw: UnsafeRawBufferPointer, at offset: Int) -> Range<Int>? {
        guard raw[offset] == recordTag else { return nil }
        var next = offset + 1
        var length = 0
        var shift = 0
        while next < raw.count, shift <= 14 {  // Three bytes hold 60 KiB.
            let part = raw[next]
            next += 1
            length |= Int(part & 0x7F) << shift
            guard part & 0x80 != 0 else {
                return next + length <= raw.count ? next..<(next + length) : nil
            }
            shift += 7
        }
        return nil
    }

    package func range(of index: Int) -> Range<Int> {
        Int(bounds[2 * index])..<Int(bounds[2 * index + 1])
    }

    /// The record of event `index` (0-based in the block).
    package func record(_ index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    /// Log and command id of event `index`: events next to each other that agree in both are one
    /// commit.
    package func commit(of index: Int) throws(Fault) -> CommitName {
        let head = try head(index)
        return CommitName(log: head.log, commandID: head.commandID)
    }

    /// The commit that begins with event `index`: its name, the position of that event, and how
    /// many events it has.
    func commit(at index: Int) throws(Fault) -> (name: CommitName, first: Int64, count: Int) {
        let head = try head(index)
        let name = CommitName(log: head.log, commandID: head.commandID)
        var next = index + 1
        while next < count, try commit(of: next) == name { next += 1 }
        return (name, head.position, next - index)
    }

    func head(_ index: Int) throws(Fault) -> RecordHead {
        let range = range(of: index)
        let result: Result<RecordHead, RecordError> = bytes.withUnsafeBytes { raw in
            do throws(RecordError) {
                return .success(try RecordHead(UnsafeRawBufferPointer(rebasing: raw[range])))
            } catch { return .failure(error) }
        }
        switch result {
        case .success(let head): return head
        case .failure(let error): throw Fault(reason: "event \(first + Int64(index)): \(error)")
        }
    }

    package func event(_ index: Int) throws(Fault) -> RecordedEvent {
        do {
            return try Record.parse(record(index))
        } catch { throw Fault(reason: "event \(first + Int64(index)): \(error)") }
    }

    /// All of the raw bytes up to the end of event `index`, from the tag of event `start`.
    package func raw(from start: Int, through index: Int) -> ArraySlice<UInt8> {
        let begin = start == 0 ? 0 : Int(bounds[2 * start - 1])
        return bytes[begin..<Int(bounds[2 * index + 1])]
    }
}

/// What makes a commit one: no other in its log has its command id.
package struct CommitName: Hashable {
    package let log: LogID
    package let commandID: UInt128
}
