"""Failover, really done. See run.sh. Prints the gap: how long nobody got an answer to a write."""
import glob
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PASSWORD = "a long word 9"
BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
NOBODY = pwd.getpwnam("nobody")
GAP_MAX_S = 40
LOOP_S = 5  # loop_wait of docs/patroni.yml
results = {"passed": 0, "failed": 0}
children = []


def check(what, right):
    results["passed" if right else "failed"] += 1
    print("  %s  %s" % ("ok    " if right else "FAILED", what), flush=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def as_nobody():
    os.setsid()
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY.pw_gid)
        os.setuid(NOBODY.pw_uid)


def start(folder, name, command, env=None):
    log = open("%s/%s.log" % (folder, name), "ab")
    child = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=as_nobody, cwd=folder,
                             env=dict(os.environ, HOME=folder, PATH=os.environ["PATH"] + ":" + BIN, **(env or {})))
    children.append(child)
    return child


def wait_for(what, ask, seconds):
    began = time.time()
    while time.time() - began < seconds:
        try:
            if ask():
                return True
        except (OSError, ValueError):
            pass
        time.sleep(0.3)
    print("  waited in vain for " + what, flush=True)
    return False


def substituted(text, pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Node:
    """Patroni and its PostgreSQL, by the file that a county is given, with other addresses and folders."""

    def __init__(self, folder, name, etcd):
        self.folder, self.name = folder, name
        self.port, self.api = free_port(), free_port()
        self.data = "%s/%s" % (folder, name)
        self.file = "%s/%s.yml" % (folder, name)
        with open("docs/patroni.yml") as f, open(self.file, "w") as out:
            out.write(substituted(f.read(), [
                ("name: node1 ", "name: %s " % name),
                ("hosts: 10.0.0.11:2379,10.0.0.12:2379,10.0.0.13:2379", "host: 127.0.0.1:%d" % etcd),
                ("10.0.0.11:8008", "127.0.0.1:%d" % self.api),
                ("10.0.0.11:5432", "127.0.0.1:%d" % self.port),
                ("10.0.0.0/24", "127.0.0.1/32"),
                ("/var/lib/postgresql/15/yaocang", self.data),
                ("/usr/lib/postgresql/15/bin", BIN),
                ("/var/lib/postgresql/patroni.pgpass", "%s/%s.pgpass" % (folder, name)),
                ("shared_buffers: 256MB", "shared_buffers: 32MB\n        fsync: \"off\"\n        unix_socket_directories: " + folder),
                ("local all all peer", "local all all trust"),
            ]))
        self.patroni = None

    def begin(self):
        self.patroni = start(self.folder, self.name, ["patroni", self.file])

    def state(self):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d/patroni" % self.api, timeout=2) as r:
                return json.load(r)
        except urllib.error.HTTPError as e:
            return json.load(e)

    def leads(self):
        try:
            s = self.state()
        except (OSError, ValueError):
            return False
        return s.get("role") in ("master", "primary") and s.get("state") == "running"

    def standby_is_synchronous(self):
        """Patroni's own word (its key /sync), not the server's: until that is written, two seconds later, nobody may take over."""
        with urllib.request.urlopen("http://127.0.0.1:%d/cluster" % self.api, timeout=2) as r:
            return any(m["role"] == "sync_standby" and m["state"] in ("running", "streaming") for m in json.load(r)["members"])

    def server_processes(self):
        with open(self.data + "/postmaster.pid") as f:
            postmaster = int(f.read().split()[0])
        out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True).stdout
        return [postmaster] + [int(p) for p in out.split()]

    def kill(self):
        signal_all([self.patroni.pid] + self.server_processes(), signal.SIGKILL)

    def hang(self):
        """The postmaster first, that no child is born meanwhile. Its Patroni is caught in the midst of a round, waiting for an
        answer, and will go on from there: the hardest moment to come back."""
        signal_all(self.server_processes()[:1], signal.SIGSTOP)
        signal_all(self.server_processes(), signal.SIGSTOP)
        time.sleep(LOOP_S + 1)
        signal_all([self.patroni.pid], signal.SIGSTOP)

    def go_on(self):
        signal_all(self.server_processes() + [self.patroni.pid], signal.SIGCONT)


