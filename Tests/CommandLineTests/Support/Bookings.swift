import Foundation

/// Bookings made up for tests, in the form of the real ones.
enum Bookings {
    static let mapping = Program.root
        .appendingPathComponent("tools/anteroom/mappings/vitoria.json").path

    static let header = "PatientId,ScheduledDay,AppointmentDay,Neighbourhood,No-show"

    /// The mapping, for the organisation that has another subdomain.
    static func mapping(subdomain: String) throws -> String {
        try String(contentsOfFile: mapping, encoding: .utf8)
            .replacingOccurrences(of: "\"vitoria\"", with: "\"\(subdomain)\"")
    }

    /// Two of three rows are of a client of their own; one row in five was not kept.
    static func file(_ count: Int) -> String {
        let rows = (0..<count).map { row -> String in
            let booked = "2016-04-\(10 + row % 15)T08:00:\(10 + row % 50)Z"
            let outcome = row % 5 == 0 ? "Yes" : "No"
            return "\(row % max(1, count * 2 / 3)),\(booked),2016-05-02T00:00:00Z,"
                + "C\(row % 7),\(outcome)"
        }
        return ([header] + rows).joined(separator: "\n")
    }
}

/// Callers made up for tests, in the form of the real ones: each taken in at once.
enum Callers {
    static let mapping = Program.root
        .appendingPathComponent("tools/anteroom/mappings/bank.json").path
    static let header = [
        "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit",
        "vru_time", "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time",
        "server",
    ].joined(separator: "\t")

    /// - Parameter time: nil: a second after the one before.
    static func row(
        _ number: Int, on day: String = "990101", at time: String? = nil, practitioner: String
    ) -> String {
        func two(_ part: Int) -> String { part < 10 ? "0\(part)" : "\(part)" }
        let time = time ?? "9:\(two(number / 60)):\(two(number % 60))"
        return [
            "AA0101", "\(number)", "7", "2", "PS", day, time, time, "0", time, time, "0",
            "AGENT", time, time, "0", practitioner,
        ].joined(separator: "\t")
    }
}
