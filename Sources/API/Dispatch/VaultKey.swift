// Imports nothing but EventStore, so that the name means the key itself; `Domain.RecordKey` is the
// subject of its id.
package import EventStore

/// A record key with its secret, as the vault hands it out.
package typealias VaultKey = RecordKey
