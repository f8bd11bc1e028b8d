"""Measures the figures and compares them with what is wanted. See run.sh."""

import gzip
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.parse

from county import API, CODE, Process, Service, copy_county, free_port, make_county, order_requests, write_requests
from engines import bench_postgres, bench_stores
from imports import bench_import

TEMP = "build/bench/run"  # on the disk that the build is on: fsync must cost what it costs
ROUNDS = 5
ONE_ROW = "suppliers?code="
BESIDE = ("session", "node_lease", "move_card", "projection")  # tables that other work than orders writes to
READ_RATE = 400  # a second, beside the writer
results = []
counter = 0


def figure(name, measured, wanted, reached, note=""):
    results.append(reached)
    print(f"{name:<52} {measured:>9}  {wanted:>9}  {'reached' if reached else 'MISSED':<7}  {note}", flush=True)


def at_least(name, value, wanted, note=""):
    figure(name, f"{value:.2f}", f">= {wanted:g}", value >= wanted, note)


def at_most(name, value, wanted, unit="", note=""):
    figure(name, f"{value:.2f}{unit}", f"<= {wanted:g}{unit}", value <= wanted, note)


class Load:
    """One run of the load generator against a server, with the processor time that it cost there."""

    def __init__(self, server, requests, clients, seconds, *more):
        global counter
        counter += 1
        self.server, self.cpu = server, server.cpu_ns()
        argv = ["build/bench/load", str(server.port), requests, "--clients", str(clients), "--seconds", str(seconds), "--warmup", "0.2",
                "--key", f"bench-{os.getpid()}-{counter}-", *(str(word) for word in more)]
        self.child = subprocess.Popen(argv, stdout=subprocess.PIPE)

    def end(self, may_refuse=False):
        out, _ = self.child.communicate()
        if self.child.returncode:
            raise SystemExit(f"bench: the load generator ended with {self.child.returncode}")
        self.__dict__.update(json.loads(out))
        if self.errors and not may_refuse:
            raise SystemExit(f"bench: {self.errors} of {self.total} requests failed: {self.first_error}")
        self.cpu_us = (self.server.cpu_ns() - self.cpu) / 1000 / max(self.total, 1)
        return self


def load(*args):
    return Load(*args).end()


def alternate(sides, rounds=ROUNDS):
    """Runs the sides by turns, so that all meet the same weather; a list of Loads for each."""
    out = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            out[name].append(run())
    return out


def median(loads, what="rate"):
    return statistics.median(getattr(one, what) for one in loads)


def ratio(above, below, what="rate"):
    """The median over the rounds of the ratio within a round: what slows the machine for a while slows both sides."""
    return statistics.median(getattr(a, what) / getattr(b, what) for a, b in zip(above, below))


def against(ours, theirs):
    return (f"{median(ours):,.0f}/s against {median(theirs):,.0f}/s; CPU {median(ours, 'cpu_us'):.1f} against "
            f"{median(theirs, 'cpu_us'):.1f} us, ratio {ratio(theirs, ours, 'cpu_us'):.2f}")


def yardstick(*words):
    port = free_port()
    return Process(["build/bench/yardstick", str(port), *words], port, f"{TEMP}/yardstick.log")


def bench_hello(county):
    hello = write_requests(f"{TEMP}/hello", ["GET /healthz"])
    with Service(copy_county(county, f"{TEMP}/hello.d")) as ours, yardstick() as bare:
        ours.sign_in()
        read = write_requests(f"{TEMP}/read", [f"GET {API}/{ONE_ROW}{s['code']}" for s in ours.rows("suppliers")])
        got = alternate({
            "bare": lambda: load(bare, hello, 64, 0.5),
            "hello": lambda: load(ours, hello, 64, 0.5),
            "read": lambda: load(ours, read, 64, 0.5, *ours.header()),
        }, 9)
    at_least("hello / bare libmicrohttpd", ratio(got["hello"], got["bare"]), 0.8, against(got["hello"], got["bare"]))
    at_least("read of one row / bare hello", ratio(got["read"], got["bare"]), 0.4, against(got["read"], got["bare"]))


def count_rows(path):
    db = sqlite3.connect(path)
    names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    counts = {n: db.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}
    db.close()
    return counts


def rows_per_order(before, path):
    after = count_rows(path)
    orders = after["purchase_order"] - before["purchase_order"]
    per = {n: round((after[n] - before[n]) / orders, 1) for n in after if n not in BESIDE}
    return {n: v for n, v in per.items() if v}


