/// When an organisation's nightly run is: a policy, pure. What a run does follows from what is due,
/// so that running it twice does it once.
package enum NightlyRun {
    /// Local hours in which runs begin.
    package static let hours = 1..<5
    /// Records of one run; what is left goes in the next.
    package static let recordsMax = 100_000

    /// Every night, whether or not days are set: mails go by themselves, and a client's erasure may
    /// be asked for at any time.
    /// - Parameter localHour: of the organisation's clock, 0…23.
    package static func isTime(localHour: Int) -> Bool { hours.contains(localHour) }
}
