import Crypto
import EventStore
import Foundation
import TestSupport
import Testing

/// `Tests/Interop/read_log.py` knows a log from docs/log-format.md alone: it must read what we
/// read.
@Suite("Interop: read_log.py") struct ReadLogTests {
    @Test("OPS-2 a reader in another language sees the same events, by every shape a log has")
    func sameEvents() async throws {
        guard let python = try await Python.found() else { return }
        try await withFolder { folder in
            for phase in 0..<4 {
                let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
                var random = Seeded(UInt64(110 + phase))
                for round in 0..<40 {
                    // Two logs, anything a field can say, one commit of the most events.
                    let events = phase == 1 && round == 0 ? 256 : 1 + round % 4
                    _ = try await store.append(
                        random.commit(log: round % 3 == 0 ? .two : .one, events: events))
                }
                // Once as it is written, once with footers, and repacked.
                if phase > 0 { store.settle() }
                let ours = try await store.scanEverything().map(ReadLogTests.line)
                let run = try await python.run(ReadLogTests.script, "\(folder)/log")
                #expect(run.status == 0 && run.errors == "")
                let theirs = try run.output.split(separator: "\n").map(ReadLogTests.canonical)
                try agree(theirs, ours, "phase \(phase)")
                store.close()
            }
        }
    }

    @Test("OPS-2 it names file and offset of a flipped byte too")
    func damage() async throws {
        guard let python = try await Python.found() else { return }
        try await withFolder { folder in
            let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
            try await store.fill(count: 200)
            store.settle()
            store.close()
            let segment = "\(folder)/log/0000000000.seg"
            var bytes = try Data(contentsOf: URL(filePath: segment))
            bytes[100] ^= 4
            try bytes.write(to: URL(filePath: segment))
            let run = try await python.run(ReadLogTests.script, "\(folder)/log")
            #expect(run.status == 1)
            #expect(run.errors.hasPrefix("0000000000.seg at 0: "))
        }
    }

    static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Interop/read_log.py").path

    /// An event as `read_log.py` prints it, keys in order.
    static func line(_ event: RecordedEvent) throws -> String {
        var fields: [String: Any] = [
            "log": hex(event.log.bits), "position": event.position,
            "stream": "\(event.stream)", "version": event.version, "type": "\(event.type)",
            "schema": event.schema, "recordedAt": event.recordedAt,
            "commandID": hex(event.commandID), "actor": "\(event.context.actor.kind)",
            "role": "\(event.context.role)", "basis": "\(event.context.basis)",
            "origin": "\(event.context.origin)", "payload": text(of: event.payload),
            "storedBytesSHA256": text(of: SHA256.hash(data: event.storedBytes)),
        ]
        let context = event.context
        if context.actor.id != 0 { fields["actorID"] = hex(context.actor.id) }
        if let other = context.onBehalfOf {
            fields["onBehalfOf"] = "\(other.kind)"
            if other.id != 0 { fields["onBehalfOfID"] = hex(other.id) }
        }
        if context.correlation != 0 { fields["correlation"] = hex(context.correlation) }
        if let cause = context.cause { fields["cause"] = cause }
        if context.fingerprint != 0 { fields["fingerprint"] = hex(context.fingerprint) }
        return try text(fields)
    }

    static func canonical(_ line: Substring) throws -> String {
        try text(JSONSerialization.jsonObject(with: Data(line.utf8)))
    }

    private static func text(_ object: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
            as: UTF8.self)
    }

    private static func text(of bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
}

/// A Python that has what `Tests/Interop/requirements.txt` names.
private struct Python {
    let path: String

    /// The one `tools/setup` made, or the one on the path; nil, with a notice, where neither has
    /// the packages.
    static func found() async throws -> Python? {
        let root = URL(filePath: ReadLogTests.script).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let ours = root.appending(path: ".build/venv/bin/python3").path
        for path in [ours, "/usr/bin/python3"] where access(path, X_OK) == 0 {
            let python = Python(path: path)
            let needed = "import lz4.block, google.protobuf, google_crc32c"
            if try await python.run("-c", needed).status == 0 { return python }
        }
        print("skipped: no Python with Tests/Interop/requirements.txt (tools/setup installs it)")
        return nil
    }

    func run(_ arguments: String...) async throws -> RunningProgram.Outcome {
        try await RunningProgram.run([path] + arguments)
    }
}
