import API
import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections

/// Which installation a sub-command is about.
struct DataOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: "The data folder.")
    var folder: String

    @Option(help: "The installation key; left out: FOLDER.key, for trying, not for patients.")
    var keyFile: String?

    var url: URL { URL(fileURLWithPath: folder, isDirectory: true) }
    var log: String { "\(folder)/log" }
    var views: String { "\(folder)/read" }

    /// The log as it is now, for reading: nothing is locked, repaired or cut.
    func openLog() throws(Failure) -> SegmentStore {
        guard FileManager.default.fileExists(atPath: log) else {
            throw .usage("\(folder): there is no log here")
        }
        do {
            let store = try SegmentStore.openReadOnly(folder: log)
            for damage in store.report.damage {
                Terminal.say("damaged: \(damage.file) at \(damage.offset): \(damage.reason)")
            }
            return store
        } catch {
            throw .wrong("\(log): \(error)")
        }
    }
}

/// A position or a moment that history is shown up to.
struct UntilOptions: ParsableArguments {
    @Option(help: "Up to this position of the organisation's log, included.")
    var until: Int64?

    @Option(help: "Up to this moment, RFC 3339, as the log had learned it.")
    var at: String?

    func validate() throws {
        if until != nil, at != nil { throw ValidationError("give --until or --at, not both") }
        if let until, until < 0 { throw ValidationError("--until: positions begin at 0") }
        _ = try moment()
    }

    /// Nil: now.
    func end() throws -> ReplayEnd? {
        if let until { return .through(until) }
        return try moment().map(ReplayEnd.moment)
    }

    private func moment() throws -> Instant? {
        guard let at else { return nil }
        guard let instant = Instant(rfc3339: at) else {
            throw ValidationError("--at: «\(at)» is no moment of RFC 3339")
        }
        return instant
    }
}

/// One organisation, by its id or subdomain.
struct OrganisationOption: ParsableArguments {
    @Option(name: .customLong("org"), help: "The organisation's id; left out: all.")
    var organisation: String?

    func logs(of store: any EventStore) async throws -> [LogID] {
        let all = try await store.logs()
        guard let organisation else { return all }
        guard let id = ID<Organisation>(organisation) else {
            throw Failure.usage("--org: «\(organisation)» is no id of 32 hexadecimal digits")
        }
        guard all.contains(LogID(bits: id.bits)) else {
            throw Failure.wrong("no organisation \(organisation) is in this log")
        }
        return [LogID(bits: id.bits)]
    }

    /// The same without the installation's own log, which is no organisation's.
    func organisations(of store: any EventStore) async throws -> [LogID] {
        try await logs(of: store).filter { $0 != .installation }
    }
}
