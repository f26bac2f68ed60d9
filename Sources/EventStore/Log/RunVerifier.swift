/// Checks every byte of an index run, and that it says of each event what the segments say.
struct RunVerifier {
    let name: String
    let range: Range<Int64>
    /// From the segments; nil where these are damaged.
    let expected: IndexDigest?

    func run(_ file: File) throws(DiskError) -> [Verification.Finding] {
        let run: Run
        switch try Run.open(file, range: range) {
        case .failure(let fault): return [finding(fault.offset, fault.reason)]
        case .success(let opened): run = opened
        }
        do {
            var digest = IndexDigest()
            let base = range.lowerBound
            try walk(run.streams, run.streamFilter) {
                digest.stream($0.key, at: base + Int64($0.value))
            }
            try walk(run.commands, run.commandFilter) {
                digest.command($0.key, at: base + Int64($0.value))
            }
            try positions(run, &digest)
            if let expected {
                try compare(digest.streams, expected.streams, run.streams, "streams")
                try compare(digest.commands, expected.commands, run.commands, "commands")
                try compare(digest.positions, expected.positions, run.positions, "positions")
            }
            return []
        } catch {
            switch error {
            case .damaged(_, let offset, let reason): return [finding(offset, reason)]
            case .io(_, let reason): return [finding(0, reason)]
            case .closed: return []
            }
        }
    }

    private func compare(
        _ digest: UInt64, _ expected: UInt64, _ table: IndexTable, _ what: String
    ) throws(ReadError) {
        guard digest != expected else { return }
        throw damaged(table.offset, "the index of \(what) does not agree with the segments")
    }

    /// Every pair, in order, and as many as the trailer says.
    private func walk(
        _ table: IndexTable, _ filter: BloomFilter?, _ body: (IndexPair) -> Void
    ) throws(ReadError) {
        var count = 0
        var before: IndexPair?
        for index in table.firstKeys.indices {
            let at = table.offset + Int64(index * IndexPage.bytes)
            var page = try table.page(index)
            var isFirst = true
            while let pair = page.pair() {
                if isFirst, pair.key != table.firstKeys[index] {
                    throw damaged(at, "the index page begins with another key")
                }
                if let before, pair < before { throw damaged(at, "index pairs out of order") }
                if let filter, !filter.mayContain(pair.key) {
                    throw damaged(at, "a key of this page is not in the Bloom filter")
                }
                guard Int64(pair.value) < range.upperBound - range.lowerBound else {
                    throw damaged(at, "an index pair speaks of an event beyond the run")
                }
                isFirst = false
                before = pair
                count += 1
                body(pair)
            }
            guard page.isAtEnd else { throw damaged(at, "the index page is not as it says") }
        }
        guard count == table.pairs else {
            throw damaged(
                table.offset, "\(count) index pairs where the trailer says \(table.pairs)")
        }
    }

    /// Spreads the rows out into events.
    private func positions(_ run: Run, _ digest: inout IndexDigest) throws(ReadError) {
        var open: (log: RunLayout.Log, place: UInt64, position: Int64, ordinal: Int64)?
        func close(_ digest: inout IndexDigest, before end: Int64) {
            guard let row = open else { return }
            for position in row.position..<max(row.position, end) {
                digest.position(
                    position, of: row.log.id, at: row.ordinal + position - row.position)
            }
        }
        var failure: ReadError?
        var sums = digest
        try walk(run.positions, nil) { pair in
            let place = pair.key >> 32
            guard place < UInt64(run.logs.count) else {
                failure = damaged(run.positions.offset, "an index pair of a log that is not there")
                return
            }
            let log = run.logs[Int(place)]
            let position = log.first + Int64(pair.key & 0xFFFF_FFFF)
            if let row = open {
                close(&sums, before: row.place == place ? position : row.log.first + row.log.count)
            }
            open = (log, place, position, range.lowerBound + Int64(pair.value))
        }
        if let failure { throw failure }
        if let row = open { close(&sums, before: row.log.first + row.log.count) }
        digest = sums
    }

    private func damaged(_ offset: Int64, _ reason: String) -> ReadError {
        .damaged(file: name, offset: offset, reason: reason)
    }

    private func finding(_ offset: Int64, _ reason: String) -> Verification.Finding {
        .init(file: name, offset: offset, reason: reason)
    }
}
