import Domain
import Testing

@Suite("Staff: photo") struct StaffPhotoTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2]
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0]

    @Test("ACC-1 a photo is a PNG or JPEG by its bytes, and stands sealed under the person's key")
    func set() throws {
        let given = Given<Staff>(Colleague.active)
        for (bytes, form) in [(Self.png, LogoForm.png), (Self.jpeg, .jpeg)] {
            let photo = StaffPhoto(form: form, picture: try #require(PictureBytes(bytes)))
            given.when(.setPhoto(at: second(30), bytes))
                .then(
                    .photoSet(
                        StaffPhotoSet(
                            at: second(30), photo: Sealed(photo, under: Colleague.key)))
                )
                .when(.removePhoto(at: second(31)))
                .then(.photoRemoved(StaffPhotoRemoved(at: second(31))))
                .when(.removePhoto(at: second(32))).then()
        }
        let svg = Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)
        for other in [svg, [], [0xFF, 0xD8], Array(Self.png.dropLast(3))] {
            given.when(.setPhoto(at: second(30), other)).refused(.photoUnknownForm)
        }
        let most = Self.png + [UInt8](repeating: 0, count: PictureBytes.bytesMax - Self.png.count)
        given.when(.setPhoto(at: second(30), most + [0]))
            .refused(.photoTooLarge(limit: PictureBytes.bytesMax))
    }

    @Test("ACC-1 who is removed shows no photo any more")
    func removed() throws {
        let photo = StaffPhoto(form: .png, picture: try #require(PictureBytes(Self.png)))
        let set = StaffEvent.photoSet(
            StaffPhotoSet(at: second(15), photo: Sealed(photo, under: Colleague.key)))
        #expect(Staff.fold(Colleague.active + [set]).hasPhoto)
        let gone = StaffEvent.removed(StaffRemoved(at: second(20), reason: Colleague.sealedWhy))
        #expect(!Staff.fold(Colleague.active + [set, gone]).hasPhoto)
    }
}
