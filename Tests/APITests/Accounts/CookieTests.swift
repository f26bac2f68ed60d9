import API
import Testing

@Suite("Accounts: a browser's cookie") struct CookieTests {
    private static let host = ["Origin": "http://localhost"]

    @Test("ACC-6 the cookie is for this host alone, and no script or other site's page has it")
    func flags() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let told = try await fixture.account("sign-in", holder.body().setting("cookie", true))
            told.accepted()
            #expect(told.json["token"] == nil)
            let cookie = try #require(told.headers[.setCookie])
            let parts = cookie.split(separator: ";").map { $0.trimmingPrefix(" ") }
            #expect(parts[0].hasPrefix("__Host-anteroom=at_"))
            #expect(
                Set(parts.dropFirst()) == [
                    "Path=/", "Max-Age=86400", "Secure", "HttpOnly", "SameSite=Strict",
                ])
            let value = ["Cookie": String(parts[0])]
            let profile = try await fixture.get("/v1/profile", by: .nobody, value)
            profile.accepted()
            let out = try await fixture.account(
                "sign-out", [:],
                value.merging(CookieTests.host, uniquingKeysWith: { one, _ in one }))
            out.accepted()
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            let after = try await fixture.get("/v1/profile", by: .nobody, value)
            after.refused(401, "notSignedIn")
        }
    }

    @Test("ACC-6 what a cookie changes needs JSON and this server's own origin")
    func origin() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            let told = try await fixture.account("sign-in", holder.body().setting("cookie", true))
            let cookie = try #require(told.headers[.setCookie]?.split(separator: ";").first)
            let value = ["Cookie": String(cookie)]
            func change(_ more: [String: String]) async throws -> Told {
                try await fixture.post(
                    "session.end-others", ["keeping": told.json["session"]], by: .nobody,
                    value.merging(more, uniquingKeysWith: { one, _ in one }))
            }
            let without = try await change([:])
            without.refused(403, "originRefused")
            for origin in ["null", "https://evil.example", "http://localhost.evil.example"] {
                let refused = try await change(["Origin": origin])
                refused.refused(403, "originRefused", origin)
            }
            let form = try await change([
                "Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded",
            ])
            form.refused(415, "mediaType")
            let own = try await change(CookieTests.host)
            own.accepted()
        }
    }
}
