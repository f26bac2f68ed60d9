/// What every next event must say, from all before it: positions, versions and times.
struct LogHistory {
    /// The next event's.
    private(set) var ordinal: Int64 = 0
    /// Good ones seen.
    private(set) var events: Int64 = 0
    private var logs: [LogID: Log] = [:]
    private var streams: [UInt128: Stream] = [:]
    private var digest = IndexDigest()
    /// Rises with each gap: behind one, numbers may have gone on.
    private var gaps = 0

    private struct Log {
        var count: Int64
        var time: Int64
        var gaps: Int
    }

    private struct Stream {
        var next: Int64
        var gaps: Int
    }

    /// Goes on behind events that cannot be read.
    mutating func jump(to ordinal: Int64) {
        guard ordinal != self.ordinal else { return }
        self.ordinal = ordinal
        gaps += 1
    }

    /// What the index must say of the events since this was last asked.
    mutating func takeDigest() -> IndexDigest {
        defer { digest = IndexDigest() }
        return digest
    }

    /// Takes a block's events; returns what is wrong with the first bad one.
    mutating func take(_ block: Block) -> String? {
        var wrong: String?
        var before: CommitName?
        for index in 0..<block.count {
            defer { ordinal += 1 }
            do {
                let event = try block.event(index)
                let name = CommitName(log: event.log, commandID: event.commandID)
                if name != before {
                    digest.command(name, at: ordinal)
                    before = name
                }
                events += 1
                wrong = take(event).map { "event \(ordinal): \($0)" } ?? wrong
            } catch {
                wrong = wrong ?? error.reason
                gaps += 1
            }
        }
        return wrong
    }

    private mutating func take(_ event: RecordedEvent) -> String? {
        let key = StreamKey(event.stream, in: event.log)
        digest.event(key, position: event.position, at: ordinal)
        let log = logs[event.log] ?? Log(count: 0, time: 0, gaps: 0)
        logs[event.log] = Log(count: event.position + 1, time: event.recordedAt, gaps: gaps)
        // Two hashes of which neither follows from the other stand for the name.
        let id =
            UInt128(key.hash) << 64
            | UInt128(truncatingIfNeeded: UInt64(truncatingIfNeeded: event.stream.id))
        let stream = streams[id] ?? Stream(next: 0, gaps: 0)
        streams[id] = Stream(next: event.version + 1, gaps: gaps)
        guard event.position == log.count || (log.gaps < gaps && event.position > log.count) else {
            return "position \(event.position) where \(log.count) comes next"
        }
        guard event.version == stream.next || (stream.gaps < gaps && event.version > stream.next)
        else { return "version \(event.version) where \(stream.next) comes next" }
        guard event.recordedAt >= log.time else {
            return "recorded at \(event.recordedAt), before the event before it (\(log.time))"
        }
        return nil
    }
}

/// Sums over the pairs an index must hold, whatever their order: equal sums, equal pairs, but for
/// chance in 2⁶⁴.
struct IndexDigest: Hashable {
    private(set) var streams: UInt64 = 0
    private(set) var commands: UInt64 = 0
    private(set) var positions: UInt64 = 0

    mutating func add(_ other: IndexDigest) {
        streams &+= other.streams
        commands &+= other.commands
        positions &+= other.positions
    }

    mutating func event(_ key: StreamKey, position: Int64, at ordinal: Int64) {
        stream(key.hash, at: ordinal)
        self.position(position, of: key.log, at: ordinal)
    }

    mutating func stream(_ hash: UInt64, at ordinal: Int64) {
        streams &+= IndexDigest.mix(hash, ordinal)
    }

    mutating func command(_ name: CommitName, at ordinal: Int64) {
        command(IndexHash.command(name.commandID, in: name.log), at: ordinal)
    }

    mutating func command(_ hash: UInt64, at ordinal: Int64) {
        commands &+= IndexDigest.mix(hash, ordinal)
    }

    mutating func position(_ position: Int64, of log: LogID, at ordinal: Int64) {
        let hash = UInt64(truncatingIfNeeded: log.bits) ^ UInt64(truncatingIfNeeded: log.bits >> 64)
        positions &+= IndexDigest.mix(
            hash ^ UInt64(bitPattern: position) &* 0x9E37_79B9_7F4A_7C15, ordinal)
    }

    private static func mix(_ key: UInt64, _ ordinal: Int64) -> UInt64 {
        let full = (key ^ 0xA54F_F53A_5F1D_36F1)
            .multipliedFullWidth(by: UInt64(bitPattern: ordinal) &* 0x9E37_79B9_7F4A_7C15 | 1)
        return full.high ^ full.low
    }
}
