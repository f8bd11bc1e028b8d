"""The line between service and server, cut in each phase of a write.

Usage: tests/postgres/cut.py CONNINFO FOLDER. It starts `build/yaocang serve` itself on FOLDER, whose store
is reached through the proxy of this program. Every write is asked again with its key until it is answered; afterwards each is
there exactly once and `verify` agrees. The last line is "N passed, N failed".
"""
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

PASSWORD = "a long word 9"
results = {"passed": 0, "failed": 0}


def check(what, right):
    results["passed" if right else "failed"] += 1
    print("  %s  %s" % ("ok    " if right else "FAILED", what), flush=True)


class Proxy:
    """Speaks enough of the protocol to know which statement goes by; `armed` names the moment of the next cut."""

    def __init__(self, path):
        self.path = path
        self.armed = None
        self.cuts = 0
        self.closed = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.path)
        except OSError:
            client.close()
            return
        state = {"swallow": False, "silent": False}
        threading.Thread(target=self.back, args=(server, client, state), daemon=True).start()
        try:
            self.forth(client, server, state)
        except OSError:
            pass
        self.cut(client, server)

    @staticmethod
    def cut(*sockets):
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def back(self, server, client, state):
        try:
            while data := server.recv(65536):
                if state["swallow"]:
                    self.cuts += 1
                    while state["silent"] and server.recv(65536):
                        pass
                    break
                client.sendall(data)
        except OSError:
            pass
        self.cut(client, server)

    def forth(self, client, server, state):
        texts, buffer, started = {}, b"", False
        while data := client.recv(65536):
            buffer += data
            out = b""
            while len(buffer) >= (5 if started else 4):
                at = 1 if started else 0
                size = at + struct.unpack("!I", buffer[at : at + 4])[0]
                if len(buffer) < size:
                    break
                message, buffer = buffer[:size], buffer[size:]
                if started and self.meets(message, texts, state):
                    server.sendall(out)
                    return
                started = True
                out += message
            server.sendall(out)

    def meets(self, message, texts, state):
        """True where the line is to be cut before this message."""
        kind, body = message[:1], message[5:]
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            texts[name] = text
        if kind != b"B" or not self.armed:
            return False
        text = texts.get(body.split(b"\0")[1], b"")
        moments = {
            "begin": b"BEGIN ISOLATION LEVEL SERIALIZABLE",
            "middle": b"INSERT INTO idempotency",
            "before_commit": b"COMMIT",
            "after_commit": b"COMMIT",
            "silent_commit": b"COMMIT",
        }
        if not text.startswith(moments[self.armed]):
            return False
        moment, self.armed = self.armed, None
        if moment in ("after_commit", "silent_commit"):
            state["swallow"], state["silent"] = True, moment == "silent_commit"
            return False
        self.cuts += 1
        return True


class Client:
    def __init__(self, address):
        self.host, self.port = address
        self.cookie = None
        status, body, headers = self.ask("POST", "session", {"user": "chief", "password": PASSWORD}, None)
        assert status == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, body, key):
        c = http.client.HTTPConnection(self.host, self.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if key:
            headers["Idempotency-Key"] = key
        c.request(method, "/api/v1/t/" + path, json.dumps(body) if body is not None else None, headers)
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        return r.status, json.loads(text) if text.startswith("{") else text, r.headers

    def write(self, product, key):
        line = {"product_id": product, "lot": "L1", "expiry_ymd": 20991231, "units": 7}
        return self.ask("POST", "adjustments", {"reason": "found", "lines": [line]}, key)

    def insist(self, product, key, seconds=60):
        """As the page does: the same words with the same key until they are answered. Statuses seen, and the answer."""
        seen, began = [], time.time()
        while time.time() - began < seconds:
            status, body, _ = self.write(product, key)
            seen.append(status)
            if status == 201:
                return seen, body
            time.sleep(0.1)
        return seen, None

    def units(self, product):
        return int(self.ask("GET", "stock/total?product_id=" + product, None, None)[1]["units"])


def start(folder):
    server = subprocess.Popen(["build/yaocang", "serve", "--data", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                              stderr=open(folder + "/log", "ab"), text=True)
    line = server.stdout.readline()
    port = re.search(r":(\d+)/", line)
    assert port, "the service does not start: " + open(folder + "/log").read()
    return server, ("127.0.0.1", int(port.group(1)))


def cut_in_each_phase(proxy, client, product, written):
    """A silent line is open and says nothing any more: the driver gives it up after twelve seconds."""
    for moment, rounds in (("begin", 3), ("middle", 3), ("before_commit", 3), ("after_commit", 3), ("silent_commit", 1)):
        for round_ in range(rounds):
            cuts, before = proxy.cuts, client.units(product)
            proxy.armed = moment
            seen, body = client.insist(product, "%s-%d" % (moment, round_))
            ok = body is not None and proxy.cuts == cuts + 1 and set(seen) <= {201, 503}
            if moment in ("after_commit", "silent_commit"):
                ok = ok and seen == [201]
            written.add(body["number"] if body else "none")
            ok = ok and client.units(product) == before + 7
            check("cut %s: answered %s, there once" % (moment, seen), ok)


def main():
    info, folder = sys.argv[1], sys.argv[2]
    path = re.search(r"host=(\S+)", info).group(1) + "/.s.PGSQL.5432"
    proxy = Proxy(path)
    through = re.sub(r"host=\S+", "host=127.0.0.1 port=%d sslmode=disable gssencmode=disable" % proxy.port, info)
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/yaocang.conf", "w") as f:
        f.write("[consortium t]\nstore = postgres:schema=cut %s\n" % through)
    subprocess.run(["build/yaocang", "init", "--data", folder, "--consortium", "t", "--name", "某县", "--demo", "--scale", "0.01"], check=True)
    subprocess.run(["build/yaocang", "user", "add", "chief", "--data", folder, "--consortium", "t", "--role", "admin", "--role",
                    "central_pharmacist"], input=PASSWORD + "\n", text=True, check=True)
    server, address = start(folder)
    written = set()
    try:
        client = Client(address)
        product = client.ask("GET", "products?limit=1", None, None)[1]["rows"][0]["id"]
        before = client.units(product)
        cut_in_each_phase(proxy, client, product, written)
        check("%d acknowledged, %d there" % (len(written), (client.units(product) - before) // 7),
              client.units(product) - before == 7 * len(written) and "none" not in written)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    verify = subprocess.run(["build/yaocang", "verify", "--data", folder])
    check("no invariant is broken", verify.returncode == 0)
    print("%d passed, %d failed" % (results["passed"], results["failed"]))
    return 1 if results["failed"] else 0


sys.exit(main())
