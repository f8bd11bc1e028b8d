"""A county at work, for tests that take its server away: orders, receipts and shipments, each with all its steps.

Everybody insists on his words with their key until they are answered, as the page does. What was acknowledged is remembered;
`proven` holds it against the store: each document once, each step once, nothing that nobody was told of.
"""
import http.client
import json
import subprocess
import threading
import time

PROGRAM = "build/yaocang"
CODE = "t"
PASSWORD = "a long word 9"
ROLES = {"buyer": "central_pharmacist", "chief": "chief_pharmacist", "inspector": "inspector"}
SHAPES = ["orders", "receipts", "shipments"]
STEPS = {"orders": [("buyer", "submit"), ("chief", "approve"), ("buyer", "send")],
         "receipts": [("inspector", "inspect"), ("inspector", "post")],
         "shipments": [("buyer", "allocate"), ("buyer", "pick"), ("buyer", "ship")]}


def make(folder, store):
    """A consortium in a store of this name, with its people."""
    with open(folder + "/yaocang.conf", "w") as f:
        f.write("[consortium %s]\nstore = %s\n" % (CODE, store))
    where = ["--data", folder, "--consortium", CODE]
    subprocess.run([PROGRAM, "init", *where, "--name", "某县", "--demo", "--scale", "0.01"], check=True)
    for user, role in ROLES.items():
        subprocess.run([PROGRAM, "user", "add", user, *where, "--role", role], input=PASSWORD + "\n", text=True, check=True)


def ask_store(folder, sql):
    """Rows of a question to the store itself; the server may be a moment away."""
    for _ in range(40):
        out = subprocess.run([PROGRAM, "sql", "--read-only", "--data", folder, "--consortium", CODE, sql], capture_output=True,
                             text=True)
        if out.returncode == 0:
            return [line.split("\t") for line in out.stdout.split("\n")[1:-1]]
        time.sleep(0.5)
    raise OSError(out.stderr)


def documents(folder):
    return {int(row[0]): row[1] for row in ask_store(folder, "SELECT id, number FROM document")}


class Person:
    def __init__(self, address, user):
        self.address, self.cookie = address, None
        status, body, headers = self.ask("POST", "session", {"user": user, "password": PASSWORD}, None)
        assert status == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, body=None, key=None):
        c = http.client.HTTPConnection(*self.address, timeout=90)
        headers = {"Content-Type": "application/json", "Cookie": self.cookie or ""}
        if key:
            headers["Idempotency-Key"] = key
        try:
            c.request(method, "/api/v1/%s/%s" % (CODE, path), json.dumps(body) if body is not None else None, headers)
            r = c.getresponse()
            text = r.read().decode()
        finally:
            c.close()
        return r.status, json.loads(text) if text.startswith("{") else {}, r.headers

    def insist(self, path, body, key, seen=None, refused=None):
        """Statuses go to `seen`, 0 where the service itself was away; code and words of a 503 to `refused`."""
        while True:
            try:
                status, answer, _ = self.ask("POST", path, body, key)
            except (OSError, http.client.HTTPException):
                status, answer = 0, {}
            if seen is not None:
                seen.add(status)
            if status not in (0, 503):
                return status, answer
            if status == 503 and refused is not None:
                refused.append((answer.get("code"), answer.get("detail") or answer.get("title")))
            time.sleep(0.1)

    def rows(self, path):
        return self.ask("GET", path)[1]["rows"]


