import Domain
import EventStore
import Projections

extension AccountEntry {
    static let signIn = AccountEntry(
        .sessionBegin, at: "/v1/sign-in",
        """
        Begins a session by e-mail address and password, and where one is enrolled a code of the \
        authenticator or a recovery code. The answer is `signInRefused` whatever was wrong; \
        `codeNeeded` says that the password was right (ACC-2, ACC-3, ACC-6).
        """,
        answers: [
            .id("organisation", "Whose staff member it is.", always: true),
            .id("staff", "Who signed in.", always: true),
            .id("session", "The session, to end it by.", always: true),
            .text("token", "The bearer token; left out where the session is a cookie."),
            .instant("until", "Good until then; use moves it.", always: true),
            .text(
                "secondFactor",
                """
                `on`; `off`; `offered`: remind them to enrol an authenticator; `required`: they \
                can do nothing else before.
                """, always: true),
            .whole("position", "Of the event in the log.", always: true),
        ],
        fields: SignInBody.init
    ) { input, call throws(Refusal) in
        let place = try input.place()
        let made = try await call.dispatch.signIn(
            SignIn(
                place: place, email: input.email, password: input.password, code: input.code,
                kind: input.isCookie ? .browser : .app),
            from: call.address, door: call.door)
        let seconds = made.kind.lifeMax.count / 1000
        return AccountAnswer(
            json: [
                "organisation": .id(made.token.organisation), "staff": .id(made.token.staff),
                "session": .id(made.session),
                "token": input.isCookie ? nil : .string(made.token.text),
                "until": .instant(made.until), "secondFactor": .string(made.factor.rawValue),
                "position": .integer(made.position),
            ],
            cookie: input.isCookie ? SessionCookie.set(made.token.text, seconds: seconds) : nil)
    }

    static let signOut = AccountEntry(
        .sessionEnd, at: "/v1/sign-out",
        "Ends the session it is asked by, and takes the cookie away. Without one it does nothing.",
        fields: { _ in }
    ) { _, call throws(Refusal) in
        if let session = call.session { try await call.dispatch.endSession(session, call) }
        return AccountAnswer(json: [:], cookie: SessionCookie.clear)
    }

    static let setPassword = AccountEntry(
        .passwordSet, at: "/v1/password/set",
        """
        Sets a password by the link of an invitation, which accepts it, or of a reset. Every \
        session ends (ACC-1, ACC-2).
        """,
        answers: [
            .id("organisation", "Whose staff member it is.", always: true),
            .id("staff", "Whose password it is.", always: true),
        ],
        fields: { body in
            (
                body("link", .text(max: 100), "What stands after `#` in the link."),
                body("password", .password, "The new password.")
            )
        }
    ) { (input: (String, String), call: AccountCall) async throws(Refusal) in
        let person = try await call.dispatch.setPassword(
            input.1, byLink: input.0, from: call.address, door: call.door)
        return AccountAnswer(
            json: ["organisation": .id(person.organisation), "staff": .id(person.id)])
    }

    static let forgotten = AccountEntry(
        .passwordForgotten, at: "/v1/password/forgotten",
        """
        Sends a link to set a new password by e-mail, good for 24 hours. The answer is the same \
        where nobody has the address.
        """,
        fields: ForgottenBody.init
    ) { input, call throws(Refusal) in
        try await call.dispatch.sendReset(
            to: input.email, in: try input.place(), from: call.address, door: call.door)
        return AccountAnswer(json: [:])
    }

    static let changePassword = AccountEntry(
        .passwordChange, at: "/v1/password/change",
        "Changes one's own password. All sessions but the one it is asked by end (ACC-1, ACC-6).",
        fields: { body in
            (
                body("current", .password, "The password so far."),
                body("password", .password, "The new one.")
            )
        }
    ) { (input: (String, String), call: AccountCall) async throws(Refusal) in
        try await call.dispatch.changePassword(from: input.0, to: input.1, call)
        return AccountAnswer(json: [:])
    }
}

/// Where somebody signs in: exactly one of two.
private func place(
    _ organisation: ID<Organisation>?, _ subdomain: DNSLabel?
) throws(Refusal) -> SignIn.Place {
    switch (organisation, subdomain) {
    case (let id?, nil): return .organisation(id)
    case (nil, let label?): return .subdomain(label)
    case (nil, nil): throw .field("subdomain", .missing, "is missing")
    case (_?, _?): throw .field("subdomain", .refused, "is not wanted beside `organisation`")
    }
}

private struct SignInBody: Sendable {
    let organisation: ID<Organisation>?
    let subdomain: DNSLabel?
    let email: String
    let password: String
    let code: String?
    let isCookie: Bool

    init(_ body: inout Body) {
        subdomain = body.optional("subdomain", .label, "The organisation's; or `organisation`.")
        organisation = body.optional("organisation", .id(), "Its id.")
        email = body("email", .text(max: StaffProfile.textMax), "E-mail address.")
        password = body("password", .password, "Password.")
        code = body.optional(
            "code", .text(max: 40), "The authenticator's six digits, or a recovery code.")
        isCookie =
            body.optional("cookie", .bool, "The session is a cookie, for a browser.") ?? false
    }

    func place() throws(Refusal) -> SignIn.Place { try API.place(organisation, subdomain) }
}

private struct ForgottenBody: Sendable {
    let organisation: ID<Organisation>?
    let subdomain: DNSLabel?
    let email: String

    init(_ body: inout Body) {
        subdomain = body.optional("subdomain", .label, "The organisation's; or `organisation`.")
        organisation = body.optional("organisation", .id(), "Its id.")
        email = body("email", .text(max: StaffProfile.textMax), "E-mail address.")
    }

    func place() throws(Refusal) -> SignIn.Place { try API.place(organisation, subdomain) }
}

extension FieldType where Value == String {
    /// As long as any may be; whether it is good enough is a rule.
    static var password: FieldType {
        .text(max: PasswordRules.scalarsMax)
    }
}
