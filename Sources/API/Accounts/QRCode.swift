import CQREncode

/// A text as a picture that a telephone reads, by libqrencode. Source: ISO/IEC 18004.
enum QRCode {
    /// Modules of white around it that readers need.
    static let margin = 4

    /// One path of dark modules on white, scaled by whoever shows it.
    /// - Throws: `busy` where there was no memory.
    static func svg(of text: String) throws(Refusal) -> String {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { throw .busy }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        var path = ""
        for row in 0..<width {
            for column in 0..<width where code.pointee.data[row * width + column] & 1 == 1 {
                path += "M\(column + margin) \(row + margin)h1v1h-1z"
            }
        }
        let side = width + 2 * margin
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" \
            role="img" aria-label="QR code" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path fill="#000" d="\(path)"/></svg>
            """
    }
}
