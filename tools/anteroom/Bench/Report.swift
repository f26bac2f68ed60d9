import Foundation

/// What was measured: ours beside one peer.
struct Measure: Encodable {
    let measure: String
    let ours: Double
    /// Whom ours is held against; nil where the goal is a figure.
    let peer: String?
    let peerValue: Double?
    let unit: String
    /// ours ÷ peer (for times and bytes, where less is better, peer ÷ ours): above 1 is better than
    /// the peer.
    let ratio: Double?
    /// The goal in words, and whether it was reached; nil where there is none.
    let goal: String?
    let reached: Bool?
}

/// Collects measures and prints each as it comes: a line of the table, or an object a line.
final class Report {
    private let json: Bool
    private(set) var measures: [Measure] = []

    init(json: Bool) {
        self.json = json
        if !json {
            print(row(["measure", "ours", "peer", "peer's", "ratio", "goal", ""]))
            print(row([String](repeating: "---", count: 7)))
        }
    }

    /// `atLeast`: the least ratio to the peer, or with no peer the least value (`lessIsBetter`: the
    /// greatest value).
    func add(
        _ measure: String, ours: Double, unit: String, peer: String? = nil,
        peerValue: Double? = nil,
        lessIsBetter: Bool = false, atLeast goal: Double? = nil
    ) {
        var ratio: Double?
        if let peerValue, peerValue > 0, ours > 0 {
            ratio = lessIsBetter ? peerValue / ours : ours / peerValue
        }
        var words: String?
        var reached: Bool?
        if let goal, peer != nil {
            words = "≥ \(short(goal)) ×"
            reached = (ratio ?? 0) >= goal
        } else if let goal {
            words = (lessIsBetter ? "≤ " : "≥ ") + "\(short(goal)) \(unit)"
            reached = lessIsBetter ? ours <= goal : ours >= goal
        }
        let added = Measure(
            measure: measure, ours: ours, peer: peer, peerValue: peerValue, unit: unit,
            ratio: ratio, goal: words,
            reached: reached)
        measures.append(added)
        show(added)
    }

    /// A sentence on why something is not there; on standard error, so that the JSON stays clean.
    func note(_ text: String) {
        FileHandle.standardError.write(Data("note: \(text)\n".utf8))
    }

    private func show(_ measure: Measure) {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do {
                print(String(decoding: try encoder.encode(measure), as: UTF8.self))
            } catch { note("\(measure.measure) cannot be written as JSON: \(error)") }
        } else {
            let verdict = measure.reached.map { $0 ? "reached" : "MISSED" } ?? ""
            print(
                row([
                    measure.measure, "\(short(measure.ours)) \(measure.unit)", measure.peer ?? "",
                    measure.peerValue.map(short) ?? "", measure.ratio.map(short) ?? "",
                    measure.goal ?? "", verdict,
                ]))
        }
        fflush(nil)
    }

    private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}

/// Three significant digits, thousands with spaces.
func short(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    if abs(value) < 100 {
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        return String(format: "%.\(digits)f", value)
    }
    let step = pow(10, floor(log10(abs(value))) - 2)
    let rounded = String(Int((value / step).rounded() * step))
    return stride(from: 0, to: rounded.count, by: 3).reduce(into: "") { text, index in
        let end = rounded.index(rounded.endIndex, offsetBy: -index)
        let start =
            rounded.index(end, offsetBy: -3, limitedBy: rounded.startIndex) ?? rounded.startIndex
        text = rounded[start..<end] + (text.isEmpty ? "" : " ") + text
    }
}
