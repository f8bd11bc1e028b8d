"""The demo county under measurement: its folder, its service, its users, and what one asks of it."""

import contextlib
import glob
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time

PROGRAM = "build/yaocang"
CODE = "sxyy"
API = f"/api/v1/{CODE}"
USER, PASSWORD = "bench", "bench-password"
ROLES = ("admin", "central_pharmacist", "buyer", "chief_pharmacist")
LINES = 20  # of an order


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A server under measurement; ends with the block that started it."""

    def __init__(self, argv, port, log, env=None):
        self.port = port
        self.began = time.monotonic()
        with open(log, "ab") as out:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **(env or {})})
        self.log = log

    def __enter__(self):
        self.ready_s = self.wait()
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def wait(self):
        """Seconds from the start until the server answers."""
        for _ in range(10000):
            if self.child.poll() is not None:
                raise SystemExit(f"bench: the server ended with status {self.child.returncode}; see {self.log}")
            with contextlib.suppress(OSError):
                if self.get("/healthz")[0] == 200:
                    return time.monotonic() - self.began
            time.sleep(0.002)
        raise SystemExit(f"bench: the server never answered; see {self.log}")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path, headers=None):
        c = self.connection()
        try:
            c.request("GET", path, headers=headers or {})
            answer = c.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            c.close()

    def cpu_ns(self):
        """Processor time of all threads so far, where the kernel counts it in nanoseconds; else in its ticks."""
        total = 0
        for path in glob.glob(f"/proc/{self.child.pid}/task/*/schedstat"):
            with contextlib.suppress(OSError):
                total += int(open(path).read().split()[0])
        if total:
            return total
        fields = open(f"/proc/{self.child.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")

    def resident_mb(self, what="VmRSS"):
        """Now, or (VmHWM) at most since the start."""
        for line in open(f"/proc/{self.child.pid}/status"):
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        return 0.0


class Service(Process):
    """`yaocang serve` on a folder, with one user signed in."""

    def __init__(self, folder, env=None):
        port = free_port()
        super().__init__([PROGRAM, "serve", "--data", folder, "--listen", f"127.0.0.1:{port}"], port, f"{folder}.log", env)

    def sign_in(self):
        c = self.connection()
        body = json.dumps({"user": USER, "password": PASSWORD})
        c.request("POST", f"{API}/session", body, {"Content-Type": "application/json"})
        answer = c.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"bench: no login: {answer.status} {text.decode()}")
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        self.me = json.loads(text)
        c.close()
        return self

    def rows(self, path):
        status, body, _ = self.get(f"{API}/{path}", {"Cookie": self.cookie})
        if status != 200:
            raise SystemExit(f"bench: {path}: {status} {body.decode()}")
        return json.loads(body)["rows"]

    def header(self):
        return ["--header", f"Cookie: {self.cookie}"]


def make_county(folder, scale):
    """A fresh county with an account that may read everything and make orders."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    subprocess.run([PROGRAM, "init", "--data", folder, "--consortium", CODE, "--name", "基准", "--demo", "--scale", str(scale)],
                   check=True, stdout=subprocess.DEVNULL)
    roles = [word for role in ROLES for word in ("--role", role)]
    subprocess.run([PROGRAM, "user", "add", USER, "--data", folder, "--consortium", CODE, *roles], check=True,
                   input=PASSWORD.encode() + b"\n", stdout=subprocess.DEVNULL)
    return folder


def copy_county(folder, to):
    shutil.rmtree(to, ignore_errors=True)
    return shutil.copytree(folder, to)


def write_requests(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lines)
    return path


def order_requests(service, path, url):
    """Orders of 20 lines, each with other products at their price; what is filed (备案采购) is one supplier's and has a limit."""
    rng = random.Random(1)
    products = [p for p in service.rows("products?limit=400") if p.get("trade_price") and p.get("price_rule") != "filed"]
    supplier = service.rows("suppliers?limit=1")[0]["id"]
    bodies = []
    for _ in range(100):
        lines = [{"product_id": p["id"], "units": p["units_per_pack"] * rng.randint(1, 40), "price": p["trade_price"]}
                 for p in rng.sample(products, LINES)]
        bodies.append(json.dumps({"supplier_id": supplier, "lines": lines}, separators=(",", ":")))
    return write_requests(path, [f"POST {url} {body}" for body in bodies])


def shipment_requests(service, path, url):
    """Shipments of 20 lines from the centre to its branches by turns."""
    rng = random.Random(2)
    products = service.rows("products?limit=400")
    home = service.me["home_site_id"]
    sites = [s["id"] for s in service.rows("sites?limit=100") if s["id"] != home]
    bodies = []
    for i in range(100):
        lines = [{"product_id": p["id"], "units": rng.randint(1, 40)} for p in rng.sample(products, LINES)]
        bodies.append(json.dumps({"to_site_id": sites[i % len(sites)], "lines": lines}, separators=(",", ":")))
    return write_requests(path, [f"POST {url} {body}" for body in bodies])
