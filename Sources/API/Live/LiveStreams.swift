import Synchronization

/// How many live streams are open.
package final class LiveStreams: Sendable {
    private let open = Mutex(0)
    package let streamsMax: Int

    package init(streamsMax: Int) { self.streamsMax = streamsMax }

    package var count: Int { open.withLock { $0 } }

    /// A place for one more; refused at the bound.
    func seat() throws(Refusal) -> Seat {
        let hasRoom = open.withLock { open in
            guard open < streamsMax else { return false }
            open += 1
            return true
        }
        guard hasRoom else { throw .busy }
        return Seat(streams: self)
    }

    /// Free again when it is let go of: a reader may be gone before anything is sent.
    final class Seat: Sendable {
        private let streams: LiveStreams

        fileprivate init(streams: LiveStreams) { self.streams = streams }

        deinit { streams.open.withLock { $0 -= 1 } }
    }
}
