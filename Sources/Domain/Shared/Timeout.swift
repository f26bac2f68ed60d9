/// What falls due in one kind of aggregate by the clock alone: a policy, pure. State in, commands
/// and their due times out.
///
/// A command's `at` is its due time: it is accepted from then on. A command id made of policy,
/// cause and due time makes doing it twice harmless; one that is refused (somebody came back,
/// somebody ended it) is settled.
package protocol Timeout: SendableMetatype {
    associatedtype Book: Decider
    associatedtype Due: TimeoutDue

    /// What falls due if nothing else happens, earliest first.
    static func due(_ state: Book.State) -> [Due]
    /// Nothing falls due in it any more, whatever comes.
    static func isOver(_ state: Book.State) -> Bool
    /// What names the command, within the organisation: who runs it twice, or on two machines, does
    /// it once.
    ///
    /// - Parameter cause: position of the last event of the stream, from which the due follows.
    static func key(cause: Int64, _ due: Due) -> String
}

/// One thing that falls due.
package protocol TimeoutDue: Hashable, Sendable {
    var at: Instant { get }
}
