import Crypto
package import Domain
package import EventStore
import Projections

extension StreamName {
    /// The stream of a subdomain, in the installation's own log: its id follows from the label.
    package init(subdomain label: DNSLabel) {
        let hash = SHA256.hash(data: Array("subdomain \(label)".utf8))
        self.init(Category.subdomain, UInt128(bigEndianBytes: Array(hash)[0..<16]))
    }
}

extension Dispatch {
    /// The organisation that holds a subdomain; nil where it is free.
    package func organisation(
        holding label: DNSLabel
    ) async throws(Refusal) -> ID<Organisation>? {
        let stream = StreamName(subdomain: label)
        let loaded = try await loader.load(Subdomain.self, stream, in: .installation)
        guard case .held(let organisation) = loaded.state else { return nil }
        return organisation
    }
}
