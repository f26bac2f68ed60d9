import Domain
import EventStore

/// What signing in needs besides the log: hashing, counts of tries, and the index that finds
/// somebody by their address.
package struct SignInDesk: Sendable {
    package let passwords: PasswordHasher
    /// Nil: nobody is found by their address; what feeds history needs nobody.
    package let people: ClientIndex?
    /// Wrong tries at one account before every further one is refused, right or wrong.
    let accountTries = TryCounts<AccountKey>(triesMax: 10, window: .minutes(15))
    /// Tries from one address of the net.
    let addressTries = TryCounts<String>(triesMax: 100, window: .minutes(15))

    /// Links asked for one account.
    let resetsAsked = TryCounts<AccountKey>(triesMax: 5, window: .hours(1))
    /// Requests by one key of another system.
    let keyCalls = TryCounts<ID<APIKey>>(triesMax: 600, window: .minutes(1))

    struct AccountKey: Hashable, Sendable {
        let organisation: ID<Organisation>
        let staff: ID<Staff>
    }

    package init(
        passwords: PasswordHasher = PasswordHasher(), people: ClientIndex? = nil
    ) {
        self.passwords = passwords
        self.people = people
    }
}

/// An e-mail address as it is looked for: no spaces around it, in lower case.
package struct SoughtAddress: Hashable, Sendable {
    package let text: String

    /// Nil where it is none: one `@` with something on both sides, and no spaces.
    package init?(_ text: String) {
        let text = text.drop(while: \.isWhitespace)
        let end = text.lastIndex { !$0.isWhitespace }
        guard let end else { return nil }
        let address = text[...end].lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            !address.contains(where: { $0.isWhitespace || $0.isNewline })
        else { return nil }
        self.text = address
    }
}
