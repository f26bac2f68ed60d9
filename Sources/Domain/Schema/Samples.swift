/// Where ``FieldValue/sample(_:)`` draws from: the same seed gives the same values for ever, since
/// golden files are made from them (SplitMix64).
package struct Samples: Sendable {
    /// How much of what may be absent is there.
    package enum Fullness: Sendable {
        /// Everything, lists not empty, nothing at its default.
        case complete
        /// Nothing.
        case sparse
        /// Some of it.
        case mixed
    }

    package let fullness: Fullness
    private var state: UInt64

    package init(seed: UInt64, _ fullness: Fullness = .mixed) {
        state = seed
        self.fullness = fullness
    }

    /// Whether something that may be absent is there.
    mutating func isPresent() -> Bool {
        switch fullness {
        case .complete: true
        case .sparse: false
        case .mixed: next(in: 0...2) > 0
        }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// One of `range`, each about as likely.
    package mutating func next(in range: ClosedRange<Int>) -> Int {
        let span = UInt64(range.upperBound - range.lowerBound) &+ 1
        return range.lowerBound + Int(truncatingIfNeeded: span == 0 ? next() : next() % span)
    }

    package mutating func next128() -> UInt128 { UInt128(next()) << 64 | UInt128(next()) }

    /// A text of `count` characters of `alphabet`.
    package mutating func text(_ alphabet: String, count: ClosedRange<Int>) -> String {
        let characters = Array(alphabet)
        return String(
            (0..<next(in: count)).map { _ in characters[next(in: 0...characters.count - 1)] })
    }

    /// An integer of any size: small ones as often as large ones.
    package mutating func integer() -> Int64 {
        Int64(bitPattern: next()) >> Int64(next(in: 0...63))
    }
}

/// The walker that makes a value up.
package struct Sampler<Root>: Fields, PersonalFields {
    private(set) var samples: Samples

    init(_ samples: Samples) { self.samples = samples }

    /// Elements of a list at most.
    private static var listMax: Int { 3 }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value {
        Value.sample(&samples)
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? {
        samples.isPresent() ? Value.sample(&samples) : nil
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] {
        let count = samples.isPresent() ? samples.next(in: 1...Self.listMax) : 0
        return (0..<count).map { _ in Value.sample(&samples) }
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value {
        guard samples.isPresent() else { return fallback }
        // A Bool differs every other time: so many tries fail once in 2⁶⁴.
        for _ in 0..<64 {
            let value = Value.sample(&samples)
            if value != fallback { return value }
        }
        return fallback
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        .sample(&samples)
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        samples.isPresent() ? .sample(&samples) : nil
    }
}

extension Sealed {
    /// A shut one whose bytes open nothing.
    package static func sample(_ samples: inout Samples) -> Sealed {
        let key = ID<RecordKey>(bits: samples.next128())
        let count = samples.next(in: 28...160)
        return .shut(
            SealedBytes(
                key: key,
                bytes: (0..<count).map { _ in UInt8(truncatingIfNeeded: samples.next()) }))
    }
}

extension Event {
    package static func sample(_ samples: inout Samples) throws(WireError) -> Self {
        var sampler = Sampler<Self>(samples)
        defer { samples = sampler.samples }
        return try Self(&sampler)
    }
}

extension PersonalRecord {
    package static func sample(_ samples: inout Samples) throws(WireError) -> Self {
        var sampler = Sampler<Self>(samples)
        defer { samples = sampler.samples }
        return try Self(&sampler)
    }
}

extension PlainStruct {
    package static func sample(_ samples: inout Samples) -> Self {
        var sampler = Sampler<Self>(samples)
        defer { samples = sampler.samples }
        do throws(WireError) { return try Self(&sampler) } catch { preconditionFailure("\(error)") }
    }
}

extension PersonalStruct {
    package static func sample(_ samples: inout Samples) -> Self {
        var sampler = Sampler<Self>(samples)
        defer { samples = sampler.samples }
        do throws(WireError) { return try Self(&sampler) } catch { preconditionFailure("\(error)") }
    }
}
