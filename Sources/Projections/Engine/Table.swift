/// The rows of one table and log as a projection sees them: those touched of late are in memory,
/// the rest is looked up in the file when asked for. Changes go to the file in batches, so that a
/// row changed ten times in one is written once, and one that came and went not at all.
package struct Table<Row: TableRow>: Sendable {
    private struct Slot {
        /// Nil: there is no such row.
        var row: Row?
        /// The file may hold a row of this key.
        var isStored: Bool
        var isChanged: Bool
    }

    private var slots: [Row.Key: Slot] = [:]
    /// Keys of changed slots, each once.
    private var changed: [Row.Key] = []
    /// Looks up what is not in `slots`; nil where the file holds no row of this log that isn't.
    private var source: TableSource<Row>?

    package init() {}

    /// The row of that key.
    package mutating func row(_ key: Row.Key) throws(ViewError) -> Row? {
        if let slot = slots[key] { return slot.row }
        guard let row = try source?.load(key) else { return nil }
        slots[key] = Slot(row: row, isStored: true, isChanged: false)
        return row
    }

    /// Puts `row` in, or in the place of the one with its key.
    package mutating func put(_ row: Row) {
        change(row.key) { $0.row = row }
    }

    /// Changes the row of that key, but for its key; false where there is none.
    @discardableResult
    package mutating func update(
        _ key: Row.Key, _ body: (inout Row) -> Void
    ) throws(ViewError) -> Bool {
        if slots.index(forKey: key) == nil {
            guard let row = try source?.load(key) else { return false }
            slots[key] = Slot(row: row, isStored: true, isChanged: false)
        }
        guard let index = slots.index(forKey: key), slots.values[index].row != nil else {
            return false
        }
        if !slots.values[index].isChanged {
            slots.values[index].isChanged = true
            changed.append(key)
        }
        if slots.values[index].row != nil { body(&slots.values[index].row!) }
        return true
    }

    package mutating func remove(_ key: Row.Key) {
        change(key) { $0.row = nil }
    }

    private mutating func change(_ key: Row.Key, _ body: (inout Slot) -> Void) {
        let fresh = Slot(row: nil, isStored: source != nil, isChanged: false)
        let isFirst = { (slot: inout Slot) -> Bool in
            defer { slot.isChanged = true }
            body(&slot)
            return !slot.isChanged
        }(&slots[key, default: fresh])
        if isFirst { changed.append(key) }
    }
}

// The engine's side.
extension Table {
    /// Where rows that are not in memory are looked up; nil where the file has none of this log.
    mutating func attach(_ source: TableSource<Row>?) {
        self = Table()
        self.source = source
    }

    /// Writes what changed. On return nothing counts as changed; where it throws, all rows in
    /// memory are void and the table must be attached anew.
    mutating func flush(into writer: TableWriter<Row>) throws(ViewError) {
        changed.sort()  // Neighbours in the file are written one after the other.
        for key in changed {
            guard let index = slots.index(forKey: key) else { continue }
            let slot = slots.values[index]
            if let row = slot.row {
                try writer.upsert(row)
                slots.values[index].isStored = true
                slots.values[index].isChanged = false
            } else {
                if slot.isStored { try writer.delete(key) }
                slots.remove(at: index)
            }
        }
        changed.removeAll(keepingCapacity: changed.count <= EngineLimits.batchEvents)
    }

    /// Lets go of the rows in memory where they are more than `rowsMax`: from then on they are
    /// looked up by `source`. Nothing may be changed and not written.
    mutating func trim(to rowsMax: Int, source: @autoclosure () -> TableSource<Row>) {
        guard slots.count > rowsMax else { return }
        precondition(changed.isEmpty, "rows let go before they were written")
        slots = [:]
        self.source = source()
    }
}
