import Domain
import EventStore
import Foundation
import Projections

// A staff member's photo (ACC-1): theirs to set and to take away; shown to them and to whoever may
// see their profile.
extension Catalogue {
    static let photoCommands: [CommandEntry] = [
        CommandEntry(
            .staffSetPhoto,
            """
            Shows a photo in one's own profile, in place of one before. Sealed like the profile \
            (ACC-1).
            """,
            body: {
                $0(
                    "picture", .base64(bytesMax: PictureBytes.bytesMax),
                    "A PNG or JPEG picture in base64, which its bytes decide.")
            }
        ) { picture, work throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            try await work.allow(in: nil)
            try await work.decide(Staff.self, staff, .setPhoto(at: work.at, picture))
        },
        CommandEntry(
            .staffRemovePhoto, "Shows no photo in one's own profile any more.", body: { _ in }
        ) { _, work throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            try await work.allow(in: nil)
            try await work.decide(Staff.self, staff, .removePhoto(at: work.at))
        },
    ]
}

extension QueryCatalogue {
    static let photoQueries: [QueryEntry] = [
        QueryEntry(
            .staffPhotoRead, at: "/v1/staff/{staff}/photo",
            """
            A staff member's photo, for whoever sees their profile: themselves, and who manages \
            the organisation. With `as=picture` as it is (ACC-1).
            """,
            shows: .one([
                .text("mediaType", "Such as `image/png`.", always: true),
                .text("picture", "In base64.", always: true),
            ]).orPicture(LogoForm.allCases.map(\.mediaType)),
            fields: { body in
                (
                    body("staff", .id(), "The staff member.") as ID<Staff>,
                    body.optional(
                        "as", .choice([("json", false), ("picture", true)]), "Left out: `json`.")
                        ?? false
                )
            }
        ) { input, reading throws(Refusal) in
            try await reading.allow(toSeeProfileOf: input.0)
            return try await reading.photo(of: input.0, isPicture: input.1)
        }
    ]
}

extension Reading {
    /// Lets on the staff member themselves, and whoever may read the staff's profiles.
    fileprivate mutating func allow(toSeeProfileOf staff: ID<Staff>) async throws(Refusal) {
        guard case .staff(_, staff) = actor else { return try await allow(in: nil) }
        let grant = try await authority().grant(
            for: .useOwnProfile, in: nil, actingAs: actingAs)
        try allow(grant, by: .useOwnProfile)
    }

    /// Opens it and notes the look.
    fileprivate mutating func photo(
        of staff: ID<Staff>, isPicture: Bool
    ) async throws(Refusal) -> JSON {
        let state = try await existing(Staff.self, staff, field: "staff")
        guard state.hasPhoto,
            let sealed = try await dispatch.photo(of: staff, in: log),
            let photo = try await open(sealed, of: staff, on: .staff)
        else { throw .notFound(field: "staff") }
        let bytes = photo.picture.bytes
        if isPicture { answer(as: photo.form.mediaType, bytes) }
        return [
            "mediaType": .string(photo.form.mediaType),
            "picture": .string(Data(bytes).base64EncodedString()),
        ]
    }
}

extension Dispatch {
    /// As it was set last; nil: never.
    fileprivate func photo(
        of staff: ID<Staff>, in log: LogID
    ) async throws(Refusal) -> Sealed<StaffPhoto>? {
        var photo: Sealed<StaffPhoto>?
        var next: Int64 = 0
        while true {
            let events = try await loader.page(StreamName(of: staff), log, next)
            for event in events {
                guard case .photoSet(let set) = try Coding.event(event, as: StaffEvent.self) else {
                    continue
                }
                photo = set.photo
            }
            guard events.count == Loader.page, let last = events.last else { return photo }
            next = last.version + 1
        }
    }
}
