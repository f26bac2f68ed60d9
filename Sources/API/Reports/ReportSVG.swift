import Domain

// A report's chart as a picture: SVG 1.1 with one style sheet, dark where the reader's screen is.
// Every coordinate is a whole number.

extension Report {
    /// Nil where the report has no chart.
    package var svg: String? {
        chart.map { chart in
            ChartDrawing(chart, subtitle: subtitle).svg
        }
    }

    private var subtitle: String {
        func value(_ name: String) -> String { head.first { $0.name == name }?.value ?? "" }
        let whose = [value("organisation name"), value("clinic name")].filter { !$0.isEmpty }
            .joined(separator: ", ")
        return "\(whose) · \(value("from")) to \(value("through")) · \(value("time zone"))"
    }
}

/// Lays a chart out and writes it.
private struct ChartDrawing {
    private let chart: Report.Chart
    private let subtitle: String
    private var lines: [String] = []

    // The picture, and the part that bars stand in.
    private static let width = 960
    private static let height = 440
    private static let left = 76
    private static let right = 936
    private static let top = 104
    private static let bottom = 340
    /// Labels under the bars at most: more run into each other.
    private static let labelsMax = 20

    init(_ chart: Report.Chart, subtitle: String) {
        self.chart = chart
        self.subtitle = subtitle
        drawHead()
        drawScale()
        drawBars()
        drawLabels()
        lines.append("</svg>")
    }

    var svg: String { lines.joined(separator: "\n") + "\n" }

    // MARK: Numbers

    /// The highest bar.
    private var highest: Int {
        chart.labels.indices.map { index in
            let values = chart.series.map { $0.values[index] ?? 0 }
            return chart.isStacked ? values.reduce(0, +) : values.max() ?? 0
        }.max() ?? 0
    }

    /// Between two lines of the scale: 1, 2 or 5 times a power of ten, for at most five lines.
    private var step: Int {
        var power = 1
        while true {
            for factor in [1, 2, 5] where factor * power * 5 >= highest { return factor * power }
            power *= 10
        }
    }

    private var scaleEnd: Int { max(step, (highest + step - 1) / step * step) }

    private func y(_ value: Int) -> Int {
        Self.bottom - value * (Self.bottom - Self.top) / scaleEnd
    }

    /// Where the room of a label begins; of one beyond the last, where it ends.
    private func x(_ index: Int) -> Int {
        Self.left + index * (Self.right - Self.left) / max(1, chart.labels.count)
    }

    // MARK: Drawing

