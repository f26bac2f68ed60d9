import Crypto
import EventStore
import Foundation
import Testing

@Suite("Vault") struct VaultTests {
    @Test("ANON-1 a key taken is found again, by its id, after a restart")
    func durable() async throws {
        let bed = try await VaultBed()
        var taken: [RecordKey] = []
        for _ in 0..<3000 { taken.append(try await bed.vault.takeKey()) }
        #expect(Set(taken.map(\.id)).count == taken.count)
        try await bed.reopen()
        for key in taken {
            let found = try await bed.vault.key(key.id)
            #expect(found.map { bytes(of: $0.key) } == bytes(of: key.key))
        }
    }
}
