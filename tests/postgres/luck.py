"""Bad luck of the server under a county at work: it is restarted in the midst of transactions, and its disks run full.

Usage: tests/postgres/luck.py FOLDER [mounts]. A server of its own in FOLDER; with `mounts` (under `unshare -m`), its data
and its log stand on disks of their own that can be filled. The last line is "N passed, N failed[, N skipped]".
"""
import glob
import os
import pwd
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import county  # noqa: E402

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
BEGAN = time.time()
GAP_MAX_S = 20
results = {"passed": 0, "failed": 0, "skipped": 0}


def check(what, right):
    results["passed" if right else "failed"] += 1
    print("  %s  %s  (%.0f s)" % ("ok    " if right else "FAILED", what, time.time() - BEGAN), flush=True)


def wait_for(ask, seconds):
    began = time.time()
    while time.time() - began < seconds:
        if ask():
            return True
        time.sleep(0.1)
    return False


def as_nobody():
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


class Disk:
    """A folder; a disk of its own that can be filled where we may mount."""

    def __init__(self, path, megabytes):
        self.path, self.filler, self.own = path, path + "/filler", False
        os.mkdir(path)
        if os.getuid() == 0:
            os.chown(path, *pwd.getpwnam("nobody")[2:4])
        if sys.argv[2:] == ["mounts"]:
            self.mount(megabytes)

    def mount(self, megabytes):
        words = ["mount", "-t", "tmpfs", "-o", "size=%dm,uid=%d,mode=700" % (megabytes, pwd.getpwnam("nobody").pw_uid), "none", self.path]
        self.own = subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0

    def fill(self):
        block = b"x" * 65536
        with open(self.filler, "ab", buffering=0) as f:
            while block:
                try:
                    f.write(block)
                except OSError:
                    block = block[: len(block) // 2]

    def clear(self):
        os.unlink(self.filler)


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.disk, self.log_disk = Disk(folder + "/d", 192), Disk(folder + "/w", 64)
        self.data = self.disk.path + "/data"
        self.run("initdb", "-D", self.data, "-X", self.log_disk.path + "/wal", "--wal-segsize=1", "-U", "yaocang", "-A", "trust", "-E",
                 "UTF8", "--locale=C.UTF-8", "-N")
        self.options = ("-c listen_addresses='' -c unix_socket_directories=%s -c fsync=off -c shared_buffers=32MB -c max_wal_size=24MB "
                        "-c min_wal_size=4MB -c wal_recycle=off -c max_connections=40 -c max_locks_per_transaction=256" % folder)
        self.ctl("start")

    @staticmethod
    def run(program, *words):
        out = subprocess.run([BIN + "/" + program, *words], preexec_fn=as_nobody, cwd="/", stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
        if out.returncode and program != "pg_ctl":
            print(out.stderr[-500:])
        return out.returncode == 0

    def ctl(self, action, *more):
        return self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder + "/server.log", "-o", self.options, action, *more)

    def postmaster(self):
        with open(self.data + "/postmaster.pid") as f:
            return int(f.read().split()[0])

    def killed(self):
        os.kill(self.postmaster(), signal.SIGKILL)
        return wait_for(lambda: self.ctl("start"), 20)  # orphans of the old one hold its memory for a moment


def restarted(server, load):
    """Each in the midst of transactions: four chains of work are always under way."""
    for what, blow in (("killed with -9 and started", server.killed), ("restarted, fast", lambda: server.ctl("restart", "-m", "fast")),
                       ("restarted, immediate", lambda: server.ctl("restart", "-m", "immediate"))):
        check("%s: under load" % what, wait_for(load.flows, 30))
        moment = time.time()
        check("%s: the server is there again" % what, blow())
        back = time.time()
        wait_for(lambda: load.answered[-1] > back and load.flows(), 30)
        gap = load.gap_after(moment)
        check("%s: the gap is %.1f s, at most %d" % (what, gap, GAP_MAX_S), gap <= GAP_MAX_S)


def full(server, load, what, disk, start):
    """Refused clearly while there is no room, reads go on, writes by themselves once there is."""
    if not disk.own:
        results["skipped"] += 1
        print("  SKIPPED: no disk of its own may be mounted here: %s was not filled" % what)
        return
    check("%s full: under load" % what, wait_for(load.flows, 30))
    before = len(load.refused)
    disk.fill()
    refused = wait_for(lambda: len(load.refused) > before and time.time() - load.answered[-1] > 1, 60)
    check("%s full: writes are refused: %s" % (what, load.refused[-1:]),
          refused and load.refused[-1][0] == "STORE_UNAVAILABLE" and "不会丢失" in load.refused[-1][1])
    if not start:
        check("%s full: reads go on" % what, load.people["buyer"].ask("GET", "orders?limit=5")[0] == 200)
    disk.clear()
    if start:
        check("%s has room: the server starts" % what, wait_for(lambda: server.ctl("start") or server.ctl("status"), 20))
    moment = time.time()
    again = wait_for(lambda: load.answered[-1] > moment and load.flows(), 30)
    check("%s has room: written again by itself after %.1f s" % (what, time.time() - moment), again)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    if os.getuid() == 0:
        os.chown(folder, *pwd.getpwnam("nobody")[2:4])
    server = Server(folder)
    data = folder + "/county"
    os.makedirs(data)
    county.make(data, "postgres:host=%s user=yaocang dbname=postgres" % folder)
    service = subprocess.Popen([county.PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               stderr=open(data + "/log", "ab"), text=True)
    try:
        port = int(re.search(r":(\d+)/", service.stdout.readline()).group(1))
        load = county.Load(data, ("127.0.0.1", port))
        restarted(server, load)
        full(server, load, "the disk of the data", server.disk, start=False)
        full(server, load, "the disk of the WAL", server.log_disk, start=True)
        load.end()
        service.send_signal(signal.SIGTERM)
        check("the service ends", service.wait(60) == 0)
        load.proven(check)
    finally:
        service.kill()
        if results["failed"]:
            for log in (folder + "/server.log", data + "/log"):
                print("---", log, open(log, errors="replace").read()[-3000:])
        server.ctl("stop", "-m", "immediate")
    print("%d passed, %d failed, %d skipped" % (results["passed"], results["failed"], results["skipped"]))
    return 1 if results["failed"] else 0


sys.exit(main())
