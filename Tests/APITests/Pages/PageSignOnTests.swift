import API
import Testing

@Suite("Pages: ways to sign in") struct PageSignOnTests {
    private static let settings: JSON = [
        "name": "work", "issuer": "https://login.example.org", "clientID": "anteroom",
        "secret": "s3cret", "buttonText": #"<b>Work</b> & "home""#,
    ]

    @Test("ACC-4 the staff's page offers an organisation's providers, by their texts, and no other")
    func buttons() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            func page(_ query: String) async throws -> String {
                let page = try await fixture.request(.get, "/\(query)", by: .nobody)
                #expect(page.status == 200)
                return page.text
            }
            func asksPassword(_ page: String) -> Bool {
                page.contains(#"<div id="by-password">"#)
                    && page.contains(/id="by-provider"[^>]* hidden>/)
            }
            let here = "?organisation=example"
            try await fixture.must("sign-on.set", Self.settings, by: hospital.administrator)
            #expect(try await asksPassword(page(here)), "it is off")
            try await fixture.must(
                "sign-on.switch", ["name": "work", "isOn": true], by: hospital.administrator)
            let shown = try await page(here)
            #expect(!asksPassword(shown))
            #expect(shown.contains(#"<div id="by-password" hidden>"#))
            #expect(shown.contains(#"aria-labelledby="by-provider-title">"#))
            #expect(
                shown.contains(
                    #"href="/sign-on/example/work">&lt;b&gt;Work&lt;/b&gt; &amp; &quot;home&quot;<"#
                ))
            #expect(shown.contains(#"value="example""#))
            for query in ["", "?organisation=another", "?organisation=No%20label%3Cb%3E"] {
                let other = try await page(query)
                #expect(asksPassword(other), "\(query)")
                #expect(!other.contains("/sign-on/") && !other.contains("<b>Work"), "\(query)")
            }
        }
    }

    @Test("ACC-4 who presses a button that leads nowhere is told on a page, a program in JSON")
    func nowhere() async throws {
        try await inHospital { hospital in
            let path = "/sign-on/example/gone"
            let page = try await hospital.fixture.request(
                .get, path, by: .nobody, ["Accept": "text/html,application/xhtml+xml"])
            #expect(page.status == 404)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.text.contains(#"href="/?organisation=example""#))
            #expect(!page.text.contains("http-equiv"))
            let told = try await hospital.fixture.request(.get, path, by: .nobody)
            #expect(told.status == 404 && told.json["code"] != nil)
        }
    }
}
