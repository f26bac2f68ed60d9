import Domain
import Foundation

/// One line of Tests/Golden/events: a payload that must be readable for ever, and what
/// it says. Name, schema number, payload in hex and fields in JSON, with tabs between.
struct GoldenLine {
    let name: String
    let number: Int
    let payload: [UInt8]
    let json: String

    static let path = "Tests/Golden/events"

    static func all() throws -> [GoldenLine] {
        try Checkout.text(path).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 4, let number = Int(parts[1]), let payload = bytes(hex: parts[2])
            else { throw Malformed(line: String(line)) }
            return GoldenLine(
                name: String(parts[0]), number: number, payload: payload, json: String(parts[3]))
        }
    }

    struct Malformed: Error { let line: String }

    var text: String { "\(name)\t\(number)\t\(hex(payload))\t\(json)\n" }
}

extension GoldenLine {
    init<Family: EventFamily>(_ event: Family) throws {
        var bytes: [UInt8] = []
        let head = try event.encode(into: &bytes)
        self.init(
            name: head.name.description, number: head.number, payload: bytes,
            json: try event.json())
    }

    var eventName: EventName { EventName(name) }

    func decode<Family: EventFamily>(_ family: Family.Type) throws -> Family {
        try Family.decode(eventName, number: number, payload[...])
    }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Nil unless `hex` is pairs of hexadecimal digits.
func bytes(hex: some StringProtocol) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard
            let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(byte)
    }
    return bytes
}

/// The families of the domain, and the one made for the tests of the schema itself.
let allFamilies: [any EventFamily.Type] = EventFamilies.all + [SampleEvent.self]
