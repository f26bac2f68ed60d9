import Domain

// What questions about anonymisation are answered with.

extension [Field] {
    private static func counts(_ name: String, _ docs: String) -> Field {
        .object(
            name, docs, always: true,
            RecordKind.allCases.map { .whole($0.plural, "How many.", always: true) })
    }

    static let anonymisation: [Field] = [
        .whole("days", "After how many days records lose their client; left out: never."),
        .instant("runsFrom", "From when runs do so; left out: staff have not been told."),
        .yes("hasBegun", "Whether runs take what is due."),
        .instant("lastBatchAt", "When records last lost their client."),
        counts("anonymised", "How many lost their client so far."),
    ]

    static let anonymisationPlan: [Field] = [
        .id("organisation", "Whose records.", always: true),
        .instant("at", "What \"now\" was.", always: true),
        .whole("days", "After how many days records lose their client; left out: never."),
        .instant("runsFrom", "From when runs do so; left out: staff have not been told."),
        .yes("mayRun", "Whether a run would take what is due; mails go in any case."),
        counts("due", "Due, and not held."), counts("held", "Due, and kept by a hold."),
        counts("notDue", "There, and not due."),
        .list(
            "upcoming", "What falls due within so many days, due ones not counted.",
            of: Field.open([
                .whole("withinDays", "Days from now.", always: true),
                counts("records", "How many fall due."),
            ])),
        .whole("clientsAsked", "Clients whose erasure was asked for.", always: true),
        .whole(
            "clientsNotOver", "Of those, with a visit or appointment still to come.", always: true),
    ]
}
