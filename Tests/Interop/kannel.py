"""Kannel itself (Debian's kannel), on a free port of 127.0.0.1: python kannel.py FOLDER.

Runs bearerbox and smsbox, set up as docs/operations.md says, and a network behind them that takes
numbers of Denmark (+45) alone. In front stands a listener that hands each request to smsbox as it
is and, where that was taken, waits until the network has the whole message: it puts the parts
together as a telephone does and writes FOLDER/N.json before it answers. Prints its port on the
first line and ends with its standard input; 0 where the machine has no Kannel. The account is
anteroom / open sesame.
"""

import ctypes
import http.client
import http.server
import itertools
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

SECONDS = 30

folder = sys.argv[1]
whole = queue.Queue()
numbers = itertools.count(1)
programs = []


def free_ports(count):
    """Of as many sockets at one time, so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def connected(port):
    """A connection to what was started a moment ago."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def end_with_us():
    """Runs in a program before it begins: it is killed where we are (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(name, configuration):
    with open(os.path.join(folder, f"{name}.out"), "wb") as said:
        programs.append(
            subprocess.Popen(
                [name, configuration],
                cwd=folder,
                stdout=said,
                stderr=said,
                preexec_fn=end_with_us,
            )
        )


def end(*_):
    for program in programs:
        program.kill()
    os._exit(0)


def network(lines):
    """Puts together what Kannel hands on: from, to, [udh, header,] kind and bytes, a line each."""
    parts = {}
    for line in lines:
        words = line.rstrip(b"\n").split(b" ")
        sender, to, header = words[0], words[1], None
        if words[2] == b"udh":
            header = urllib.parse.unquote_to_bytes(words[3])
            del words[2:4]
        kind = words[2].decode()
        data = urllib.parse.unquote_to_bytes(b" ".join(words[3:]).replace(b"+", b" "))
        total = 1
        if header:
            # 05 00 03, then: which message, how many parts, which of them.
            message, total, index = header[3:6]
            parts.setdefault((to, message), {})[index] = data
            if len(parts[to, message]) < total:
                continue
            data = b"".join(part for _, part in sorted(parts.pop((to, message)).items()))
        whole.put(
            {
                "from": sender.decode(),
                "to": to.decode(),
                "kind": kind,
                "parts": total,
                "text": data.decode("utf-16-be"),
            }
        )


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = http.client.HTTPConnection("127.0.0.1", sms_port, timeout=SECONDS)
        behind.request("POST", self.path, body, dict(self.headers.items()))
        answer = behind.getresponse()
        text = answer.read()
        if answer.status == 202:
            self.write(whole.get(timeout=SECONDS))
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def write(self, message):
        path = os.path.join(folder, f"{next(numbers)}.json")
        with open(path + ".part", "w") as file:
            json.dump(message, file)
        os.rename(path + ".part", path)

    def log_message(self, *_):
        pass


# Debian has them where not everybody's PATH leads.
os.environ["PATH"] += ":/usr/sbin"
if shutil.which("bearerbox") is None:
    print(0, flush=True)
    sys.exit()

admin_port, box_port, network_port, sms_port = free_ports(4)
configuration = os.path.join(folder, "kannel.conf")
with open(configuration, "w") as file:
    file.write(f"""
group = core
admin-port = {admin_port}
admin-password = none
admin-interface = 127.0.0.1
smsbox-port = {box_port}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
port = {network_port}
connect-allow-ip = 127.0.0.1
allowed-prefix = "+45"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sms_port}
sendsms-interface = 127.0.0.1
global-sender = Kannel

group = sendsms-user
username = anteroom
password = "open sesame"
max-messages = 2
concatenation = true
""")

signal.signal(signal.SIGTERM, end)
try:
    start("bearerbox", configuration)
    connected(box_port).close()
    lines = connected(network_port).makefile("rb")
    threading.Thread(target=network, args=(lines,), daemon=True).start()
    start("smsbox", configuration)
    connected(sms_port).close()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
finally:
    end()
