import Domain
import Testing

@Suite("Client access") struct ClientAccessTests {
    @Test("AUD-2 the first look of a client and year brings the key, all others are under it")
    func oneKey() throws {
        let first = carried(look(1), under: 1)
        Given<ClientAccess>().when(.carry(at: second(9), [look(1)], key: id(1))).then(first)
        Given<ClientAccess>(first).when(.carry(at: second(9), [look(2), look(3)], key: id(2)))
            .then(carried(look(2), under: 1), carried(look(3), under: 1))
    }

    @Test("AUD-2 a commit carries so many looks")
    func bound() throws {
        let looks = Array(repeating: look(1), count: 257)
        Given<ClientAccess>().when(.carry(at: second(9), looks, key: id(1)))
            .refused(.tooManyLooks(limit: 256))
        Given<ClientAccess>().when(.carry(at: second(9), [], key: id(1))).then()
    }

    private func carried(_ look: PastAccess, under key: Int) -> ClientAccessEvent {
        .carried(AccessCarried(at: second(9), look: Sealed(look, under: id(key))))
    }

    private func look(_ staff: Int) -> PastAccess {
        guard let day = LocalDate(year: 2026, month: 11, day: 21) else {
            preconditionFailure("a constant is wrong")
        }
        return PastAccess(
            day: day, actor: "staff", staff: id(staff), role: "teamMember", basis: "role",
            origin: "http", event: .read, action: .read)
    }
}
