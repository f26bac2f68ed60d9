package import Domain

/// One caller in a clinic's waiting area, as its staff see them (WA-2). How long they have waited
/// is worked out when asked.
package struct CallerRow: Hashable, Sendable {
    package let visit: ID<Visit>
    /// Where they are now.
    package var clinic: ID<Clinic>
    package var state = CallerState.waiting
    /// What they typed; shut. Nil: erased.
    package var entry: ShutRecord?
    /// Of the first clinic; a transfer leaves it as it is (WA-6).
    package var firstArrivedAt: Instant
    /// In this clinic.
    package var arrivedAt: Instant
    /// Position of the event that put them in this clinic's queue: settles who came first.
    package var queued: Int64
    package var colour: CallerColour
    package var appointment: ID<Appointment>?
    package var appointmentStart: Instant?
    package var askedFor: ID<Staff>?
    /// Waited in this clinic before `waitingSince`.
    package var waitedMilliseconds: Int64 = 0
    /// Nil where they are not waiting now.
    package var waitingSince: Instant?
    /// On the waiting-area hold since then.
    package var heldSince: Instant?
    /// When they were last taken in, and by whom.
    package var admittedAt: Instant?
    package var practitioner: ID<Staff>?
    /// Who has a place, in order; the caller first.
    package var inside: [Participant] = [.caller]
    /// Who of them lost contact and may return within the grace time.
    package var away: [AwayParticipant] = []
    /// Who of them is on in-call hold.
    package var held: [Participant] = []
    /// Clinics they were in before, oldest first, at most ``staysMax``; then the newest of them.
    package var stays: [ClinicStay] = []
    /// Messages in the private space.
    package var messages = 0
    /// Of the caller, since a staff member last wrote.
    package var unanswered = 0
    /// Nobody joins the call from the waiting area (WA-13).
    package var isLocked = false
    /// The room was opened without the client, and they have not come yet (WA-8).
    package var awaitsClient = false
    /// The group call they are asked to, and the one they are in (WA-14).
    package var question: ID<GroupCall>?
    package var group: ID<GroupCall>?
    /// What they are to fill in, and what became of each (QST-2).
    package var questionnaires = QuestionnaireMarks()

    /// One who waits since they came.
    init(
        visit: ID<Visit>, clinic: ID<Clinic>, queued: Int64, arrivedAt: Instant,
        colour: CallerColour
    ) {
        self.visit = visit
        self.clinic = clinic
        self.queued = queued
        self.arrivedAt = arrivedAt
        self.colour = colour
        firstArrivedAt = arrivedAt
        waitingSince = arrivedAt
    }

    package static let staysMax = 100

    /// How long they have waited in this clinic.
    package func waited(at now: Instant) -> Milliseconds {
        let since = waitingSince.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        return Milliseconds(waitedMilliseconds + since)
    }

    /// The caller lost contact, and since when.
    package var lostContactAt: Instant? { away.first { $0.who == .caller }?.since }
}

/// Where a caller stands with this clinic. Lost contact is a mark beside it.
package enum CallerState: Int, NumberedColumn {
    case waiting = 0
    case beingSeen = 1
    case onHold = 2
}

/// Fixed at first arrival (WA-2).
package enum CallerColour: Int, NumberedColumn {
    /// Before the appointment's start, or at it.
    case green = 0
    /// After it.
    case red = 1
    /// Without an appointment.
    case yellow = 2
}

/// A participant without contact.
package struct AwayParticipant: Hashable, Sendable {
    package let who: Participant
    package let since: Instant
}

/// A clinic the caller was in before.
package struct ClinicStay: Hashable, Sendable {
    package let clinic: ID<Clinic>
    package let arrivedAt: Instant
    package let leftAt: Instant
    package let waitedMilliseconds: Int64
    /// Who sent them on.
    package let by: ID<Staff>
}

