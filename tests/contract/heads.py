"""Heads that two readers may understand differently, and clients that take their time."""
import json
import socket
import threading
import time
import uuid

from service import CODE, run, seq, usage


def exchange(port, data, wait=3.0):
    """What comes back for these bytes until the other side closes or falls silent."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as s:
        s.sendall(data)
        try:
            while chunk := s.recv(65536):
                got += chunk
                if b"\r\n\r\n" in got and b"HTTP/1.1 2" not in got and b"close" in got.lower():
                    break
        except (TimeoutError, ConnectionResetError):
            pass
    return got


def malformed_heads_change_nothing(t, world):
    keeper, port = world.people["keeper"], world.service.port
    body = json.dumps(usage(world)).encode()
    line = f"POST /api/v1/{CODE}/adjustments HTTP/1.1\r\n".encode()
    common = f"Cookie: {keeper.cookie}\r\nContent-Type: application/json\r\n".encode()

    def head(*lines, host=True, key=True):
        out = line + (b"Host: 127.0.0.1\r\n" if host else b"") + common
        out += b"Idempotency-Key: " + uuid.uuid4().hex.encode() + b"\r\n" if key else b""
        return out + b"".join(x + b"\r\n" for x in lines) + b"\r\n"

    length = b"Content-Length: %d" % len(body)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    before = seq(world)
    cases = {
        "two Content-Length": head(length, b"Content-Length: 5") + body,
        "the same Content-Length twice": head(length, length) + body,
        "Content-Length list": head(b"Content-Length: 5, 5") + body,
        "Content-Length and chunked": head(length, b"Transfer-Encoding: chunked") + chunked,
        "chunked twice": head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + chunked,
        "another encoding": head(b"Transfer-Encoding: gzip, chunked") + chunked,
        "negative length": head(b"Content-Length: -5") + body,
        "signed length": head(b"Content-Length: +%d" % len(body)) + body,
        "hexadecimal length": head(b"Content-Length: 0x10") + body,
        "space before colon": head(b"Content-Length : %d" % len(body)) + body,
        "space before another colon": head(b"X-A : 1", length) + body,
        "no Host": head(length, host=False) + body,
        "two Hosts": head(b"Host: evil.example", length) + body,
        "control byte in a header": head(b"X-A: a\x01b", length) + body,
        "delete byte in a header": head(b"X-A: a\x7fb", length) + body,
        "control byte in a name": head(b"X\x01A: a", length) + body,
        "bare control byte in the target": (head(length) + body).replace(b"/adjustments", b"/adjust\x01ments", 1),
        "space in the target": (head(length) + body).replace(b"/adjustments", b"/adjust ments", 1),
        "no version": (head(length) + body).replace(b" HTTP/1.1", b"", 1),
        "header without colon": head(b"nonsense", length) + body,
        "bare carriage return": head(b"X-A: a\rb", length) + body,
        "target without slash": (head(length) + body).replace(b"POST /", b"POST ", 1),
        "bad chunk size": head(b"Transfer-Encoding: chunked") + b"zz\r\n" + body,
        "chunk size beyond 64 bits": head(b"Transfer-Encoding: chunked") + b"fffffffffffffffff\r\n" + body,
    }
    # The library ends a connection whose first line it cannot read without a word, and says 413 to an endless chunk.
    also = {"no version": (b"",), "space in the target": (b"",), "chunk size beyond 64 bits": (b"413",)}
    for name, data in cases.items():
        got = exchange(port, data)
        t.check(got[9:12] in (b"400", *also.get(name, ())), f"{name}: {got[:80]!r}")
        if not t.check(seq(world) == before, f"{name}: something was written"):
            before = seq(world)
    smuggled = head(b"Content-Length: 0", key=False)[:-2] + b"\r\n" + head(length) + body
    t.check(exchange(port, smuggled)[9:12] == b"400", "no key and a body that is none: 400 first")
    got = exchange(port, line + b"Host: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 1000) for i in range(200)) + b"\r\n")
    t.check(got == b"" or got[9:12] in (b"400", b"413", b"414", b"431"), f"a head of 200 KB: {got[:60]!r}")
    got = exchange(port, b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    t.check(got == b"" or got[9:12] in (b"400", b"404", b"413", b"414", b"431"), f"a target of 100 KB: {got[:60]!r}")
    t.check(keeper.get("sites?limit=1").status == 200, "the service goes on")


class Slow(threading.Thread):
    """Sends a byte now and then and measures how long that is borne."""

    def __init__(self, port, name, data, drip):
        super().__init__(daemon=True)
        self.port, self.label, self.data, self.drip, self.seconds = port, name, data, drip, None
        self.start()

    def run(self):
        begin = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as s:
                s.sendall(self.data)
                while time.monotonic() - begin < 45:
                    if self.drip:
                        s.sendall(self.drip)
                    try:
                        if s.recv(4096) == b"":
                            break
                    except TimeoutError:
                        pass
        except OSError:
            pass
        self.seconds = time.monotonic() - begin


def slow_clients(world):
    port, cookie = world.service.port, world.people["keeper"].cookie.encode()
    post = b"POST /api/v1/%s/adjustments HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nContent-Type: application/json\r\nIdempotency-Key: slow\r\n" \
           b"Content-Length: 5000\r\n\r\n" % (CODE.encode(), cookie)
    return [Slow(port, "an idle connection", b"", b""), Slow(port, "a slow head", b"GET / HTTP/1.1\r\nX-A: ", b"a"),
            Slow(port, "a slow body", post, b" "), Slow(port, "a silent body", post, b"")]


def slow_clients_are_let_go(t, world, clients):
    for client in clients:
        client.join(50)
        t.check(client.seconds is not None and client.seconds <= 31.5, f"{client.label}: open for {client.seconds} s")
