import API
import Foundation
import Testing

/// What the pages are made of, compared with the folder it lies in.
@Suite("Pages: their parts") struct PageTextTests {
    private let kit: PageKit
    private static let folder = Checkout.root.appendingPathComponent("Sources/API/Pages/Resources")

    init() throws { kit = try PageKit() }

    private static func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private static func files(_ type: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(type) }.sorted()
    }

    @Test("WA-1 each language has every text, with the same places for values, and none besides")
    func everyKey() throws {
        let english = try #require(kit.texts[.en])
        #expect(english.count > 70)
        for language in PageLanguage.allCases {
            let texts = try #require(kit.texts[language])
            #expect(Set(texts.keys) == Set(english.keys), "\(language)")
            for (key, text) in english {
                #expect(
                    texts[key].map(Self.places) == Self.places(text), "\(language): \(key)")
            }
        }
        #expect(
            try Self.files(".json") == PageLanguage.allCases.map { "texts.\($0).json" }.sorted())
    }

    @Test("WA-1 a language's texts are its own: few are those of English")
    func translated() throws {
        let english = try #require(kit.texts[.en])
        for language in PageLanguage.allCases where language != .en {
            let same = try #require(kit.texts[language]).filter { english[$0.key] == $0.value }
            #expect(same.count <= 2, "\(language): \(same.keys.sorted())")
        }
    }

    private static func places(_ text: String) -> Set<String> {
        Set(text.matches(of: /\{\w+\}/).map { String($0.output) })
    }

    @Test("WA-1 every text that the pages name is there, and every one there is named")
    func everyName() throws {
        let template = try ["caller", "languages", "room"].map { try Self.read("\($0).mustache") }
            .joined()
        let script = try ["caller", "room", "texts"].map { try Self.read("\($0).js") }.joined()
        let english = try #require(kit.texts[.en])
        let shown = template.matches(of: /\{\{t\.(\w+)\}\}/).map { String($0.output.1) }
        let said = script.matches(of: /\bt\("(\w+)"/).map { String($0.output.1) }
        #expect(Set(shown + said).subtracting(english.keys) == [])
        // Made of parts: `${state}Title`, a field's or a reason's name. Whatever else is there
        // stands in quotes, or in Swift.
        let swift = try String(
            contentsOf: Checkout.root.appendingPathComponent(
                "Sources/API/Pages/CallerPage.swift"), encoding: .utf8)
        let quoted = (script + swift).matches(of: /"(\w+)"/).map { String($0.output.1) }
        let named = Set(shown + said + quoted)
        let parts = english.keys.filter { key in
            !named.contains(key)
                && !["Title", "Text"].contains { end in
                    key.hasSuffix(end) && script.contains("\"\(key.dropLast(end.count))\"")
                }
                && !["leaveCall", "leaveCallTitle", "leaveCallText", "leaveTitle", "leaveText"]
                    .contains(key)
                && key != "externalNumber" && !key.hasPrefix("reason")
        }
        #expect(parts == [])
    }

    @Test("WA-1 every file of the folder is in the program, as it is, and no other")
    func everyFile() throws {
        let files =
            try Self.files(".js") + Self.files(".css") + Self.files(".svg")
        #expect(PageKit.sources.map(\.name).sorted() == files.sorted())
        for (name, bytes) in PageKit.sources {
            #expect(try String(decoding: bytes, as: UTF8.self) == Self.read(name), "\(name)")
        }
        let templates = try Self.files(".mustache").map { $0.replacing(".mustache", with: "") }
        #expect(PageKit.templateSources.keys.sorted() == templates)
    }

    @Test("WA-1 no script turns text into markup, and none loads anything from elsewhere")
    func noMarkup() throws {
        let forbidden = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://",
            "https://", "new Function", "import(",
        ]
        for (name, bytes) in PageKit.sources where name != "icon.svg" {
            let text = String(decoding: bytes, as: UTF8.self)
            for word in forbidden { #expect(!text.contains(word), "\(name): \(word)") }
        }
    }

    @Test(
        "WA-1 the language is the one the browser wants most of those spoken here",
        arguments: [
            (nil, PageLanguage.en), ("", .en), ("fr", .en), ("de", .de), ("DE-at", .de),
            ("fr, pl;q=0.4, th;q=0.7", .th), ("en;q=0.2,uk", .uk), ("no", .nb), ("nn-NO", .nb),
            ("da;q=0, nl;q=0.001", .nl), ("*", .en), ("sv, *;q=0.5, da;q=0.4", .en),
            ("nl;q=0.5, de;q=0.5", .nl), ("pl;q=2, da;q=0.1", .da), ("pl;q=x, da;q=0.1", .da),
            ("uk ; q=0.333 , th ; q=0.334", .th), (";;,,;q=", .en), ("th;q=1.000", .th),
        ] as [(String?, PageLanguage)])
    func negotiation(header: String?, language: PageLanguage) {
        #expect(PageLanguage.best(for: header) == language)
    }
}
