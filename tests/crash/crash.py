"""What a client was told stands on disk, exactly once, whatever happens to the process, its disk or its file."""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "contract"))
from service import CODE, PROGRAM, Person, Service, Tally, run  # noqa: E402

KILLS = 20
ROLES = ["central_pharmacist", "buyer", "receiver", "keeper", "inspector", "chief_pharmacist"]


class Write:
    """One write as its client remembers it: acknowledged (status and bytes), or of unknown fate."""

    def __init__(self, person, path, body):
        self.person, self.path, self.body, self.key = person, path, body, str(uuid.uuid4())
        self.status = self.answer = None

    def send(self):
        answer = self.person.post(self.path, self.body, self.key)
        return answer.status, answer.body

    @property
    def acknowledged(self):
        return self.status in (200, 201)


class Load:
    """Clients that write until they are told to stop or the service is gone. What they sent stays in `writes`."""

    def __init__(self, world, clients=5):
        self.world, self.stopping, self.writes = world, threading.Event(), []
        self.others = []  # answers that are neither an acknowledgement nor a plain refusal for now
        self.threads = [threading.Thread(target=self.client, args=(i,), daemon=True) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def client(self, i):
        rng = random.Random(self.world.rng.random() + i)
        while not self.stopping.is_set():
            write = self.world.next_write(rng, i)
            self.writes.append(write)
            try:
                status, answer = write.send()
            except Exception:  # the connection broke: the fate of this write is unknown
                return
            if status in (200, 201):
                write.status, write.answer = status, answer
            elif status != 503:
                self.others.append((status, answer[:300]))

    def end(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)


class World:
    def __init__(self, service, seed):
        self.service, self.rng, self.count, self.lock = service, random.Random(seed), 0, threading.Lock()
        service.add_users(ROLES)
        service.start()
        # one connection a client, several people
        self.keepers = [Person(service, "keeper") for _ in range(5)]
        self.buyers = [Person(service, "central_pharmacist") for _ in range(5)]
        self.receivers = [Person(service, "receiver") for _ in range(5)]
        self.chief = Person(service, "chief_pharmacist")
        buyer = self.buyers[0]
        self.supplier = next(s for s in buyer.must("GET", "suppliers")["rows"] if s["licence_state"] == "ok")["id"]
        self.products = [p for p in buyer.must("GET", "products?limit=200")["rows"] if p["price_rule"] == "listed" and p["active"]][:3]
        self.order = self.make_order(buyer)

    def make_order(self, buyer):
        """A sent order so large that receipts never fill it."""
        lines = [{"product_id": p["id"], "units": 500_000_000, "price": "0.01"} for p in self.products]
        order = buyer.must("POST", "orders", {"supplier_id": self.supplier, "lines": lines})
        buyer.must("POST", f"orders/{order['id']}/submit", {"version": 1})
        self.chief.must("POST", f"orders/{order['id']}/approve", {"version": 2})
        buyer.must("POST", f"orders/{order['id']}/send", {"version": 3})
        return {"id": order["id"], "lines": buyer.must("GET", f"orders/{order['id']}")["lines"]}

    def next_write(self, rng, client):
        with self.lock:
            self.count += 1
            reference = f"K-{self.count}"
        product = rng.choice(self.products)
        kind = rng.choice(["adjustments", "adjustments", "orders", "receipts"])
        if kind == "orders":
            lines = [{"product_id": p["id"], "units": rng.randint(1, 9) * p["units_per_pack"]} for p in self.products]
            return Write(self.buyers[client], kind, {"supplier_id": self.supplier, "reference": reference, "lines": lines})
        if kind == "receipts":
            lines = [{"order_line_id": l["id"], "lot": f"L{rng.randint(1, 50)}", "expiry_ymd": 20291231, "units": rng.randint(1, 9)}
                     for l in self.order["lines"]]
            return Write(self.receivers[client], kind, {"order_id": self.order["id"], "reference": reference, "lines": lines})
        line = {"product_id": product["id"], "lot": f"M{rng.randint(1, 50)}", "expiry_ymd": 20291231, "units": rng.randint(1, 99)}
        return Write(self.keepers[client], kind, {"reason": "found", "reference": reference, "lines": [line]})


def verify(service):
    return subprocess.run([PROGRAM, "verify", "--data", service.data], capture_output=True, text=True, timeout=120)


def sql(service, text):
    out = run("sql", "--read-only", "--data", service.data, "--consortium", CODE, text).stdout
    return [line.split("\t") for line in out.splitlines()[1:] if line]


def check_each_once(t, world, writes, what):
    """Exactly one document under each acknowledged write's reference, at most one under any other."""
    found = {row[0]: int(row[1]) for row in
             sql(world.service, "SELECT reference, count(*) FROM document WHERE reference LIKE 'K-%' GROUP BY reference")}
    lost = [w.body["reference"] for w in writes if w.acknowledged and found.get(w.body["reference"], 0) != 1]
    doubled = [r for r, n in found.items() if n > 1]
    t.check(not lost, f"{what}: acknowledged and not there once: {lost[:5]} of {len(lost)}")
    t.check(not doubled, f"{what}: written twice: {doubled[:5]}")


def check_answers(t, writes, what):
    """The first answer again for what was acknowledged; what was of unknown fate is settled by its key."""
    changed = []
    for write in writes:
        status, answer = write.send()
        if write.acknowledged and (status, answer) != (write.status, write.answer):
            changed.append((write.body["reference"], status, answer[:200]))
        if not write.acknowledged and status in (200, 201):
            write.status, write.answer = status, answer
            if write.send() != (status, answer):
                changed.append((write.body["reference"], "settled twice"))
    t.check(not changed, f"{what}: other answers under the same key: {changed[:3]} of {len(changed)}")


def killed_under_load(t, world):
    everything, unknown = [], 0
    for n in range(KILLS):
        load = Load(world)
        time.sleep(world.rng.uniform(0.1, 0.7))
        world.service.kill()
        load.end()
        done = verify(world.service)
        t.check(done.returncode == 0, f"kill {n}: verify {done.returncode} {done.stderr[-500:]}")
        check_each_once(t, world, everything + load.writes, f"kill {n}")
        world.service.start()
        unknown += sum(not w.acknowledged for w in load.writes)
        check_answers(t, load.writes, f"kill {n}")
        t.check(not load.others, f"kill {n}: strange answers {load.others[:2]}")
        everything += load.writes
    told = sum(w.acknowledged for w in everything)
    t.check(told > 20 * KILLS and unknown > 0, f"too little load: {told} writes, {unknown} of unknown fate")
    sample = world.rng.sample(everything, min(200, len(everything)))
    check_answers(t, sample, "after all kills")
    check_each_once(t, world, everything, "after all kills")
    print(f"  {told} writes acknowledged, {unknown} cut off by {KILLS} kills")


def ended_under_load(t, world):
    load = Load(world)
    time.sleep(1.0)
    begin = time.monotonic()
    code = world.service.stop()
    t.check(code == 0, f"SIGTERM: exit {code}")
    t.check(time.monotonic() - begin < 15, "SIGTERM: takes too long")
    load.end()
    t.check(sum(w.acknowledged for w in load.writes) > 20, "SIGTERM: too little load")
    t.check(verify(world.service).returncode == 0, "SIGTERM: verify")
    check_each_once(t, world, load.writes, "SIGTERM")
    world.service.start()
    check_answers(t, load.writes, "SIGTERM")


# ---- a long import ----

IMPORT_ROWS = 6000


def import_file(world, prefix):
    path = os.path.join(world.service.folder, f"{prefix}.csv")
    with open(path, "w", encoding="utf-8") as out:
        out.write("code,name,spec,maker,unit_name,pack_name,units_per_pack,approval_no\n")
        for i in range(IMPORT_ROWS):
            out.write(f"{prefix}{i:05d},断电片{i % 70},0.{i % 9 + 1}g×10片/盒,演示厂{i % 40},片,盒,10,国药准字H{21000000 + i}\n")
    return path


def is_running(world):
    rows = sql(world.service, "SELECT count(*) FROM import_job WHERE state IN ('checking', 'comparing', 'indexing', 'applying')")
    return rows[0][0] != "0"


def opening_file(world, prefix):
    """Lots that nobody has, in the lead's store."""
    path = os.path.join(world.service.folder, f"{prefix}-opening.csv")
    site, depot = sql(world.service, "SELECT s.code, p.code FROM site s JOIN place p ON p.site_id = s.id AND p.kind = 'depot' "
                                     "WHERE s.parent_id IS NULL ORDER BY p.id LIMIT 1")[0]
    codes = [row[0] for row in sql(world.service, "SELECT code FROM product WHERE code NOT LIKE 'Z%' ORDER BY id LIMIT 40")]
    with open(path, "w", encoding="utf-8") as out:
        out.write("site_code,depot_code,product_code,lot,expiry_ymd,units\n")
        for i in range(IMPORT_ROWS):
            out.write(f"{site},{depot},{codes[i % len(codes)]},{prefix}{i:05d},20301231,{i % 90 + 1}\n")
    return path


def import_killed(t, world):
    """Whole or absent, whenever the service is killed; what was decided goes on by itself after the next start."""
    kinds = {"products": (import_file, "SELECT count(*) FROM product WHERE code LIKE '{}%'", (0.03, 0.12, 0.3, 0.6, 1.0, 1.6)),
             "opening-stock": (opening_file, "SELECT count(*) FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN lot l ON "
                               "l.id = b.lot_id WHERE m.reason = 'opening' AND l.lot LIKE '{}%'", (0.1, 1.0, 2.0, 4.0))}
    whole = absent = 0
    for kind, (make, count, moments) in kinds.items():
        for n, after in enumerate(moments):
            prefix = f"Z{n}"
            command = subprocess.Popen([PROGRAM, "import", kind, make(world, prefix), "--data", world.service.data],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(after)
            world.service.kill()
            command.wait(30)
            t.check(verify(world.service).returncode == 0, f"import of {kind} killed after {after} s: verify")
            world.service.start()
            t.check(until(90, lambda: not is_running(world)), f"import of {kind} killed after {after} s: never ends")
            there = int(sql(world.service, count.format(prefix))[0][0])
            t.check(there in (0, IMPORT_ROWS), f"import of {kind} killed after {after} s: {there} of {IMPORT_ROWS} rows")
            whole += there == IMPORT_ROWS
            absent += there == 0
            left = sql(world.service, "SELECT count(*) FROM import_slice")[0][0]
            t.check(left == "0", f"import of {kind} killed after {after} s: {left} slices left")
            t.check(verify(world.service).returncode == 0, f"import of {kind} killed after {after} s: verify at the end")
    print(f"  {whole} imports carried through, {absent} absent after a kill")


# ---- a store that cannot be written ----

def until(seconds, question):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False


def writable(world):
    return world.chief.raw("GET", "/healthz").json["writable"]


def refused_clearly(t, world, what, cause_goes):
    """Writes are refused with 503 STORE_UNAVAILABLE while the cause lasts, reads go on, and all is well by itself after it."""
    kept, refused = [], None
    for _ in range(3000):
        write = world.next_write(world.rng, 0)
        write.status, write.answer = write.send()
        kept.append(write)
        if not write.acknowledged:
            refused = write
            break
    if not t.check(refused is not None, f"{what}: nothing was refused"):
        cause_goes()
        return
    problem = json.loads(refused.answer)
    t.check(refused.status == 503 and problem["code"] == "STORE_UNAVAILABLE", f"{what}: {refused.status} {problem}")
    t.check(world.service.process.poll() is None, f"{what}: the service ended")
    t.check(world.chief.get("stock?limit=10").status == 200, f"{what}: reads")
    t.check(len(world.chief.must("GET", "orders?limit=10")["rows"]) > 0, f"{what}: reads of documents")
    health = world.chief.raw("GET", "/healthz")
    t.check(health.status == 200 and health.json["ok"] and not health.json["writable"], f"{what}: healthz {health}")
    again = world.next_write(world.rng, 0)
    again.status, again.answer = again.send()
    kept.append(again)
    t.check(again.status == 503, f"{what}: the next write: {again.status}")
    cause_goes()
    t.check(until(15, lambda: writable(world)), f"{what}: does not come back by itself")
    check_answers(t, kept, what)
    t.check(all(w.acknowledged for w in kept), f"{what}: a refused write cannot be sent again under its key")
    check_each_once(t, world, kept, what)
    done = verify(world.service)
    t.check(done.returncode == 0, f"{what}: verify {done.returncode} {done.stderr[-500:]}")


def full_by_limit(t, world):
    """A limit on the size of files stands for a full disk where none may be mounted."""
    pid = world.service.process.pid
    # One page: neither a file that grows nor a log that begins anew finds room.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    refused_clearly(t, world, "file size limit",
                    lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))


