import Glibc

/// Standard output, gathered into large writes: a log has millions of lines.
struct Output {
    private var bytes: [UInt8] = []
    /// Bytes gathered at most before they are written.
    private static let gatheredMax = 1 << 16

    mutating func line(_ text: String) {
        bytes += text.utf8
        end()
    }

    mutating func line(_ text: [UInt8]) {
        bytes += text
        end()
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Output.gatheredMax { flush() }
    }

    /// Call once at the end. A reader that went away (`| head`) ends the program by SIGPIPE, as
    /// with any tool.
    mutating func flush() {
        bytes.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty {
                let written = write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    Terminal.say(
                        "anteroom: cannot write the output: \(String(cString: strerror(errno)))")
                    leave(.foundWrong)
                }
                rest = rest.dropFirst(written)
            }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate var baseAddress: UnsafeRawPointer? {
        UnsafeRawBufferPointer(rebasing: self).baseAddress
    }
}
