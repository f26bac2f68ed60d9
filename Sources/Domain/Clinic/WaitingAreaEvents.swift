/// The waiting area works like this from now on; all is told anew (ORG-6).
package struct WaitingAreaSet: Hashable, Sendable {
    package let at: Instant
    package let settings: WaitingAreaSettings

    package init(at: Instant, settings: WaitingAreaSettings) {
        self.at = at
        self.settings = settings
    }
}

extension WaitingAreaSet: Event {
    package static let name = "clinic.waiting-area-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        settings = try f(2, "settings", \.settings)
    }
}

/// The waiting area was switched on, off or suspended. Who waits there is not concerned.
package struct WaitingAreaSwitched: Hashable, Sendable {
    package let at: Instant
    package let mode: WaitingAreaMode
    /// What callers are told where it is disabled.
    package let text: PublicText?

    package init(at: Instant, mode: WaitingAreaMode, text: PublicText? = nil) {
        self.at = at
        self.mode = mode
        self.text = text
    }
}

extension WaitingAreaSwitched: Event {
    package static let name = "clinic.waiting-area-switched"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        mode = try f(2, "mode", \.mode)
        text = try f(3, "text", \.text)
    }
}
