/// A staff member's picture: who may see their profile sees it (ACC-1). Sealed under their record
/// key like all that is personal of them, and small enough to stand in an event.
package struct StaffPhoto: Hashable, Sendable {
    package let form: LogoForm
    package let picture: PictureBytes

    package init(form: LogoForm, picture: PictureBytes) {
        self.form = form
        self.picture = picture
    }

    /// Judged by its bytes, whatever it is called.
    init(_ bytes: [UInt8]) throws(StaffRejection) {
        guard let picture = PictureBytes(bytes) else {
            throw .photoTooLarge(limit: PictureBytes.bytesMax)
        }
        guard let form = LogoForm(of: bytes) else { throw .photoUnknownForm }
        self.init(form: form, picture: picture)
    }
}

extension StaffPhoto: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        form = try f(1, "form", \.form)
        picture = try f(2, "picture", \.picture)
    }
}

/// A picture of a person: a field of a ``PersonalRecord`` and of nothing else, so never ``Plain``.
package struct PictureBytes: Hashable, Sendable {
    /// So many that an event with them, sealed, stays below 60 KiB.
    package static let bytesMax = 40 * 1024

    package let bytes: [UInt8]

    /// Nil where there are more than ``bytesMax``.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        self.bytes = bytes
    }
}

extension PictureBytes: FieldValue {
    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) {
        output.varint(UInt64(bytes.count))
        bytes.withUnsafeBytes { output.raw($0) }
    }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> PictureBytes {
        let bytes = try input.bytes(field: field)
        guard let value = PictureBytes(Array(bytes)) else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.hex(bytes) }

    package static func describe() -> ValueDescription {
        .scalar("bytes", meaning: "a picture of a person, at most 40 KiB")
    }

    package static func sample(_ samples: inout Samples) -> PictureBytes {
        let count = samples.next(in: 0...40)
        let bytes = (0..<count).map { _ in UInt8(samples.next(in: 0...255)) }
        guard let value = PictureBytes(bytes) else { preconditionFailure("40 bytes are few") }
        return value
    }
}

/// They show a picture of themselves, in place of one before.
package struct StaffPhotoSet: Hashable, Sendable {
    package let at: Instant
    package let photo: Sealed<StaffPhoto>

    package init(at: Instant, photo: Sealed<StaffPhoto>) {
        self.at = at
        self.photo = photo
    }
}

extension StaffPhotoSet: Event {
    package static let name = "staff.photo-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        photo = try f(2, "photo", \.photo)
    }
}

/// They show no picture any more.
package struct StaffPhotoRemoved: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension StaffPhotoRemoved: Event {
    package static let name = "staff.photo-removed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}
