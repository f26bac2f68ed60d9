import Domain

/// What the words of a report mean; printed with each (REP-6).
enum ReportDefinitions {
    private static let ofRooms = [
        Report.Definition(
            "call in a room, group call",
            """
            From the moment two people are in a room until fewer are, on the day it ends; in \
            meeting rooms and user rooms, and in group rooms. A group call of waiting callers \
            counts as one in a group room does.
            """),
        Report.Definition(
            "error", "What an app reported of itself; one that is over counts too, as such."),
    ]

    static func of(_ settings: ReportSettings) -> [Report.Definition] {
        var definitions = [
            Report.Definition(
                "day",
                """
                From midnight to midnight in the time zone named above; days on which clocks are \
                changed have 23 or 25 hours.
                """),
            Report.Definition(
                "appointment",
                """
                Counts on the day it is for, with what became of it: done, no-show or cancelled. \
                Not settled: nobody has said.
                """),
            Report.Definition(
                "arrival", "A caller begins to wait, after opening the link; at that moment."),
            Report.Definition(
                "wait",
                """
                From beginning to wait until being taken in by the first staff member or by a \
                group call, or until leaving. It counts in the clinic and on the day in which it \
                ended; an unfinished one counts when it ends. Waits shorter than a second are \
                counted as taken in at once, and are in no median.
                """),
            Report.Definition(
                "left before being seen",
                "Went, or was lost for longer than the grace time, without being taken in."),
            Report.Definition(
                "ended otherwise", "A wait that staff or a time-out ended, not the caller."),
            Report.Definition(
                "call",
                """
                From being taken in to the end of the visit, on the day it ends, by who took the \
                caller in first. In the waiting area; calls in rooms and group calls are counted \
                apart.
                """),
            Report.Definition(
                "minimum duration",
                settings.minimumSeconds == 0
                    ? "None: every call counts."
                    : """
                    Calls shorter than \(settings.minimumSeconds) seconds are short calls: they \
                    leave every summary, never the list of consultations.
                    """),
            Report.Definition(
                "transfer",
                "A caller moves to another clinic's waiting area; the visit and its wait go on."),
            Report.Definition(
                "median, 90th percentile",
                "Nearest rank: the smallest value that half, or nine tenths, do not exceed."),
            Report.Definition(
                "correction",
                """
                What is learned of a day after it was closed. It counts on the day that was open \
                when it was recorded, so that no report changes afterwards.
                """),
            Report.Definition("code", "Stands for a staff member, the same in every report."),
        ]
        definitions += ofRooms
        if let below = settings.suppressBelow {
            definitions.append(
                Report.Definition(
                    "*",
                    """
                    Not published: a count from 1 to \(below - 1), another count that would give \
                    one away, or a statistic over fewer than \(below).
                    """))
        }
        return definitions
    }
}
