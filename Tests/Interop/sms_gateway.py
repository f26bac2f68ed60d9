"""A gateway of text messages for tests, on a free port of 127.0.0.1: python sms_gateway.py FOLDER.

It takes POST /cgi-bin/sendsms as Kannel 1.4.5 does (User Guide, "Using the HTTP interface to send
SMS messages"): the text as the body, all else in X-Kannel headers; the account is anteroom / open
sesame. Writes each message it accepts to FOLDER/N.json before it answers, prints its port on the
first line and ends with its standard input. What it does is chosen by the number:

    …000N     503 N times, then taken
    …0404     400: no number at all
    …0403     403, as for a wrong account, but in words: no network takes it
"""

import http.server
import itertools
import json
import os
import sys
import threading

folder = sys.argv[1]
numbers = itertools.count(1)
tries = {}


def note(kind, what):
    """One line for each thing a test may want to count."""
    with open(os.path.join(folder, "notes"), "a") as notes:
        print(kind, what, file=notes)


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, text = self.judge(body)
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def judge(self, body):
        if self.path != "/cgi-bin/sendsms":
            return 404, "Not found"
        account = (self.headers["X-Kannel-Username"], self.headers["X-Kannel-Password"])
        note("account", "good" if account == ("anteroom", "open sesame") else "bad")
        if account != ("anteroom", "open sesame"):
            return 403, "Authorization failed for sendsms"
        to = self.headers["X-Kannel-To"]
        if not to or to.endswith("0404"):
            return 400, "Invalid receiver"
        if to.endswith("0403"):
            return 403, "Not routable. Do not try again."
        if to[-4:-1] == "000":
            tries[to] = tries.get(to, 0) + 1
            if tries[to] <= int(to[-1]):
                return 503, "Temporal failure, try again later."
        told = {
            "to": to,
            "from": self.headers["X-Kannel-From"],
            "coding": self.headers["X-Kannel-Coding"],
            "type": self.headers["Content-Type"],
            "address": self.path,
            "text": body.decode("utf-8"),
        }
        number = next(numbers)
        path = os.path.join(folder, f"{number}.json")
        with open(path + ".part", "w") as file:
            json.dump(told, file)
        os.rename(path + ".part", path)
        return 202, "0: Accepted for delivery"

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
server.shutdown()
