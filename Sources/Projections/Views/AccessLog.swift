package import Domain
package import EventStore

/// Who acted when, as an index into the log (AUD-2). Every event is an entry: a write is its own,
/// a read or refusal is an event of the access stream. So an entry is never copied: it is found
/// here and read from the log, envelope first; see ``AccessLogEntry``.
package struct AccessLog: Projection {
    package static let name = "access-log"
    package static let version = 1
    /// None: envelopes are enough, so that this goes on when a newer program's events come.
    package static let categories: [Word] = []

    private var actors = Table<ActorBlockRow>()
    private var days = Table<AccessDayRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        try note(fact.context.actor, fact.position)
        if let person = fact.context.onBehalfOf, person != fact.context.actor {
            try note(person, fact.position)
        }
        let day = AccessDayRow.day(of: fact.recordedAt)
        if try !days.update(day, { $0.last = fact.position }) {
            days.put(AccessDayRow(day: day, first: fact.position, last: fact.position))
        }
    }

    private mutating func note(_ actor: Actor, _ position: Int64) throws(ViewError) {
        let key = ActorBlock(actor, block: position / ActorBlock.positions)
        let offset = BlockOffset(UInt16(position % ActorBlock.positions))
        if try !actors.update(key, { $0.offsets.append(offset) }) {
            actors.put(ActorBlockRow(key: key, offsets: [offset]))
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&actors)
        try walker(&days)
    }
}

/// Where in one stretch of the log one actor acted: a few bytes an entry.
package struct ActorBlockRow: Hashable, Sendable {
    package let key: ActorBlock
    /// Ascending.
    package var offsets: [BlockOffset]

    package var positions: [Int64] {
        offsets.map { key.block * ActorBlock.positions + Int64($0.value) }
    }
}

/// An actor and a stretch of the log: ``positions`` events long, numbered from 0.
package struct ActorBlock: Hashable, Sendable {
    package let kind: Word
    package let actor: UInt128
    package let block: Int64

    package static let positions: Int64 = 4_096

    package init(_ actor: Actor, block: Int64) {
        kind = actor.kind
        self.actor = actor.id
        self.block = block
    }
}

/// A position within a block.
package struct BlockOffset: Hashable, Sendable {
    package let value: UInt16

    init(_ value: UInt16) { self.value = value }
}

/// The events one UTC day recorded; a log's time never goes back, so they stand together.
package struct AccessDayRow: Hashable, Sendable {
    /// Days since 1970-01-01, UTC.
    package let day: Int64
    package let first: Int64
    package var last: Int64

    package static func day(of instant: Instant) -> Int64 {
        let length: Int64 = 86_400_000
        let milliseconds = instant.milliseconds
        return milliseconds >= 0 ? milliseconds / length : (milliseconds + 1) / length - 1
    }
}

extension ActorBlockRow: TableRow {
    package static let table = "access_actors"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        let kind = try c.key("kind", \.key.kind)
        let actor = try c.key("actor", \.key.actor)
        let block = try c.key("block", \.key.block)
        key = ActorBlock(Actor(kind, id: actor), block: block)
        offsets = try c("offsets", \.offsets)
    }
}

extension AccessDayRow: TableRow {
    package static let table = "access_days"
    package var key: Int64 { day }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        day = try c.key("day", \.day)
        first = try c("first", \.first)
        last = try c("last", \.last)
    }
}

extension ActorBlock: RowKey {
    package static func < (one: ActorBlock, other: ActorBlock) -> Bool {
        (one.kind, one.actor, one.block) < (other.kind, other.actor, other.block)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(kind)
        binder.bind(actor)
        binder.bind(block)
    }
}

extension BlockOffset: PackedElement {
    package static var bytes: Int { 2 }

    package func write(to output: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { output.append(contentsOf: $0) }
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        value = UInt16(bigEndian: input.loadUnaligned(as: UInt16.self))
    }
}
