"""PostgreSQL beside the file and beside its own stored procedures; somebody else at the same rows; twenty stores beside one."""

import contextlib
import glob
import os
import re
import shutil
import statistics
import subprocess
import time

from county import API, CODE, PROGRAM, Service, copy_county, make_county, order_requests, shipment_requests, write_requests

STORES = 20
CLIENTS_EACH = 2
SLOW = {"LD_PRELOAD": os.path.abspath("build/bench/slow_fsync.so"), "SLOW_FSYNC_MS": "5"}
RIVAL_RATE = 40  # transactions a second
KEPT_UP = "SELECT coalesce((SELECT max(seq) FROM stock_move), 0) - coalesce((SELECT seq FROM projection WHERE name = 'move_card'), 0)"


@contextlib.contextmanager
def cluster(env=None):
    """A PostgreSQL that waits for its disk as ours does; its CONNINFO, "" where there is none."""
    words = ["tools/postgres.sh", "sh", "-c", 'echo "$YAOCANG_TEST_POSTGRES"; cat >/dev/null']
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "YAOCANG_TEST_FSYNC": "on", **(env or {})})
    info = child.stdout.readline().strip()
    try:
        yield info
    finally:
        child.stdin.close()
        child.wait()


def psql(info, *words):
    return subprocess.run(["psql", info, "-qAt", "-v", "ON_ERROR_STOP=1", *words], check=True, capture_output=True, text=True).stdout


def start_pgbench(temp, info, schema, script, seconds, *more):
    path = write_requests(f"{temp}/pgbench.sql", script)
    env = {**os.environ, "PGOPTIONS": f"-c search_path={schema}", "PGHOST": re.search(r"host=(\S+)", info).group(1), "PGUSER": "yaocang"}
    words = [sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1] + "/pgbench", "-n", "-T", str(seconds), "-f", path, *more, "postgres"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)


def stored(temp, info, procedure, seconds):
    """How many a second, eight clients."""
    out, _ = start_pgbench(temp, info, "bare", [f"SELECT {procedure}();"], seconds, "-c", "8", "-j", "2").communicate()
    return float(re.search(r"tps = ([0-9.]+)", out).group(1))


def on_server(run, county, info, schema):
    """A copy of the county in a schema; the folder of a service on it."""
    folder = copy_county(county, f"{run.TEMP}/{schema}.d")
    subprocess.run([PROGRAM, "copy-store", f"sqlite:{folder}/{CODE}.db", f"postgres:schema={schema} {info}"], check=True, stdout=subprocess.DEVNULL)
    os.remove(f"{folder}/{CODE}.db")
    write_requests(f"{folder}/yaocang.conf", [f"[consortium {CODE}]", f"store = postgres:schema={schema} {info}"])
    return folder


