import Domain

/// A family made for the tests of the schema itself: every kind of field once.
enum SampleEvent: Hashable, Sendable {
    case everything(SampleEverything)
    case nothing(SampleNothing)
    case typical(SampleTypical)
}

extension SampleEvent: EventFamily {
    static let category = "sample"
    static let members = Members<SampleEvent>(
        Member(SampleEverything.self, SampleEvent.everything),
        Member(SampleNothing.self, SampleEvent.nothing),
        Member(SampleTypical.self, SampleEvent.typical))

    func accept<V: EventVisitor>(_ visitor: inout V) throws(WireError) -> V.Result {
        switch self {
        case .everything(let event): try visitor.visit(event)
        case .nothing(let event): try visitor.visit(event)
        case .typical(let event): try visitor.visit(event)
        }
    }
}

/// One field of every type in every presence.
struct SampleEverything: Hashable, Sendable {
    let at: Instant
    let id: ID<SampleEverything>
    let flag: Bool
    let number: Int
    let count: UInt32
    let colour: SampleColour
    let length: Milliseconds
    let date: LocalDate
    let time: LocalTime
    let zone: ZoneName
    let label: DNSLabel
    let language: LanguageTag
    let price: Money
    let text: PublicText
    let digest: Digest
    /// What someone typed.
    ///
    /// And more.
    let sealed: Sealed<SampleRecord>
    let perhaps: Int?
    let sealedPerhaps: Sealed<SampleRecord>?
    let pricePerhaps: Money?
    let numbers: [Int]
    let prices: [Money]
    let texts: [PublicText]
    let later: Bool
    let laterColour: SampleColour
}

extension SampleEverything: Event {
    static let name = "sample.everything-in-full"
    static let number = 1

    init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        id = try f(2, "id", \.id)
        flag = try f(3, "flag", \.flag)
        number = try f(4, "number", \.number)
        count = try f(5, "count", \.count)
        colour = try f(6, "colour", \.colour)
        length = try f(7, "length", \.length)
        date = try f(8, "date", \.date)
        time = try f(9, "time", \.time)
        zone = try f(10, "zone", \.zone)
        label = try f(11, "label", \.label)
        language = try f(12, "language", \.language)
        price = try f(13, "price", \.price)
        text = try f(14, "text", \.text)
        digest = try f(15, "digest", \.digest)
        sealed = try f(16, "sealed", \.sealed)
        perhaps = try f(17, "perhaps", \.perhaps)
        sealedPerhaps = try f(18, "sealed_perhaps", \.sealedPerhaps)
        pricePerhaps = try f(19, "price_perhaps", \.pricePerhaps)
        numbers = try f(20, "numbers", \.numbers)
        prices = try f(21, "prices", \.prices)
        texts = try f(22, "texts", \.texts)
        later = try f(300, "later", \.later, default: false)
        laterColour = try f(301, "later_colour", \.laterColour, default: .green)
    }
}

extension SampleEverything {
    /// One whose every value is written down here.
    static let known: SampleEverything = {
        let shut = Sealed<SampleRecord>.shut(
            SealedBytes(key: ID(bits: 0xABCD << 112), bytes: [1, 2, 3]))
        guard let date = LocalDate("2026-11-21"), let time = LocalTime("07:30"),
            let zone = ZoneName("Europe/Amsterdam"), let label = DNSLabel("city-clinic"),
            let language = LanguageTag("pt-BR"), let euro = Currency("EUR"),
            let text = PublicText("Closed on 5 May")
        else { preconditionFailure("a constant is wrong") }
        let price = Money(minorUnits: -250, currency: euro)
        return SampleEverything(
            at: Instant(milliseconds: 1_763_716_800_123), id: ID(bits: 1 << 120 | 2), flag: true,
            number: -1_234_567, count: .max, colour: .darkRed, length: .minutes(20), date: date,
            time: time, zone: zone, label: label, language: language, price: price, text: text,
            digest: Digest(high: 1, low: 2), sealed: shut, perhaps: 0, sealedPerhaps: nil,
            pricePerhaps: price, numbers: [0, -3, .max], prices: [price, price], texts: [text],
            later: true, laterColour: .green)
    }()
}

/// It happened; there is no more to say.
struct SampleNothing: Event {
    static let name = "sample.nothing"
    static let number = 1

    init() {}

    init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {}
}

/// Six fields, one of them sealed, as most events are.
struct SampleTypical: Hashable, Sendable {
    let at: Instant
    let clinic: ID<SampleNothing>
    let staff: ID<SampleTypical>
    let colour: SampleColour
    let minutes: UInt32
    let note: Sealed<SampleRecord>
}

extension SampleTypical: Event {
    static let name = "sample.typical"
    static let number = 2

    init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        staff = try f(3, "staff", \.staff)
        colour = try f(4, "colour", \.colour)
        minutes = try f(5, "minutes", \.minutes)
        note = try f(6, "note", \.note)
    }
}

/// A colour.
enum SampleColour: Int, GrowingEnum {
    case green, yellow
    /// Nearly black.
    case darkRed
    case red = 200
}

/// Personal data: `String` is welcome here.
struct SampleRecord: PersonalRecord {
    let name: String
    let remark: String?
    let born: LocalDate
    let relatives: [SampleRelative]

    init(name: String, remark: String? = nil, born: LocalDate, relatives: [SampleRelative] = []) {
        self.name = name
        self.remark = remark
        self.born = born
        self.relatives = relatives
    }

    init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        remark = try f(2, "remark", \.remark)
        born = try f(3, "born", \.born)
        relatives = try f(4, "relatives", \.relatives)
    }
}

/// Someone to call.
struct SampleRelative: PersonalStruct {
    let name: String
    let phone: String

    init(name: String, phone: String) {
        self.name = name
        self.phone = phone
    }

    init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        phone = try f(2, "phone", \.phone)
    }
}
