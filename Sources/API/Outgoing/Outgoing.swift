import CCurl
import Dispatch
import Synchronization

/// Threads of our own for libcurl, which blocks: none of it runs on the cooperative pool.
///
/// Work is dealt out in turn; what is dealt to a thread that is busy waits for it, and every
/// transfer has a time limit.
package final class OutgoingThreads: Sendable {
    /// Transfers at one time.
    package static let threads = 4

    private let queues = (0..<OutgoingThreads.threads).map {
        DispatchQueue(label: "outgoing.\($0)")
    }
    /// Work of ``offer(_:)`` that waits for a thread or has one; beyond, none is taken.
    package static let waitingMax = 256

    private struct Line {
        var next = 0
        var waiting = 0
    }
    private let line = Mutex(Line())

    package init() { Curl.begin() }

    /// As ``run(_:)``, for work that strangers can ask for: nil where too much waits already.
    func offer<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let isTaken = line.withLock { line in
            guard line.waiting < OutgoingThreads.waitingMax else { return false }
            line.waiting += 1
            return true
        }
        guard isTaken else { return nil }
        defer { line.withLock { $0.waiting -= 1 } }
        return await run(work)
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        let queue = line.withLock { line in
            line.next = (line.next + 1) % queues.count
            return queues[line.next]
        }
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

/// One transfer of libcurl: made, used and thrown away on one thread.
struct Curl: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    private static let begun: Bool = anteroom_curl_begin() == CURLE_OK

    /// libcurl's own beginning, once in a process and before its first transfer.
    static func begin() { precondition(begun, "libcurl does not begin") }

    /// Nil where there is no memory for it.
    init?() {
        Curl.begin()
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        // Without signals: they are the process's, and other threads run.
        set(CURLOPT_NOSIGNAL, 1)
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
    }

    // Of options that this libcurl has, setting one fails for want of memory alone.
    func set(_ option: CURLoption, _ text: String) {
        check(anteroom_curl_text(handle, option, text), option)
    }

    func set(_ option: CURLoption, _ number: Int) {
        check(anteroom_curl_number(handle, option, number), option)
    }

    /// - Precondition: at least one line, none with a zero byte.
    mutating func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl_slist_append(list, line) }
        guard let list else { preconditionFailure("a list for libcurl without a line") }
        lists.append(list)
        check(anteroom_curl_list(handle, option, list), option)
    }

    /// Trusts the authorities in that file, and none that the system trusts.
    func trust(onlyIn file: String) {
        set(CURLOPT_CAINFO, file)
        check(anteroom_curl_text(handle, CURLOPT_CAPATH, nil), CURLOPT_CAPATH)
    }

    /// Connects to public addresses alone, whatever its name leads to: for addresses that people
    /// who may not look into our network chose.
    func setPublicOnly() { check(anteroom_curl_public_only(handle), CURLOPT_OPENSOCKETFUNCTION) }

    private func check(_ code: CURLcode, _ option: CURLoption) {
        precondition(
            code == CURLE_OK, "libcurl refuses option \(option.rawValue): \(code.rawValue)")
    }

    /// What came of a transfer.
    struct Outcome {
        let code: CURLcode
        /// The server's last reply, such as 250 or 404; nil where there was none.
        let reply: Int?
        let received: [UInt8]
    }

    /// Does it, and waits until it is done or its time is over.
    /// - Parameter max: bytes to receive at most; beyond them it ends with `CURLE_WRITE_ERROR`.
    func perform(sending bytes: [UInt8]? = nil, max: Int) -> Outcome {
        var sink = anteroom_sink(bytes: nil, count: 0, max: max)
        defer { free(sink.bytes) }
        let code: CURLcode = withUnsafeMutablePointer(to: &sink) { sink in
            check(anteroom_curl_sink(handle, sink), CURLOPT_WRITEDATA)
            guard let bytes else { return curl_easy_perform(handle) }
            return bytes.withUnsafeBytes { raw in
                var source = anteroom_source(
                    bytes: raw.bindMemory(to: CChar.self).baseAddress, count: raw.count, given: 0)
                return withUnsafeMutablePointer(to: &source) { source in
                    check(anteroom_curl_source(handle, source), CURLOPT_READDATA)
                    return curl_easy_perform(handle)
                }
            }
        }
        let reply = anteroom_curl_reply(handle)
        let received = UnsafeRawBufferPointer(start: sink.bytes, count: sink.count)
        return Outcome(code: code, reply: reply == 0 ? nil : reply, received: Array(received))
    }
}
