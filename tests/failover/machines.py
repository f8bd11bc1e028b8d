"""Three machines of a county: 10.0.0.11 and .12 with PostgreSQL, Patroni and etcd, .13 with etcd, the service and this program.

Each is a network namespace of its own, joined by cables that can be pulled, so docs/patroni.yml and docs/etcd.env run as they
are written, but for folders. Run it under `unshare -n`.
"""
import ctypes
import glob
import json
import os
import pwd
import signal
import subprocess
import time
import urllib.error
import urllib.request

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
NOBODY = pwd.getpwnam("nobody")
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
LOOP_S = 5  # loop_wait of docs/patroni.yml
children = []


def wait_for(what, ask, seconds):
    began = time.time()
    while time.time() - began < seconds:
        try:
            if ask():
                return True
        except (OSError, ValueError):
            pass
        time.sleep(0.2)
    print("  waited in vain for " + what, flush=True)
    return False


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def substituted(text, pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def ip(words, inside=None):
    subprocess.run((["nsenter", "-t", str(inside), "-n"] if inside else []) + ["ip"] + words.split(), check=True)


def dies_with_us():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def hub():
    """The third machine, where we are, and the switch."""
    ip("link set lo up")
    ip("link add switch type bridge")
    ip("addr add 10.0.0.13/24 dev switch")
    ip("link set switch up")


class Machine:
    """A holder keeps the namespace; without one it is the machine where we are."""

    def __init__(self, folder, name, address, here=False):
        self.folder, self.name, self.address, self.holder = folder, name, address, None
        if not here:
            self.plug_in()

    def plug_in(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sleep", "1000"], preexec_fn=dies_with_us)
        children.append(self.holder)
        ours = os.readlink("/proc/self/ns/net")
        wait_for("a namespace", lambda: os.readlink("/proc/%d/ns/net" % self.holder.pid) != ours, 5)
        ip("link add %s type veth peer name eth0 netns %d" % (self.name, self.holder.pid))
        ip("link set %s master switch up" % self.name)
        for words in ("addr add %s/24 dev eth0" % self.address, "link set eth0 up", "link set lo up"):
            ip(words, self.holder.pid)

    def cable(self, state):
        ip("link set %s %s" % (self.name, state))

    def enter(self):
        """In a child: its own session, the machine's network, nobody's rights."""
        os.setsid()
        if self.holder:
            net = os.open("/proc/%d/ns/net" % self.holder.pid, os.O_RDONLY)
            if LIBC.setns(net, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            os.close(net)
        os.setgroups([])
        os.setgid(NOBODY.pw_gid)
        os.setuid(NOBODY.pw_uid)
        dies_with_us()

    def environment(self, more=None):
        return dict(os.environ, HOME=self.folder, PATH=os.environ["PATH"] + ":" + BIN, **(more or {}))

    def start(self, what, command, more=None):
        log = open("%s/%s-%s.log" % (self.folder, what, self.name), "ab")
        child = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=self.enter, cwd=self.folder,
                                 env=self.environment(more))
        children.append(child)
        return child

    def run(self, command):
        return subprocess.run(command, capture_output=True, text=True, preexec_fn=self.enter, cwd=self.folder, env=self.environment(),
                              timeout=60)

    def etcd(self):
        with open("docs/etcd.env") as f:
            text = substituted(f.read(), [("/var/lib/etcd/yaocang", "%s/etcd-%s" % (self.folder, self.name))])
        text = text.replace("NAME=node1", "NAME=" + self.name).replace("URLS=http://10.0.0.11", "URLS=http://" + self.address)
        more = dict(line.split("=", 1) for line in text.split("\n") if line and line[0] != "#")
        self.start("etcd", ["etcd"], more)


class Node(Machine):
    """A machine with Patroni and its PostgreSQL."""

    def __init__(self, folder, name, address):
        super().__init__(folder, name, address)
        self.data, self.sockets = "%s/%s" % (folder, name), "%s/s%s" % (folder, name[-1])
        os.mkdir(self.sockets)
        os.chown(self.sockets, NOBODY.pw_uid, NOBODY.pw_gid)
        self.file = "%s/%s.yml" % (folder, name)
        self.patroni = None
        with open("docs/patroni.yml") as f, open(self.file, "w") as out:
            text = substituted(f.read(), [
                ("/var/lib/postgresql/15/yaocang", self.data), ("/usr/lib/postgresql/15/bin", BIN),
                ("/var/lib/postgresql/patroni.pgpass",
                 "%s/%s.pgpass\n  parameters:\n    unix_socket_directories: %s" % (folder, name, self.sockets)),
                ("shared_buffers: 256MB", "shared_buffers: 32MB\n        fsync: \"off\""),
                ("local all all peer", "local all all trust")])
            if name != "node1":
                text = substituted(text, [("name: node1 ", "name: %s " % name), ("10.0.0.11:8008", address + ":8008"),
                                          ("10.0.0.11:5432", address + ":5432")])
            out.write(text)

    def begin(self):
        self.patroni = self.start("patroni", ["patroni", self.file])

    def ask(self, path):
        try:
            with urllib.request.urlopen("http://%s:8008/%s" % (self.address, path), timeout=2) as r:
                return json.load(r)
        except urllib.error.HTTPError as e:
            return json.load(e)

    def leads(self):
        try:
            s = self.ask("patroni")
        except (OSError, ValueError):
            return False
        return s.get("role") in ("master", "primary") and s.get("state") == "running"

    def standby_in_step(self):
        """Patroni's own word (its key /sync), not the server's: until that is written, two seconds later, nobody may take over."""
        return any(m["role"] == "sync_standby" and m["state"] in ("running", "streaming") for m in self.ask("cluster")["members"])

    def takes_writes(self):
        """Asked inside the machine, so that it can be told of one that is cut off."""
        out = self.run(["psql", "-h", self.sockets, "-U", "postgres", "-tAc", "SELECT pg_is_in_recovery()"])
        return out.stdout.strip() == "f"

    def server_processes(self):
        with open(self.data + "/postmaster.pid") as f:
            postmaster = int(f.read().split()[0])
        out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True).stdout
        return [postmaster] + [int(p) for p in out.split()]

    def kill(self):
        signal_all([self.patroni.pid] + self.server_processes(), signal.SIGKILL)
        self.patroni.wait()

    def hang(self):
        """The postmaster first, that no child is born meanwhile. Its Patroni is caught in the midst of a round, waiting for an
        answer, and will go on from there: the hardest moment to come back."""
        signal_all(self.server_processes()[:1], signal.SIGSTOP)
        signal_all(self.server_processes(), signal.SIGSTOP)
        time.sleep(LOOP_S + 1)
        signal_all([self.patroni.pid], signal.SIGSTOP)

    def go_on(self):
        signal_all(self.server_processes() + [self.patroni.pid], signal.SIGCONT)

    def restart(self):
        """As systemctl restart patroni: the server ends with its Patroni, and comes back with it."""
        self.patroni.send_signal(signal.SIGTERM)
        self.patroni.wait(60)
        self.begin()


def end_all(nodes):
    for node in nodes:
        try:
            signal_all(node.server_processes(), signal.SIGCONT)
            signal_all(node.server_processes()[:1], signal.SIGQUIT)
        except (OSError, ValueError, IndexError):
            pass
    for child in reversed(children):
        signal_all([child.pid], signal.SIGCONT)
        child.kill()
        child.wait()
