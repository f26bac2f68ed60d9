import EventStore
import Foundation
import Testing

/// An engine the contract suite runs on. What is specific to one engine stands here and nowhere
/// else.
struct Engine: Sendable, CustomTestStringConvertible {
    let name: String
    /// Opens what is in `folder`, or begins there.
    let open: @Sendable (_ folder: String) async throws -> Opened
    /// Deletes everything in `folder` that is not the log itself; called while it is closed.
    let forgetIndexes: @Sendable (_ folder: String) throws -> Void

    var testDescription: String { name }

    /// Each engine, and each way of running it that is worth a run of its own.
    static let all: [Engine] = [.memory, .segments, .tinySegments]

    static func named(_ name: String) throws -> Engine {
        try #require(all.first { $0.name == name }, "no engine \(name)")
    }
}

/// A store that is open.
struct Opened: Sendable {
    let store: any EventStore
    let close: @Sendable () async throws -> Void
    /// Returns when the work behind the appends has caught up.
    let settle: @Sendable () async throws -> Void
    /// What is wrong with the store, in words; empty where all is well.
    let verify: @Sendable () async throws -> [String]
}

extension Engine {
    static let memory = Engine(
        name: "MemoryStore",
        open: { _ in
            let store = MemoryStore()
            return Opened(store: store, close: { store.close() }, settle: {}, verify: { [] })
        },
        forgetIndexes: { _ in })
}

/// A store in a folder of its own, which can be closed and opened again in the middle of a test.
final class Bed {
    let folder: String
    private let engine: Engine
    private var opened: Opened

    fileprivate init(_ engine: Engine, folder: String) async throws {
        self.engine = engine
        self.folder = folder
        opened = try await engine.open(folder)
    }

    var store: any EventStore { opened.store }

    func close() async throws { try await opened.close() }

    func settle() async throws { try await opened.settle() }

    func reopen(forgettingIndexes: Bool = false) async throws {
        guard engine.name != Engine.memory.name else { return }  // It lives as long as it is open.
        try await opened.close()
        if forgettingIndexes { try engine.forgetIndexes(folder) }
        opened = try await engine.open(folder)
    }

    func expectSound() async throws {
        let faults = try await opened.verify()
        #expect(faults.isEmpty)
    }
}

/// Runs `body` on a new store, which must be sound in the end.
func withStore(_ engine: Engine, _ body: (Bed) async throws -> Void) async throws {
    try await withFolder { folder in
        let bed = try await Bed(engine, folder: folder)
        do {
            try await body(bed)
            try await bed.expectSound()
        } catch {
            try await bed.close()
            throw error
        }
        try await bed.close()
    }
}

/// Runs `body` with an empty folder, which is gone afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "anteroom-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("left behind: \(folder.path) (\(error))")
        }
    }
    try await body(folder.path)
}
