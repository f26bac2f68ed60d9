import Domain

// A report as bytes. UTF-8, the same bytes for the same report everywhere.

extension Report {
    /// For programs. A hidden count is `"*"`; what there is nothing to say of is null.
    package var json: JSON {
        [
            "report": .string(name.rawValue), "title": .string(title),
            "about": .object(head.map { JSON.Member($0.name, .string($0.value)) }),
            "tables": .array(tables.map(\.json)),
            "definitions": .array(
                definitions.map { ["term": .string($0.term), "meaning": .string($0.words)] }),
        ]
    }

    /// RFC 4180: CR LF at line ends, fields in quotes where they must be. Ends with the line `End
    /// of Report`, so that a cut file is seen (REP-6).
    package var csv: String {
        var csv = ReportCSV()
        csv.line([title])
        for line in head { csv.line([line.name, line.value]) }
        for table in tables {
            csv.line([])
            csv.line([table.title])
            csv.line(table.columns)
            for row in table.rows { csv.line(row.map(\.words)) }
        }
        csv.line([])
        csv.line(["Definitions"])
        for definition in definitions { csv.line([definition.term, definition.words]) }
        csv.line([])
        csv.line(["End of Report"])
        return csv.text
    }
}

extension Report.Table {
    fileprivate var json: JSON {
        [
            "name": .string(name), "title": .string(title),
            "columns": .array(columns.map(JSON.string)),
            "rows": .array(rows.map { .array($0.map(\.json)) }),
        ]
    }
}

extension Report.Cell {
    fileprivate var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .count(let count): .integer(Int64(count))
        case .hidden: "*"
        case .none: .null
        }
    }

    /// As people read it.
    var words: String {
        switch self {
        case .text(let text): text
        case .count(let count): String(count)
        case .hidden: "*"
        case .none: ""
        }
    }
}

/// Lines of separated values (RFC 4180).
struct ReportCSV {
    private(set) var text = ""

    mutating func line(_ fields: [String]) { row(fields.map { ($0, false) }) }

    mutating func row(_ fields: [(words: String, isNumber: Bool)]) {
        text += fields.map(ReportCSV.field).joined(separator: ",") + "\r\n"
    }

    /// A name that begins like a formula would be one in a spreadsheet: it gets an apostrophe.
    private static func field(_ words: String, isNumber: Bool) -> String {
        var field = words
        if !isNumber, field != "*", let first = field.unicodeScalars.first,
            "=+-@\t\r".unicodeScalars.contains(first)
        {
            field = "'" + field
        }
        // Scalars, for CR LF is one character.
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return field
        }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
