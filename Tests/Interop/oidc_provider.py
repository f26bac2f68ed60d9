"""A real OpenID provider for tests, made of Authlib, on a free port of 127.0.0.1:
python oidc_provider.py [SECONDS].

Discovery, authorization code with PKCE (S256, demanded), nonce (demanded), id tokens signed by an
RSA key that can be rotated. Prints its port on the first line and ends with its standard input.
The client is clinic-client / client secret +/= with one allowed kind of address to come back to, of
https://care.example.org or of this machine.

    POST /test/user    claims of whoever signs in next, as JSON; nobody has to click
    POST /test/rotate  another key from now on, the old one withdrawn
    POST /test/forge   ?how=key|alg|aud|iss|exp|nonce: the next id token is wrong in that
    GET  /test/counts  how often discovery, keys and token were asked
"""

import base64
import hmac
import json
import os
import secrets
import sys
import threading
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Error, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

app = Flask(__name__)
CLIENT, SECRET = "clinic-client", "client secret +/="
# Seconds since 1970 that tokens are signed at: the test's clock stands.
NOW = int(sys.argv[1]) if len(sys.argv) > 1 else int(time.time())
codes, nonces, counts = {}, set(), {}
state = {"user": {"sub": "nobody"}, "forge": None}


def new_key():
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})


state["key"] = new_key()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def count(what):
    counts[what] = counts.get(what, 0) + 1


class Client(ClientMixin):
    client_id = CLIENT

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, uri):
        homes = ("https://care.example.org/sign-on/", "http://127.0.0.1/sign-on/", "http://127.0.0.1:80/sign-on/")
        return uri.startswith(homes) and uri.endswith("/callback")

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind == "authorization_code"


class User(dict):
    def get_user_id(self):
        return self["sub"]


class Code(dict, AuthorizationCodeMixin):
    code_challenge = property(lambda self: self["code_challenge"])
    code_challenge_method = property(lambda self: self["code_challenge_method"])

    def get_redirect_uri(self):
        return self["redirect_uri"]

    def get_scope(self):
        return self["scope"]

    def get_nonce(self):
        return self["nonce"]

    def get_auth_time(self):
        return self["auth_time"]

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

    def save_authorization_code(self, code, request):
        data = request.payload.data
        nonces.add(data.get("nonce"))
        codes[code] = Code(
            redirect_uri=request.payload.redirect_uri, scope=request.payload.scope,
            nonce=data.get("nonce"), user=request.user, auth_time=int(time.time()),
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        for code in [name for name, held in codes.items() if held is authorization_code]:
            del codes[code]

    def authenticate_user(self, authorization_code):
        return authorization_code["user"]


class IDCode(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return nonce in nonces

    def get_jwt_config(self, grant, client=None):
        return {"key": "unused", "alg": "RS256", "iss": issuer(), "exp": 300}

    def generate_user_info(self, user, scope):
        return UserInfo(**user)

    def process_token(self, grant, response):
        """Signed here, so that a test can have it signed wrongly."""
        code = grant.request.authorization_code
        how, state["forge"] = state["forge"], None
        now = NOW
        claims = {
            "iss": issuer(), "aud": [CLIENT], "iat": now, "exp": now + 300,
            "nonce": code.get_nonce(), **code["user"],
        }
        key, header = state["key"], {"alg": "RS256", "kid": state["key"].kid}
        if how == "aud":
            claims["aud"] = ["another-client"]
        elif how == "iss":
            claims["iss"] = "https://another.example"
        elif how == "exp":
            claims["exp"] = now - 3600
        elif how == "nonce":
            claims["nonce"] = "another"
        elif how == "key":
            key = new_key()  # Of somebody else, under the name of ours.
        response["id_token"] = jwt.encode(header, claims, key, algorithms=["RS256"])
        if how == "alg":
            # The public key, which everyone has, taken for a secret: libraries refuse to do it.
            head = base64url(json.dumps({"alg": "HS256", "kid": state["key"].kid}).encode())
            signed = head + "." + base64url(json.dumps(claims).encode())
            mac = hmac.new(state["key"].as_pem(private=False), signed.encode(), "sha256")
            response["id_token"] = signed + "." + base64url(mac.digest())
        return response

    def __call__(self, grant):
        grant.register_hook("after_validate_authorization_request_payload",
                            self.validate_openid_authorization_request)
        grant.register_hook("after_create_token_response", self._after_token)

    def _after_token(self, grant, result):
        status, body, headers = result
        if status == 200:
            self.process_token(grant, body)


server = AuthorizationServer(
    app, query_client=lambda name: Client() if name == CLIENT else None,
    save_token=lambda token, request: None,
)
server.register_grant(CodeGrant, [IDCode(require_nonce=True), CodeChallenge(required=True)])


def issuer():
    return request.host_url.rstrip("/")


@app.get("/.well-known/openid-configuration")
def discovery():
    count("discovery")
    return jsonify(
        issuer=issuer(), authorization_endpoint=issuer() + "/authorize?tenant=1",
        token_endpoint=issuer() + "/token", jwks_uri=issuer() + "/keys",
        response_types_supported=["code"], subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        token_endpoint_auth_methods_supported=["client_secret_basic"],
    )


@app.get("/keys")
def keys():
    count("keys")
    return jsonify(keys=[{"kty": "unheard-of", "kid": "x"}, state["key"].as_dict(private=False)])


@app.get("/authorize")
def authorize():
    user = User(state["user"])
    if user.get("sub") == "denied":
        target = request.args["redirect_uri"]
        return redirect(f"{target}?error=access_denied&state={request.args['state']}")
    try:
        grant = server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return jsonify(dict(error.get_body())), error.status_code
    return server.create_authorization_response(grant=grant, grant_user=user)


@app.post("/token")
def token():
    count("token")
    return server.create_token_response()


@app.post("/test/user")
def set_user():
    state["user"] = request.get_json()
    return jsonify({})


@app.post("/test/rotate")
def rotate():
    state["key"] = new_key()
    return jsonify({})


@app.post("/test/forge")
def forge():
    state["forge"] = request.args["how"]
    return jsonify({})


@app.get("/test/counts")
def told_counts():
    return jsonify(counts)


http = make_server("127.0.0.1", 0, app, threaded=True)
print(http.server_port, flush=True)
threading.Thread(target=http.serve_forever, daemon=True).start()
sys.stdin.read()
http.shutdown()
