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
from datetime import datetime, timedelta



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

    def __init__(self, service, name=None, password=PASSWORD, timeout=60, store=CODE):
        self.service, self.cookie, self.timeout, self.connection, self.store = service, None, timeout, None, store
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
        return self.raw(method, f"/api/v1/{self.store}/{path}", body, headers)

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


def partners(buyer, order):
    """A new supplier with his file, a new product with its, a maker, a right, a paper with a scan. Answers ids by kind."""
    new = buyer.must("POST", "suppliers", {"code": "V-NEU", "name": "测试新供应商", "licence_no": "V1", "licence_until_ymd": 20301231})
    head = "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,storage,traced\n"
    done = buyer.ask("POST", "imports/products", head + "V-NEU,测试新药片,片剂,1mg×10片/盒,测试新药厂,片,盒,10,normal,0\n",
                     headers={"Content-Type": "text/csv"})
    if done.status != 200:
        raise AssertionError(f"import of a product: {done}")
    product = next(p for p in buyer.must("GET", "products?code=V-NEU")["rows"])
    maker = buyer.must("GET", "makers?name=" + "".join(f"%{b:02X}" for b in "测试新药厂".encode()))["rows"][0]
    paper = buyer.must("POST", "qualifications", {"owner_kind": "supplier", "owner_id": new["id"], "kind": "business_licence", "number": "V"})
    right = buyer.must("POST", "delivery-rights", {"supplier_id": new["id"], "maker_id": maker["id"], "from_ymd": 20260101})
    scan = buyer.ask("POST", f"attachments?owner_kind=order&owner_id={order['id']}&name=V.pdf", b"%PDF-1.4\n%%EOF\n")
    if scan.status != 201:
        raise AssertionError(f"attachment: {scan}")
    refused = buyer.post("orders", {"supplier_id": new["id"], "lines": [{"product_id": product["id"], "units": 10}]})
    if refused.code != "FIRST_PURCHASE":
        raise AssertionError(f"an order before the first-purchase files: {refused}")
    firsts = {name: buyer.must("POST", name, {field: id_})["id"]
              for name, field, id_ in (("first-suppliers", "supplier_id", new["id"]), ("first-products", "product_id", product["id"]))}
    return {**firsts, "makers": maker["id"], "qualifications": paper["id"], "delivery-rights": right["id"], "papers": new["id"],
            "attachments": scan.json["id"]}


def prices_of_a_day(buyer, supplier, product):
    """A price fact, a filing, a negotiation and an adjustment of issue prices, all in their first state."""
    fact = buyer.must("POST", "prices", {"product_id": product["id"], "kind": "insurance", "price": "1", "from_ymd": 20260101, "source": "V"})
    today = buyer.must("GET", "today")["today_ymd"]
    delisted = next(p for p in reversed(buyer.must("GET", "products?limit=1000")["rows"]) if p["price_rule"] == "listed")
    yesterday = int((datetime.strptime(str(today), "%Y%m%d") - timedelta(days=1)).strftime("%Y%m%d"))
    for row in buyer.must("GET", f"prices?product_id={delisted['id']}&in_force=1")["rows"]:
        buyer.must("POST", f"prices/{row['id']}/end", {"to_ymd": yesterday, "reason": "contract"})
    buyer.must("POST", f"products/{delisted['id']}/flags", {"flag": "shortage", "value": "short", "source": "V"})
    filing = buyer.must("POST", "filings", {"product_id": delisted["id"], "reason": "shortage", "price": "9", "units": 10,
                                            "from_ymd": today, "to_ymd": 20991231})
    quote = {"supplier_id": supplier, "price": "1", "chosen": True}
    talk = buyer.must("POST", "negotiations", {"from_ymd": 20260101, "members": [{"name": "V"}],
                                               "lines": [{"product_id": product["id"], "quotes": [quote]}]})
    change = buyer.must("POST", "price-adjustments", {"lines": [{"product_id": product["id"]}]})
    return {"prices": fact["id"], "filings": filing["id"], "negotiations": talk["id"], "price-adjustments": change["id"]}


