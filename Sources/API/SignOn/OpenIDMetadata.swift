/// What a provider says of itself. Source: OpenID Connect Discovery 1.0.
struct OpenIDMetadata: Hashable, Sendable {
    let authorization: String
    let token: String
    let keys: String
    /// Its token endpoint takes the secret in the form alone.
    let takesSecretInForm: Bool

    /// Nil where it is not whole, is another's, or leads to an address we do not ask.
    init?(_ json: JSON, issuer: String) {
        func endpoint(_ name: String) -> String? {
            guard let text = json[name]?.text,
                // A query may stand in it; what is before decides whether we ask.
                WebAddress(String(text.prefix { $0 != "?" })) != nil, !text.contains("#")
            else { return nil }
            return text
        }
        guard json["issuer"]?.text == issuer,
            let authorization = endpoint("authorization_endpoint"),
            let token = endpoint("token_endpoint"), let keys = endpoint("jwks_uri")
        else { return nil }
        self.authorization = authorization
        self.token = token
        self.keys = keys
        let methods = json["token_endpoint_auth_methods_supported"]?.elements?.map(\.text)
        takesSecretInForm = methods.map { !$0.contains("client_secret_basic") } ?? false
    }

    static func address(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer)
            + "/.well-known/openid-configuration"
    }
}