class Load:
    """Four chains of work at once."""

    def __init__(self, folder, address):
        self.folder, self.stop, self.lock = folder, threading.Event(), threading.Lock()
        self.made, self.steps, self.answered, self.seen, self.wrong, self.refused = {}, [], [], set(), [], []
        self.people = {user: Person(address, user) for user in ROLES}
        self.prepare()
        self.before = documents(folder)
        self.threads = [threading.Thread(target=self.work, args=(n,), daemon=True) for n in range(4)]
        for t in self.threads:
            t.start()

    def must(self, user, path, body, key):
        status, answer = self.people[user].insist(path, body, "setup-" + key)
        assert status in (200, 201), (path, answer)
        return answer

    def prepare(self):
        """Goods in the depot, and a sent order that receipts never fill."""
        buyer = self.people["buyer"]
        product = next(p for p in buyer.rows("products?limit=200") if p["price_rule"] == "listed" and p["active"])
        supplier = next(s for s in buyer.rows("suppliers") if s["licence_state"] == "ok")
        town = next(s for s in buyer.rows("sites?limit=10") if s["kind"] == "township")
        self.must("buyer", "adjustments", {"reason": "found", "lines": [
            {"product_id": product["id"], "lot": "L1", "expiry_ymd": 20991231, "units": 100_000_000}]}, "goods")
        order = self.must("buyer", "orders", {"supplier_id": supplier["id"], "lines": [
            {"product_id": product["id"], "units": 500_000_000, "price": "0.01"}]}, "order")
        for n, (user, action) in enumerate(STEPS["orders"]):
            self.must(user, "orders/%s/%s" % (order["id"], action), {"version": n + 1}, action)
        line = buyer.ask("GET", "orders/" + order["id"])[1]["lines"][0]["id"]
        self.bodies = {
            "orders": {"supplier_id": supplier["id"], "lines": [{"product_id": product["id"], "units": 24, "price": "0.01"}]},
            "receipts": {"order_id": order["id"], "lines": [{"order_line_id": line, "lot": "L2", "expiry_ymd": 20991231, "units": 3}]},
            "shipments": {"to_site_id": town["id"], "lines": [{"product_id": product["id"], "units": 2}]}}

    def tell(self, user, path, body, key, good):
        status, answer = self.people[user].insist(path, body, key, self.seen, self.refused)
        with self.lock:
            self.answered.append(time.time())
            if status != good:
                self.wrong.append((path, status, answer))
        return answer if status == good else None

    def work(self, n):
        i = n
        while not self.stop.is_set():
            i += 1
            self.chain(SHAPES[i % 3], "%d-%d" % (n, i))

    def chain(self, kind, key):
        document = self.tell("buyer", kind, self.bodies[kind], key, 201)
        if not document:
            return
        with self.lock:
            self.made[int(document["id"])] = document["number"]
        for user, action in STEPS[kind]:
            answer = self.tell(user, "%s/%s/%s" % (kind, document["id"], action), {"version": document["version"]}, key + action, 200)
            if not answer:
                return
            document["version"] = answer["version"]
            with self.lock:
                self.steps.append((int(document["id"]), action))

    def flows(self):
        with self.lock:
            return len(self.answered) > 40 and time.time() - self.answered[-20] < 1.5

    def gap_after(self, moment):
        """The longest time since then in which nobody was answered."""
        with self.lock:
            times = [moment] + [t for t in self.answered if t > moment] + [time.time()]
        return max(b - a for a, b in zip(times, times[1:]))

    def end(self):
        self.stop.set()
        for t in self.threads:
            t.join()

    def proven(self, check):
        """Behind end(), with the store there."""
        check("statuses are 200, 201 and 503, nothing else: %s" % sorted(self.seen), self.seen <= {0, 200, 201, 503} and not self.wrong)
        if self.wrong:
            print("  ", self.wrong[:3])
        codes = sorted({str(code) for code, _ in self.refused})
        kept = any(code == "STORE_UNAVAILABLE" and "不会丢失" in words for code, words in self.refused)
        check("%d times people read that what they entered is kept: %s" % (len(self.refused), codes), kept and not {"None", "INTERNAL"} & set(codes))
        there = {i: number for i, number in documents(self.folder).items() if i not in self.before}
        check("%d documents acknowledged, each there once" % len(self.made), there == self.made and len(self.made) > 20)
        wanted = {action for steps in STEPS.values() for _, action in steps}
        done = [(int(row[0]), row[1]) for row in ask_store(self.folder, "SELECT document_id, action FROM document_event")]
        done = sorted(step for step in done if step[0] not in self.before and step[1] in wanted)
        check("%d steps acknowledged, each taken once" % len(self.steps), done == sorted(self.steps) and len(self.steps) > 20)
        for what, missing in (("lost", set(self.made) - set(there)), ("of nobody", set(there) - set(self.made)),
                              ("steps lost", set(self.steps) - set(done)), ("steps of nobody", set(done) - set(self.steps))):
            if missing:
                print("   %s: %d, as %s" % (what, len(missing), sorted(missing)[:5]))
        check("no invariant is broken", subprocess.run([PROGRAM, "verify", "--data", self.folder]).returncode == 0)