class Client:
    def __init__(self, port):
        self.port, self.cookie = port, None
        status, body, headers = self.ask("POST", "session", {"user": "chief", "password": PASSWORD}, None)
        assert status == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, body, key):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        headers = {"Content-Type": "application/json", "Cookie": self.cookie or ""}
        if key:
            headers["Idempotency-Key"] = key
        c.request(method, "/api/v1/t/" + path, json.dumps(body) if body is not None else None, headers)
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        return r.status, json.loads(text) if text.startswith("{") else {}, r.headers

    def insist(self, path, body, key, seen):
        while True:
            status, answer, _ = self.ask("POST", path, body, key)
            seen.add(status)
            if status != 503:
                return status, answer
            time.sleep(0.2)


class Load:
    """Four people who book goods, order and ship; each insists on his words with their key, as the page does."""

    def __init__(self, port):
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.numbers, self.answered, self.seen, self.wrong = [], [], set(), []
        first = Client(port)
        self.product = first.ask("GET", "products?limit=1", None, None)[1]["rows"][0]["id"]
        self.supplier = first.ask("GET", "suppliers?limit=1", None, None)[1]["rows"][0]["id"]
        sites = first.ask("GET", "sites?limit=10", None, None)[1]["rows"]
        self.site = next(s["id"] for s in sites if s["kind"] == "township")
        self.threads = [threading.Thread(target=self.work, args=(n, Client(port))) for n in range(4)]
        for t in self.threads:
            t.start()

    def bodies(self):
        line = {"product_id": self.product, "units": 24}
        return [("adjustments", {"reason": "found", "lines": [{"product_id": self.product, "lot": "L1", "expiry_ymd": 20991231, "units": 24}]}),
                ("orders", {"supplier_id": self.supplier, "lines": [line]}),
                ("shipments", {"to_site_id": self.site, "lines": [line]})]

    def work(self, n, client):
        i = 0
        while not self.stop.is_set():
            i += 1
            path, body = self.bodies()[i % 3]
            status, answer = client.insist(path, body, "%d-%d" % (n, i), self.seen)
            with self.lock:
                self.answered.append(time.time())
                if status == 201:
                    self.numbers.append(answer["number"])
                else:
                    self.wrong.append((path, status, answer))

    def gap_after(self, moment):
        with self.lock:
            times = [moment] + [t for t in self.answered if t > moment] + [time.time()]
        return max((b - a for a, b in zip(times, times[1:])), default=0)

    def flows(self):
        with self.lock:
            return len(self.answered) > 100 and time.time() - self.answered[-50] < 1

    def end(self):
        self.stop.set()
        for t in self.threads:
            t.join()


def answers_again(load, moment):
    return wait_for("an answer", lambda: any(t > moment for t in list(load.answered)[-5:]), 90)


def strike(what, nodes, load, blow):
    leader = next(n for n in nodes if n.leads())
    other = next(n for n in nodes if n is not leader)
    check("%s: the standby was in step" % what, wait_for("the standby", leader.standby_is_synchronous, 60))
    wait_for("a load under way", load.flows, 30)
    moment = time.time()
    blow(leader)
    promoted = wait_for("a new leader", other.leads, 90)
    took = time.time() - moment
    check("%s: the standby leads after %.1f s" % (what, took), promoted)
    since = time.time()
    answers_again(load, since)
    time.sleep(3)
    gap = load.gap_after(moment)
    check("%s: the gap is %.1f s, at most %d" % (what, gap, GAP_MAX_S), gap <= GAP_MAX_S)
    return leader


def ask_store(folder, sql):
    out = subprocess.run(["build/yaocang", "sql", "--read-only", "--data", folder, "--consortium", "t", sql], capture_output=True,
                         text=True)
    return out.stdout.split("\n")[1:-1]


