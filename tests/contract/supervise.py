"""One person's view over several consortia: every store for itself, and none kept waiting by another."""
import csv
import fcntl
import io
import json
import os
import time

from service import CODE, PASSWORD, Person, Service, run

OTHER, GONE = "sxzy", "weg"


class Supervisor(Person):
    def __init__(self, service, name=None, password=PASSWORD):
        super().__init__(service)
        self.login = self.over("POST", "session", {"user": name, "password": password}) if name else None
        if self.login and self.login.status == 200:
            self.cookie = self.login.headers["Set-Cookie"].split(";")[0]

    def over(self, method, path, body=None, headers=None):
        body = None if body is None else json.dumps(body).encode()
        headers = {**(headers or {}), **({"Content-Type": "application/json"} if body else {})}
        return self.raw(method, f"/api/v1/-/{path}", body, headers)


def codes(answer, what="rows"):
    return sorted({row["consortium"] for row in answer.json[what]})


class Locked:
    """Nobody can begin to read this store: the locks of its readers are held by somebody else."""

    def __init__(self, service, code):
        self.file = open(os.path.join(service.data, f"{code}.db-shm"), "r+b")

    def __enter__(self):
        fcntl.lockf(self.file, fcntl.LOCK_EX, 5, 123)

    def __exit__(self, *_):
        self.file.close()


def add_store(service, code, users):
    run("init", "--data", service.data, "--consortium", code, "--name", f"测试县{code}", "--demo", "--scale", "0.02")
    for name, role, password in users:
        run("user", "add", name, "--data", service.data, "--consortium", code, "--role", role, stdin=password + "\n")


def sessions_stand_where_they_fit(t, service):
    both = Supervisor(service, "supervisor")
    t.check(both.login.status == 200 and codes(both.login) == [CODE, OTHER], f"both: {both.login}")
    t.check("Path=/api/v1/-;" in both.login.headers["Set-Cookie"] and "HttpOnly" in both.login.headers["Set-Cookie"], "the cookie's path")
    t.check(codes(both.login, "absent") == [GONE], f"a store that is gone is named: {both.login}")
    t.check(codes(both.over("GET", "session")) == [CODE, OTHER], "who am I")
    one = Supervisor(service, "einer", "ein anderes Wort 8")
    t.check(codes(one.login) == [OTHER] and codes(one.over("GET", "orders")) == [OTHER], f"an account in one store: {one.login}")
    wrong = Supervisor(service, "supervisor", "falsch falsch")
    t.check(wrong.login.status == 401 and not wrong.login.headers["Set-Cookie"], f"wrong password: {wrong.login}")
    t.check(Supervisor(service).over("GET", "orders").status == 401, "nobody without a session")
    foreign = both.over("POST", "session", {"user": "supervisor", "password": PASSWORD}, {"Origin": "http://evil.example"})
    t.check(foreign.status == 403 and not foreign.headers["Set-Cookie"], f"foreign origin: {foreign}")
    t.check(both.get("orders").status == 200, "the token is a session of its stores")
    out = both.over("DELETE", "session")
    t.check(out.status == 200 and "Max-Age=0" in out.headers["Set-Cookie"], f"signed out: {out}")
    t.check(both.over("GET", "orders").status == 401, "and signed out everywhere")
    t.check(both.get("orders").status == 401, "in the store itself too")


def rows_are_merged(t, service):
    s = Supervisor(service, "supervisor")
    for name, moment in (("orders", "made_at_ms"), ("shortages", "made_at_ms"), ("refusals", "at_ms")):
        answer = s.over("GET", f"{name}?limit=50")
        moments = [row[moment] for row in answer.json["rows"]]
        t.check(answer.status == 200 and moments == sorted(moments, reverse=True), f"{name} newest first: {answer}")
    merged = s.over("GET", "orders?limit=1000").json["rows"]
    alone = Person(service, "supervisor").must("GET", "orders?limit=1000")["rows"]
    mine = [{k: v for k, v in row.items() if not k.startswith("consortium")} for row in merged if row["consortium"] == CODE]
    t.check(mine == alone and len(alone) > 0, "a store's rows are those that it shows by itself")
    t.check(s.over("GET", "orders?limit=1").json["more"] is True, "more is told")
    rows = list(csv.DictReader(io.StringIO(s.over("GET", "orders.csv?limit=1000").body.decode("utf-8-sig"))))
    t.check([row["id"] for row in rows if row["id"]] == [row["id"] for row in merged], "CSV has the same rows")
    t.check([row["consortium"] for row in rows if not row["id"]] == [GONE], "CSV tells who is missing")
    board = s.over("GET", "overview")
    t.check(codes(board) == [CODE, OTHER] and all(row["wrong"] for row in board.json["rows"]), f"overview: {board}")
    for path in ("orders?limit=0", "orders?limit=1001", "orders?limit=abc", "orders?state=draft", "session?x=1", "overview?limit=a"):
        t.check(s.over("GET", path).status == 422, f"{path} refused")
    t.check(s.over("GET", "products").status == 404 and s.over("GET", "overview.csv").status == 404, "nothing else is there")
    clinic = Supervisor(service, "dorf")
    t.check(clinic.over("GET", "refusals").status == 403, "every store asks for the right itself")


def nobody_waits_for_another(t, service):
    s = Supervisor(service, "supervisor")
    with Locked(service, OTHER):
        begun = time.monotonic()
        answer = s.over("GET", "orders")
        took = time.monotonic() - begun
        t.check(answer.status == 200 and codes(answer) == [CODE], f"the other's rows come: {answer}")
        t.check({row["consortium"]: row["code"] for row in answer.json["absent"]}.get(OTHER) == "LATE", f"late is named: {answer.json['absent']}")
        t.check(1.5 < took < 4, f"at the deadline: {took:.2f} s")
        begun = time.monotonic()
        for _ in range(4):
            t.check(Person(service, "supervisor").get("orders").status == 200, "everybody else is served meanwhile")
        t.check(time.monotonic() - begun < 2, f"and at once: {time.monotonic() - begun:.2f} s")
    end, answer = time.monotonic() + 20, None
    while time.monotonic() < end and (answer is None or codes(answer) != [CODE, OTHER]):
        answer = s.over("GET", "orders")
    t.check(codes(answer) == [CODE, OTHER], f"back again by itself: {codes(answer)}")


def across_consortia(t):
    service = Service()
    try:
        service.add_users(["supervisor"])
        add_store(service, OTHER, [("supervisor", "supervisor", PASSWORD), ("einer", "supervisor", "ein anderes Wort 8"), ("dorf", "clinic", PASSWORD)])
        add_store(service, GONE, [])
        service.start()
        for end in ("", "-wal", "-shm"):
            if os.path.exists(os.path.join(service.data, f"{GONE}.db{end}")):
                os.rename(os.path.join(service.data, f"{GONE}.db{end}"), os.path.join(service.folder, f"{GONE}.db{end}"))
        for case in (sessions_stand_where_they_fit, rows_are_merged, nobody_waits_for_another):
            t.case(case, service)
        t.check(service.stop() == 0, "SIGTERM: exit 0")
        if t.failed:
            print(service.log())
    finally:
        service.remove()
