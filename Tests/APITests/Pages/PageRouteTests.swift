import API
import Foundation
import HTTPTypes
import Testing

@Suite("Pages: over HTTP") struct PageRouteTests {
    /// Addresses of what a page loads.
    private static func loaded(_ page: Told) -> [String] {
        page.text.matches(of: /(?:src|href)="(\/pages\/[^"]+)"/).map { String($0.output.1) }
    }

    private static func header(_ name: String, _ told: Told) -> String? {
        HTTPField.Name(name).flatMap { told.headers[$0] }
    }

    @Test("WA-1, WA-2 both pages and what they load go out with headers that keep others out")
    func headers() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            try await shown(hospital)
            var addresses = Set<String>()
            for address in [
                "/", "/invitation", "/password", "/room", "/c/\(hospital.clinic)",
            ] {
                let page = try await fixture.request(.get, address, by: .nobody)
                #expect(page.status == 200)
                #expect(Self.header("Content-Type", page) == "text/html; charset=utf-8")
                #expect(Self.header("Cache-Control", page) == "no-cache")
                #expect(Self.loaded(page).count == 3)
                #expect(!page.text.contains(/<script(?! type="(module" src=|application\/json"))/))
                #expect(!page.text.contains(/<style| style="| on\w+="/))
                addresses.formUnion(Self.loaded(page) + [address])
            }
            for address in addresses {
                let told = try await fixture.request(.get, address, by: .nobody)
                #expect(told.status == 200, "\(address)")
                let policy = try #require(Self.header("Content-Security-Policy", told))
                for word in [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'",
                    "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                    "require-trusted-types-for 'script'",
                ] {
                    #expect(policy.split(separator: "; ").contains { $0 == word }, "\(word)")
                }
                #expect(!policy.contains("unsafe"))
                #expect(Self.header("Referrer-Policy", told) == "no-referrer")
                #expect(Self.header("X-Content-Type-Options", told) == "nosniff")
                #expect(Self.header("Cross-Origin-Opener-Policy", told) == "same-origin")
            }
        }
    }

    @Test("OPS-6 what has not changed is not sent again; files are for ever at their address")
    func caching() async throws {
        try await Fixture.run { fixture in
            let page = try await fixture.request(.get, "/", by: .nobody)
            for address in Self.loaded(page) + ["/"] {
                let told = try await fixture.request(.get, address, by: .nobody)
                let tag = try #require(told.headers[.eTag])
                let isForEver = Self.header("Cache-Control", told)?.contains("immutable")
                #expect(isForEver == (address != "/"), "\(address)")
                for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                    let again = try await fixture.request(
                        .get, address, by: .nobody, ["If-None-Match": known])
                    #expect(again.status == 304, "\(address) \(known)")
                    #expect(again.bytes == [] && again.headers[.eTag] == tag)
                }
                let other = try await fixture.request(
                    .get, address, by: .nobody, ["If-None-Match": "\"other\""])
                #expect(other.bytes == told.bytes && !told.bytes.isEmpty)
            }
            let version = try #require(Self.loaded(page).first?.split(separator: "/")[1])
            for wrong in ["/pages/\(version)/none.js", "/pages/0000/staff.js", "/pages/staff.js"] {
                #expect(try await fixture.request(.get, wrong, by: .nobody).status == 404)
            }
        }
    }

    @Test("WA-1 the caller's page is in the language asked for, in the address or by the browser")
    func language() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            try await shown(hospital)
            for language in PageLanguage.allCases {
                let texts = try #require(PageKit().texts[language])
                let enter = try #require(texts["enter"])
                for (query, header) in [("?lang=\(language)", "xx"), ("", "xx, \(language);q=0.9")]
                {
                    let page = try await fixture.request(
                        .get, "/c/\(hospital.clinic)\(query)", by: .nobody,
                        ["Accept-Language": header])
                    #expect(page.text.contains("<html lang=\"\(language)\">"))
                    #expect(page.text.contains(enter))
                    #expect(Self.header("Content-Language", page) == "\(language)")
                    #expect(Self.header("Vary", page) == "Accept-Language")
                    for other in PageLanguage.allCases {
                        #expect(page.text.contains(other.ownName))
                    }
                }
            }
        }
    }

    @Test("ORG-3 the page of a link into a room is in the language of who follows it")
    func room() async throws {
        try await Fixture.run { fixture in
            for language in PageLanguage.allCases {
                let texts = try #require(PageKit().texts[language])
                let page = try await fixture.request(
                    .get, "/room", by: .nobody, ["Accept-Language": "xx, \(language);q=0.9"])
                #expect(page.text.contains("<html lang=\"\(language)\">"))
                #expect(page.text.contains(try #require(texts["roomEnter"])))
                #expect(Self.header("Vary", page) == "Accept-Language")
            }
        }
    }

    @Test("WA-1 a link that leads nowhere says so, in the language of who follows it")
    func unknown() async throws {
        try await Fixture.run { fixture in
            let texts = try #require(PageKit().texts[.pl])
            for address in ["/c/\(String(repeating: "0", count: 32))", "/c/nonsense"] {
                let page = try await fixture.request(
                    .get, address, by: .nobody, ["Accept-Language": "pl"])
                #expect(page.status == 404)
                #expect(page.text.contains(try #require(texts["unknownTitle"])))
                #expect(!page.text.contains("caller.js"))
            }
        }
    }

    @Test("WA-1 what an organisation calls itself is text on the page, whatever it is")
    func escaping() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            try await fixture.must(
                "clinic.rename",
                [
                    "clinic": .string(hospital.clinic),
                    "name": #"<script>alert("x")</script> & "Sons" </script>"#,
                ], by: hospital.administrator)
            try await shown(hospital)
            let page = try await fixture.request(.get, "/c/\(hospital.clinic)", by: .nobody)
            #expect(!page.text.contains("<script>alert"))
            #expect(page.text.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; "))
        }
    }

    @Test("ORG-2 a closed clinic's page says so from the start, and asks nothing")
    func closed() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            try await fixture.must(
                "clinic.close", ["clinic": .string(hospital.clinic)], by: hospital.administrator)
            try await shown(hospital)
            let page = try await fixture.request(
                .get, "/c/\(hospital.clinic)", by: .nobody, ["Accept-Language": "nl"])
            #expect(page.text.contains("De wachtruimte is gesloten"))
            #expect(page.text.contains(/id="pane-entry"[^>]* hidden/))
        }
    }

    @Test("WA-1 a clinic is found in its own organisation, whichever others there are")
    func homes() async throws {
        try await Fixture.run { fixture in
            let first = try await Hospital(fixture, subdomain: "first")
            let second = try await Hospital(fixture, subdomain: "second")
            for hospital in [first, second] {
                try await shown(hospital)
                let page = try await fixture.request(
                    .get, "/c/\(hospital.otherClinic)", by: .nobody)
                #expect(page.text.contains("data-organisation=\"\(hospital.organisation)\""))
                #expect(page.text.contains("data-clinic=\"\(hospital.otherClinic)\""))
                #expect(page.text.contains("Dermatology"))
            }
        }
    }

    /// Waits until the directory shows all that was done.
    private func shown(_ hospital: Hospital) async throws {
        let told = try await hospital.fixture.must(
            "clinic.rename",
            ["clinic": .string(hospital.otherClinic), "name": "Dermatology"],
            by: hospital.administrator)
        let position = try #require(told.position)
        let read = try await hospital.fixture.request(
            .get, "/v1/clinics?position=\(max(0, position))", by: hospital.administrator)
        #expect(read.status == 200)
    }
}
