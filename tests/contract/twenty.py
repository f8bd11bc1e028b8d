"""`yaocang demo --consortia 20`: twenty stores in one service, and one supervisor over all of them."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from service import PROGRAM, Person
from supervise import LISTS, Locked, Supervisor, codes, codes_of, pages

COUNT, DEMO_PASSWORD = 20, "yaocang2026"


class Demo:
    """The demo with its twenty consortia, small ones; looks like a Service to whoever talks to it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="yaocang-test-")
        self.data = os.path.join(self.folder, "data")
        self.process = subprocess.Popen([PROGRAM, "demo", "--data", self.data, "--port", "0", "--consortia", str(COUNT), "--scale", "0.02"],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        found = None
        while not found:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"the demo ended with {self.process.wait()}")
            found = re.match(r"yaocang: http://127\.0\.0\.1:(\d+)/", line)
        self.port = int(found.group(1))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def remove(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def one_sign_in_shows_all(t, demo):
    s = Supervisor(demo, "jianguan", DEMO_PASSWORD)
    t.check(s.login.status == 200 and len(codes(s.login)) == COUNT, f"signed in: {s.login}")
    t.check(s.login.json["absent"] == [], f"all are there: {s.login}")
    board = s.over("GET", "overview").json
    t.check(len(board["rows"]) == COUNT and codes_of(board["rows"]) == set(codes(s.login)), "the overview has a row for each")
    t.check(codes_of(pages(s, "orders", 1000)) == set(codes(s.login)), "orders of each")


def what_each_writes_stands_first(t, demo):
    """An order, a shortage and a refused price in every fourth of them: told in the merged lists at once, newest first."""
    s = Supervisor(demo, "jianguan", DEMO_PASSWORD)
    written = {name: [] for name, _ in LISTS}
    for code in codes(s.login)[::4]:
        buyer, town = (Person(demo, user, DEMO_PASSWORD, store=code) for user in ("zhongxin", "fenyuan"))
        product = next(p for p in buyer.must("GET", "products?limit=100")["rows"] if p["ceiling_price"] and p["active"])
        supplier = next(v for v in buyer.must("GET", "suppliers?limit=100")["rows"] if v["licence_state"] == "ok")
        line = {"product_id": product["id"], "units": 1000}
        order = {"supplier_id": supplier["id"], "lines": [line]}
        written["orders"].insert(0, (code, buyer.must("POST", "orders", order)["id"]))
        written["shortages"].insert(0, (code, town.must("POST", "shortages", {**line, "urgency": "urgent"})["id"]))
        refused = buyer.post("orders", {**order, "lines": [{**line, "price": "99999.99"}]})
        t.check(refused.code == "OVER_CEILING", f"{code}: {refused}")
        written["refusals"].insert(0, (code, "OVER_CEILING"))
        fact = {"product_id": product["id"], "kind": "selected", "price": "99999.99", "from_ymd": 20270101, "source": "平台"}
        refused = buyer.post("prices", fact)
        t.check(refused.code == "SELECTED_OVER_CEILING", f"{code}: {refused}")
        written["refusals"].insert(0, (code, "SELECTED_OVER_CEILING"))
    for name, moment in LISTS:
        rows = pages(s, name, 1000)
        moments = [row[moment] for row in rows]
        t.check(moments == sorted(moments, reverse=True), f"{name}: newest first")
        t.check(pages(s, name, 7) == rows, f"{name}: pages of 7 are the list")
        mark = "code" if name == "refusals" else "id"
        seen = [(row["consortium"], row[mark]) for row in rows[:len(written[name])]]
        t.check(seen == written[name], f"{name}: {seen} are not {written[name]}")


def none_waits_for_three(t, demo):
    s = Supervisor(demo, "jianguan", DEMO_PASSWORD)
    slow = codes(s.login)[3:6]
    with Locked(demo, slow[0]), Locked(demo, slow[1]), Locked(demo, slow[2]):
        begun = time.monotonic()
        answer = s.over("GET", "orders?limit=1000")
        took = time.monotonic() - begun
        t.check(answer.status == 200 and codes(answer) == sorted(set(codes(s.login)) - set(slow)), f"the seventeen others: {codes(answer)}")
        t.check(codes(answer, "absent") == slow, f"who is late is named: {answer.json['absent']}")
        t.check(took < 4, f"once to the deadline, not three times: {took:.2f} s")
    end = time.monotonic() + 20
    while time.monotonic() < end and len(codes(answer)) < COUNT:
        answer = s.over("GET", "orders?limit=1000")
    t.check(len(codes(answer)) == COUNT, f"back again by themselves: {codes(answer)}")


def twenty_consortia(t):
    demo = Demo()
    try:
        for case in (one_sign_in_shows_all, what_each_writes_stands_first, none_waits_for_three):
            t.case(case, demo)
        t.check(demo.stop() == 0, "SIGTERM: exit 0")
    finally:
        demo.remove()
