import Foundation

/// Why a file of settings is refused, in words for who wrote it. Never holds a password.
package struct SettingsFlaw: Error, Hashable, Sendable {
    package let words: String
}

/// A file of settings an operator wrote: one JSON object of texts and numbers, all of known names.
struct SettingsFile {
    private let json: JSON

    static let bytesMax = 64 << 10

    /// Reads the file at `path`, and makes settings of it by `read`.
    static func read<Settings>(
        _ path: String, _ read: ([UInt8]) throws(SettingsFlaw) -> Settings
    ) throws(SettingsFlaw) -> Settings {
        guard let bytes = FileManager.default.contents(atPath: path),
            bytes.count <= bytesMax
        else { throw SettingsFlaw(words: "\(path): cannot be read, or is no file of settings") }
        do throws(SettingsFlaw) {
            return try read(Array(bytes))
        } catch {
            throw SettingsFlaw(words: "\(path): \(error.words)")
        }
    }

    /// - Parameter names: all there may be.
    init(json bytes: [UInt8], names: [String]) throws(SettingsFlaw) {
        let parsed: JSON
        do {
            parsed = try JSON(parsing: bytes)
        } catch {
            throw SettingsFlaw(words: "not JSON: \(error.reason) at byte \(error.offset)")
        }
        guard case .object(let members) = parsed else {
            throw SettingsFlaw(words: "not a JSON object")
        }
        for member in members where !names.contains(member.name) {
            throw SettingsFlaw(words: "«\(member.name)» is no setting; there are \(names)")
        }
        json = parsed
    }

    /// Nil where there is none.
    func text(_ name: String) throws(SettingsFlaw) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.text, !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 })
        else { throw SettingsFlaw(words: "«\(name)» must be a text of one line") }
        return text
    }

    /// Nil where there is none; 0 where it is no number.
    func whole(_ name: String) -> Int64? { json[name].map { $0.whole ?? 0 } }

    /// An account: both or neither.
    /// - Parameter environment: the password, where it stands there.
    func account(
        password environment: String?
    ) throws(SettingsFlaw) -> (user: String, password: String)? {
        let written = try text("password")
        let (user, password) = (try text("user"), environment ?? written)
        guard let user, let password else {
            guard user == nil, password == nil else {
                throw SettingsFlaw(words: "«user» and «password» go together")
            }
            return nil
        }
        return (user, password)
    }
}
