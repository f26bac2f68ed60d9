import Crypto
package import EventStore
import GRDB

/// What a projection shows of one log, as one number: the same for the same log up to the same
/// position on every machine, however it was reached (AUD-3). SHA-256 over
/// ```
/// "anteroom view digest 1" 00 ‖ projection's name 00 ‖ version, 8 bytes ‖ log, 16 bytes
/// for each table, in the order the projection shows them:
///     name 00 ‖ each row in the order of its key: 52 ‖ each column in the order of its walk
///     45 ‖ number of rows, 8 bytes
/// column = 00 (none) | 01 ‖ integer, 8 bytes | 02 ‖ length, 4 bytes ‖ bytes
///        | 03 ‖ length, 4 bytes ‖ UTF-8
/// ```
/// Numbers are in hexadecimal here, highest byte first there; keys are compared column by column,
/// integers by value and bytes as `memcmp` does. Sealed columns count as the shut bytes they are,
/// so that a destroyed key changes no digest.
package struct ViewDigest: Hashable, Sendable {
    package let projection: String
    package let version: Int
    package let log: LogID
    /// Events applied: the position of the next one.
    package let applied: Int64
    /// In all tables.
    package let rows: Int
    /// 32 bytes.
    package let bytes: [UInt8]
}

extension ViewDigest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { hexDigits(bytes) }
}

extension ViewFile {
    /// The digest of one projection's rows of one log, as they stand; of no rows where the file has
    /// never met the log. Costs a walk over all of them.
    package func digest(
        of projection: any Projection.Type, _ log: LogID
    ) async throws(ViewError) -> ViewDigest {
        try await read { database throws(ViewError) in
            try ViewFile.digest(of: projection, log, database)
        }
    }

    /// The same for a caller that may block.
    static func digest(
        of projection: any Projection.Type, _ log: LogID, _ database: Database
    ) throws(ViewError) -> ViewDigest {
        var hash = SHA256()
        var output = CanonicalBytes()
        func drain(_ output: inout CanonicalBytes) {
            output.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            output.bytes.removeAll(keepingCapacity: true)
        }
        output.add("anteroom view digest 1")
        output.add(projection.name)
        output.add(Int64(projection.version))
        output.add(log.bits)
        let org = try database.knownOrg(of: log)
        var applied: Int64 = 0
        if let org {
            let position = try Position.read(
                database, org: org, projection.name, projection.version)
            applied = position?.applied ?? 0
        }
        var rows = 0
        for table in ViewSet.tables(of: projection) {
            rows += try output.add(table, org: org, database) { output in
                // By the buffer full: a call a column would cost more than the hashing.
                if output.bytes.count >= EngineLimits.hashBytes { drain(&output) }
                return true
            }
        }
        drain(&output)
        return ViewDigest(
            projection: projection.name, version: projection.version, log: log, applied: applied,
            rows: rows, bytes: Array(hash.finalize()))
    }
}