def keep_up(info, schema, seconds=60):
    """What a county that was just made owes its ledgers' projections is paid when nobody writes; not while we measure."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and psql(info, "-c", f"SET search_path={schema}", "-c", KEPT_UP).strip() != "0":
        time.sleep(0.5)


def rates(run, info, what, requests, ours, theirs, procedure):
    """The same documents into a schema, into a file, and by a stored procedure without HTTP, by turns."""
    mine, its = requests(ours, f"{run.TEMP}/{what}.pg", f"{API}/{what}s"), requests(theirs, f"{run.TEMP}/{what}.f", f"{API}/{what}s")
    got, bare = {"server": [], "file": []}, []
    for _ in range(run.ROUNDS):
        got["server"].append(run.load(ours, mine, 8, 2, *ours.header()))
        bare.append(stored(run.TEMP, info, procedure, 2))
        got["file"].append(run.load(theirs, its, 8, 2, *theirs.header()))
    mine_rates = [one.rate for one in got["server"]]
    run.at_least(f"{what} on PostgreSQL / stored procedure, 8 clients", statistics.median(a / b for a, b in zip(mine_rates, bare)), 0.3,
                 f"{statistics.median(mine_rates):,.0f}/s against {statistics.median(bare):,.0f}/s")
    print(f"  {what} on PostgreSQL / on SQLite, 8 clients: {run.ratio(got['server'], got['file']):.2f}; "
          f"{run.median(got['server']):,.0f}/s against {run.median(got['file']):,.0f}/s")


def counter(service, name):
    text = service.get("/metrics")[1].decode()
    return int(re.search(rf"^{name} (\d+)$", text, re.M).group(1))


def contention(run, info, ours):
    """Another session that holds the row every order of the day counts on, a little while, many times a second."""
    orders = order_requests(ours, f"{run.TEMP}/contended", f"{API}/orders")
    rival = ["BEGIN;", "UPDATE number_counter SET last = last + 1 WHERE prefix = 'CG';", "SELECT pg_sleep(0.002);", "COMMIT;"]
    names = ["yaocang_write_group_reruns_total", "yaocang_write_group_rerun_microseconds_total", "yaocang_write_groups_total"]
    calm, beside, counts = [], [], [0, 0, 0]
    for _ in range(3):
        calm.append(run.load(ours, orders, 8, 2, *ours.header()))
        child = start_pgbench(run.TEMP, info, "ours", rival, 4, "-c", "2", "-R", str(RIVAL_RATE), "--max-tries=100")
        time.sleep(0.3)
        before = [counter(ours, name) for name in names]
        beside.append(run.Load(ours, orders, 8, 2, *ours.header()).end(may_refuse=True))
        counts = [total + counter(ours, name) - b for total, name, b in zip(counts, names, before)]
        child.communicate()
    reruns, lost_us, groups = counts
    print(f"  a rival at the same row, {RIVAL_RATE} transactions/s: {reruns} runs in vain beside {groups} groups, {lost_us / max(reruns, 1) / 1000:.1f} ms "
          f"lost by each, {sum(one.errors for one in beside)} of {sum(one.total for one in beside)} orders refused; orders {run.median(beside):,.0f}/s against {run.median(calm):,.0f}/s alone, "
          f"p99 {run.median(beside, 'p99_us') / 1000:.0f} against {run.median(calm, 'p99_us') / 1000:.0f} ms")


def bench_postgres(run, county):
    with cluster() as info:
        if not info:
            print("postgres: not installed, not measured")
            return
        file, ours = copy_county(county, f"{run.TEMP}/file.d"), on_server(run, county, info, "ours")
        on_server(run, county, info, "bare")
        psql(info, "-c", "SET search_path=bare", "-f", "tests/bench/order.sql", "-f", "tests/bench/shipment.sql")
        with Service(file) as by_file, Service(ours) as by_server:
            by_file.sign_in()
            by_server.sign_in()
            keep_up(info, "ours")
            rates(run, info, "order", order_requests, by_server, by_file, "bench_order")
            rates(run, info, "shipment", shipment_requests, by_server, by_file, "bench_shipment")
            contention(run, info, by_server)


def twenty_folder(run, folder, code):
    """Twenty copies of a store in one folder; a session of the one is a session of each."""
    shutil.rmtree(f"{run.TEMP}/twenty.d", ignore_errors=True)
    os.makedirs(f"{run.TEMP}/twenty.d")
    for i in range(STORES):
        shutil.copy(f"{folder}/{code}.db", f"{run.TEMP}/twenty.d/s{i:02}.db")
    return f"{run.TEMP}/twenty.d"


def bench_stores(run, _county):
    """Twenty stores, each as busy as the one beside which they are held, on a disk that takes 5 ms to say that it has it."""
    county = make_county(f"{run.TEMP}/s01", 0.1)
    with Service(county) as first:
        first.sign_in()
        header, lines = first.header(), open(order_requests(first, f"{run.TEMP}/orders.20", "ORDERS"), encoding="utf-8").read().splitlines()
        time.sleep(4)  # projections
    all_of = write_requests(f"{run.TEMP}/twenty", [line.replace("ORDERS", f"/api/v1/s{i % STORES:02}/orders") for i, line in enumerate(lines)])
    one_of = write_requests(f"{run.TEMP}/one", [line.replace("ORDERS", "/api/v1/s00/orders") for line in lines])
    with Service(twenty_folder(run, county, CODE), SLOW) as ours:
        got = run.alternate({
            "one": lambda: run.load(ours, one_of, CLIENTS_EACH, 2, *header),
            "twenty": lambda: run.load(ours, all_of, CLIENTS_EACH * STORES, 2, *header),
            "crowded": lambda: run.load(ours, one_of, CLIENTS_EACH * STORES, 2, *header),
        }, 3)
    run.at_least(f"{STORES} stores / one, fsync of 5 ms, {CLIENTS_EACH} clients each", run.ratio(got["twenty"], got["one"]), 1.5,
                 f"{run.median(got['twenty']):,.0f}/s against {run.median(got['one']):,.0f}/s")
    print(f"  all {CLIENTS_EACH * STORES} clients at one store, which commits them together: {run.median(got['crowded']):,.0f}/s; "
          f"the twenty against that {run.ratio(got['twenty'], got['crowded']):.2f}")
