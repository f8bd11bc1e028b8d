"""A copy that has a name restores and proves, whenever the program that makes copies is killed; and a round costs what changed."""
import glob
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from datetime import datetime, timedelta

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "contract"))
from service import CODE, PROGRAM, Person, Service, Tally, run  # noqa: E402

KILLS = 14
NAME = re.compile(r"\d{8}-\d{6}$")


class Keeper:
    """Books something again and again, and remembers how long the slowest write waited."""

    def __init__(self, service):
        self.person, self.stopping, self.count, self.slowest_s = Person(service, "keeper"), threading.Event(), 0, 0.0
        self.product = next(p for p in self.person.must("GET", "products?limit=200")["rows"] if p["active"])["id"]
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.stopping.wait(0.02):
            began = time.monotonic()
            line = {"product_id": self.product, "lot": f"M{self.count % 20}", "expiry_ymd": 20291231, "units": 1}
            key = str(uuid.uuid4())
            try:
                self.person.must("POST", "adjustments", {"reason": "found", "lines": [line]}, key)
            except (OSError, http.client.HTTPException):  # a connection that the service has closed meanwhile
                self.person.must("POST", "adjustments", {"reason": "found", "lines": [line]}, key)
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            self.count += 1

    def end(self):
        self.stopping.set()
        self.thread.join(30)


