package import Domain
package import EventStore

/// Who acted when and at which record, as an index into the log (AUD-2). Every event is an entry: a
/// write is its own, a read or refusal is an event of the access stream. So an entry is never
/// copied: it is found here and read from the log; see ``AccessLogEntry``.
package struct AccessLog: Projection {
    package static let name = "access-log"
    package static let version = 2
    /// Of all others the envelope is enough.
    package static let categories = [Category.access]

    private var actors = Table<ActorBlockRow>()
    private var objects = Table<ObjectBlockRow>()
    private var days = Table<AccessDayRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        try note(fact.context.actor, fact.position)
        if let person = fact.context.onBehalfOf, person != fact.context.actor {
            try note(person, fact.position)
        }
        if case .access(_, .noted(let noted)) = fact.body, let object = noted.object {
            try note(object.key, fact.position)
        }
        let day = AccessDayRow.day(of: fact.recordedAt)
        if try !days.update(day, { $0.last = fact.position }) {
            days.put(AccessDayRow(day: day, first: fact.position, last: fact.position))
        }
    }

    private mutating func note(_ actor: Actor, _ position: Int64) throws(ViewError) {
        let key = ActorBlock(actor, block: BlockOffset.block(of: position))
        let offset = BlockOffset(position)
        if try !actors.update(key, { $0.offsets.append(offset) }) {
            actors.put(ActorBlockRow(key: key, offsets: [offset]))
        }
    }

    private mutating func note(_ object: ID<Domain.RecordKey>, _ position: Int64) throws(ViewError)
    {
        let key = ObjectBlock(object, block: BlockOffset.block(of: position))
        let offset = BlockOffset(position)
        if try !objects.update(key, { $0.offsets.append(offset) }) {
            objects.put(ObjectBlockRow(key: key, offsets: [offset]))
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&actors)
        try walker(&objects)
        try walker(&days)
    }
}

/// Where in one stretch of the log one actor acted: a few bytes an entry.
package struct ActorBlockRow: Hashable, Sendable {
    package let key: ActorBlock
    /// Ascending.
    package var offsets: [BlockOffset]

    package var positions: [Int64] { offsets.map { $0.position(in: key.block) } }
}

/// An actor and a block of the log.
package struct ActorBlock: Hashable, Sendable {
    package let actor: Actor
    package let block: Int64

    package init(_ actor: Actor, block: Int64) {
        self.actor = actor
        self.block = block
    }
}

/// Where in one block of the log one record was looked at. The record is known by the key the
/// entry's object is sealed under: no more than the log itself tells.
package struct ObjectBlockRow: Hashable, Sendable {
    package let key: ObjectBlock
    /// Ascending.
    package var offsets: [BlockOffset]

    package var positions: [Int64] { offsets.map { $0.position(in: key.block) } }
}

/// A record's key and a block of the log.
package struct ObjectBlock: Hashable, Sendable {
    package let object: ID<Domain.RecordKey>
    package let block: Int64

    package init(_ object: ID<Domain.RecordKey>, block: Int64) {
        self.object = object
        self.block = block
    }
}

/// A position within a block of the log: ``blockEvents`` events, blocks numbered from 0.
package struct BlockOffset: Hashable, Sendable {
    package let value: UInt16

    package static let blockEvents: Int64 = 4_096

    package static func block(of position: Int64) -> Int64 { position / blockEvents }

    init(_ position: Int64) { value = UInt16(position % BlockOffset.blockEvents) }

    package func position(in block: Int64) -> Int64 {
        block * BlockOffset.blockEvents + Int64(value)
    }
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
        let kind = try c.key("kind", \.key.actor.kind)
        let actor = try c.key("actor", \.key.actor.id)
        let block = try c.key("block", \.key.block)
        key = ActorBlock(Actor(kind, id: actor), block: block)
        offsets = try c("offsets", \.offsets)
    }
}

extension ObjectBlockRow: TableRow {
    package static let table = "access_objects"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        let object = try c.key("object", \.key.object)
        let block = try c.key("block", \.key.block)
        key = ObjectBlock(object, block: block)
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
        (one.actor.kind, one.actor.id, one.block) < (other.actor.kind, other.actor.id, other.block)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(actor.kind)
        binder.bind(actor.id)
        binder.bind(block)
    }
}

extension ObjectBlock: RowKey {
    package static func < (one: ObjectBlock, other: ObjectBlock) -> Bool {
        (one.object, one.block) < (other.object, other.block)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(object)
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
