import Synchronization

/// Carries something out of a test's closure.
final class Box<Content: Sendable>: Sendable {
    private let kept: Mutex<Content>

    init(_ content: Content) { kept = Mutex(content) }

    var content: Content {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}
