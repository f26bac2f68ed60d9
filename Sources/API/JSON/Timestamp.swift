package import Domain

extension Instant {
    /// The instant of an RFC 3339 date-time in any offset; parts of a second beyond milliseconds
    /// are cut, a leap second is taken for the second before it. Nil where `text` is none.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let day = LocalDate(String(text.unicodeScalars.prefix(10)))?.day,
            upper(bytes[10]) == UInt8(ascii: "T"), let hour = whole(bytes[11..<13]), hour < 24,
            bytes[13] == UInt8(ascii: ":"), let minute = whole(bytes[14..<16]), minute < 60,
            bytes[16] == UInt8(ascii: ":"), let second = whole(bytes[17..<19]), second <= 60
        else { return nil }
        var end = 19
        var thousandths = 0
        if bytes[end] == UInt8(ascii: ".") {
            let start = end + 1
            end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
            guard end > start else { return nil }
            let digits = bytes[start..<min(end, start + 3)]
            thousandths = (whole(digits) ?? 0) * [100, 10, 1][digits.count - 1]
        }
        guard let offset = offsetMinutes(bytes[end...]) else { return nil }
        let seconds = day * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset * 60
        self.init(milliseconds: Int64(seconds * 1000 + thousandths))
    }
}

private func offsetMinutes(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if upper(first) == UInt8(ascii: "Z") { return bytes.count == 1 ? 0 : nil }
    let at = bytes.startIndex
    guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-"), bytes.count == 6,
        let hours = whole(bytes[(at + 1)..<(at + 3)]), hours < 24,
        bytes[at + 3] == UInt8(ascii: ":"),
        let minutes = whole(bytes[(at + 4)..<(at + 6)]), minutes < 60
    else { return nil }
    return (first == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
}

private func whole(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.allSatisfy(isDigit) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func upper(_ byte: UInt8) -> UInt8 { byte & 0xdf }
