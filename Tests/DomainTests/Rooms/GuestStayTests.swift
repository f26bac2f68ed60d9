import Domain
import Testing

@Suite("Guest's stay") struct GuestStayTests {
    private static let arrived = GuestStayEvent.arrived(
        GuestArrived(
            at: second(1), room: id(1), link: id(2),
            name: Sealed(GuestName("Grace"), under: id(3))))

    private func arrive(as name: String) -> When<GuestStay> {
        Given<GuestStay>().when(
            .arrive(at: second(1), room: id(1), link: id(2), name: GuestName(name), key: id(3)))
    }

    @Test("ORG-3 a guest has a name, sealed under a key of the stay")
    func name() {
        arrive(as: "Grace").then(Self.arrived)
        arrive(as: "").refused(.guestNameMissing)
        arrive(as: long(GuestName.textMax + 1))
            .refused(.guestNameTooLong(limit: GuestName.textMax))
        arrive(as: long(GuestName.textMax)).thenState(
            GuestStay.fold([
                .arrived(
                    GuestArrived(
                        at: second(1), room: id(1), link: id(2),
                        name: Sealed(GuestName(long(GuestName.textMax)), under: id(3))))
            ]))
    }

    @Test("ORG-3 leaving and coming back is one stay, told once each")
    func stay() {
        let inside = Given<GuestStay>(Self.arrived)
        inside.when(.comeBack(at: second(2))).then()
        let left = inside.when(.leave(at: second(2), cause: .lostContact))
            .then(.left(GuestLeft(at: second(2), cause: .lostContact)))
        left.when(.leave(at: second(3), cause: .onPurpose)).then()
        left.when(.comeBack(at: second(3))).then(.returned(GuestReturned(at: second(3))))
        Given<GuestStay>().when(.comeBack(at: second(3))).refused(.stayUnknown)
        Given<GuestStay>().when(.leave(at: second(3), cause: .onPurpose)).refused(.stayUnknown)
        inside.when(
            .arrive(
                at: second(2), room: id(1), link: id(2), name: GuestName("Grace"), key: id(3))
        ).refused(.stayExists)
    }
}
