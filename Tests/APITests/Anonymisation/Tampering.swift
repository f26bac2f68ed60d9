import API
import Domain
import EventStore
import Foundation
import Synchronization
import TestSupport

/// An anonymised clinic that was closed, so that its files can be changed by hand before it is
/// opened again and verified.
struct Tampering: Sendable {
    let folder: String
    let clinic: String
    let log: LogID
    /// Keys of the appointment that was erased, its visit and its answers, as the vault's file had
    /// them.
    let erased: [(key: KeyID, wrapped: [UInt8])]
    let erasedRecords: [UInt128]
    let kept: [KeyID]

    var vault: String { "\(folder)/\(SQLiteVault.fileName)" }
    var index: String { "\(folder)/\(KeyedIndex.fileName)" }

    /// A row of the vault's table of keys, as SQLite writes it behind the row's length.
    var row: [UInt8] { [0x03, 0x2C, 0x6C] + bytes(erased[0].key.bits) + erased[0].wrapped }

    /// What verification says once `change` was made to the closed folder.
    static func report(
        _ change: @Sendable (Tampering) throws -> Void
    ) async throws -> AnonymisationReport {
        let folder = NSTemporaryDirectory() + "anteroom-tampered-\(UUID().uuidString)"
        defer { for end in ["", ".erasures", ".key"] { removeQuietly(folder + end) } }
        let clock = ManualClock()
        let made = Mutex<Tampering?>(nil)
        try await AnonymisedClinic.during(folder, clock) { installation, clock in
            let clinic = try await AnonymisedClinic(installation, clock)
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            let young = try await clinic.appointment(of: client, daysAgo: 4)
            let keys = try clinic.keys(old.all).sorted()
            let wrapped = try await installation.vault.wrappedKeys(keys)
            try await clinic.begin(days: 30)
            try await clinic.run()
            let kept = try clinic.keys(young.all).sorted()
            made.withLock {
                $0 = Tampering(
                    folder: folder, clinic: clinic.clinic, log: clinic.log,
                    erased: Array(zip(keys, wrapped)), erasedRecords: old.all.map(\.bits),
                    kept: kept)
            }
        }
        guard let tampering = made.withLock({ $0 }) else { throw NotMade() }
        try change(tampering)
        let report = Mutex<AnonymisationReport?>(nil)
        try await AnonymisedClinic.during(folder, clock) { installation, _ in
            let found = try await AnonymisationVerifier(installation).run()
            report.withLock { $0 = found }
        }
        guard let report = report.withLock({ $0 }) else { throw NotMade() }
        return report
    }

    struct NotMade: Error {}

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
}

extension AnonymisationReport {
    /// Letters of the checks that found something.
    var failed: [String] { checks.filter { !$0.isFine }.map(\.letter) }

    func wrong(_ letter: String) -> [String] {
        checks.filter { $0.letter == letter }.flatMap(\.wrong)
    }
}

/// 16 bytes, highest first.
func bytes(_ bits: UInt128) -> [UInt8] { withUnsafeBytes(of: bits.bigEndian) { Array($0) } }

/// As SQL writes a blob.
func blob(_ bytes: [UInt8]) -> String { "x'\(hexText(bytes))'" }
