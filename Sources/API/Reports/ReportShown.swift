import Domain

// What questions about reports are answered with.

extension [Field] {
    static let report: [Field] = [
        .text("report", "Its name.", always: true), .text("title", "Its title.", always: true),
        Field(
            name: "about",
            schema: ["type": "object", "additionalProperties": ["type": "string"]],
            required: true, docs: "What it is about, by name."),
        .list(
            "tables", "One after the other.",
            of: Field.open([
                .text("name", "Its name.", always: true),
                .text("title", "Its title.", always: true),
                .list("columns", "Names of the columns.", of: Field.word),
                .list("rows", "Rows, each an array.", of: ["type": "array"]),
            ])),
        .list(
            "definitions", "What its words mean.",
            of: Field.open([
                .text("term", "The word.", always: true),
                .text("meaning", "What it means here.", always: true),
            ])),
    ]

    static let reportSettings: [Field] = [
        .whole("minimumSeconds", "Calls shorter than this leave every summary.", always: true),
        .whole(
            "suppressBelow",
            "Counts from 1 up to below this are not published; left out: all are."),
        .text("period", "What is published where counts are suppressed.", always: true),
        .list("clinics", "Those that count; none: all.", of: Field.word),
        .list("measures", "What reports show; none: all.", of: Field.word),
    ]

    static let reportStaff: [Field] = [
        .text("code", "As it stands in reports.", always: true),
        .id("staff", "The staff member.", always: true),
    ]

    static let reportStatement: [Field] = [
        .list("columns", "Names of the columns.", of: Field.word),
        .list("rows", "Rows, each an array.", of: ["type": "array"]),
        .yes("isCut", "There were more rows than are answered."),
    ]
}