def service(folder):
    server = subprocess.Popen(["build/yaocang", "serve", "--data", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                              stderr=open(folder + "/log", "ab"), text=True)
    children.append(server)
    return server, int(re.search(r":(\d+)/", server.stdout.readline()).group(1))


def run(folder):
    etcd, peer = free_port(), free_port()
    start(folder, "etcd", ["etcd", "--data-dir", folder + "/etcd", "--listen-client-urls", "http://127.0.0.1:%d" % etcd,
                           "--advertise-client-urls", "http://127.0.0.1:%d" % etcd, "--listen-peer-urls",
                           "http://127.0.0.1:%d" % peer, "--initial-advertise-peer-urls", "http://127.0.0.1:%d" % peer,
                           "--initial-cluster", "default=http://127.0.0.1:%d" % peer], {"ETCD_ENABLE_V2": "true"})
    nodes = [Node(folder, "node1", etcd), Node(folder, "node2", etcd)]
    nodes[0].begin()
    if not wait_for("the first leader", nodes[0].leads, 60):
        check("a leader", False)
        return
    nodes[1].begin()
    check("two nodes, the standby in step", wait_for("the standby", nodes[0].standby_is_synchronous, 60))
    data = folder + "/data"
    os.makedirs(data)
    with open(data + "/yaocang.conf", "w") as f:
        f.write("[consortium t]\nstore = postgres:host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres password=CHANGE-ME-1 dbname=postgres\n" %
                (nodes[0].port, nodes[1].port))
    subprocess.run(["build/yaocang", "init", "--data", data, "--consortium", "t", "--name", "某县", "--demo", "--scale", "0.01"], check=True)
    subprocess.run(["build/yaocang", "user", "add", "chief", "--data", data, "--consortium", "t", "--role", "admin", "--role",
                    "central_pharmacist"], input=PASSWORD + "\n", text=True, check=True)
    server, port = service(data)
    load = Load(port)
    dead = strike("killed with -9", nodes, load, Node.kill)
    dead.begin()
    leader = next(n for n in nodes if n is not dead)
    check("the dead one comes back as a standby", wait_for("the standby", leader.standby_is_synchronous, 60))
    hung = strike("hangs while it lives", nodes, load, Node.hang)
    hung.go_on()
    time.sleep(5)
    load.end()
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    check("statuses are 201 and 503, nothing else: %s" % sorted(load.seen), load.seen <= {201, 503} and not load.wrong)
    there = ask_store(data, "SELECT number FROM document d JOIN idempotency i ON CAST(i.answer AS TEXT) LIKE '%' || d.number || '%'")
    check("%d acknowledged, each there once" % len(load.numbers),
          len(load.numbers) > 20 and len(set(load.numbers)) == len(load.numbers) and sorted(there) == sorted(load.numbers))
    check("no invariant is broken", subprocess.run(["build/yaocang", "verify", "--data", data]).returncode == 0)


def end_all():
    for child in reversed(children):
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.kill(child.pid, number)
            except ProcessLookupError:
                pass


def main():
    folder = tempfile.mkdtemp(prefix="yaocang-ha-", dir="/tmp")
    if os.getuid() == 0:
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    try:
        run(folder)
    finally:
        for name in ("node1", "node2"):
            try:
                with open("%s/%s/postmaster.pid" % (folder, name)) as f:
                    os.kill(int(f.read().split()[0]), signal.SIGQUIT)
            except (OSError, ValueError):
                pass
        end_all()
        time.sleep(1)
        if results["failed"] or not results["passed"]:
            for log in sorted(glob.glob(folder + "/*.log")) + [folder + "/data/log"]:
                if os.path.exists(log):
                    print("---", os.path.basename(log), open(log, errors="replace").read()[-1500:])
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (results["passed"], results["failed"]))
    return 1 if results["failed"] else 0


sys.exit(main())
