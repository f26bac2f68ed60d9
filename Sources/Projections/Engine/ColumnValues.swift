package import Domain
package import EventStore

extension Int64: ColumnValue, RowKey {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: Int64 { 0 }
    package func bind(to binder: inout Binder) { binder.bind(integer: self) }
    package static func read(from cell: Cell) throws(ViewError) -> Int64 { try cell.integer() }
}

extension Int: ColumnValue {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: Int { 0 }
    package func bind(to binder: inout Binder) { binder.bind(integer: Int64(self)) }
    package static func read(from cell: Cell) throws(ViewError) -> Int { Int(try cell.integer()) }
}

extension Bool: ColumnValue {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: Bool { false }
    package func bind(to binder: inout Binder) { binder.bind(integer: self ? 1 : 0) }
    package static func read(from cell: Cell) throws(ViewError) -> Bool { try cell.integer() != 0 }
}

extension String: ColumnValue {
    package static var storage: ColumnStorage { .text }
    package static var placeholder: String { "" }
    package func bind(to binder: inout Binder) { binder.bind(text: self) }
    package static func read(from cell: Cell) throws(ViewError) -> String { try cell.text() }
}

extension Instant: ColumnValue {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: Instant { Instant(milliseconds: 0) }
    package func bind(to binder: inout Binder) { binder.bind(integer: milliseconds) }
    package static func read(from cell: Cell) throws(ViewError) -> Instant {
        Instant(milliseconds: try cell.integer())
    }
}

extension UInt128: ColumnValue {
    package static var storage: ColumnStorage { .blob }
    package static var placeholder: UInt128 { 0 }
    /// Highest byte first, so that SQLite's order of blobs is that of the numbers.
    package func bind(to binder: inout Binder) {
        withUnsafeBytes(of: bigEndian) { binder.bind(blob: $0) }
    }
    package static func read(from cell: Cell) throws(ViewError) -> UInt128 {
        let blob = try cell.blob()
        guard blob.count == 16 else { throw cell.wrong }
        return UInt128(bigEndian: blob.loadUnaligned(as: UInt128.self))
    }
}

extension ID: ColumnValue, RowKey {
    package static var storage: ColumnStorage { .blob }
    package static var placeholder: ID { ID(bits: 0) }
    package func bind(to binder: inout Binder) { bits.bind(to: &binder) }
    package static func read(from cell: Cell) throws(ViewError) -> ID {
        ID(bits: try UInt128.read(from: cell))
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    package static var storage: ColumnStorage { Wrapped.storage }
    package static var isOptional: Bool { true }
    package static var placeholder: Wrapped? { nil }
    package func bind(to binder: inout Binder) {
        if let self { self.bind(to: &binder) } else { binder.bind(null: ()) }
    }
    package static func read(from cell: Cell) throws(ViewError) -> Wrapped? {
        if cell.isNull { return nil }
        return try Wrapped.read(from: cell)
    }
}

/// An enumeration kept by its raw number.
package protocol NumberedColumn: ColumnValue, RawRepresentable, CaseIterable
where RawValue == Int {}

extension NumberedColumn {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: Self { allCases[allCases.startIndex] }
    package func bind(to binder: inout Binder) { binder.bind(integer: Int64(rawValue)) }
    package static func read(from cell: Cell) throws(ViewError) -> Self {
        guard let value = Self(rawValue: Int(try cell.integer())) else { throw cell.wrong }
        return value
    }
}

/// Values of one fixed length, one after the other in a single blob.
package protocol PackedElement: Hashable, Sendable {
    static var bytes: Int { get }
    func write(to output: inout [UInt8])
    /// `input` has exactly `bytes` bytes; nil where they say nothing this type writes.
    init?(packed input: UnsafeRawBufferPointer)
}

extension Array: ColumnValue where Element: PackedElement {
    package static var storage: ColumnStorage { .blob }
    package static var placeholder: [Element] { [] }
    package func bind(to binder: inout Binder) {
        var output: [UInt8] = []
        output.reserveCapacity(count * Element.bytes)
        for element in self { element.write(to: &output) }
        output.withUnsafeBytes { binder.bind(blob: $0) }
    }
    package static func read(from cell: Cell) throws(ViewError) -> [Element] {
        let blob = try cell.blob()
        guard blob.count % Element.bytes == 0 else { throw cell.wrong }
        var elements: [Element] = []
        elements.reserveCapacity(blob.count / Element.bytes)
        for start in stride(from: 0, to: blob.count, by: Element.bytes) {
            let part = UnsafeRawBufferPointer(rebasing: blob[start..<start + Element.bytes])
            guard let element = Element(packed: part) else { throw cell.wrong }
            elements.append(element)
        }
        return elements
    }
}

extension ID: PackedElement {
    package static var bytes: Int { 16 }
    package func write(to output: inout [UInt8]) {
        withUnsafeBytes(of: bits.bigEndian) { output.append(contentsOf: $0) }
    }
    package init?(packed input: UnsafeRawBufferPointer) {
        self.init(bits: UInt128(bigEndian: input.loadUnaligned(as: UInt128.self)))
    }
}

extension Word: ColumnValue {
    package static var storage: ColumnStorage { .text }
    package static var placeholder: Word { .empty }
    package func bind(to binder: inout Binder) { binder.bind(text: description) }
    package static func read(from cell: Cell) throws(ViewError) -> Word {
        guard let word = Word(try cell.text()) else { throw cell.wrong }
        return word
    }
}

extension LocalDate: ColumnValue {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: LocalDate {
        guard let date = LocalDate(day: 0) else { preconditionFailure("1970-01-01 is a day") }
        return date
    }
    /// Days since 1970-01-01.
    package func bind(to binder: inout Binder) { binder.bind(integer: Int64(day)) }
    package static func read(from cell: Cell) throws(ViewError) -> LocalDate {
        guard let date = LocalDate(day: Int(try cell.integer())) else { throw cell.wrong }
        return date
    }
}

extension LocalTime: ColumnValue {
    package static var storage: ColumnStorage { .integer }
    package static var placeholder: LocalTime {
        guard let time = LocalTime(minutes: 0) else { preconditionFailure("00:00 is a time") }
        return time
    }
    /// Minutes since midnight.
    package func bind(to binder: inout Binder) { binder.bind(integer: Int64(minutes)) }
    package static func read(from cell: Cell) throws(ViewError) -> LocalTime {
        guard let time = LocalTime(minutes: Int(try cell.integer())) else { throw cell.wrong }
        return time
    }
}
