"""A running service of the program under test, and one person's conversation with it. Python's own library only."""
import atexit
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid



def own_program():
    """A copy of the program: what is built meanwhile does not change under a running test."""
    folder = tempfile.mkdtemp(prefix="yaocang-test-")
    atexit.register(shutil.rmtree, folder, True)
    built = os.environ.get("YAOCANG", os.path.join(os.path.dirname(__file__), "..", "..", "build", "yaocang"))
    return shutil.copy(built, os.path.join(folder, "yaocang"))


PROGRAM = own_program()
CODE = "sxyy"
PASSWORD = "ein langes Wort 7"
ROLES = ["admin", "central_pharmacist", "buyer", "receiver", "inspector", "keeper", "township_pharmacist", "clinic",
         "chief_pharmacist", "finance", "supervisor"]


def run(*args, stdin=None, check=True):
    done = subprocess.run([PROGRAM, *args], input=stdin, capture_output=True, text=True, timeout=120)
    if check and done.returncode != 0:
        raise SystemExit(f"yaocang {' '.join(args)}: exit {done.returncode}\n{done.stderr}")
    return done


class Service:
    """The data folder and, while it runs, the process."""

    def __init__(self, scale="0.02", parent=None):
        self.folder = tempfile.mkdtemp(prefix="yaocang-test-", dir=parent)
        self.data = os.path.join(self.folder, "data")
        self.process = self.port = None
        self.errors = open(os.path.join(self.folder, "stderr"), "ab")
        run("init", "--data", self.data, "--consortium", CODE, "--name", "测试县", "--demo", "--scale", scale)

    def add_users(self, roles=ROLES):
        """One account per role, named by it, at the site where such people work."""
        sites = {}
        out = run("sql", "--read-only", "--data", self.data, "--consortium", CODE,
                  "SELECT s.kind, min(s.code) FROM site s GROUP BY s.kind", check=False)
        for kind, code in re.findall(r"(lead|township|clinic)\W+([\w-]+)", out.stdout):
            sites[kind] = code
        where = {"township_pharmacist": "township", "clinic": "clinic"}
        for role in roles:
            args = ["user", "add", role, "--data", self.data, "--consortium", CODE, "--role", role]
            if role in where:
                args += ["--site", sites[where[role]]]
            run(*args, stdin=PASSWORD + "\n")

    def start(self, wrapper=(), limit=None, env=None):
        self.process = subprocess.Popen(
            [*wrapper, PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=self.errors, text=True, preexec_fn=limit, env={**os.environ, **(env or {})})
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            raise SystemExit(f"the service did not start: {line!r}, exit {self.process.poll()}\n{self.log()}")
        self.port = int(found.group(1))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def log(self):
        with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Answer:
    def __init__(self, response, body):
        self.status, self.body, self.headers = response.status, body, response.headers
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None

    @property
    def code(self):
        return self.json.get("code") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"{self.status} {self.body[:400].decode('utf-8', 'replace')}"


class Person:
    """Signed in as an account (None: nobody); one connection, opened again where it was closed."""

    def __init__(self, service, name=None, password=PASSWORD, timeout=60):
        self.service, self.cookie, self.timeout, self.connection = service, None, timeout, None
        self.me = None
        if name:
            answer = self.ask("POST", "session", {"user": name, "password": password})
            if answer.status != 200:
                raise AssertionError(f"login of {name}: {answer}")
            self.me = answer.json
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def raw(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.cookie:
            headers.setdefault("Cookie", self.cookie)
        if self.connection is None or self.connection.port != self.service.port:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=self.timeout)
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            answer = Answer(response, response.read())
        except Exception:
            self.connection.close()
            self.connection = None
            raise
        if response.will_close:
            self.connection.close()
            self.connection = None
        return answer

    def ask(self, method, path, body=None, key=None, headers=None):
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if method not in ("GET", "HEAD") and key != "":
            headers.setdefault("Idempotency-Key", key or str(uuid.uuid4()))
        return self.raw(method, f"/api/v1/{CODE}/{path}", body, headers)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body, key=None):
        return self.ask("POST", path, body, key)

    def must(self, method, path, body=None, key=None):
        answer = self.ask(method, path, body, key)
        if answer.status not in (200, 201):
            raise AssertionError(f"{method} {path}: {answer}")
        return answer.json


