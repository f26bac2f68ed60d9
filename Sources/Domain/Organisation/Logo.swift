/// A picture an organisation shows to everyone. It stands in the log as it is: nothing personal,
/// and small enough that no file is needed (ORG-11).
package struct PublicBytes: Hashable, Sendable {
    /// So many that an event with them stays below 60 KiB.
    package static let bytesMax = 40 * 1024

    package let bytes: [UInt8]

    /// Nil where there are more than ``bytesMax``.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        self.bytes = bytes
    }
}

extension PublicBytes: Plain {
    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) {
        output.varint(UInt64(bytes.count))
        bytes.withUnsafeBytes { output.raw($0) }
    }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> PublicBytes {
        let bytes = try input.bytes(field: field)
        guard let value = PublicBytes(Array(bytes)) else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.hex(bytes) }

    package static func describe() -> ValueDescription {
        .scalar("bytes", meaning: "bytes for everyone to see, at most 40 KiB")
    }

    package static func sample(_ samples: inout Samples) -> PublicBytes {
        let count = samples.next(in: 0...40)
        let bytes = (0..<count).map { _ in UInt8(samples.next(in: 0...255)) }
        guard let value = PublicBytes(bytes) else { preconditionFailure("40 bytes are few") }
        return value
    }
}

/// What a logo or a photo is made of.
/// No SVG: that is a program, and would run in readers' browsers.
package enum LogoForm: Int, GrowingEnum {
    case png = 0
    case jpeg = 1

    package var mediaType: String {
        switch self {
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        }
    }

    /// The first bytes of every such picture. Source: PNG (ISO/IEC 15948) 5.2, JPEG (T.81) B.1.1.3.
    private var signature: [UInt8] {
        switch self {
        case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        case .jpeg: [0xFF, 0xD8, 0xFF]
        }
    }

    /// The form whose first bytes these are; nil: none.
    package init?(of bytes: [UInt8]) {
        guard let form = LogoForm.allCases.first(where: { bytes.starts(with: $0.signature) })
        else { return nil }
        self = form
    }
}

/// A logo as it is shown.
package struct Logo: Hashable, Sendable {
    package let form: LogoForm
    package let picture: PublicBytes

    package init(form: LogoForm, picture: PublicBytes) {
        self.form = form
        self.picture = picture
    }
}
