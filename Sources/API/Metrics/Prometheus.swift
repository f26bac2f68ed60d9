package import CoreMetrics
import Synchronization

/// What the program measured about itself, told as Prometheus text (version 0.0.4); a
/// `MetricsFactory`, so that libraries can measure into it too.
package final class Prometheus: MetricsFactory, Sendable {
    private struct Series: Hashable, Comparable {
        let name: String
        /// `{code="200",method="GET"}`, names sorted; empty where there are none.
        let labels: String

        static func < (one: Series, other: Series) -> Bool {
            (one.name, one.labels) < (other.name, other.labels)
        }
    }
    private enum Measured: Sendable {
        case counter(Count)
        case gauge(Gauge)
        case timer(Histogram)
    }
    private let series = Mutex<[Series: Measured]>([:])

    /// Names and labels there may be; what comes beyond is measured and not told.
    package static let seriesMax = 2_000

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let made = find(label, dimensions) { .counter(Count()) }
        guard case .counter(let counter) = made else { return Count() }
        return counter
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let made = find(label, dimensions) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = made else { return Gauge() }
        return gauge
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let made = find(label, dimensions) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = made else { return Gauge() }
        return gauge
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let made = find(label, dimensions) { .timer(Histogram()) }
        guard case .timer(let timer) = made else { return Histogram() }
        return timer
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func find(
        _ label: String, _ dimensions: [(String, String)], make: () -> Measured
    ) -> Measured {
        let labels = dimensions.sorted { $0 < $1 }
            .map { "\(Prometheus.name($0.0))=\"\(Prometheus.escaped($0.1))\"" }
        let key = Series(
            name: Prometheus.name(label),
            labels: labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
        return series.withLock { series in
            if let known = series[key] { return known }
            let made = make()
            if series.count < Prometheus.seriesMax { series[key] = made }
            return made
        }
    }

    // MARK: Telling

    package var text: String {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        var previous = ""
        for (key, measured) in all {
            switch measured {
            case .counter(let counter):
                if previous != key.name { text += "# TYPE \(key.name) counter\n" }
                text += "\(key.name)\(key.labels) \(counter.total)\n"
            case .gauge(let gauge):
                if previous != key.name { text += "# TYPE \(key.name) gauge\n" }
                text += "\(key.name)\(key.labels) \(gauge.last)\n"
            case .timer(let timer):
                if previous != key.name { text += "# TYPE \(key.name) histogram\n" }
                text += timer.text(key.name, key.labels)
            }
            previous = key.name
        }
        return text
    }

    private static func name(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        text.flatMap { $0 == "\\" || $0 == "\"" ? "\\\($0)" : $0 == "\n" ? "\\n" : "\($0)" }
            .reduce(into: "") { $0.append($1) }
    }
}

private final class Count: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)
    var total: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

private final class Gauge: RecorderHandler, MeterHandler, Sendable {
    private let value = Mutex<Double>(0)
    var last: Double { value.withLock { $0 } }

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
}

/// Durations, counted in buckets from half a millisecond to ten seconds.
private final class Histogram: TimerHandler, Sendable {
    private static let boundsMilliseconds: [Double] = [
        0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 10_000,
    ]

    private struct Counts {
        var buckets = [Int64](repeating: 0, count: Histogram.boundsMilliseconds.count)
        var count: Int64 = 0
        var nanoseconds: Int64 = 0
    }
    private let counts = Mutex(Counts())

    func recordNanoseconds(_ duration: Int64) {
        let bucket = Histogram.boundsMilliseconds.firstIndex { Double(duration) <= $0 * 1_000_000 }
        counts.withLock { counts in
            if let bucket { counts.buckets[bucket] += 1 }
            counts.count += 1
            counts.nanoseconds += duration
        }
    }

    func text(_ name: String, _ labels: String) -> String {
        let counts = self.counts.withLock { $0 }
        let inner = labels.isEmpty ? "" : "\(labels.dropFirst().dropLast()),"
        var text = ""
        var sum: Int64 = 0
        for (bound, count) in zip(Histogram.boundsMilliseconds, counts.buckets) {
            sum += count
            text += "\(name)_bucket{\(inner)le=\"\(bound / 1000)\"} \(sum)\n"
        }
        text += "\(name)_bucket{\(inner)le=\"+Inf\"} \(counts.count)\n"
        text += "\(name)_sum\(labels) \(Double(counts.nanoseconds) / 1_000_000_000)\n"
        text += "\(name)_count\(labels) \(counts.count)\n"
        return text
    }
}