def mount(folder, size):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
    return done.returncode == 0


def full_disk(t, seed):
    """A small disk, filled by somebody else, then freed."""
    folder = os.path.join("/tmp", f"yaocang-disk-{uuid.uuid4().hex[:8]}")
    os.mkdir(folder)
    if not mount(folder, "64m"):
        os.rmdir(folder)
        t.skip("disk full: no disk may be mounted here")
        return
    service = Service(parent=folder)
    try:
        world = World(service, seed)
        ballast = os.path.join(folder, "ballast")
        with open(ballast, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 4096)
            except OSError:
                pass
        refused_clearly(t, world, "disk full", lambda: os.unlink(ballast))
        t.check(service.stop() == 0, "disk full: SIGTERM afterwards")
    finally:
        service.remove()
        subprocess.run(["umount", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def broken_writes(t, seed):
    """Every write and sync of the file answers an I/O error, as a dying disk or a file system gone read-only does."""
    if not shutil.which("fiu-run") or not shutil.which("fiu-ctrl"):
        t.skip("I/O errors: libfiu is not installed")
        return
    service = Service()
    control = os.path.join(service.folder, "fiu")
    try:
        service.add_users(ROLES)
        add = service.add_users
        service.add_users = lambda roles: None
        start = service.start
        service.start = lambda: start(wrapper=("fiu-run", "-x", "-f", control))
        world = World(service, seed)
        service.add_users = add
        children = subprocess.run(["pgrep", "-P", str(service.process.pid)], capture_output=True, text=True, check=False).stdout.split()
        pid = children[0] if children else str(service.process.pid)
        points = ["posix/io/rw/pwrite", "posix/io/rw/pwrite64"]  # not write: the threads wake each other by it
        for what, names in (("write error", points), ("sync error", ["posix/io/sync/fsync", "posix/io/sync/fdatasync"])):
            for name in names:
                subprocess.run(["fiu-ctrl", "-f", control, "-c", f"enable name={name},failinfo=30", pid], check=True, capture_output=True)

            def mend(names=names):
                for name in names:
                    subprocess.run(["fiu-ctrl", "-f", control, "-c", f"disable name={name}", pid], check=True, capture_output=True)

            refused_clearly(t, world, what, mend)
        os.kill(int(pid), signal.SIGTERM)
        t.check(until(15, lambda: service.process.poll() is not None) and service.process.poll() == 0, "I/O errors: SIGTERM afterwards")
    finally:
        service.remove()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 31)
    print(f"seed {seed}")
    t = Tally()
    service = Service()
    try:
        world = World(service, seed)
        t.case(killed_under_load, world)
        t.case(ended_under_load, world)
        t.case(import_killed, world)
        t.case(full_by_limit, world)
        t.check(service.stop() == 0, "the last SIGTERM")
        t.check(verify(service).returncode == 0, "the last verify")
        if t.failed:
            print(re.sub(r"(?m)^", "    ", service.log()))
    finally:
        service.remove()
    t.case(full_disk, seed)
    t.case(broken_writes, seed)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