def bench_order(county):
    """Both sides begin with the same file and write the same rows."""
    ours_folder, bare_folder = copy_county(county, f"{TEMP}/order.d"), copy_county(county, f"{TEMP}/yardstick.d")
    ours_db, bare_db = f"{ours_folder}/{CODE}.db", f"{bare_folder}/{CODE}.db"
    before = count_rows(bare_db)
    with Service(ours_folder) as ours:
        ours.sign_in()
        words = [bare_db, str(user_id(bare_db)), ours.me["home_site_id"]]
        mine = order_requests(ours, f"{TEMP}/orders", f"{API}/orders")
        its = order_requests(ours, f"{TEMP}/orders.bare", "/orders")
        with yardstick(*words) as bare:
            got = alternate({
                "bare": lambda: load(bare, its, 8, 1.2),
                "eight": lambda: load(ours, mine, 8, 1.2, *ours.header()),
                "one": lambda: load(ours, mine, 1, 1.2, *ours.header()),
            }, 9)
        at_least("order of 20 lines / bare MHD + SQLite, 8 clients", ratio(got["eight"], got["bare"]), 0.25,
                 against(got["eight"], got["bare"]))
        at_least("durable orders, 8 clients / 1", ratio(got["eight"], got["one"]), 2,
                 f"{median(got['eight']):,.0f}/s against {median(got['one']):,.0f}/s")
        beside_writer(ours, mine, median(got["eight"]) / 3)
        time.sleep(3)
        at_most("resident memory, idle after the load", ours.resident_mb(), 64, " MB")
    rows = rows_per_order(before, ours_db), rows_per_order(before, bare_db)
    # ours may write more (its terms, whose volume it is, what is projected meanwhile); what theirs writes, ours writes as often
    same = all(round(rows[0].get(table, 0), 1) == round(count, 1) for table, count in rows[1].items())
    more = {table: count for table, count in rows[0].items() if table not in rows[1]}
    figure("rows of an order in all tables: ours, theirs", *(f"{sum(p.values()):.0f}" for p in rows), same, f"beside: {more}" if more else "")


def user_id(path):
    db = sqlite3.connect(path)
    (number,) = db.execute("SELECT id FROM app_user WHERE name = 'bench'").fetchone()
    db.close()
    return number


def beside_writer(ours, orders, rate):
    """Readers that leave by the clock, alone and beside a writer."""
    ids = [p["id"] for p in ours.rows("products?limit=100")]
    read = write_requests(f"{TEMP}/mixed", [f"GET {API}/{path}" for i in ids for path in
                                            (f"stock/total?product_id={i}", f"products/{i}", f"stock?product_id={i}&limit=20",
                                             "orders?limit=20")])

    def readers():
        return load(ours, read, 8, 2, "--rate", READ_RATE, *ours.header())

    def readers_beside():
        writer = Load(ours, orders, 8, 2.6, "--rate", rate, *ours.header())
        time.sleep(0.2)
        out = readers()
        writer.end()
        return out

    got = alternate({"idle": readers, "beside": readers_beside})
    at_most("p99 of readers beside a writer / idle", ratio(got["beside"], got["idle"], "p99_us"), 3, "",
            f"{median(got['beside'], 'p99_us') / 1000:.2f} ms against {median(got['idle'], 'p99_us') / 1000:.2f} ms at {READ_RATE} reads/s, "
            f"{rate:,.0f} orders/s")


def bench_slow(county):
    slow = {"LD_PRELOAD": os.path.abspath("build/bench/slow_fsync.so"), "SLOW_FSYNC_MS": "5"}
    with Service(copy_county(county, f"{TEMP}/slow.d"), slow) as ours:
        ours.sign_in()
        orders = order_requests(ours, f"{TEMP}/orders", f"{API}/orders")
        got = alternate({
            "one": lambda: load(ours, orders, 1, 2, *ours.header()),
            "many": lambda: load(ours, orders, 64, 2, *ours.header()),
        }, 3)
    at_least("orders, fsync of 5 ms, 64 clients / 1", ratio(got["many"], got["one"]), 10,
             f"{median(got['many']):,.0f}/s against {median(got['one']):,.0f}/s")


class Lists:
    """Every list of a service, with the filters that its own rows suggest, and what each costs."""

    def __init__(self, service):
        self.service, self.http = service.sign_in(), service.connection()

    def ask(self, path):
        self.http.request("GET", f"{API}/{path}", headers={"Cookie": self.service.cookie})
        answer = self.http.getresponse()
        return answer.status, answer.read()

    def cost_us(self, path):
        """The least of three tries at the processor time of a request."""
        tries = []
        for _ in range(3):
            before = self.service.cpu_ns()
            for _ in range(4):
                self.ask(path)
            time.sleep(0.001)
            tries.append((self.service.cpu_ns() - before) / 4000)
        return min(tries)

    def variants(self, path):
        """The list itself, a page far behind, a search, and each exact filter with a value that is there and one that is not."""
        status, body = self.ask(f"{path}?limit=10000")
        if status != 200:
            raise SystemExit(f"bench: list {path}: {status} {body.decode()}")
        rows = json.loads(body)["rows"]
        names = [f"{path}", f"{path}?q=%E9%98%BF%E8%8E%AB", f"{path}?q=%E6%97%A0%E6%AD%A4%E8%8D%AF"]
        last = json.loads(self.ask(f"{path}?limit={max(1, len(rows) - 50)}")[1]).get("next")
        if last:
            names.append(f"{path}?after={urllib.parse.quote(str(last))}")
        for field, value in (rows[0] if rows else {}).items():
            if isinstance(value, (str, int)) and not isinstance(value, bool):
                names.append(f"{path}?{field}={urllib.parse.quote(str(value))}")
                names.append(f"{path}?{field}={'7' * len(str(value))}")
        return [(name, len(json.loads(body).get("rows", []))) for name in names for status, body in [self.ask(name)] if status == 200]

    def costs(self, paths):
        return {re.sub(r"=[^=]*$", "=", name) + f"#{i}": (self.cost_us(name), rows)
                for path in paths for i, (name, rows) in enumerate(self.variants(path))}


