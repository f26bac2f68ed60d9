"""A program that takes webhooks, on a free port of 127.0.0.1: python webhook_receiver.py FOLDER.

It checks each request with the library of Standard Webhooks, by the secret in FOLDER/secret, and
writes what it was sent to FOLDER/N.json before it answers; prints its port on the first line and
ends with its standard input. What it answers is chosen by the path:

    /busy     503 the first time, then 204
    /gone     410
    /moved    302, to /taken
    other     204
"""

import http.server
import itertools
import json
import os
import sys
import threading

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

folder = sys.argv[1]
numbers = itertools.count(1)
tries = {}


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(os.path.join(folder, "secret")) as file:
            secret = file.read()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            Webhook(secret).verify(body, headers)
            problem = None
        except WebhookVerificationError as error:
            problem = str(error)
        number = next(numbers)
        path = os.path.join(folder, f"{number}.json")
        with open(path + ".part", "w") as file:
            told = {"path": self.path, "headers": headers, "problem": problem}
            json.dump({**told, "body": json.loads(body), "text": body.decode()}, file)
        os.rename(path + ".part", path)
        tries[self.path] = tries.get(self.path, 0) + 1
        status = {"/gone": 410, "/moved": 302}.get(self.path, 204)
        if self.path == "/busy" and tries[self.path] == 1:
            status = 503
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/taken")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
server.shutdown()
