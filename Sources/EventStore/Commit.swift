/// Something decided: 1…256 events over one or more streams of one log, durable all together or not
/// at all.
package struct Commit: Sendable {
    package var log: LogID
    /// Makes a repetition harmless: a second commit with the same id in the same log appends
    /// nothing and is answered with the positions of the first. An HMAC made above (ANON-3): it
    /// tells nothing and is never zero.
    package var commandID: UInt128 {
        get { command.whole }
        set { command = Halves(newValue) }
    }
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private var command: Halves
    /// When this log learns it: milliseconds since 1970-01-01 UTC. The store never lets a log's
    /// time go back: an earlier time is recorded as that of the log's last event.
    package var now: Int64
    package var context: Context
    /// One for each stream whose change would break a rule; a stream of `events` not named here is
    /// `any`.
    package var expectations: [(stream: StreamName, version: Expectation)]
    package var events: [NewEvent]

    package init(
        log: LogID, commandID: UInt128, now: Int64, context: Context,
        expectations: [(stream: StreamName, version: Expectation)] = [], events: [NewEvent]
    ) {
        self.log = log
        command = Halves(commandID)
        self.now = now
        self.context = context
        self.expectations = expectations
        self.events = events
    }
}

/// What a stream must be like for a commit to be accepted. Versions are 0-based, dense within a
/// stream.
package enum Expectation: Hashable, Sendable {
    /// The stream's last event has this version.
    case exactly(Int64)
    /// The stream has no event.
    case noneYet
    case any
}

/// An event that has no position yet.
package struct NewEvent: Hashable, Sendable {
    package var stream: StreamName
    package var type: EventType
    /// The schema number of `payload` under `type`, from 1.
    package var schema: UInt32
    /// The event's fields, encoded and sealed by those above; opaque here.
    package var payload: [UInt8]

    package init(stream: StreamName, type: EventType, schema: UInt32, payload: [UInt8]) {
        self.stream = stream
        self.type = type
        self.schema = schema
        self.payload = payload
    }
}

/// Who did it and why it was allowed; the same for every event of a commit. Source: AUD-1, AUD-2.
package struct Context: Hashable, Sendable {
    package var actor: Actor
    /// The role it was judged in; never empty.
    package var role: Word
    /// On what authorisation basis; never empty.
    package var basis: Word
    /// The door it came by: `http`, `cli`, `import`, `policy` …; never empty.
    package var origin: Word
    /// The person a supporter acted as (ROLE-4).
    package var onBehalfOf: Actor?
    /// A random id shared by what belongs together; zero: none. Never spans a person's stream and a
    /// record's (ANON-3).
    package var correlation: UInt128 {
        get { correlationHalves.whole }
        set { correlationHalves = Halves(newValue) }
    }
    /// The position, in the same log, of the event that led to this one.
    package var cause: Int64?
    /// A keyed fingerprint of the command's payload, so that another payload under the same id is
    /// noticed (OPS-6); zero: none. Made above under the record's key, so that it says nothing once
    /// that key is gone.
    package var fingerprint: UInt128 {
        get { fingerprintHalves.whole }
        set { fingerprintHalves = Halves(newValue) }
    }
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private var correlationHalves: Halves
    private var fingerprintHalves: Halves

    package init(
        actor: Actor, role: Word, basis: Word, origin: Word, onBehalfOf: Actor? = nil,
        correlation: UInt128 = 0,
        cause: Int64? = nil, fingerprint: UInt128 = 0
    ) {
        self.actor = actor
        self.role = role
        self.basis = basis
        self.origin = origin
        self.onBehalfOf = onBehalfOf
        correlationHalves = Halves(correlation)
        self.cause = cause
        fingerprintHalves = Halves(fingerprint)
    }
}

/// Who acted: `staff` with an id, or a bare kind such as `self` (a client or caller, ANON-3),
/// `operator`, `policy`.
package struct Actor: Hashable, Sendable {
    package var kind: Word
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private var halves: Halves

    /// Zero where the kind says all that may be said.
    package var id: UInt128 {
        get { halves.whole }
        set { halves = Halves(newValue) }
    }

    package init(_ kind: Word, id: UInt128 = 0) {
        self.kind = kind
        halves = Halves(id)
    }
}

/// What an append was answered.
package struct Appended: Hashable, Sendable {
    /// Position of the commit's first event in its log: 0-based, dense, never reused.
    package var first: Int64
    package var count: Int
    /// True where the command id was known: nothing was appended, and these are the positions of
    /// the first time.
    package var repeated: Bool

    package var last: Int64 { first + Int64(count) - 1 }

    package init(first: Int64, count: Int, repeated: Bool) {
        self.first = first
        self.count = count
        self.repeated = repeated
    }
}
