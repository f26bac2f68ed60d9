import Crypto
import EventStore
import Foundation
import TestSupport
import Testing

/// Attacks on the folder an import left, by a thief who has the imported file too.
@Suite("What an import must not tell") struct ImportTieTests {
    /// 16 digits each, so that a hit means something; two appointments of every client.
    private static let rows: [(number: String, line: String)] = (0..<40).flatMap { row in
        let hash = Array(SHA256.hash(data: Array("client \(row)".utf8)))
        let drawn = hash[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let number = String(1_000_000_000_000_000 + drawn % 9_000_000_000_000_000)
        return [12, 19].map { day in
            let booked = "2016-04-\(day)T08:00:\(10 + row)Z"
            return (number, "\(number),\(booked),2016-05-0\(1 + row % 9)T00:00:00Z,C,No")
        }
    }
    private static let header = "PatientId,ScheduledDay,AppointmentDay,Neighbourhood,No-show"

    @Test("ANON-3 no number of a client, nor anything made of one, is found or can be made again")
    func nothingIsTied() async throws {
        let folder = try Folder()
        let lines = [Self.header] + Self.rows.map(\.line)
        let text = lines.joined(separator: "\n") + "\n"
        let file = try folder.write("rows.csv", text)
        try await Program.succeed(
            "import", file, "--kind", "appointments", "--mapping",
            Program.root.appendingPathComponent("tools/anteroom/mappings/vitoria.json").path,
            "--data", folder.path("data"), in: folder)
        let stolen = try StolenFolder(folder.path("data"))
        #expect(stolen.events.count { $0.stream.category == "appointment" } > 80)
        for number in Set(Self.rows.map(\.number)) {
            let hits = stolen.hits(Canary("external number", text: number))
            #expect(hits.isEmpty, "\(number) as \(hits)")
            for bytes in try Self.binary(number) {
                #expect(stolen.holders(of: bytes).isEmpty, "\(number) as a whole number")
            }
        }
        try noneCanBeMadeAgain(in: stolen, file: Array(text.utf8))
    }

    @Test("ANON-3 the secret an import made its names with is gone when it is closed")
    func secretIsGone() async throws {
        let folder = try Folder()
        let file = try folder.write("rows.csv", Self.header + "\n" + Self.rows[0].line + "\n")
        try await Program.succeed(
            "import", file, "--kind", "appointments", "--mapping",
            Program.root.appendingPathComponent("tools/anteroom/mappings/vitoria.json").path,
            "--data", folder.path("data"), in: folder)
        let secrets = try StolenFolder(folder.path("data")).rows.filter {
            $0.name == "keys.sqlite secret"
        }
        // The vault's own.
        #expect(secrets.count == 1)
    }

    /// As a program would keep the number: 8 bytes, either end first.
    private static func binary(_ number: String) throws -> [[UInt8]] {
        let whole = try #require(UInt64(number))
        let big = (0..<8).map { UInt8(truncatingIfNeeded: whole >> UInt64(56 - 8 * $0)) }
        return [big, big.reversed()]
    }

    /// Hashes of what the file says, alone and beside the names that stand in the log in plain.
    private func noneCanBeMadeAgain(in stolen: StolenFolder, file: [UInt8]) throws {
        let log = try #require(stolen.events.map(\.log).first { $0 != .installation })
        let plain = bytes(log.bits)
        let whole = Array(SHA256.hash(data: file))
        var guesses = Set<[UInt8]>()
        for (row, (number, line)) in Self.rows.enumerated() {
            for text in [number, line, "\(row)", "\(row + 1)", "\(row + 2)"].map({ Array($0.utf8) })
            {
                for before in [[], plain, whole] {
                    guesses.formUnion(halves(SHA256.hash(data: before + text)))
                    guesses.formUnion(halves(Insecure.SHA1.hash(data: before + text)))
                    guesses.formUnion(halves(Insecure.MD5.hash(data: before + text)))
                    let key = SymmetricKey(data: before)
                    guesses.formUnion(
                        halves(HMAC<SHA256>.authenticationCode(for: text, using: key)))
                }
            }
        }
        for event in stolen.events {
            let names = [event.stream.id, event.commandID, event.context.fingerprint]
            for name in names.map(bytes) + names.map({ bytes($0).reversed() }) {
                #expect(!guesses.contains(name), "a name at \(event.position) is a plain hash")
            }
        }
    }

    /// The first and the last 16 bytes.
    private func halves(_ hash: some Sequence<UInt8>) -> [[UInt8]] {
        let all = Array(hash)
        return [Array(all.prefix(16)), Array(all.suffix(16))]
    }

    private func bytes(_ bits: UInt128) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
    }
}
