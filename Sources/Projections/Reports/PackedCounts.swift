/// How often one value came: seconds of a wait, minutes of an appointment, the number of a clinic.
package struct ValueCount: Hashable, Sendable {
    package let value: UInt32
    package var count: UInt32

    package init(value: UInt32, count: UInt32) {
        self.value = value
        self.count = count
    }
}

extension ValueCount: PackedElement {
    package static var bytes: Int { 8 }

    /// `value, 4 bytes ‖ count, 4 bytes`, highest byte first.
    package func write(to output: inout [UInt8]) {
        output.appendBytes(of: value)
        output.appendBytes(of: count)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        value = input.number(at: 0)
        count = input.number(at: 4)
    }
}

extension [ValueCount] {
    /// Values ascending, each once.
    mutating func add(_ value: UInt32, count: UInt32 = 1) {
        let index = firstIndex(notBefore: value) { $0.value }
        if index < endIndex, self[index].value == value {
            self[index].count &+= count
        } else {
            insert(ValueCount(value: value, count: count), at: index)
        }
    }
}

/// Hours of the day: how many came in each.
package struct HourCount: Hashable, Sendable {
    package var count: UInt32

    package init(count: UInt32) { self.count = count }
}

extension HourCount: PackedElement {
    package static var bytes: Int { 4 }
    package func write(to output: inout [UInt8]) { output.appendBytes(of: count) }
    package init?(packed input: UnsafeRawBufferPointer) { count = input.number(at: 0) }
}

extension [HourCount] {
    /// None, or one for each hour 0…23.
    mutating func add(hour: Int) {
        if isEmpty { self = Array(repeating: HourCount(count: 0), count: 24) }
        self[hour].count &+= 1
    }
}

/// A day of one staff member, in one clinic.
package struct StaffDay: Hashable, Sendable {
    /// See ``StaffCodeRow``; 0: nobody in particular.
    package let code: UInt32
    package var appointments: UInt32 = 0
    package var done: UInt32 = 0
    package var noShows: UInt32 = 0
    package var cancelled: UInt32 = 0
    /// Minutes of the appointments that have a length.
    package var minutes: UInt32 = 0
    /// That lasted long enough to count.
    package var calls: UInt32 = 0
    package var callSeconds: UInt32 = 0

    package init(code: UInt32) { self.code = code }
}

extension StaffDay: PackedElement {
    package static var bytes: Int { 32 }

    package func write(to output: inout [UInt8]) {
        for number in [
            code, appointments, done, noShows, cancelled, minutes, calls, callSeconds,
        ] {
            output.appendBytes(of: number)
        }
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        code = input.number(at: 0)
        appointments = input.number(at: 4)
        done = input.number(at: 8)
        noShows = input.number(at: 12)
        cancelled = input.number(at: 16)
        minutes = input.number(at: 20)
        calls = input.number(at: 24)
        callSeconds = input.number(at: 28)
    }
}

extension [StaffDay] {
    /// Codes ascending, each once.
    mutating func update(_ code: UInt32, _ change: (inout StaffDay) -> Void) {
        let index = firstIndex(notBefore: code) { $0.code }
        if index == endIndex || self[index].code != code {
            insert(StaffDay(code: code), at: index)
        }
        change(&self[index])
    }
}

extension Array {
    /// Where `key` stands or would be put, elements being in its order.
    func firstIndex<Key: Comparable>(notBefore key: Key, _ keyOf: (Element) -> Key) -> Int {
        // What is new mostly comes last.
        guard let last, keyOf(last) >= key else { return endIndex }
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if keyOf(self[middle]) < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [UInt8] {
    /// Four bytes, the highest first.
    mutating func appendBytes(of number: UInt32) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func appendBytes(of number: Int64) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    func number(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func longNumber(at offset: Int) -> Int64 {
        Int64(bigEndian: loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }
}
