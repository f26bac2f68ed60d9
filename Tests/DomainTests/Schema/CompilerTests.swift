import Foundation
import TestSupport
import Testing

/// Declarations handed to the compiler as if they stood in the domain. It reads the sources, not
/// the build's products, so that this works in any configuration and in a fresh clone.
@Suite("What the compiler refuses") struct CompilerTests {
    @Test("ANON-1 a bare String in an event does not compile, and a record only under seal")
    func plainOnly() async throws {
        // First their like that are allowed, so that the refusals are about the types alone.
        let allowed = try await compile([
            event(1, "ID<Int>"), event(2, "Bool", default: "false"), event(3, "Sealed<Text>"),
            event(4, "Sealed<Text>?"), event(5, "[PublicText]"), part(6, "Money"),
        ])
        #expect(allowed.status == 0, "\(allowed.errors)")

        let declarations = [
            event(1, "String"), event(2, "String?"), event(3, "[String]"),
            event(4, "String", default: "\"\""), event(5, "Text"), event(6, "Double"),
            event(7, "[Sealed<Text>]"), event(8, "[UInt8]?"), event(9, "[Int: Int]"),
            part(10, "String"), part(11, "Sealed<Text>"), part(12, "Text"),
        ]
        let refused = try await compile(declarations)
        #expect(refused.status != 0)
        for (index, declaration) in declarations.enumerated() {
            // The declaration's file is named after its place. Where several forms of the call come
            // near, the compiler names none.
            let error = refused.errors.split(separator: "\n").first {
                $0.contains("/Declaration\(index).swift:") && $0.contains("error:")
            }
            #expect(
                error?.contains(/conform to 'Plain'|no exact matches in call/) == true,
                "\(declaration)\n\(refused.errors)")
        }
    }

    @Test("AUD-1 an event that leaves out one of its fields does not compile")
    func leftOut() async throws {
        let declaration = event(1, "Int").replacing(
            "field = try f(1, \"field\", \\.field)", with: "")
        let refused = try await compile([declaration], "-emit-sil")
        #expect(refused.status != 0)
        #expect(refused.errors.contains("without initializing all stored properties"))
    }

    private func event(_ number: Int, _ type: String, default fallback: String? = nil) -> String {
        let fallback = fallback.map { ", default: \($0)" } ?? ""
        return """
            struct Happened\(number): Hashable, Sendable { let field: \(type) }
            extension Happened\(number): Event {
                static let name = "test.happened", number = 1
                init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
                    field = try f(1, "field", \\.field\(fallback))
                }
            }
            """
    }

    private func part(_ number: Int, _ type: String) -> String {
        """
        struct Part\(number): PlainStruct {
            let field: \(type)
            init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
                field = try f(1, "field", \\.field)
            }
        }
        """
    }

    private let record = """
        struct Text: PersonalRecord {
            let text: String
            init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
                text = try f(1, "text", \\.text)
            }
        }
        """

    private func compile(
        _ declarations: [String], _ mode: String = "-typecheck"
    ) async throws -> (status: Int32, errors: String) {
        try await withTemporaryFolder { folder in
            var files = try ["Schema", "Shared"].flatMap {
                try Checkout.sources("Sources/Domain/\($0)")
            }
            // It names every context, which is more than needed here.
            files.removeAll { $0.lastPathComponent == "EventFamilies.swift" }
            for (index, declaration) in (declarations + [record]).enumerated() {
                let file = folder.appending(path: "Declaration\(index).swift")
                try Data(declaration.utf8).write(to: file)
                files.append(file)
            }
            let options = [
                mode, "-o", "/dev/null", "-swift-version", "6", "-module-name", "Domain",
                "-package-name", "anteroom", "-module-cache-path",
                folder.appending(path: "cache").path,
            ]
            let result = try await RunningProgram.run(
                ["swiftc", "-wmo"] + options + files.map(\.path))
            return (result.status, result.errors)
        }
    }
}