extension CallerRow: TableRow {
    package static let table = "callers"
    package static let indexes = [["clinic"]]
    package var key: ID<Visit> { visit }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        visit = try c.key("visit", \.visit)
        clinic = try c("clinic", \.clinic)
        state = try c("state", \.state)
        entry = try c("entry", \.entry)
        firstArrivedAt = try c("first_arrived_at", \.firstArrivedAt)
        arrivedAt = try c("arrived_at", \.arrivedAt)
        queued = try c("queued", \.queued)
        colour = try c("colour", \.colour)
        appointment = try c("appointment", \.appointment)
        appointmentStart = try c("appointment_start", \.appointmentStart)
        askedFor = try c("asked_for", \.askedFor)
        waitedMilliseconds = try c("waited_ms", \.waitedMilliseconds)
        waitingSince = try c("waiting_since", \.waitingSince)
        heldSince = try c("held_since", \.heldSince)
        admittedAt = try c("admitted_at", \.admittedAt)
        practitioner = try c("practitioner", \.practitioner)
        inside = try c("inside", \.inside)
        away = try c("away", \.away)
        held = try c("held", \.held)
        stays = try c("stays", \.stays)
        messages = try c("messages", \.messages)
        unanswered = try c("unanswered", \.unanswered)
        isLocked = try c("is_locked", \.isLocked)
        awaitsClient = try c("awaits_client", \.awaitsClient)
        question = try c("question", \.question)
        group = try c("group_call", \.group)
        questionnaires = QuestionnaireMarks(try c("questionnaires", \.questionnaires.all))
    }
}

extension Participant: PackedElement {
    package static var bytes: Int { 17 }

    /// `kind, 1 byte ‖ staff member or invitee, 16 bytes, 0 for none`
    package func write(to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: kind.rawValue))
        ID<Staff>(bits: who).write(to: &output)
    }

    private var who: UInt128 { staff?.bits ?? invitee?.bits ?? 0 }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let kind = ParticipantKind(rawValue: Int(input[0])),
            let staff = ID<Staff>(packed: UnsafeRawBufferPointer(rebasing: input[1...]))
        else { return nil }
        let isExternal = kind == .external
        self.init(
            kind: kind, staff: isExternal || staff.bits == 0 ? nil : staff,
            invitee: isExternal ? ID(bits: staff.bits) : nil)
    }

    /// The caller first, then the others by id.
    static func precedes(_ one: Participant, _ other: Participant) -> Bool {
        (one.kind.rawValue, one.who) < (other.kind.rawValue, other.who)
    }
}

extension AwayParticipant: PackedElement {
    package static var bytes: Int { Participant.bytes + 8 }

    package func write(to output: inout [UInt8]) {
        who.write(to: &output)
        since.milliseconds.write(to: &output)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        let split = Participant.bytes
        guard let who = Participant(packed: UnsafeRawBufferPointer(rebasing: input[..<split]))
        else { return nil }
        self.who = who
        since = Instant(milliseconds: Int64(packedAt: split, input))
    }
}

extension ClinicStay: PackedElement {
    package static var bytes: Int { 16 + 8 + 8 + 8 + 16 }

    package func write(to output: inout [UInt8]) {
        clinic.write(to: &output)
        arrivedAt.milliseconds.write(to: &output)
        leftAt.milliseconds.write(to: &output)
        waitedMilliseconds.write(to: &output)
        by.write(to: &output)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let clinic = ID<Clinic>(packed: UnsafeRawBufferPointer(rebasing: input[..<16])),
            let by = ID<Staff>(packed: UnsafeRawBufferPointer(rebasing: input[40...]))
        else { return nil }
        self.clinic = clinic
        arrivedAt = Instant(milliseconds: Int64(packedAt: 16, input))
        leftAt = Instant(milliseconds: Int64(packedAt: 24, input))
        waitedMilliseconds = Int64(packedAt: 32, input)
        self.by = by
    }
}

extension Int64 {
    /// Highest byte first.
    func write(to output: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { output.append(contentsOf: $0) }
    }

    init(packedAt offset: Int, _ input: UnsafeRawBufferPointer) {
        self.init(bigEndian: input.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }
}
