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


class Answers:
    def __init__(self, page):
        self.json = page


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


LISTS = (("orders", "made_at_ms"), ("shortages", "made_at_ms"), ("refusals", "at_ms"))


def of_store(rows, code):
    return [{k: v for k, v in row.items() if not k.startswith("consortium")} for row in rows if row["consortium"] == code]


def pages(s, path, limit, most=200):
    rows, after = [], ""
    for _ in range(most):
        page = s.over("GET", f"{path}{'&' if '?' in path else '?'}limit={limit}&after={after}").json
        rows += page["rows"]
        after = page["next"]
        if after is None:
            return rows
    raise AssertionError(f"{path}: no end after {most} pages")


def rows_are_merged(t, service):
    s = Supervisor(service, "supervisor")
    for name, moment in LISTS:
        answer = s.over("GET", f"{name}?limit=50")
        moments = [row[moment] for row in answer.json["rows"]]
        t.check(answer.status == 200 and moments == sorted(moments, reverse=True), f"{name} newest first: {answer}")
        t.check(set(answer.json) == {"rows", "next", "absent"}, f"{name}: {set(answer.json)}")
    merged = s.over("GET", "orders?limit=1000").json["rows"]
    alone = Person(service, "supervisor").must("GET", "orders?limit=1000")["rows"]
    t.check(of_store(merged, CODE) == alone and len(alone) > 0, "a store's rows are those that it shows by itself")
    rows = list(csv.DictReader(io.StringIO(s.over("GET", "orders.csv").body.decode("utf-8-sig"))))
    t.check([row["id"] for row in rows if row["id"]] == [row["id"] for row in merged], "CSV has the same rows")
    t.check([row["consortium"] for row in rows if not row["id"]] == [GONE], "CSV tells who is missing")
    short = list(csv.DictReader(io.StringIO(s.over("GET", "orders.csv?limit=2").body.decode("utf-8-sig"))))
    t.check(len([row for row in short if row["id"]]) == 2 and "以下还有" in short[-1]["consortium_name"], f"CSV tells that there is more: {short[-1]}")
    board = s.over("GET", "overview")
    t.check(codes(board) == [CODE, OTHER] and all(row["wrong"] for row in board.json["rows"]), f"overview: {board}")
    t.check(s.over("GET", "products").status == 404 and s.over("GET", "overview.csv").status == 404, "nothing else is there")
    clinic = Supervisor(service, "dorf")
    t.check(clinic.over("GET", "refusals").status == 403, "every store asks for the right itself")


def pages_are_the_list(t, service):
    s = Supervisor(service, "supervisor")
    for name, _ in LISTS:
        whole = s.over("GET", f"{name}?limit=1000").json
        t.check(whole["next"] is None, f"{name}: more than 1000")
        for limit in (1, 3, 7):
            t.check(pages(s, name, limit) == whole["rows"], f"{name}: pages of {limit} are not the list")
        turn = pages(s, f"{name}?consortium={OTHER}", 4)
        t.check(of_store(turn, OTHER) == of_store(whole["rows"], OTHER) and codes_of(turn) <= {OTHER}, f"{name}: pages of one consortium")
    orders = s.over("GET", "orders?limit=1000").json["rows"]
    t.check(codes_of(orders) == {CODE, OTHER} and len(orders) >= 8, f"{len(orders)} orders")
    # what is written meanwhile stands before the first page and moves nothing behind it
    first = s.over("GET", "orders?limit=5").json
    buyer = Person(service, "central_pharmacist")
    line = {"product_id": next(p for p in buyer.must("GET", "products?limit=200")["rows"] if p["ceiling_price"] and p["active"])["id"], "units": 1000}
    supplier = next(v for v in buyer.must("GET", "suppliers")["rows"] if v["licence_state"] == "ok")["id"]
    made = buyer.post("orders", {"supplier_id": supplier, "lines": [line]})
    rest, after = [], first["next"]
    while after is not None:
        page = s.over("GET", f"orders?limit=5&after={after}").json
        rest += page["rows"]
        after = page["next"]
    t.check(made.status == 201 and first["rows"] + rest == orders, f"a row twice or lost beside {made}")
    t.check(s.over("GET", "orders?limit=1").json["rows"][0]["id"] == made.json["id"], "the new one stands first")


def codes_of(rows):
    return {row["consortium"] for row in rows}


def day_of(ms):
    return int(time.strftime("%Y%m%d", time.gmtime(ms / 1000 + 8 * 3600)))


def filters_choose(t, service):
    s = Supervisor(service, "supervisor")
    for name, moment in LISTS:
        whole = s.over("GET", f"{name}?limit=1000").json["rows"]
        days = sorted({day_of(row[moment]) for row in whole})
        for day in days[:1] + days[-1:]:
            for query, keep in ((f"from_ymd={day}", lambda d, day=day: d >= day), (f"to_ymd={day}", lambda d, day=day: d <= day),
                                (f"from_ymd={day}&to_ymd={day}", lambda d, day=day: d == day)):
                wanted = [row for row in whole if keep(day_of(row[moment]))]
                t.check(pages(s, f"{name}?{query}", 50) == wanted, f"{name}?{query}")
        for state in sorted({row.get("state") for row in whole} - {None}):
            wanted = [row for row in whole if row["state"] == state]
            t.check(pages(s, f"{name}?state={state}", 9) == wanted and wanted, f"{name}?state={state}")
    t.check(s.over("GET", f"orders?consortium={CODE},{OTHER}").json["rows"] == s.over("GET", "orders").json["rows"], "both named")
    t.check(s.over("GET", f"orders?consortium={OTHER}").json["absent"] == [], "who is not asked is not absent")


