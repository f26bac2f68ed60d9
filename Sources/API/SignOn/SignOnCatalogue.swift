import Domain
import EventStore
import Projections

extension Catalogue {
    static let signOnCommands: [CommandEntry] = [
        CommandEntry(
            .signOnSet,
            """
            Describes a provider of single sign-on, new or anew, all of it (ACC-4). It is off \
            until switched on. The provider is told to send people back to \
            `/sign-on/SUBDOMAIN/NAME/callback` under the installation's public address.
            """,
            body: ProviderBody.init
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            if let clinic = input.settings.createdClinic {
                _ = try await work.existing(Clinic.self, clinic, field: "createdClinic")
            }
            var secret: Sealed<ClientSecret>?
            if let text = input.secret {
                secret = Sealed(ClientSecret(text), under: try await work.takeKey())
            }
            try await work.decide(
                SignOn.self, StreamName(signOnOf: work.organisation),
                .set(at: work.at, name: input.name, input.settings, secret: secret))
        },
        CommandEntry(
            .signOnSwitch,
            """
            Switches a provider on or off. Once one is on, nobody signs in here by password; those \
            who are signed in stay so until their sessions end.
            """,
            body: { ($0("name", .label, "The provider's."), $0("isOn", .bool, "On or off.")) }
        ) { (input: (DNSLabel, Bool), work: inout Work) async throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                SignOn.self, StreamName(signOnOf: work.organisation),
                .switchOn(at: work.at, name: input.0, isOn: input.1))
        },
        CommandEntry(
            .signOnRemove, "Takes a provider away.",
            body: { $0("name", .label, "The provider's.") as DNSLabel }
        ) { name, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                SignOn.self, StreamName(signOnOf: work.organisation),
                .remove(at: work.at, name: name))
        },
    ]
}

private struct ProviderBody: Sendable {
    let name: DNSLabel
    let settings: ProviderSettings
    let secret: String?

    init(_ body: inout Body) {
        name = body("name", .label, "Its name in the address staff sign in at.")
        settings = ProviderSettings(
            issuer: body(
                "issuer", .issuer, "Its address: https, or http of this machine for trying."),
            clientID: body("clientID", .publicText(max: 200), "What it knows us by."),
            domains: body.optional(
                "domains",
                .list(of: .publicText(max: 253), max: ProviderSettings.domainsMax),
                """
                Domains its users may be of; left out: any. A user's is what the provider says in \
                `hd`, else that of an address it has verified; who has neither is refused.
                """) ?? [],
            buttonText: body("buttonText", .publicText(max: 100), "On the button."),
            createdRole: body.optional(
                "createdRole", .role,
                """
                The role of users who are made at their first signing in; left out: none are made. \
                Where the package is full they are refused.
                """),
            createdClinic: body.optional(
                "createdClinic", .id(), "Where they hold it, for a role held in a clinic."))
        secret = body.optional(
            "secret", .text(max: ClientSecret.textMax),
            "The client secret; left out: the one it has.")
    }
}

extension FieldType where Value == PublicText {
    /// Kept as it was written: tokens name it letter by letter.
    fileprivate static var issuer: FieldType {
        FieldType<String>.text(max: WebAddress.bytesMax).map(
            placeholder: PublicText.none,
            { text in WebAddress(text) == nil ? nil : PublicText(text) },
            or: "must be an https address without query, such as https://accounts.example.org",
            telling: ["format": "uri", "examples": ["https://accounts.example.org"]])
    }
}

extension QueryCatalogue {
    static let signOnQueries: [QueryEntry] = [
        QueryEntry(
            .signOnRead, at: "/v1/sign-on", "Providers of single sign-on, without their secrets.",
            shows: .one([
                .list(
                    "providers", "By name.",
                    of: Field.open([
                        .text("name", "Its name.", always: true),
                        .yes("isOn", "Staff may sign in by it."),
                        .text("issuer", "Its address.", always: true),
                        .text("clientID", "What it knows us by.", always: true),
                        .list("domains", "Allowed; empty: any.", of: Field.word),
                        .text("buttonText", "On the button.", always: true),
                        .text("createdRole", "Of users made; left out: none are made."),
                        .id("createdClinic", "Where they hold it."),
                    ]))
            ]), fields: { _ in }
        ) { _, reading throws(Refusal) in
            try await reading.allow(in: nil)
            reading.note(.read, on: .organisation)
            let state = try await reading.dispatch.signOn(of: ID(bits: reading.log.bits))
            let rows = state.providers.sorted { $0.key.description < $1.key.description }
            return ["providers": .array(rows.map { $0.value.json(named: $0.key) })]
        }
    ]
}

extension SignOn.ProviderState {
    fileprivate func json(named name: DNSLabel) -> JSON {
        [
            "name": .string(name.description), "isOn": .bool(isOn),
            "issuer": .string(settings.issuer.description),
            "clientID": .string(settings.clientID.description),
            "domains": .array(settings.domains.map { .string($0.description) }),
            "buttonText": .string(settings.buttonText.description),
            "createdRole": settings.createdRole.map { .string($0.word) },
            "createdClinic": .id(settings.createdClinic),
        ]
    }
}
