"""A real mail server for tests, on a free port of 127.0.0.1: python smtp_server.py FOLDER [--no-tls].

Writes each mail it accepts to FOLDER/N.json, as Python's own email library reads it, before it says
250; prints its port on the first line and ends with its standard input. It takes the account
anteroom / open sesame, after STARTTLS alone, with a certificate of its own in FOLDER/authority.pem.
What it does is chosen by the recipient:

    busyN@…   refused N times with 451, then taken
    gone@…    550
    drop@…    the connection breaks off in the data, the first time
    hold@…    taken, and the first time never answered: the sender does not learn of it

It prints `took N` once it has written N.json.
"""

import asyncio
import email
import email.policy
import itertools
import json
import os
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder = sys.argv[1]
has_tls = "--no-tls" not in sys.argv
numbers = itertools.count(1)
tries = {}


def note(kind, what):
    """One line for each thing a test may want to count."""
    with open(os.path.join(folder, "notes"), "a") as notes:
        print(kind, what, file=notes)


def authenticate(server, session, envelope, mechanism, data):
    good = (
        isinstance(data, LoginPassword)
        and data.login == b"anteroom"
        and data.password == b"open sesame"
    )
    note("account", "good" if good else "bad")
    return AuthResult(success=good, handled=good)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "gone":
            return "550 5.1.1 nobody of that name"
        if name.startswith("busy"):
            tries[address] = tries.get(address, 0) + 1
            if tries[address] <= int(name[4:]):
                return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("drop@"):
            tries["drop"] = tries.get("drop", 0) + 1
            if tries["drop"] == 1:
                server.transport.abort()
                return "421 gone"
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "account": session.authenticated,
            "greeting": session.host_name,
            "headers": {name: str(value) for name, value in message.items()},
            "fromName": message["From"].addresses[0].display_name,
            "text": message.get_content(),
            "defects": [str(defect) for defect in message.defects],
            "longest": max(len(line) for line in envelope.original_content.splitlines()),
            "isASCII": envelope.original_content.isascii(),
        }
        number = next(numbers)
        path = os.path.join(folder, f"{number}.json")
        with open(path + ".part", "w") as file:
            json.dump(told, file)
        os.rename(path + ".part", path)
        print(f"took {number}", flush=True)
        if envelope.rcpt_tos[0].startswith("hold@"):
            tries["hold"] = tries.get("hold", 0) + 1
            if tries["hold"] == 1:
                await asyncio.Event().wait()
        return "250 OK"


def certificate():
    key, authority = (os.path.join(folder, name) for name in ("key.pem", "authority.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-keyout", key, "-out", authority, "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    return context


async def serve():
    context = certificate() if has_tls else None
    loop = asyncio.get_running_loop()

    def connection():
        return SMTP(
            Handler(), hostname="localhost", tls_context=context, require_starttls=has_tls,
            auth_required=has_tls, auth_require_tls=True, authenticator=authenticate, loop=loop,
        )

    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
