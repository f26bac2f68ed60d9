import Domain

// What questions about reports are answered with.

extension [Field] {
    private static func field(_ name: String, _ type: JSON, _ docs: String) -> Field {
        Field(name: name, schema: ["type": type], required: true, docs: docs)
    }

    static let report: [Field] = [
        field("report", "string", "Its name."), field("title", "string", "Its title."),
        field("about", "object", "What it is about, by name."),
        field("tables", "array", "Name, title, columns and rows of each."),
        field("definitions", "array", "What its words mean."),
    ]

    static let reportSettings: [Field] = [
        field("minimumSeconds", "integer", "Calls shorter than this leave every summary."),
        Field(
            name: "suppressBelow", schema: ["type": "integer"], required: false,
            docs: "Counts from 1 up to below this are not published; left out: all are."),
        field("period", "string", "What is published where counts are suppressed."),
        field("clinics", "array", "Those that count; none: all."),
        field("measures", "array", "What reports show; none: all."),
    ]

    static let reportStaff: [Field] = [
        field("code", "string", "As it stands in reports."),
        field("staff", "string", "The staff member."),
    ]

    static let reportStatement: [Field] = [
        field("columns", "array", "Names of the columns."),
        field("rows", "array", "Rows, each an array."),
        field("isCut", "boolean", "There were more rows than are answered."),
    ]
}