class Copies:
    def __init__(self, service):
        self.service, self.to = service, os.path.join(service.folder, "copies")
        self.log = open(os.path.join(service.folder, "copies.log"), "ab")

    def start(self, every="1s"):
        return subprocess.Popen([PROGRAM, "backup", "--data", self.service.data, "--to", self.to, "--every", every], stderr=self.log)

    def names(self):
        return sorted(n for n in os.listdir(self.to) if NAME.match(n)) if os.path.isdir(self.to) else []

    def drill(self, *more):
        return run("drill", "--from", self.to, *more, check=False)

    def until_more_than(self, names, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not set(self.names()) - set(names):
            time.sleep(0.02)
        return set(self.names()) - set(names)

    def one_round(self):
        before, child = self.names(), self.start("1h")
        new = self.until_more_than(before)
        time.sleep(0.3)
        child.terminate()
        return new, child.wait(60)

    def grow_old(self):
        """What is there becomes copies of hours ago, many of each hour, and the next round sweeps."""
        oldest = min([datetime.now() - timedelta(hours=5)] +
                     [datetime.strptime(n, "%Y%m%d-%H%M%S") for n in self.names()][:1])
        for i, name in enumerate(reversed(self.names())):
            aged = (oldest - timedelta(minutes=10 * (i + 1))).strftime("%Y%m%d-%H%M%S")
            os.rename(os.path.join(self.to, name), os.path.join(self.to, aged))
        keeping = os.path.join(self.to, ".working", "keeping")
        if os.path.exists(keeping):
            os.unlink(keeping)

    def blocks(self):
        return {p: os.stat(p).st_size for p in glob.glob(os.path.join(self.to, "blocks", "*", "*"))}


def killed(t, copies, keeper, rng, what, before_each):
    whole = 0
    for i in range(KILLS):
        before_each()
        names, child = copies.names(), copies.start()
        if i % 3 == 2:  # right behind a new name: records, thinning and sweeping are under way
            copies.until_more_than(names, 10)
            time.sleep(rng.uniform(0, 0.05))
        else:
            time.sleep(rng.uniform(0, 0.7))
        child.kill()
        child.wait()
        if not copies.names():
            continue
        done = copies.drill()
        whole += t.check(done.returncode == 0, f"{what} {i}: the newest copy: {done.stdout} {done.stderr}")
    t.check(whole > KILLS // 2, f"{what}: hardly any copies were made")


def killed_while_copying(t, copies, keeper, rng):
    killed(t, copies, keeper, rng, "killed while copying", lambda: None)
    done = copies.drill("--all")
    t.check(done.returncode == 0, f"every copy restores: {done.stderr}")


def killed_while_thinning(t, copies, keeper, rng):
    killed(t, copies, keeper, rng, "killed while thinning", copies.grow_old)
    done = copies.drill("--all")
    t.check(done.returncode == 0, f"every copy restores: {done.stderr}")


def nothing_is_left_lying(t, copies, keeper, rng):
    copies.grow_old()
    new, status = copies.one_round()
    t.check(len(new) == 1 and status == 0, f"a round, ended by SIGTERM: {new}, {status}")
    left = [n for n in os.listdir(copies.to) if n in (".part", ".gone")] + glob.glob(os.path.join(copies.to, "blocks", "*", "*.part"))
    t.check(not left, f"left lying: {left}")
    named = set()
    for path in glob.glob(os.path.join(copies.to, "*", f"{CODE}.blocks")):
        named |= set(re.findall(r"^[0-9a-f]{64}$", open(path).read(), re.M))
    there = {os.path.basename(p) for p in copies.blocks()}
    t.check(there == named, f"{len(there - named)} blocks that no copy names, {len(named - there)} that are missing")


def a_round_costs_what_changed(t, copies, keeper, rng):
    size = os.stat(os.path.join(copies.service.data, f"{CODE}.db")).st_size
    cost = []
    for _ in range(3):
        before, count = copies.blocks(), keeper.count
        copies.one_round()
        new = sum(n for p, n in copies.blocks().items() if p not in before)
        cost.append((new, keeper.count - count))
    print(f"  store of {size >> 10} KB; new bytes and writes of each round: {cost}; slowest write beside copies {keeper.slowest_s:.3f} s")
    t.check(all(new < size / 2 for new, _ in cost), f"a round wrote nearly everything: {cost} of {size}")
    t.check(keeper.slowest_s < 5, f"a write waited {keeper.slowest_s:.2f} s for a copy")


def it_is_told(t, copies, keeper, rng):
    keeper.end()
    new, _ = copies.one_round()
    t.check(len(new) == 1, "the last round")
    time.sleep(1.5)
    health = json.loads(keeper.person.raw("GET", "/healthz").body)
    t.check(health["backup_age_s"] is not None and 0 <= health["backup_age_s"] < 60, f"healthz: {health}")
    t.check(health["disk_loss_s"] == 0, f"healthz: {health}")
    out = run("sql", "--read-only", "--data", copies.service.data, "--consortium", CODE,
              "SELECT count(*) FROM audit WHERE action = 'admin.backup'").stdout
    t.check(int(out.split()[-1]) >= len(copies.names()), f"audit: {out} for {len(copies.names())} copies")


def without_the_program(t, copies, keeper, rng):
    """What FORMAT.txt says, done by a shell."""
    script = open(os.path.join(copies.to, "FORMAT.txt")).read()
    script = script[script.index("for h in"):script.index("Never delete")].replace("NAME", CODE)
    copy = os.path.join(copies.to, copies.names()[-1])
    done = subprocess.run(["sh", "-c", script], cwd=copy, capture_output=True, text=True)
    whole = os.path.join(copy, f"{CODE}.db")
    t.check(done.returncode == 0 and not done.stderr, f"the shell: {done.stderr[:300]}")
    folder = tempfile.mkdtemp(dir=copies.service.folder)
    os.rename(whole, os.path.join(folder, f"{CODE}.db"))
    proof = run("verify", "--data", folder, check=False)
    t.check(proof.returncode == 0, f"what the shell put together: {proof.stderr}")


def a_bit_flips(t, copies, keeper, rng):
    names = set(re.findall(r"^[0-9a-f]{64}$", open(os.path.join(copies.to, copies.names()[-1], f"{CODE}.blocks")).read(), re.M))
    name = rng.choice(sorted(names))
    path = os.path.join(copies.to, "blocks", name[:2], name)
    with open(path, "r+b") as f:
        f.seek(rng.randrange(os.stat(path).st_size))
        byte = f.read(1)[0]
        f.seek(-1, 1)
        f.write(bytes([byte ^ 1 << rng.randrange(8)]))
    done = copies.drill()
    t.check(done.returncode == 1 and name in done.stderr, f"a flipped bit: {done.returncode} {done.stderr}")


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10**6)
    print(f"  seed {seed}")
    t, rng, service = Tally(), random.Random(seed), Service("0.1")
    try:
        service.add_users(["keeper"])
        service.start()
        copies, keeper = Copies(service), Keeper(service)
        for case in (killed_while_copying, killed_while_thinning, nothing_is_left_lying, a_round_costs_what_changed, it_is_told,
                     without_the_program, a_bit_flips):
            t.case(case, copies, keeper, rng)
        t.check(service.stop() == 0, "SIGTERM: exit 0")
        if t.failed:
            print(service.log(), open(copies.log.name).read()[-3000:])
    finally:
        service.remove()
    sys.exit(t.end())


main()