def bench_lists(county):
    """A county of ten times the size, with ten times the history, against the small one."""
    paths = re.findall(r'^LIST\("([^"]+)"', open("service/routes.def", encoding="utf-8").read(), re.M)
    began = time.monotonic()
    big = make_county(f"{TEMP}/s10", 10)
    built = time.monotonic() - began
    costs = []
    for folder, orders in ((copy_county(county, f"{TEMP}/lists.d"), 150), (big, 1500)):
        with Service(folder) as service:
            service.sign_in()
            load(service, order_requests(service, f"{TEMP}/orders", f"{API}/orders"), 8, 0, "--count", orders, *service.header())
            costs.append(Lists(service).costs(paths))
    small, large = costs
    both = {name: (small[name][0], large[name][0], small[name][1], large[name][1]) for name in large if name in small}
    slowest = max(both, key=lambda name: both[name][1])
    at_most(f"slowest list, scale 10 / scale 1 ({len(both)} requests)", both[slowest][1] / both[slowest][0], 2, "",
            f"{slowest}: {both[slowest][1]:.0f} against {both[slowest][0]:.0f} us (county of scale 10 made in {built:.0f} s)")
    growing = [name for name in both if both[name][1] > 2 * both[name][0] and both[name][1] > 1000]
    for name in sorted(growing, key=lambda name: -both[name][1])[:40]:
        one, ten, rows_one, rows_ten = both[name]
        print(f"    grows: {name:<40} {one:8.0f} us {rows_one:5} rows  ->  {ten:8.0f} us {rows_ten:5} rows")


def static_imports(text):
    """Files that a module needs before it runs; import("...") is not one."""
    return set(re.findall(r'(?:from|import)\s*"\./([^"]+)"', text))


def page_files(service):
    """What the browser loads for the first page: name -> bytes as sent. And the names of what waits until needed."""
    sizes, later = {}, set()
    status, html, _ = service.get(f"/{CODE}/", {"Accept-Encoding": "gzip"})
    sizes["index.html"] = len(html)
    text = gzip.decompress(html).decode() if html[:2] == b"\x1f\x8b" else html.decode()
    waiting = set(re.findall(r'(?:src|href)="/assets/([^"]+)"', text))
    while status == 200 and waiting:
        name = waiting.pop()
        status, body, _ = service.get(f"/assets/{name}", {"Accept-Encoding": "gzip"})
        sizes[name] = len(body)
        source = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
        if name.endswith(".js"):
            waiting |= static_imports(source) - sizes.keys()
            later |= set(re.findall(r'import\(\s*"\./([^"]+)"', source))
    if status != 200 or len(sizes) < 2:
        raise SystemExit(f"bench: the page does not load: {status} {sizes}")
    return sizes, later - sizes.keys()


def bench_page(county):
    starts = []
    for _ in range(5):
        with Service(copy_county(county, f"{TEMP}/page.d")) as service:
            starts.append(service.ready_s)
            resident = service.resident_mb()
            sizes, later = page_files(service)
    at_most("ready after start", statistics.median(starts), 1, " s", f"{resident:.1f} MB then")
    at_most("first load of the page, compressed", sum(sizes.values()) / 1024, 400, " KB",
            ", ".join(f"{name} {size / 1024:.0f}" for name, size in sizes.items()))
    figure("charts come when they are needed", "yes" if any("chart" in name for name in later) else "no", "yes",
           any("chart" in name for name in later) and not any("chart" in name for name in sizes))


PARTS = {"hello": bench_hello, "order": bench_order, "slow": bench_slow, "lists": bench_lists, "page": bench_page, 
         "postgres": lambda county: bench_postgres(sys.modules[__name__], county),
         "stores": lambda county: bench_stores(sys.modules[__name__], county),
         "import": lambda county: bench_import(sys.modules[__name__], county)}


def main(names):
    began = time.monotonic()
    unknown = set(names) - set(PARTS)
    if unknown:
        print(f"bench: no such part: {' '.join(unknown)}; there are {' '.join(PARTS)}", file=sys.stderr)
        return 2
    shutil.rmtree(TEMP, ignore_errors=True)
    county = make_county(f"{TEMP}/s1", 1)
    print(f"{'figure':<52} {'measured':>9}  {'wanted':>9}")
    for name in names or PARTS:
        PARTS[name](county)
    shutil.rmtree(TEMP, ignore_errors=True)
    print(f"{sum(results)} reached, {results.count(False)} missed ({time.monotonic() - began:.0f} s)")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
