/// Every bound of the event store, and how they hang together.
package enum Limits {
    /// Events in one commit.
    package static let commitEvents = 256
    /// Bytes of one stored record: a Merkle tile entry holds 65,535 (C2SP tlog-tiles), so that
    /// there is room to spare.
    package static let recordBytes = 60 * 1024
    /// Events a subscription hands over at once.
    package static let subscriptionPage = 512
}
