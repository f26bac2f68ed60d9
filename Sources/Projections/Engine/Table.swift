/// The rows of one table and log as a projection sees them: those touched of late are in memory,
/// the rest is looked up in the file when asked for. Changes go to the file in batches, so that a
/// row changed ten times in one is written once, and one that came and went not at all.
package struct Table<Row: TableRow> {
    /// A row in memory. An object, so that a row of many columns is changed where it lies.
    private final class Slot {
        let key: Row.Key
        /// Nil: there is no such row.
        var row: Row?
        /// The file may hold a row of this key.
        var isStored: Bool
        var isChanged = false

        init(_ key: Row.Key, _ row: Row?, isStored: Bool) {
            self.key = key
            self.row = row
            self.isStored = isStored
        }
    }

    private var slots: [Row.Key: Slot] = [:]
    /// Each changed slot once.
    private var changed: [Slot] = []
    /// Looks up what is not in `slots`; nil where the file holds no row of this log that isn't.
    private var source: TableSource<Row>?

    package init() {}

    /// The row of that key.
    package mutating func row(_ key: Row.Key) throws(ViewError) -> Row? {
        try slot(key)?.row
    }

    /// Puts `row` in, or in the place of the one with its key.
    package mutating func put(_ row: Row) {
        let slot = slotToChange(row.key)
        slot.row = row
    }

    /// Changes the row of that key, but for its key; false where there is none.
    @discardableResult
    package mutating func update(
        _ key: Row.Key, _ body: (inout Row) -> Void
    ) throws(ViewError) -> Bool {
        guard let slot = try slot(key), slot.row != nil else { return false }
        note(slot)
        body(&slot.row!)
        return true
    }

    package mutating func remove(_ key: Row.Key) {
        let slot = slotToChange(key)
        slot.row = nil
    }

    private mutating func slot(_ key: Row.Key) throws(ViewError) -> Slot? {
        if let slot = slots[key] { return slot }
        guard let row = try source?.load(key) else { return nil }
        let slot = Slot(key, row, isStored: true)
        slots[key] = slot
        return slot
    }

    private mutating func slotToChange(_ key: Row.Key) -> Slot {
        if let slot = slots[key] {
            note(slot)
            return slot
        }
        let slot = Slot(key, nil, isStored: source != nil)
        slots[key] = slot
        note(slot)
        return slot
    }

    private mutating func note(_ slot: Slot) {
        guard !slot.isChanged else { return }
        slot.isChanged = true
        changed.append(slot)
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
        // Neighbours in the file are written one after the other.
        changed.sort { $0.key < $1.key }
        for slot in changed {
            slot.isChanged = false
            if let row = slot.row {
                try writer.upsert(row)
                slot.isStored = true
            } else {
                if slot.isStored { try writer.delete(slot.key) }
                slots[slot.key] = nil
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