def asked_as_described(t, service):
    """The document's own words: every path, every parameter, and what is refused."""
    s, nobody, liar = Supervisor(service, "supervisor"), Supervisor(service), Supervisor(service)
    liar.cookie = "yaocang_session=" + "0" * 64
    paths = {p: ops for p, ops in s.raw("GET", "/api/openapi.json").json["paths"].items() if p.startswith("/api/v1/-/")}
    t.check({p.rsplit("/", 1)[1] for p in paths} == {"consortia", "session", "overview", "orders", "shortages", "refusals"}, f"described: {sorted(paths)}")
    for path, ops in paths.items():
        name, get = path[len("/api/v1/-/"):], ops["get"]
        if name == "consortia":
            t.check(nobody.over("GET", name).status == 200, "the names of the consortia are for everybody")
            continue
        for who in (nobody, liar):
            t.check(who.over("GET", name).code == "NOT_SIGNED_IN", f"{name} without a session")
        answer = s.over("GET", name)
        schema = get["responses"]["200"]["content"]["application/json"]["schema"]
        t.check(set(answer.json) == set(schema["required"]), f"{name}: {set(answer.json)} {schema['required']}")
        columns = schema["properties"]["rows"]["items"]["properties"]
        for row in answer.json["rows"] if get["parameters"] else []:
            t.check(set(row) == set(columns), f"{name}: members {set(row) ^ set(columns)}")
        for method in ("PUT", "PATCH") + (() if "post" in ops else ("POST", "DELETE")):
            wrong = s.over(method, name, {})
            t.check(wrong.status in (404, 405), f"{method} {name}: {wrong}")
        for query in ("surely=1", "limit=1&limit=2", "limit=%zz", "limit=%ff"):
            refused = s.over("GET", f"{name}?{query}")
            t.check(refused.status in (400, 422), f"{name}?{query}: {refused}")
        known = {p["name"] for p in get["parameters"]}
        bad = {"limit": ("0", "1001", "-1", "abc", ""), "after": ("abc", "nowhere:1", f"{CODE}:x", f"{CODE}:1.2.3.4.5.6", f"{CODE}:end", "%27"),
               "consortium": ("nowhere", f"{CODE},nowhere", "", "..%2F"), "from_ymd": ("1", "20261301", "x"), "to_ymd": ("0", "20260230", ""),
               "state": ("%27", "A", "")}
        t.check(not known or known <= set(bad), f"{name}: a parameter that nobody tried: {known - set(bad)}")
        for parameter in known:
            for value in bad[parameter]:
                refused = s.over("GET", f"{name}?{parameter}={value}")
                t.check(refused.status == 422, f"{name}?{parameter}={value}: {refused}")
        t.check(s.over("GET", f"{name}/").status == 404, f"{name}/ with a slash")
    try:
        huge = s.over("POST", "session", {"user": "x" * (1 << 20), "password": "y"})
        t.check(huge.status == 413, f"a login of more than a megabyte: {huge}")
    except (BrokenPipeError, ConnectionResetError):
        t.check(True, "a login of more than a megabyte: cut")
    plain = s.raw("POST", "/api/v1/-/session", b"user=x", {"Content-Type": "application/x-www-form-urlencoded"})
    t.check(plain.status == 415, f"a form: {plain}")
    t.check(s.raw("POST", "/api/v1/-/session", b"{", {"Content-Type": "application/json"}).status in (400, 422), "half an object")


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
        page = s.over("GET", "orders?limit=2").json
        t.check(codes(Answers(page)) == [CODE] and page["next"] and f"{OTHER}:," in page["next"] + ",", f"the late one stands where it stood: {page['next']}")
    end, answer = time.monotonic() + 20, None
    while time.monotonic() < end and (answer is None or codes(answer) != [CODE, OTHER]):
        answer = s.over("GET", "orders")
    t.check(codes(answer) == [CODE, OTHER], f"back again by itself: {codes(answer)}")


def across_consortia(t):
    service = Service()
    try:
        service.add_users(["supervisor", "central_pharmacist"])
        add_store(service, OTHER, [("supervisor", "supervisor", PASSWORD), ("einer", "supervisor", "ein anderes Wort 8"), ("dorf", "clinic", PASSWORD)])
        add_store(service, GONE, [])
        service.start()
        for end in ("", "-wal", "-shm"):
            if os.path.exists(os.path.join(service.data, f"{GONE}.db{end}")):
                os.rename(os.path.join(service.data, f"{GONE}.db{end}"), os.path.join(service.folder, f"{GONE}.db{end}"))
        for case in (sessions_stand_where_they_fit, rows_are_merged, pages_are_the_list, filters_choose, asked_as_described,
                     nobody_waits_for_another):
            t.case(case, service)
        t.check(service.stop() == 0, "SIGTERM: exit 0")
        if t.failed:
            print(service.log())
    finally:
        service.remove()
