import Crypto
package import Mustache

/// What the pages are made of, as it lies in `Resources`, compiled in: the program needs no folder
/// beside it, and can be moved.
package struct PageKit: Sendable {
    /// Modules, style and pictures, by name.
    let files: [String: PageFile]
    /// Of all files together: part of their addresses.
    package let version: String
    package let templates: MustacheLibrary
    /// Each language's texts, by name.
    package let texts: [PageLanguage: [String: String]]

    /// A mistake in what is compiled in; a test makes the kit.
    package struct Mistake: Error {
        let file: String
        let what: String
    }

    /// The one there is.
    static let shared: PageKit = {
        do {
            return try PageKit()
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    package init() throws {
        var files: [String: PageFile] = [:]
        for (name, bytes) in PageKit.sources { files[name] = PageFile(bytes, try type(of: name)) }
        self.files = files
        var hash = SHA256()
        for (name, bytes) in PageKit.sources {
            hash.update(data: Array("\(name) \(bytes.count) ".utf8))
            hash.update(data: bytes)
        }
        version = hexText(Array(hash.finalize().prefix(8)))
        templates = MustacheLibrary(
            templates: try PageKit.templateSources.mapValues {
                try MustacheTemplate(string: String(decoding: $0, as: UTF8.self))
            })
        var texts: [PageLanguage: [String: String]] = [:]
        for language in PageLanguage.allCases {
            texts[language] = try PageKit.read(PageKit.textSource(language), "\(language)")
        }
        self.texts = texts
    }

    private static func read(_ bytes: [UInt8], _ file: String) throws -> [String: String] {
        guard case .object(let members) = try JSON(parsing: bytes) else {
            throw Mistake(file: file, what: "is no object")
        }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.text, !text.isEmpty else {
                throw Mistake(file: file, what: "\(member.name) is no text")
            }
            guard texts.updateValue(text, forKey: member.name) == nil else {
                throw Mistake(file: file, what: "\(member.name) stands there twice")
            }
        }
        return texts
    }
}

private func type(of name: String) throws -> String {
    switch name.split(separator: ".").last {
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    default: throw PageKit.Mistake(file: name, what: "is of no type known here")
    }
}

extension PageKit {
    /// What each page in the reader's language names, as the templates do: its texts, also as a
    /// data block that no text can end, and the other languages.
    func members(in language: PageLanguage) -> [String: any Sendable] {
        let texts = texts[language] ?? [:]
        let data = JSON.object(
            texts.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
        return [
            "version": version, "lang": language.rawValue, "t": texts,
            "texts": data.description.replacing("<", with: "\\u003c"),
            "languageName": language.ownName,
            "languages": PageLanguage.allCases.map { other in
                [
                    "tag": other.rawValue, "name": other.ownName,
                    "current": other == language ? "true" : "false",
                ]
            },
        ]
    }

    /// Everything a page may load, in the order that makes the version.
    package static let sources: [(name: String, bytes: [UInt8])] = [
        ("announcements.js", PackageResources.announcements_js),
        ("api.js", PackageResources.api_js),
        ("board.js", PackageResources.board_js),
        ("caller.js", PackageResources.caller_js),
        ("card.js", PackageResources.card_js),
        ("clock.js", PackageResources.clock_js),
        ("dialogs.js", PackageResources.dialogs_js),
        ("dom.js", PackageResources.dom_js),
        ("enrol.js", PackageResources.enrol_js),
        ("icon.svg", PackageResources.icon_svg),
        ("pages.css", PackageResources.pages_css),
        ("password.js", PackageResources.password_js),
        ("presence.js", PackageResources.presence_js),
        ("room.js", PackageResources.room_js),
        ("session.js", PackageResources.session_js),
        ("sound.js", PackageResources.sound_js),
        ("staff.js", PackageResources.staff_js),
        ("stream.js", PackageResources.stream_js),
        ("texts.js", PackageResources.texts_js),
        ("thread.js", PackageResources.thread_js),
        ("ways.js", PackageResources.ways_js),
    ]

    /// Templates by the name that renders them.
    package static let templateSources: [String: [UInt8]] = [
        "caller": PackageResources.caller_mustache,
        "head": PackageResources.head_mustache,
        "languages": PackageResources.languages_mustache,
        "password": PackageResources.password_mustache,
        "room": PackageResources.room_mustache,
        "sign-on": PackageResources.sign_on_mustache,
        "staff": PackageResources.staff_mustache,
    ]

    package static func textSource(_ language: PageLanguage) -> [UInt8] {
        switch language {
        case .en: PackageResources.texts_en_json
        case .nl: PackageResources.texts_nl_json
        case .de: PackageResources.texts_de_json
        case .da: PackageResources.texts_da_json
        case .nb: PackageResources.texts_nb_json
        case .pl: PackageResources.texts_pl_json
        case .uk: PackageResources.texts_uk_json
        case .th: PackageResources.texts_th_json
        }
    }
}
