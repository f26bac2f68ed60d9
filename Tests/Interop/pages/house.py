"""A small hospital, laid through the operator's socket of a running `anteroom serve`, and the API as an app asks it."""
import email
import email.policy
import http.client
import json
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import threading


class OperatorConnection(http.client.HTTPConnection):
    """HTTP over the Unix socket in the data folder: whoever may open it is the operator."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Refused(Exception):
    """An answer that is no 200."""


class House:
    """Two clinics and their staff. Ids and tokens by label."""

    def __init__(self, socket_path, port):
        self.socket_path, self.port = socket_path, port
        self.subdomain = "s" + secrets.token_hex(6)
        made = self.operate("organisation.create", {
            "name": "St Anselm Hospital", "subdomain": self.subdomain, "zone": "Europe/Amsterdam",
            "languages": ["nl"], "administrator": {"name": "Ann Admin", "email": "ann@anselm.example"}})
        self.organisation = made["organisation"]
        self.administrator = made["result"]["administrator"]
        self.clinics = {name: self.make("clinic.create", "clinic", name=name, administrator=self.administrator)
                        for name in ("Dermatology", "Physiotherapy")}
        self.staff, self.tokens = {}, {}
        self.add("lund", "Dr. Astrid Lund", [("teamMember", "Dermatology"), ("teamMember", "Physiotherapy")])
        self.add("visser", "Dr. Pieter Visser", [("teamMember", "Physiotherapy"), ("clinicClerk", "Dermatology")])
        self.add("coordinator", "Karl Koordinator", [("orgCoordinator", None)])

    def add(self, label, name, roles):
        grants = [{"role": role} | ({"clinic": self.clinics[clinic]} if clinic else {}) for role, clinic in roles]
        self.staff[label] = self.make("staff.add", "staff", profile={"name": name}, roles=grants, reason="test")
        self.tokens[label] = self.sign_in(self.staff[label])

    def sign_in(self, staff):
        """A bearer token, as an app has it."""
        return self.make("staff.issue-token", "token", staff=staff)

    def make(self, command, member, **body):
        return self.operate(command, {"organisation": self.organisation, **body})["result"][member]

    def link(self, to, purpose):
        """What stands after `#` in the newest link of that kind mailed to somebody: mails lie in a folder, where no
        server for them is set."""
        found = {}
        for path in pathlib.Path(self.socket_path).parent.parent.glob("**/*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            text = mail.get_body(("plain",)).get_content()
            for token in re.findall(rf"/{purpose}#([\w.-]*[\w-])", text) if to in mail["To"] else []:
                found[path.stat().st_mtime_ns] = token
        return found[max(found)] if found else None

    def operate(self, command, body):
        return self.answer(OperatorConnection(self.socket_path), "POST", f"/v1/commands/{command}", body, {})

    def ask(self, path, token):
        return self.answer(self.connection(), "GET", path, None, {"Authorization": f"Bearer {token}"})

    def command(self, command, body, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.answer(self.connection(), "POST", f"/v1/commands/{command}", body, headers)["result"]

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def answer(self, connection, method, path, body, headers):
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16), **headers}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        if response.status != 200:
            raise Refused(f"{method} {path}: {response.status} {text}")
        return json.loads(text)

    def arrive(self, clinic, **entry):
        """A caller who came by other means than the page; their visit and token."""
        visit = self.command("visit.open", {"organisation": self.organisation, "clinic": self.clinics[clinic]})["visit"]
        token = self.command(
            "visit.arrive", {"organisation": self.organisation, "visit": visit, "entry": entry})["token"]
        return visit, token

    def questionnaire(self):
        """One that is published."""
        return self.command("questionnaire.publish", {"title": "Intake", "questions": [
            {"name": "why", "kind": "textArea", "text": "Why?"}]}, self.sign_in(self.administrator))["questionnaire"]

    def waiting(self, clinic, label="lund"):
        return self.ask(f"/v1/clinics/{self.clinics[clinic]}/waiting-area", self.tokens[label])["rows"]


class Provider:
    """A real OpenID provider, Tests/Interop/oidc_provider.py, for as long as a scenario runs."""

    def __enter__(self):
        program = pathlib.Path(__file__).resolve().parent.parent / "oidc_provider.py"
        self.program = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.program.stdout.readline())
        return self

    def __exit__(self, *_):
        self.program.stdin.close()
        self.program.wait()

    def user(self, **claims):
        """Who signs in next."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/test/user", json.dumps(claims), {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()

    def settings(self, name, text, **more):
        return {"name": name, "issuer": f"http://127.0.0.1:{self.port}", "clientID": "clinic-client",
                "secret": "client secret +/=", "buttonText": text, "domains": ["anselm.example"], **more}


class Link:
    """What lies between a browser and the server, so that a test can cut it."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.ends = set()
        self.is_cut = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            with self.lock:
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self.ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            self.is_cut = True
            ends, self.ends = self.ends, set()
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def mend(self):
        with self.lock:
            self.is_cut = False
