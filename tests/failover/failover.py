"""Failover, really done; see run.sh. Usage: failover.py WORLD, where WORLD names what happens to the county's server."""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "postgres"))
import county  # noqa: E402
from machines import NOBODY, Machine, Node, children, end_all, hub, wait_for  # noqa: E402

GAP_MAX_S = 40
PLANNED_MAX_S = 15
BEGAN = time.time()
results = {"passed": 0, "failed": 0}


def check(what, right):
    results["passed" if right else "failed"] += 1
    print("  %s  %s  (%.0f s)" % ("ok    " if right else "FAILED", what, time.time() - BEGAN), flush=True)


class World:
    def __init__(self, folder):
        hub()
        self.folder, self.data = folder, folder + "/data"
        self.nodes = [Node(folder, "node1", "10.0.0.11"), Node(folder, "node2", "10.0.0.12")]
        for machine in self.nodes + [Machine(folder, "node3", "10.0.0.13", here=True)]:
            machine.etcd()
        self.nodes[0].begin()
        if not wait_for("the first leader", self.nodes[0].leads, 60):
            raise SystemExit("no leader")
        self.nodes[1].begin()
        os.makedirs(self.data)
        county.make(self.data, "postgres:host=10.0.0.11,10.0.0.12 dbname=postgres user=postgres password=CHANGE-ME-1")
        self.server = self.serve()
        self.load = county.Load(self.data, ("127.0.0.1", 8080))

    def serve(self):
        command = [county.PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:8080"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(self.data + "/log", "ab"), text=True)
        children.append(server)
        assert re.search(r":8080/", server.stdout.readline()), open(self.data + "/log").read()[-500:]
        return server

    def leader(self):
        return next(n for n in self.nodes if n.leads())

    def in_step(self):
        return wait_for("the standby", lambda: self.leader().standby_in_step(), 60)

    def strike(self, what, blow, meanwhile=None, most=GAP_MAX_S):
        """The blow falls on the leader under load; the other takes over, and people are answered again by themselves."""
        check("%s: the standby was in step" % what, self.in_step())
        wait_for("a load under way", self.load.flows, 30)
        leader = self.leader()
        other = next(n for n in self.nodes if n is not leader)
        moment = time.time()
        blow(leader)
        if meanwhile:
            meanwhile(leader, other)
        check("%s: the standby leads" % what, wait_for("a new leader", other.leads, 60))
        took = time.time() - moment
        wait_for("answers again", lambda: self.load.answered[-1] > moment + took, 60)
        gap = self.load.gap_after(moment)
        check("%s: led after %.1f s, the gap is %.1f s, at most %d" % (what, took, gap, most), gap <= most)
        return leader

    def end(self):
        self.load.end()
        self.server.send_signal(signal.SIGTERM)
        check("the service ends", self.server.wait(60) == 0)
        self.load.proven(check)


def killed(world):
    """The primary dies with all its processes; then, with the dead one back, the line of the new primary is cut."""
    dead = world.strike("killed with -9", Node.kill)
    dead.begin()

    def lays_down(leader, other):
        told = wait_for("the one that is cut off to lay down its role", lambda: not leader.takes_writes() or other.leads(), 60)
        check("cut off: it takes no writes any more before the other one does", told and not leader.takes_writes())

    lonely = world.strike("cut off", lambda leader: leader.cable("down"), lays_down)
    lonely.cable("up")
    check("the one that was cut off comes back as a standby", world.in_step())


def hung(world):
    """The primary hangs, whole, and comes to itself when another leads; then both are upgraded, and the program."""
    sleeper = world.strike("hangs while it lives", Node.hang)
    sleeper.go_on()
    check("the one that hung comes back as a standby", world.in_step())
    upgraded(world)


def upgraded(world):
    """docs/operations.md, upgrade of a running pair: the standby, a switchover, the other one, the program."""
    leader = world.leader()
    standby = next(n for n in world.nodes if n is not leader)
    standby.restart()

    def switchover(old):
        text = open("docs/operations.md").read()
        command = re.search(r"^ +(patronictl .*switchover.*)$", text, re.M).group(1)
        command = command.replace("/etc/patroni/config.yml", old.file).replace("LEADER", old.name).replace("STANDBY", standby.name)
        out = old.run(command.split())
        check("upgrade: %s" % " ".join(command.split()[3:]), out.returncode == 0)
        if out.returncode:
            print(out.stdout, out.stderr)

    world.strike("upgrade of the pair", switchover, most=PLANNED_MAX_S)
    leader.restart()
    check("upgrade: the other one is back in step", world.in_step())
    wait_for("a load under way", world.load.flows, 30)
    moment = time.time()
    world.server.send_signal(signal.SIGTERM)
    world.server.wait(60)
    world.server = world.serve()
    wait_for("a load under way", world.load.flows, 30)
    gap = world.load.gap_after(moment)
    check("upgrade of the program: the gap is %.1f s, at most %d" % (gap, PLANNED_MAX_S), gap <= PLANNED_MAX_S)


WORLDS = {"killed": killed, "hung": hung}


def show_logs(folder):
    for log in sorted(glob.glob(folder + "/*.log")) + [folder + "/data/log"]:
        if os.path.exists(log):
            lines = [s for s in open(log, errors="replace").read().split("\n") if "FATAL:  the database system is" not in s]
            print("---", os.path.basename(log), "\n".join(lines[-60:] if "patroni" in log else lines[-15:]))


def cut_short(number, frame):
    raise SystemExit("cut short by signal %d" % number)


def main():
    signal.signal(signal.SIGTERM, cut_short)
    folder = tempfile.mkdtemp(prefix="yaocang-ha-", dir="/tmp")
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    world = None
    try:
        world = World(folder)
        WORLDS[sys.argv[1]](world)
        world.end()
    finally:
        if not world or results["failed"] or not results["passed"]:
            show_logs(folder)
        end_all(world.nodes if world else [])
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (results["passed"], results["failed"]))
    return 1 if results["failed"] else 0


sys.exit(main())
