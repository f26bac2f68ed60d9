package import Domain
package import EventStore

/// Folds streams, from the cache onwards.
package struct Loader: Sendable {
    let store: any EventStore
    let cache: StateCache

    /// Events read at once.
    static let page = 256

    init(store: any EventStore, cache: StateCache = StateCache()) {
        self.store = store
        self.cache = cache
    }

    /// The state of a stream at the log's head.
    package func load<Book: Decider>(
        _ book: Book.Type, _ stream: StreamName, in log: LogID
    ) async throws(Refusal) -> Loaded<Book.State> where Book.Event: EventFamily {
        let key = StateCache.Key(log: log, stream: stream)
        var loaded = cache.loaded(key, as: Book.State.self) ?? Loaded(state: book.initial)
        var new = false
        while true {
            let next = (loaded.version ?? -1) + 1
            let events = try await page(stream, log, next)
            for recorded in events {
                book.evolve(&loaded.state, try Coding.event(recorded, as: Book.Event.self))
                loaded.version = recorded.version
                new = true
            }
            if events.count < Loader.page { break }
        }
        if new { cache.keep(loaded, as: key) }
        return loaded
    }

    /// The state a stream had right after `version`, folded from its beginning.
    package func load<Book: Decider>(
        _ book: Book.Type, _ stream: StreamName, in log: LogID, upTo version: Int64
    ) async throws(Refusal) -> Book.State where Book.Event: EventFamily {
        var state = book.initial
        var next: Int64 = 0
        while next <= version {
            let events = try await page(stream, log, next)
            guard let last = events.last else { break }
            for recorded in events where recorded.version <= version {
                book.evolve(&state, try Coding.event(recorded, as: Book.Event.self))
            }
            next = last.version + 1
        }
        return state
    }

    func page(
        _ stream: StreamName, _ log: LogID, _ version: Int64
    ) async throws(Refusal) -> [RecordedEvent] {
        do {
            return try await store.readStream(stream, in: log, from: version, limit: Loader.page)
        } catch {
            throw .read(error)
        }
    }
}
