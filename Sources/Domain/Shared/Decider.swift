/// A rule book: what may happen (`decide`) and what it means (`evolve`), both pure.
package protocol Decider: SendableMetatype {
    associatedtype State: Sendable
    associatedtype Command: Sendable
    associatedtype Event: Hashable & Sendable
    associatedtype Rejection: Rejected

    static var initial: State { get }
    /// The events `command` leads to; empty where what it asks is true already.
    static func decide(_ command: Command, _ state: State) throws(Rejection) -> [Event]
    /// Total, and never judges: rules change, history does not.
    static func evolve(_ state: inout State, _ event: Event)
}

extension Decider {
    /// The state after `events`, in order.
    package static func fold(_ events: some Sequence<Event>, into state: State = initial) -> State {
        events.reduce(into: state) { evolve(&$0, $1) }
    }
}
