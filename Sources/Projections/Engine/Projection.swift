package import EventStore

/// A view of one log: facts in, rows out, and nothing else (design.md, rule 4): no clock,
/// randomness, key, file, locale or time-zone table. What depends on "now" is worked out when
/// asked.
package protocol Projection: SendableMetatype {
    /// Its name in commands and answers, such as `waiting-area`. For ever.
    static var name: String { get }
    /// Raised whenever `apply` or a row changes: a new version is built from the log beside the
    /// old.
    static var version: Int { get }
    /// Streams whose events it has to understand. It stops at one of these that it can't read;
    /// events of other streams may pass it as ``Fact/Body/unread``.
    static var categories: [Word] { get }
    /// Without a row: what a log without events looks like.
    init()
    /// Total, and never judges: any event ever written is taken as it is (design.md, rule 7).
    /// - Throws: where a row could not be looked up.
    mutating func apply(_ fact: Fact) throws(ViewError)
    /// Shows its tables to the engine: each, always in the same order.
    mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError)
}

/// What the engine does with each of a projection's tables.
package protocol TableWalker {
    mutating func callAsFunction<Row: TableRow>(_ table: inout Table<Row>) throws(ViewError)
}

/// A projection could not understand an event and stands before it until the program is upgraded
/// (or, for damage, the log restored). Others go on.
package struct ProjectionStop: Error, Hashable, Sendable {
    package let projection: String
    package let version: Int
    package let log: LogID
    /// Of the event it could not take; all before it are applied.
    package let position: Int64
    package let type: EventType
    package let reason: CodingError
}

extension ProjectionStop: CustomStringConvertible {
    package var description: String {
        "\(projection) (version \(version)) stopped at event \(position) of log \(log), a \(type): "
            + "\(reason)"
    }
}
