package import Domain
import EventStore

/// One command as it came, whoever brought it and by whatever door.
package struct CommandRequest: Sendable {
    package var name: String
    package var body: JSON
    package var key: IdempotencyKey
    package var actor: RequestActor
    /// When it is said to happen; nil: now. Only an import says otherwise.
    package var at: Instant?
    package var door: Door
    /// The role chosen to act in, of those held (ROLE-1); nil: the first that allows it.
    package var actingAs: Grant?

    package init(
        name: String, body: JSON, key: IdempotencyKey, actor: RequestActor, at: Instant? = nil,
        door: Door = .http, actingAs: Grant? = nil
    ) {
        self.name = name
        self.body = body
        self.key = key
        self.actor = actor
        self.at = at
        self.door = door
        self.actingAs = actingAs
    }
}

/// What an accepted command is answered with, the first time and whenever it is asked again.
package struct CommandAnswer: Hashable, Sendable {
    package let organisation: ID<Organisation>
    /// Of the command's last event in its organisation's log: ask a view for at least this to see
    /// what was done.
    package let position: Int64
    /// What was made: ids and tokens by name, in the order the command's page lists them.
    package let result: [JSON.Member]
    /// True where nothing was appended now.
    package let repeated: Bool

    package var json: JSON {
        [
            "organisation": .string(organisation.description), "position": .integer(position),
            "result": .object(result),
        ]
    }
}
