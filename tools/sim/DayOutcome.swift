/// What a day came to.
struct DayOutcome {
    let told: Told
    let commands: Int
    let seconds: Double
    var streams = 0
    var breaks = 0
    var events = 0
    var rooms = 0
    var groupCalls = 0
    /// Most people at once, by kind of room, in a group call and in a visit.
    var fullest: [String: Int] = [:]
    var findings: [String]

    init(_ told: Told, commands: Int, seconds: Double) {
        self.told = told
        self.commands = commands
        self.seconds = seconds
        findings = told.findings
        if told.unsent > 0 { findings.append("\(told.unsent) requests had nobody to send them") }
    }

    var words: [String] {
        let refused = told.refused.values.reduce(0, +)
        let all = commands + told.reads + refused
        var lines = [
            "commands acknowledged \(commands), reads \(told.reads), refused by a rule \(refused)",
            "connections lost and requests asked again \(told.lost), told to ask again "
                + "\(told.again)",
            "live streams \(streams), broken off and resumed \(breaks) times",
            "\(Words.decimal(seconds, 1)) s: \(Words.decimal(Double(commands) / seconds, 0)) "
                + "commands/s, \(Words.decimal(Double(all) / seconds, 0)) requests/s",
            "latency " + Words.latencies(told.latencies),
            "rooms \(rooms), group calls \(groupCalls), people in the fullest "
                + fullest.sorted { $0.key < $1.key }.map { "\($0.value) (\($0.key))" }
                .joined(separator: ", ")
                + "; guests of whom nothing more came, as they were not let in: \(told.turnedAway)",
            "events in the logs \(events)",
        ]
        for (what, count) in told.refused.sorted(by: { $0.key < $1.key }) {
            lines.append("  refused \(count): \(what)")
        }
        return lines
    }
}

enum Words {
    static func latencies(_ durations: [Duration]) -> String {
        let sorted = durations.sorted()
        guard let longest = sorted.last else { return "unknown" }
        let shares = [("p50", 0.5), ("p99", 0.99)].map { name, share in
            "\(name) \(milliseconds(sorted[Int(share * Double(sorted.count - 1))])) ms"
        }
        return (shares + ["max \(milliseconds(longest)) ms"]).joined(separator: ", ")
    }

    private static func milliseconds(_ duration: Duration) -> String {
        decimal(duration / .milliseconds(1), 2)
    }

    static func decimal(_ number: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (number * scale).rounded() / scale
        return places == 0 ? "\(Int(scaled))" : "\(scaled)"
    }
}