    private mutating func drawHead() {
        lines += [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" \
            width="\(Self.width)" height="\(Self.height)" role="img" aria-labelledby="t d">
            """,
            "<title id=\"t\">\(escaped(chart.title))</title>",
            "<desc id=\"d\">\(escaped(subtitle))</desc>",
            ChartDrawing.style,
            "<rect class=\"paper\" width=\"\(Self.width)\" height=\"\(Self.height)\"/>",
            text(chart.title, "title", Self.left, 32), text(subtitle, "quiet", Self.left, 54),
        ]
        var x = Self.left
        for (index, series) in chart.series.enumerated() {
            lines.append(
                "<rect class=\"s\(index)\" x=\"\(x)\" y=\"70\" width=\"12\" height=\"12\"/>"
            )
            lines.append(text(series.name, "label", x + 18, 81))
            x += 34 + series.name.count * 8
        }
        if hasHidden { lines.append(text("* not published", "label", x, 81)) }
    }

    /// Some count is not published.
    private var hasHidden: Bool {
        chart.series.contains { series in series.values.contains { $0 == nil } }
    }

    private mutating func drawScale() {
        var value = 0
        while value <= scaleEnd {
            let y = y(value)
            lines.append(
                """
                <line class="\(value == 0 ? "axis" : "grid")" x1="\(Self.left)" y1="\(y)" \
                x2="\(Self.right)" y2="\(y)"/>
                """)
            lines.append(text(grouped(value), "number", Self.left - 8, y + 4))
            value += step
        }
        let middle = (Self.top + Self.bottom) / 2
        lines.append(
            """
            <text class="name" transform="translate(20 \(middle)) rotate(-90)">\
            \(escaped(chart.up))</text>
            """)
        lines.append(
            text(chart.across, "name", (Self.left + Self.right) / 2, Self.height - 14))
        if highest == 0, !hasHidden {
            lines.append(text("none in this time", "name", (Self.left + Self.right) / 2, middle))
        }
    }

    private mutating func drawBars() {
        for index in chart.labels.indices {
            let (from, to) = (x(index), x(index + 1))
            let gap = max(1, (to - from) / 8)
            let values = chart.series.map { $0.values[index] }
            if values.contains(where: { $0 == nil }) {
                let middle = (from + to) / 2
                lines.append(text("*", "hidden", middle, Self.bottom - 6))
            }
            if chart.isStacked {
                var below = 0
                for (series, value) in values.enumerated() {
                    guard let value, value > 0 else { continue }
                    bar(series, from + gap, to - gap, below, below + value, chart.labels[index])
                    below += value
                }
            } else {
                let room = to - from - 2 * gap
                for (series, value) in values.enumerated() {
                    guard let value, value > 0 else { continue }
                    let left = from + gap + room * series / values.count
                    let right = from + gap + room * (series + 1) / values.count
                    bar(series, left, right, 0, value, chart.labels[index])
                }
            }
        }
    }

    private mutating func bar(
        _ series: Int, _ left: Int, _ right: Int, _ low: Int, _ high: Int, _ label: String
    ) {
        let name = escaped("\(label), \(chart.series[series].name): \(high - low)")
        lines.append(
            """
            <rect class="s\(series)" x="\(left)" y="\(y(high))" width="\(max(1, right - left))" \
            height="\(max(1, y(low) - y(high)))"><title>\(name)</title></rect>
            """)
    }

    private mutating func drawLabels() {
        let count = chart.labels.count
        let every = max(1, (count + Self.labelsMax - 1) / Self.labelsMax)
        for index in stride(from: 0, to: count, by: every) {
            let middle = (x(index) + x(index + 1)) / 2
            var label = chart.labels[index]
            if label.count > 18 { label = label.prefix(17) + "…" }
            lines.append(
                """
                <text class="tick" transform="translate(\(middle + 4) \(Self.bottom + 14)) \
                rotate(-35)">\(escaped(label))</text>
                """)
        }
    }

    // MARK: Words

    private func text(_ words: String, _ kind: String, _ x: Int, _ y: Int) -> String {
        "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(escaped(words))</text>"
    }

    /// `12 345`, with a thin space.
    private func grouped(_ number: Int) -> String {
        guard number >= 1000 else { return String(number) }
        let rest = String(number % 1000)
        let zeros = String(repeating: "0", count: 3 - rest.count)
        return grouped(number / 1000) + "\u{2009}" + zeros + rest
    }

    private func escaped(_ words: String) -> String {
        var escaped = ""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // What XML 1.0 cannot hold.
            case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{FFFE}"..."\u{FFFF}": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Colours told apart by people who see colours differently (Okabe and Ito), light and dark.
    private static let style = """
        <style>
        text { font-family: system-ui, "Helvetica Neue", Arial, sans-serif; font-size: 12px; \
        fill: #1a1a1a }
        .paper { fill: #ffffff }
        .title { font-size: 18px; font-weight: 600 }
        .quiet, .tick, .number { fill: #555555 }
        .number, .tick { text-anchor: end }
        .name, .hidden { text-anchor: middle }
        .name { font-weight: 600 }
        .grid { stroke: #dddddd } .axis { stroke: #555555 }
        .s0 { fill: #0072b2 } .s1 { fill: #d55e00 } .s2 { fill: #999999 } .s3 { fill: #e69f00 }
        @media (prefers-color-scheme: dark) {
        text { fill: #eeeeee }
        .paper { fill: #16181d }
        .quiet, .tick, .number { fill: #b4b8c0 }
        .grid { stroke: #343842 } .axis { stroke: #b4b8c0 }
        .s0 { fill: #56b4e9 } .s1 { fill: #ff8c42 } .s2 { fill: #8a8f99 } .s3 { fill: #f0c75e }
        }
        </style>
        """
}
