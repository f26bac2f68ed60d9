import Domain
import EventStore
import Projections

/// What a start puts right in the vault after a kill.
enum Reconciling {
    /// Events looked at together.
    static let page = 4_096

    /// Looks for keys of earlier runs in the log; those that no event names may be taken again.
    static func putBackLooseKeys(_ vault: SQLiteVault, _ store: any EventStore) async throws {
        var loose = try await vault.looseKeys()
        var cursor: Cursor? = loose.since > 0 ? Cursor(number: loose.since) : nil
        guard !loose.ids.isEmpty else { return }
        while true {
            let (events, next) = try await store.scan(after: cursor, limit: page)
            guard !events.isEmpty, let next else { break }
            for event in events {
                for key in try Coding.sealedKeys(Coding.new(event)) { loose.saw(key) }
            }
            cursor = next
        }
        _ = try await vault.putBack(loose, reached: cursor?.number ?? 0)
    }
}