class Tally:
    """Counts of checks; the last line is what the stages are counted by."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, right, what):
        if right:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}", flush=True)
        return right

    def skip(self, what):
        self.skipped += 1
        print(f"SKIPPED: {what}", flush=True)

    def case(self, function, *args):
        """A case of its own: what it raises is its failure."""
        name = function.__name__
        try:
            function(self, *args)
        except Exception as error:  # a broken case must not hide the others
            self.check(False, f"{name}: {type(error).__name__}: {error}")
        print(f"  {name}: {self.passed} passed, {self.failed} failed so far", flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        return 1 if self.failed else 0


def ask_exception(town):
    """A temporary purchase of the first product that the township's list lacks and that may be asked for so."""
    for row in town.must("GET", "level-lists?level=county&limit=1000")["rows"]:
        answer = town.post("exceptions", {"product_id": row["product_id"], "units": 1, "until_ymd": 20991231, "cause": "patient"})
        if not row["in_township"] and answer.status == 201:
            return answer.json["id"]
    raise AssertionError("every product of the county is the township's too")


def leave_unmatched(town):
    """A line of the HIS that nobody has matched."""
    line = "depot_code,item_code,item_name,units,reference\nYF,H-UNKNOWN,阿莫西林胶囊 0.25g,1,U-1\n"
    answer = town.ask("POST", "imports/usage", line, headers={"Content-Type": "text/csv"})
    if answer.status not in (200, 201):
        raise AssertionError(f"usage: {answer}")
    return town.must("GET", "usage-unmatched?state=open")["rows"][0]["id"]


def work(service, buyer, chief, inspector, town):
    """A short working day, so that every kind of document is there. Answers ids by kind."""
    ids = {}
    supplier = next(s for s in buyer.must("GET", "suppliers")["rows"] if s["licence_state"] == "ok")
    products = [p for p in buyer.must("GET", "products?limit=200")["rows"] if p["ceiling_price"] and p["active"] and p["traced"]][:2]
    lines = [{"product_id": p["id"], "units": p["units_per_pack"] * 10} for p in products]
    order = buyer.must("POST", "orders", {"supplier_id": supplier["id"], "reference": "V-1", "lines": lines})
    buyer.must("POST", f"orders/{order['id']}/submit", {"version": 1})
    chief.must("POST", f"orders/{order['id']}/approve", {"version": 2})
    buyer.must("POST", f"orders/{order['id']}/send", {"version": 3})
    order_lines = buyer.must("GET", f"orders/{order['id']}")["lines"]
    goods = [{"order_line_id": l["id"], "lot": f"V{i}", "expiry_ymd": 20290101 + i, "units": l["units"] + 3}
             for i, l in enumerate(order_lines)]
    receipt = buyer.must("POST", "receipts", {"order_id": order["id"], "lines": goods})
    code = "8199999" + "0" * 10 + "123"
    inspector.must("POST", f"receipts/{receipt['id']}/inspect", {"version": 1})
    inspector.must("POST", f"receipts/{receipt['id']}/post", {"version": 2})
    request = town.must("POST", "requests", {"lines": [{"product_id": products[0]["id"], "units": products[0]["units_per_pack"] * 3}]})
    town.must("POST", f"requests/{request['id']}/submit", {"version": 1})
    shipment = buyer.must("POST", "shipments", {"request_id": request["id"]})
    allocated = buyer.must("POST", f"shipments/{shipment['id']}/allocate", {"version": 1})
    buyer.must("POST", f"shipments/{shipment['id']}/pick", {"version": 2})
    buyer.must("POST", f"shipments/{shipment['id']}/ship", {"version": 3, "seal_no": "F1"})
    first = allocated["lines"][0]["allocations"][0]
    town.must("POST", f"shipments/{shipment['id']}/receive",
              {"version": 4, "lines": [{"allocation_id": first["id"], "units": first["units"] - 1, "reason": "short"}]})
    usage = town.must("POST", "adjustments", {"reason": "usage", "lines": [{"product_id": products[0]["id"], "units": 2}]})
    shortage = town.must("POST", "shortages", {"product_id": products[1]["id"], "units": 5, "urgency": "urgent"})
    lot = buyer.must("GET", "trace/lots?lot=V0")["rows"][0]
    hold = inspector.must("POST", "holds", {"lot_id": lot["id"], "reason": "外观可疑"})
    fields = [{"field": "name", "value": "演示新药片"}, {"field": "level.county", "value": "1"}]
    change = town.must("POST", "catalogue-changes", {"what": "admission", "applicant": "张医生", "reason": "临床需要", "fields": fields})
    ids.update({"catalogue-changes": change["id"], "exceptions": ask_exception(town), "usage-unmatched": leave_unmatched(town)})
    ids.update(orders=order["id"], receipts=receipt["id"], requests=request["id"], shipments=shipment["id"], adjustments=usage["id"],
               shortages=shortage["id"], holds=hold["id"], products=products[0]["id"], supply=products[0]["id"], lots=lot["id"],
               suppliers=supplier["id"], discrepancies=buyer.must("GET", "discrepancies")["rows"][0]["id"], code=code)
    return ids
