import API
import Domain

/// One command of the demonstration: who does what when, and what the answer is remembered as.
struct DemoDeed {
    enum Who {
        case platformOperator
        /// By the label they were made under.
        case staff(String)
        case caller(String)
    }

    let at: Instant
    let who: Who
    let command: String
    /// Asked for once what came before has been made.
    let members: (DemoBook) throws -> [(String, JSON)]
    /// Member of the answer's result, and the label it is remembered under.
    var makes: (member: String, label: String)?
    /// Set where it is done anew on each day the demonstration is started.
    var day: String?
}

/// What the demonstration has made so far, by label.
struct DemoBook {
    private var made: [String: String] = [:]

    /// The id under that label, as a command's field.
    subscript(label: String) -> JSON { .string(text(label)) }

    func text(_ label: String) -> String {
        guard let id = made[label] else {
            preconditionFailure("the script uses \(label) too early")
        }
        return id
    }

    func id<Subject>(_ label: String) -> ID<Subject> {
        guard let id = ID<Subject>(text(label)) else { preconditionFailure("\(label) is no id") }
        return id
    }

    mutating func note(_ id: String, as label: String) { made[label] = id }
}

/// Numbers that come again with the same seed. Source: Steele, Lea, Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
