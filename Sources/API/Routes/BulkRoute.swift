import Domain
import Hummingbird
import NIOCore

/// `POST /v1/commands`: many commands as NDJSON, their answers streamed line by line, in the order
/// sent.
///
/// A line is `{"name": …, "key": …, "body": {…}}`, and may name a `lane`: commands of one lane run
/// one after the other, lanes run side by side. A line that is refused is answered with its
/// problem; the others go on. What follows ``linesMax`` lines is not read: the last answer says so.
/// Where the body breaks off, the line it broke off in is not run.
struct BulkRoute {
    let dispatch: Dispatch

    /// Lines of one request.
    static let linesMax = 100_000
    /// Bytes of one line.
    static let lineBytesMax = CommandRoutes.bodyBytesMax + 4096
    /// Commands under way at once; the next line is read when one of them is answered.
    static let underWayMax = 64
    /// Lanes of one request at most.
    static let laneBytesMax = 64

    func add(to router: Router<AnteroomContext>) {
        router.post("v1/commands") { request, context -> Response in
            guard request.isNDJSON else { throw Refusal.notAJSONType }
            let actingAs = try request.actingAs()
            let body = request.body
            return Response(
                status: .ok,
                headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    let answers = BulkAnswers(
                        dispatch: dispatch, actor: context.actor, door: context.door,
                        actingAs: actingAs)
                    try await answers.stream(body, to: &writer)
                    try await writer.finish(nil)
                })
        }
    }
}

extension Request {
    fileprivate var isNDJSON: Bool {
        let type = headers[.contentType]?.split(separator: ";").first?.lowercased()
        return type == "application/x-ndjson" || type == "application/jsonl"
    }
}

/// The answers of one request, in the order of its lines.
private struct BulkAnswers {
    let dispatch: Dispatch
    let actor: RequestActor
    let door: Door
    let actingAs: Grant?

    /// Cuts the body into lines, keeps up to ``BulkRoute/underWayMax`` of them under way, and
    /// writes each answer as soon as all before it are written.
    func stream(_ body: RequestBody, to writer: inout any ResponseBodyWriter) async throws {
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            var lines = LineCutter(bytesMax: BulkRoute.lineBytesMax)
            var order = AnswerOrder()
            var lanes: [String: LaneEnd] = [:]
            var next = 0
            func settle() async throws {
                guard let (index, answer) = try await group.next() else { return }
                for answer in order.put(answer, at: index) {
                    try await writer.write(ByteBuffer(bytes: answer))
                }
            }
            func start(_ line: Result<[UInt8], Refusal>) async throws {
                while next - order.written >= BulkRoute.underWayMax { try await settle() }
                let index = next
                next += 1
                let parsed = Result { () throws(Refusal) in try BulkLine(line.get()) }
                let before: LaneEnd?
                let end = LaneEnd()
                switch parsed {
                case .success(let line):
                    before = lanes.updateValue(end, forKey: line.lane)
                    if lanes.count > BulkRoute.underWayMax {
                        lanes = lanes.filter { !$0.value.isOver }
                    }
                case .failure: before = nil
                }
                group.addTask {
                    await before?.wait()
                    let answer = await answer(parsed, index)
                    end.over()
                    return (index, answer)
                }
            }
            body: for try await buffer in body {
                for line in lines.cut(buffer.readableBytesView) {
                    try await start(next < BulkRoute.linesMax ? line : BulkAnswers.oneTooMany)
                    if next > BulkRoute.linesMax { break body }
                }
            }
            if next <= BulkRoute.linesMax, let last = lines.last {
                try await start(next < BulkRoute.linesMax ? last : BulkAnswers.oneTooMany)
            }
            while order.written < next { try await settle() }
        }
    }

    private static let oneTooMany = Result<[UInt8], Refusal>.failure(
        .tooManyLines(linesMax: BulkRoute.linesMax))

    private func answer(_ line: Result<BulkLine, Refusal>, _ index: Int) async -> [UInt8] {
        let told: JSON
        do throws(Refusal) {
            let line = try line.get()
            let answer = try await dispatch.run(
                CommandRequest(
                    name: line.name, body: line.body, key: IdempotencyKey(line.key), actor: actor,
                    door: door, actingAs: actingAs))
            told = ["line": .integer(Int64(index + 1)), "answer": answer.json]
        } catch {
            told = ["line": .integer(Int64(index + 1)), "problem": Problem(error).json]
        }
        return told.bytes + [UInt8(ascii: "\n")]
    }
}

/// One line, read.
private struct BulkLine: Sendable {
    let name: String
    let key: String
    let lane: String
    let body: JSON

    init(_ bytes: [UInt8]) throws(Refusal) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        guard case .object(let members) = json else {
            throw .field("", .wrongType, "must be an object")
        }
        body = json["body"] ?? [:]
        let envelope = JSON.object(members.filter { $0.name != "body" })
        let read = Body.read(envelope) { walk in
            (
                walk("name", .text(max: 64), "The command."),
                walk("key", .text(max: IdempotencyKey.bytesMax), "Its Idempotency-Key."),
                walk.optional("lane", .text(max: BulkRoute.laneBytesMax), "Its lane.") ?? ""
            )
        }
        switch read {
        case .success(let fields): (name, key, lane) = fields
        case .failure(let faults): throw .fields(faults)
        }
    }
}
