/// One message of a live stream. Source: HTML Living Standard, "Server-sent events"; OPS-6.
package struct ServerSentEvent: Hashable, Sendable {
    /// The log position it tells of: what a client sends back as Last-Event-ID.
    package let position: Int64?
    package let event: String
    package let data: JSON

    package init(position: Int64?, event: String, data: JSON) {
        self.position = position
        self.event = event
        self.data = data
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if let position { bytes += "id: \(position)\n".utf8 }
        bytes += "event: \(event)\ndata: ".utf8
        // JSON written by us holds no line feed.
        data.write(to: &bytes)
        bytes += "\n\n".utf8
        return bytes
    }

    /// Keeps the connection from looking dead; readers pass over it.
    package static let heartbeat = Array(": heartbeat\n\n".utf8)
}
