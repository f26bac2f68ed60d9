/// Where a sealed field stands: a ciphertext opens there and nowhere else.
package struct SealPlace: Hashable, Sendable {
    package let log: LogID
    package let stream: StreamName
    package let type: EventType
    /// The field's number in the event, from 1.
    package let field: UInt32

    package init(log: LogID, stream: StreamName, type: EventType, field: UInt32) {
        self.log = log
        self.stream = stream
        self.type = type
        self.field = field
    }

    /// Bytes of ``associatedData(key:)``.
    static let byteCount = 1 + 16 + 16 + 16 + 4 + 32 + 4 + 16

    /// Every part has a fixed width and place, so that no two places share an encoding:
    /// ```
    ///  0  1          17          33          49     53            85      89        105
    /// ├──┼───────────┼───────────┼───────────┼──────┼─────────────┼───────┼──────────┤
    /// │ 1│ log       │ category  │ stream id │ part │ event type  │ field │ key id   │
    /// └──┴───────────┴───────────┴───────────┴──────┴─────────────┴───────┴──────────┘
    /// ```
    /// Byte 0 is the number of this encoding. Numbers stand with their highest byte first;
    /// category and event type are ASCII with zeros behind.
    func associatedData(key: KeyID) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SealPlace.byteCount) { buffer, count in
            buffer[0] = 1
            count = 1
            func put(_ value: some FixedWidthInteger) {
                withUnsafeBytes(of: value.bigEndian) { bytes in
                    for byte in bytes {
                        buffer[count] = byte
                        count += 1
                    }
                }
            }
            put(log.bits)
            put(stream.category.bits)
            put(stream.id)
            put(stream.part)
            put(type.high)
            put(type.low)
            put(field)
            put(key.bits)
        }
    }
}
