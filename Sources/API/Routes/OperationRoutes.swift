import CoreMetrics
import Hummingbird
import NIOCore

/// `/health`, `/metrics`, `/openapi.json`: what those who run it and those who program against it
/// look at. OPS-3, OPS-6.
struct OperationRoutes {
    let dispatch: Dispatch
    let metrics: Prometheus
    let openAPI: [UInt8]
    let health: @Sendable () async -> Health

    func add(to router: Router<AnteroomContext>) {
        router.get("health") { _, _ -> Response in
            let health = await health()
            return Response(
                status: health.isGood ? .ok : .serviceUnavailable,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: health.json.bytes)))
        }
        router.get("metrics") { _, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
        }
        router.get("openapi.json") { _, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: openAPI)))
        }
    }
}

/// Whether the parts do their work.
package struct Health: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package let name: String
        package let isGood: Bool
        package let words: String

        package init(_ name: String, isGood: Bool, _ words: String) {
            self.name = name
            self.isGood = isGood
            self.words = words
        }
    }
    package var parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    package var isGood: Bool { parts.allSatisfy(\.isGood) }

    package var json: JSON {
        [
            "status": isGood ? "ok" : "failing",
            "parts": .array(
                parts.map { part in
                    [
                        "name": .string(part.name), "status": part.isGood ? "ok" : "failing",
                        "detail": .string(part.words),
                    ]
                }),
        ]
    }
}