def volumes(buyer, chief, town, but):
    """A round of two products that the county's own rounds do not have, with one document of each kind."""
    taken = {p["product_id"] for r in buyer.must("GET", "volume-rounds")["rows"]
             for p in buyer.must("GET", f"volume-rounds/{r['id']}")["products"]} | set(but)
    one, other = [p["id"] for p in buyer.must("GET", "products?limit=200")["rows"] if p["ceiling_price"] and p["id"] not in taken][-2:]
    round_ = buyer.must("POST", "volume-rounds", {"code": "V1", "name": "第一批", "from_ymd": 20260101, "to_ymd": 20291231})["id"]
    buyer.must("POST", f"volume-rounds/{round_}/products", {"version": 1, "lines": [
        {"product_id": one, "role": "selected", "price": "1", "generic": "甲"}, {"product_id": other, "role": "reserve", "generic": "甲"}]})
    home = town.me["home_site_id"]
    report = town.must("POST", "volume-reports", {"round_id": round_, "lines": [{"product_id": one, "units": 100000}]})["id"]
    town.must("POST", f"volume-reports/{report}/submit", {"version": 1})
    buyer.must("POST", f"volume-reports/{report}/confirm", {"version": 2})
    chief.must("POST", f"volume-reports/{report}/commit", {"version": 3})
    moved = buyer.must("POST", "volume-reallocations", {"round_id": round_, "from_site_id": home, "to_site_id": buyer.me["home_site_id"],
                                                        "note": "用不完", "lines": [{"product_id": one, "units": 1}]})["id"]
    release = buyer.must("POST", "volume-releases", {"product_id": other, "units": 10, "reason": "refused", "note": "来函"})["id"]
    return {"volume-rounds": round_, "volume-reports": report, "volume-reallocations": moved, "volume-releases": release}


def ask_exception(town):
    """A temporary purchase of the first product that the township's list lacks and that may be asked for so."""
    until = town.must("GET", "today")["today_ymd"]
    for row in town.must("GET", "level-lists?level=county&limit=1000")["rows"]:
        answer = town.post("exceptions", {"product_id": row["product_id"], "units": 1, "until_ymd": until, "cause": "patient"})
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
    chief.raw("POST", f"/api/v1/{CODE}/imports/suppliers?name=a.csv", "code,name,licence_no,licence_until_ymd\nV1,某公司,演示1,20291231\n".encode(),
              {"Content-Type": "text/csv", "Idempotency-Key": str(uuid.uuid4())})
    ids["import-jobs"] = chief.must("GET", "import-jobs")["rows"][0]["id"]
    supplier = next(s for s in buyer.must("GET", "suppliers")["rows"] if s["licence_state"] == "ok")
    products = [p for p in buyer.must("GET", "products?limit=200")["rows"] if p["ceiling_price"] and p["active"] and p["traced"] and p["storage"] == "normal"][:2]
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
    ids.update(partners(buyer, order))
    ids.update(prices_of_a_day(buyer, supplier["id"], products[1]))
    asked = town.must("POST", "site-plans", {"ym": 202612})
    town.must("PATCH", f"site-plans/{asked['id']}/lines", {"lines": [{"product_id": products[0]["id"], "units": 10}]})
    plan = buyer.must("POST", "plans", {"ym": 202612})
    buyer.must("PATCH", f"plans/{plan['id']}/lines", {"lines": [{"product_id": products[0]["id"], "units": 10, "supplier_id": supplier["id"]}]})
    plan_line = buyer.must("GET", f"plan-lines?plan_id={plan['id']}")["rows"][0]
    ids.update({"plans": plan["id"], "site-plans": asked["id"], "plan-lines": plan_line["id"]})
    fields = [{"field": "name", "value": "演示新药片"}, {"field": "level.county", "value": "1"}]
    change = town.must("POST", "catalogue-changes", {"what": "admission", "applicant": "张医生", "reason": "临床需要", "fields": fields})
    ids.update({"catalogue-changes": change["id"], "exceptions": ask_exception(town), "usage-unmatched": leave_unmatched(town)})
    ids["his-items-open"] = buyer.must("GET", "his-items-open?limit=1")["rows"][0]["id"]
    ids.update(orders=order["id"], receipts=receipt["id"], requests=request["id"], shipments=shipment["id"], adjustments=usage["id"],
               shortages=shortage["id"], holds=hold["id"], products=products[0]["id"], supply=products[0]["id"], lots=lot["id"],
               suppliers=supplier["id"], discrepancies=buyer.must("GET", "discrepancies")["rows"][0]["id"], code=code)
    ids["platform-messages"] = buyer.must("POST", "platform-messages", {"kind": "receipt"})["id"]
    ids.update(volumes(buyer, chief, town, [p["id"] for p in products]))
    return ids


def settle(finance, ids, today_ymd):
    """What settlement has to show after such a day; invoices, payments and closed months are in the demo county."""
    last = (today_ymd // 100 - 1) if today_ymd // 100 % 100 > 1 else today_ymd // 100 - 89
    ids["estimates"] = finance.must("POST", "estimates", {"to_ymd": today_ymd})["id"]
    ids["sheets"] = finance.must("POST", "sheets", {"kind": "supplier", "supplier_id": ids["suppliers"], "month": last})["id"]
    for name in ("invoices", "payables", "payments", "month-closes", "supplier-returns"):
        ids[name] = finance.must("GET", f"{name}?limit=1")["rows"][0]["id"]


def seq(world):
    return world.people["chief_pharmacist"].must("GET", "audit/head")["seq"]


def usage(world, note="x", units=1):
    return {"reason": "found", "note": note,
            "lines": [{"product_id": world.ids["products"], "lot": "K1", "expiry_ymd": 20290101, "units": units}]}
