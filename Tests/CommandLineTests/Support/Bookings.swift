import Foundation

/// Bookings made up for tests, in the form of the real ones.
enum Bookings {
    static let mapping = Program.root
        .appendingPathComponent("tools/anteroom/mappings/vitoria.json").path
    static let header = "PatientId,ScheduledDay,AppointmentDay,Neighbourhood,No-show"

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
