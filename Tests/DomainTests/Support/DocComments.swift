import Foundation

/// The first paragraph of every doc comment on a type, stored property or case, read from sources
/// that `swift format` has laid out: four columns of indentation a level, one declaration a line.
struct DocComments {
    private var texts: [String: String] = [:]

    init(_ files: [URL]) throws {
        for file in files { read(try String(contentsOf: file, encoding: .utf8)) }
    }

    /// `field` as in the schema: `asked_for` finds the property `askedFor`.
    func text(_ type: String, _ field: String?) -> String? { texts[Self.key(type, field)] }

    private static func key(_ type: String, _ member: String?) -> String {
        guard let member else { return type }
        return type + "." + member.lowercased().filter { $0 != "_" }
    }

    private mutating func read(_ source: String) {
        var scopes: [(indentation: Int, name: String)] = []
        var comment: [String] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("///") {
                comment.append(text.dropFirst(3).trimmingCharacters(in: .whitespaces))
                continue
            }
            defer { if !text.hasPrefix("@") { comment = [] } }
            let indentation =
                text.startIndex.utf16Offset(in: line)
                - line.startIndex.utf16Offset(in: line)
            if !text.isEmpty { scopes.removeAll { $0.indentation >= indentation } }
            if let name = Self.typeName(text) {
                scopes.append((indentation, name))
                note(scopes, nil, comment)
            } else if let scope = scopes.last, scope.indentation + 4 == indentation {
                for member in Self.memberNames(text) { note(scopes, member, comment) }
            }
        }
    }

    private mutating func note(
        _ scopes: [(indentation: Int, name: String)], _ member: String?, _ comment: [String]
    ) {
        let paragraph = comment.prefix { !$0.isEmpty }.joined(separator: " ")
        if paragraph.isEmpty { return }
        let type = scopes.map(\.name).joined()
        texts[Self.key(type, member)] = paragraph.replacing("``", with: "`")
    }

    private static func typeName(_ line: Substring) -> String? {
        let declaration =
            /(?:package |private |fileprivate |final )*(?:struct|enum|extension) ([\w.]+)/
        return line.prefixMatch(of: declaration)?.1.filter { $0 != "." }
    }

    private static func memberNames(_ line: Substring) -> [String] {
        if let property = line.prefixMatch(of: /(?:package |private )*(?:let|var) (\w+)/) {
            return [String(property.1)]
        }
        guard let cases = line.prefixMatch(of: /case ([\w ,=]+)/) else { return [] }
        return cases.1.split(separator: ",").map { one in
            one.prefix { $0 != "=" }.trimmingCharacters(in: .whitespaces)
        }
    }
}
