extension Field {
    fileprivate static let times = Field.list(
        "times", "In order.",
        of: Field.open([
            .text("from", "The first minute.", always: true),
            .text("until", "No longer open.", always: true),
        ]))
    fileprivate static let hours = Field.object(
        "hours", "Left out: none were set.",
        [
            .list(
                "week", "By weekday.",
                of: Field.open([.whole("weekday", "1 Monday to 7 Sunday.", always: true), times])),
            .list(
                "exceptions", "Days with times of their own.",
                of: Field.open([.text("day", "Which.", always: true, format: "date"), times])),
        ])
    fileprivate static func asked(_ name: String) -> Field {
        .list(
            name, "What callers are asked.",
            of: Field.open([
                .text("field", "As the command calls it.", always: true),
                .yes("required", "It must be answered."),
            ]))
    }
    fileprivate static let disclaimer = Field.object(
        "disclaimer", "What is accepted before waiting.",
        [
            .whole("version", "Raised with the text.", always: true),
            .text("text", "The text.", always: true),
        ])
    static let announcements = Field.list(
        "announcements", "The organisation's, then the clinic's.",
        of: Field.open([
            .id("announcement", "The announcement.", always: true),
            .instant("at", "When it was made.", always: true),
            .text("text", "What it says.", always: true),
            .instant("expires", "From then on shown no longer."),
            .yes("isShown", "It has not expired."),
        ]))
}

extension [Field] {
    static let clinicEntry: [Field] = [
        .id("clinic", "The clinic.", always: true), .text("name", "Its name."),
        .text("organisation", "The organisation's name."), .text("zone", "Its time zone."),
        .text(
            "door", "`open`, `closed`, `disabled`, `suspended`, `closedForGood`.", always: true),
        .instant("opensAt", "When `closed`: when it opens next, where that is known."),
        .text("text", "When `disabled`: the clinic's own words."),
        .asked("fields"), .disclaimer, .text("welcome", "Read on entering."),
        .text("waitingText", "Read while waiting."),
        .text("animation", "Music or an animation."),
        .yes("showsPosition", "Callers see their place in the queue."),
        .yes("confirmsBeforeEntry", "Callers enter with `confirmed`: they were asked."),
        .yes("allowsLocks", "Calls may be locked."),
        .whole("longWaitMinutes", "Whoever waits longer is flagged.", always: true),
        .announcements,
        .list(
            "available", "Practitioners who take visitors now.",
            of: Field.open([
                .id("staff", "Who.", always: true), .text("name", "Left out: erased."),
            ])),
    ]

    static let waitingAreaSettings: [Field] = [
        .id("clinic", "The clinic.", always: true),
        .text("mode", "`on`, `disabled`, `suspended`.", always: true),
        .text("modeText", "What callers are told where it is disabled."), .hours,
        .asked("entry"), .disclaimer, .text("welcome", "Read on entering."),
        .text("waitingText", "Read while waiting."),
        .text("animation", "Music or an animation."),
        .yes("showsPosition", "Callers see their place in the queue."),
        .yes("confirmsBeforeEntry", "Callers enter with `confirmed`: they were asked."),
        .yes("allowsLocks", "Calls may be locked."),
        .whole("peopleMax", "People in one call.", always: true),
        .whole("longWaitMinutes", "Whoever waits longer is flagged.", always: true),
        .yes("movesMessages", "Messages go along to another clinic."),
    ]

    static let practitioners: [Field] = [
        .id("staff", "Who.", always: true), .text("name", "Left out: erased."),
        .yes("isPractitioner", "They can be asked for in this clinic."),
        .yes("isAvailable", "They take visitors now."), .hours,
    ]

    static let groupCall: [Field] = [
        .id("call", "The group call.", always: true), .id("clinic", "Its clinic.", always: true),
        .text("state", "`running`, `onHold` (no staff member is in it), `ended`.", always: true),
        .list("staff", "Who of the staff is in it.", of: Field.word),
        .list("away", "Who of them lost contact, and keeps their place.", of: Field.word),
        .list("callers", "Visits of the callers in it.", of: Field.word),
        .list("asked", "Visits of those who have not answered.", of: Field.word),
    ]
}
