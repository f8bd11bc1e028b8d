"""The contract: the service against its own OpenAPI document and against what it promises of HTTP."""
import csv
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
import zipfile

from exports import exports_come_back
from heads import malformed_heads_change_nothing, slow_clients, slow_clients_are_let_go
from service import CODE, PASSWORD, PROGRAM, ROLES, Person, Service, Tally, run, seq, settle, usage, work
from supervise import across_consortia
from twenty import twenty_consortia

# Members of a list's rows beside its columns: nested rows, and what is computed from them.
EXTRAS = {"sites": {"depots"}, "users": {"roles"}, "supply": {"daily_use_milli", "days_of_stock", "suggest_units", "volume"}}
BASE = "/api/v1/{consortium}/"


class World:
    def __init__(self, service):
        self.service = service
        self.people = {role: Person(service, role) for role in ROLES}
        people = self.people
        self.ids = work(service, people["central_pharmacist"], people["chief_pharmacist"], people["inspector"],
                        people["township_pharmacist"])
        settle(people["finance"], self.ids, people["finance"].must("GET", "session")["today_ymd"])
        self.api = people["admin"].raw("GET", "/api/openapi.json").json
        self.lists = {path[len(BASE):]: ops["get"] for path, ops in self.api["paths"].items()
                      if path.startswith(BASE) and "get" in ops and "rows" in schema_of(ops["get"]).get("properties", {})}
        pack = run("sql", "--read-only", "--data", service.data, "--consortium", CODE,
                   "SELECT 'code ' || t.prefix || substr('0000000000000' || (p.id % 10000000000000), -13) FROM pack p JOIN trace_prefix t "
                   "ON t.no = p.id / 10000000000000 WHERE p.place_id IS NOT NULL LIMIT 1").stdout
        self.code = re.search(r"code (\d{20})", pack).group(1)


def schema_of(operation):
    content = next(iter(operation["responses"].values()))["content"]
    return content.get("application/json", {}).get("schema", {})


# ---- the document itself ----

def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def document_is_openapi(t, world):
    api = world.api
    t.check(api["openapi"].startswith("3.1"), "openapi version")
    t.check(api["info"]["title"] and api["info"]["version"], "info")
    for ref in set(refs(api)):
        node = api
        for part in ref.lstrip("#/").split("/"):
            node = node.get(part, {}) if isinstance(node, dict) else {}
        t.check(bool(node), f"{ref} is defined")
    count = 0
    for path, ops in api["paths"].items():
        in_path = set(re.findall(r"\{(\w+)\}", path))
        for method, op in ops.items():
            count += 1
            where = f"{method} {path}"
            declared = {p["name"] for p in op["parameters"] if p["in"] == "path" and p["required"]}
            t.check(declared == in_path, f"{where}: path parameters {declared} {in_path}")
            names = [(p["name"], p["in"]) for p in op["parameters"]]
            t.check(len(names) == len(set(names)), f"{where}: a parameter twice")
            t.check(op.get("summary") and op.get("x-permission") is not None and isinstance(op.get("x-roles"), list), f"{where}: words")
            t.check(set(op["x-roles"]) <= set(ROLES) | {"device"}, f"{where}: roles")
            t.check(bool(op["x-roles"]) or op["x-permission"] == "NONE", f"{where}: nobody may")
            t.check("default" in op["responses"] and bool(set(op["responses"]) & {"200", "201"}), f"{where}: responses")
            if method in ("post", "patch") and not path.endswith("/session"):
                t.check(("Idempotency-Key", "header") in names, f"{where}: key")
                t.check("requestBody" in op, f"{where}: body")
    t.check(count >= 60, f"only {count} operations")
    t.check(len(world.lists) >= 18, f"only {len(world.lists)} lists")


# ---- who may what ----

def concrete(world, path):
    """The path with real ids, as far as there are any."""
    top = path[len(BASE):].split("/")[0] if path.startswith(BASE) else ""
    if path.startswith(BASE + "trace/lots"):
        top = "lots"
    values = {"consortium": CODE, "id": world.ids.get(top, "1"), "kind": "supplier" if top == "papers" else "products", "code": world.code, "action": "nothing"}
    return re.sub(r"\{(\w+)\}", lambda m: values[m.group(1)], path)


def reads_follow_the_roles(t, world):
    for path, ops in world.api["paths"].items():
        if "get" not in ops or path.endswith("/events"):
            continue
        asked = {"scan": "?code=" + world.code, "attachments": "?owner_kind=order&owner_id=" + world.ids["orders"]}
        url, seen = concrete(world, path) + asked.get(path[len(BASE):], ""), set()
        for role, person in world.people.items():
            answer = person.raw("GET", url)
            allowed = role in ops["get"]["x-roles"] or ops["get"]["x-permission"] == "NONE"
            if answer.status == 200:
                seen.add(role)
            right = answer.status in (200, 404) if allowed else answer.status == 403
            t.check(right, f"GET {url} as {role}: {answer} (allowed: {allowed})")
        t.check(bool(seen & set(world.people)) or "sensors" in path, f"GET {url}: nobody saw it")


def least_body(world, schema):
    """The smallest body that the schema lets through."""
    if "$ref" in schema:
        schema = world.api["components"]["schemas"][schema["$ref"].split("/")[-1]]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: least_body(world, schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [least_body(world, schema["items"])] * max(1, schema.get("minItems", 0))
    if kind == "integer":
        return 20290101 if schema.get("format") == "yyyymmdd" else max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return True
    return "1" if "pattern" in schema else "x"


def writes_follow_the_roles(t, world):
    """Who may not is told so, and nobody else is."""
    before = seq(world)
    for path, ops in world.api["paths"].items():
        for method in ("post", "patch"):
            if method not in ops or path.endswith("/session"):
                continue
            url = concrete(world, path)
            media, content = next(iter(ops[method]["requestBody"]["content"].items()))
            for role, person in world.people.items():
                headers = {"Content-Type": media, "Idempotency-Key": str(uuid.uuid4())}
                allowed = role in ops[method]["x-roles"]
                body = b""
                if "json" in media:
                    body = b'{"surely_unknown":1}' if allowed else json.dumps(least_body(world, content["schema"])).encode()
                answer = person.raw(method.upper(), url, body, headers)
                if allowed:
                    t.check(400 <= answer.status < 500 and answer.status not in (401, 403), f"{method} {url} as {role}: {answer}")
                else:
                    t.check(answer.code in ("FORBIDDEN", "NOT_FOUND"), f"{method} {url} as {role}: {answer}")
    t.check(seq(world) == before, "a refused write left a trace")


def nobody_without_a_session(t, world):
    nobody = Person(world.service)
    liar = Person(world.service)
    liar.cookie = "yaocang_session=" + "0" * 64
    for path, ops in world.api["paths"].items():
        for method, op in ops.items():
            if not op["x-roles"]:
                continue
            for who in (nobody, liar):
                body = None if method == "get" else b"{}"
                media = "text/csv" if "text/csv" in op.get("requestBody", {}).get("content", {}) else "application/json"
                headers = {"Content-Type": media, "Idempotency-Key": str(uuid.uuid4())} if body else {}
                answer = who.raw(method.upper(), concrete(world, path), body, headers)
                t.check(answer.status == 401 and answer.code == "NOT_SIGNED_IN", f"{method} {path} without login: {answer}")


# A step that a township may take on its own documents; no step of an order is a township's.
DOCUMENTS = {"orders": None, "supplier-returns": "submit", "platform-messages": None, "receipts": "inspect", "requests": "close", "shipments": "cancel", "discrepancies": "resolve",
             "adjustments": None, "shortages": "cancel", "filings": None, "negotiations": None, "price-adjustments": None, "plans": None, "site-plans": "close", "volume-reports": "cancel", "volume-reallocations": None, "volume-releases": None, "exceptions": "cancel", "catalogue-changes": "submit"}


def add_stranger(world):
    """Somebody of a township that has nothing to do with the day's work; added beside the running service."""
    town = world.people["township_pharmacist"].me["home_site_id"]
    other = next(s for s in world.people["admin"].must("GET", "sites?limit=1000")["rows"] if s["kind"] == "township" and s["id"] != town)
    run("user", "add", "stranger", "--data", world.service.data, "--consortium", CODE, "--role", "township_pharmacist", "--site",
        other["code"], stdin=PASSWORD + "\n")
    return Person(world.service, "stranger"), other["id"]


def foreign_sites_are_not_there(t, world):
    stranger, home = add_stranger(world)
    before = seq(world)
    sites = {s["id"] for s in stranger.must("GET", "sites?limit=1000")["rows"]}
    t.check(home in sites and world.people["township_pharmacist"].me["home_site_id"] not in sites, f"the stranger's sites: {sites}")
    for name, action in DOCUMENTS.items():
        mine = {r["id"] for r in stranger.must("GET", f"{name}?limit=10000")["rows"]}
        foreign = [r["id"] for r in world.people["central_pharmacist"].must("GET", f"{name}?limit=50")["rows"] if r["id"] not in mine]
        t.check(bool(foreign), f"{name}: nothing that is not the stranger's")
        for id_ in foreign:
            answer = stranger.get(f"{name}/{id_}")
            t.check(answer.status == 404 and answer.code == "NOT_FOUND", f"{name}/{id_} for a stranger: {answer}")
        if action:
            answer = stranger.post(f"{name}/{foreign[0]}/{action}", {"version": 1, "note": "x", **({"outcome": "lost"} if action == "resolve" else {})})
            t.check(answer.status == 404, f"{name}/{foreign[0]}/{action} for a stranger: {answer}")
        rows = stranger.must("GET", f"{name}?id={foreign[0]}")["rows"] if f"{name}" in filters_of(world, name, "id") else []
        t.check(rows == [], f"{name}: a foreign row by its id")
    for path in (f"receipts/{world.ids['receipts']}/refusal.pdf", f"shipments/{world.ids['shipments']}/label.png",
                 f"shipments/{world.ids['shipments']}/picklist.pdf"):
        t.check(stranger.get(path).status == 404, f"{path} for a stranger")
    for path in (f"receipts/{world.ids['receipts']}/scans", f"shipments/{world.ids['shipments']}/scans"):
        t.check(stranger.post(path, {"code": world.code}).status == 404, f"{path} for a stranger")
    for name in ("stock", "holds", "sensors", "alarms", "usage-unmatched", "his-items", "his-items-open", "refusals"):
        answer = stranger.get(f"{name}?limit=10000")
        for row in answer.json["rows"] if answer.status == 200 else []:
            t.check(row.get("site_id") is None or row["site_id"] in sites, f"{name}: a row of another site: {row}")
    town = world.people["township_pharmacist"].me["home_site_id"]
    t.check(stranger.must("GET", f"stock?site_id={town}")["rows"] == [], "stock of another site")
    t.check(stranger.must("GET", f"stock/total?site_id={town}") == {"units": 0, "reserved_units": 0, "lots": 0}, "total of another site")
    t.check(stranger.get(f"supply?site_id={town}").json.get("rows", []) == [], "supply of another site")
    t.check(stranger.get(f"supply/{world.ids['supply']}?site_id={town}").status == 404, "supply reasons of another site")
    for body in ({"reason": "found", "site_id": town}, {"reason": "usage", "site_id": town}):
        line = {"product_id": world.ids["products"], "units": 1, "lot": "K1", "expiry_ymd": 20290101}
        answer = stranger.post("adjustments", {**body, "lines": [line]})
        t.check(answer.status == 422 and answer.json["errors"][0]["field"] == "site_id", f"booking at another site: {answer}")
    line = {"product_id": world.ids["products"], "units": 1}
    for path, body in (("requests", {"site_id": town, "lines": [line]}), ("shortages", {"site_id": town, **line}),
                       ("shipments", {"to_site_id": town, "lines": [line]}), ("shipments", {"request_id": world.ids["requests"]})):
        answer = stranger.post(path, body)
        t.check(answer.status == 422, f"{path} of another site: {answer}")
    t.check(seq(world) == before, "a stranger left a trace")


def filters_of(world, name, wanted):
    return name if any(p["name"] == wanted for p in world.lists[name]["parameters"]) else ""


# ---- lists ----

TYPES = {"string": str, "integer": int, "boolean": bool, "null": type(None)}


def row_fits(row, columns, extras):
    if set(row) - extras != set(columns):
        return f"members {sorted(set(row) ^ set(columns))}"
    for name, column in columns.items():
        kinds = tuple(TYPES[k] for k in column["type"])
        if not isinstance(row[name], kinds) or (isinstance(row[name], bool) and "boolean" not in column["type"]):
            return f"{name} is {row[name]!r}"
    return None


def pages(person, path, limit, most):
    after, rows = "", []
    for _ in range(most):
        page = person.must("GET", f"{path}?limit={limit}" + (f"&after={after}" if after else ""))
        rows += page["rows"]
        after = page["next"]
        if not after:
            break
    return rows, after


def lists_keep_their_columns(t, world):
    for name, op in world.lists.items():
        columns = schema_of(op)["properties"]["rows"]["items"]["properties"]
        extras = EXTRAS.get(name, set()) | {"match", "matched"}
        for role in op["x-roles"]:
            if role not in world.people:
                continue
            page = world.people[role].must("GET", f"{name}?limit=300")
            t.check(set(page) == {"rows", "next"}, f"{name}: {set(page)}")
            faults = [f for f in (row_fits(row, columns, extras) for row in page["rows"]) if f]
            t.check(not faults, f"{name} as {role}: {faults[:2]}")


def lists_turn_pages(t, world):
    for name, op in world.lists.items():
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        whole = person.must("GET", f"{name}?limit=10000")["rows"]
        rows, _ = pages(person, name, 7, 12)
        t.check(rows == whole[:len(rows)], f"{name}: pages of 7 are not the list")
        t.check(len(rows) == len({json.dumps(r, sort_keys=True) for r in rows}), f"{name}: a row twice")
        one, more = pages(person, name, 1, 2)
        t.check(len(one) == min(2, len(whole)) and bool(more) == (len(whole) > 2), f"{name}: limit 1")


def lists_refuse_nonsense(t, world):
    for name, op in world.lists.items():
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        for query in ("limit=0", "limit=10001", "limit=-1", "limit=abc", "limit=", "limit=1&limit=2", "after=abc", "after=1.2.3.4.5.6",
                      "after=%27", "surely=1", "limit=%zz", "q=%ff", "q=%00"):
            answer = person.get(f"{name}?{query}")
            t.check(answer.status in (400, 422), f"{name}?{query}: {answer.status}")
        t.check(person.get(f"{name}?surely=1").code == "UNKNOWN_FIELD", f"{name}: unknown filter")
        t.check(person.get(f"{name}/").status == 404, f"{name}/ with a slash")


def filters_filter(t, world):
    for name, op in world.lists.items():
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        rows = person.must("GET", f"{name}?limit=50")["rows"]
        for parameter in (p["name"] for p in op["parameters"] if p["in"] == "query" and p["name"] not in ("q", "limit", "after")):
            numeric = next(p for p in op["parameters"] if p["name"] == parameter)["schema"]["type"] == "integer"
            value = next((r[parameter] for r in rows if r.get(parameter) is not None), None)
            asked = int(value) if isinstance(value, bool) else value if value is not None else 20261121 if parameter.endswith(("_ymd", "since", "until")) else 1
            if value is None and parameter == "site_id":
                asked = person.me["home_site_id"]
            answer = person.get(f"{name}?{parameter}={requote(str(asked))}")
            if not t.check(answer.status == 200, f"{name}?{parameter}={asked}: {answer}"):
                continue
            if value is not None:
                t.check(answer.json["rows"] and all(r[parameter] == value for r in answer.json["rows"]), f"{name}?{parameter}={asked}")
            for bad in ("%zz", "%ff") + (("x",) if numeric else ()):
                t.check(person.get(f"{name}?{parameter}={bad}").status in (400, 422), f"{name}?{parameter}={bad} is let through")


def reads_name_their_parameters(t, world):
    """A parameter that the document does not name is refused; one that it names is known."""
    for path, ops in world.api["paths"].items():
        op = ops.get("get")
        if not op or path[len(BASE):] in world.lists or not path.startswith(BASE) or path == BASE + "events":
            continue
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        at = concrete(world, path)[len(BASE.replace("{consortium}", CODE)):]
        answer = person.get(f"{at}?no_such_parameter=1")
        t.check(answer.status == 422 and answer.json["code"] == "UNKNOWN_FIELD", f"{at}?no_such_parameter: {answer}")
        for name in (p["name"] for p in op["parameters"] if p["in"] == "query"):
            answer = person.get(f"{at}?{name}=1")
            t.check(answer.status != 422 or answer.json["code"] != "UNKNOWN_FIELD", f"{at}?{name}: {answer}")


def requote(text):
    return "".join(f"%{b:02X}" for b in text.encode())


def csv_is_csv(t, world):
    for name, op in world.lists.items():
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        columns = list(schema_of(op)["properties"]["rows"]["items"]["properties"])
        answer = person.get(f"{name}.csv")
        t.check(answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv"), f"{name}.csv: {answer.status}")
        t.check(answer.body.startswith(b"\xef\xbb\xbf"), f"{name}.csv: no byte order mark")
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
        t.check(rows and rows[0] == columns, f"{name}.csv: head {rows[:1]}")
        t.check(all(len(r) == len(columns) for r in rows), f"{name}.csv: ragged")
        whole = person.must("GET", f"{name}?limit=10000")
        if whole["next"] is None:
            t.check(len(rows) - 1 == len(whole["rows"]), f"{name}.csv: {len(rows) - 1} rows of {len(whole['rows'])}")
        t.check(not any(cell[:1] in "=+-@\t\r" and not re.fullmatch(r"-?[\d.]+", cell) for r in rows for cell in r if cell),
                f"{name}.csv: a cell that a spreadsheet would run")


def xlsx_is_a_sheet(t, world):
    """The same rows as a spreadsheet: texts are texts, dates dates, and an import takes it again."""
    for name, op in world.lists.items():
        person = world.people[[r for r in ROLES if r in op["x-roles"]][0]]
        columns = list(schema_of(op)["properties"]["rows"]["items"]["properties"])
        answer = person.get(f"{name}.xlsx")
        if not t.check(answer.status == 200 and "spreadsheetml" in answer.headers["Content-Type"], f"{name}.xlsx: {answer.status}"):
            continue
        with zipfile.ZipFile(io.BytesIO(answer.body)) as file:
            sheet = file.read("xl/worksheets/sheet1.xml").decode()
        head = re.findall(r"<t[^>]*>([^<]*)</t>", sheet.split("</row>", 1)[0])
        t.check(head == columns, f"{name}.xlsx: head {head[:5]}")
        whole = person.must("GET", f"{name}?limit=10000")
        if whole["next"] is None:
            t.check(sheet.count("<row ") == len(whole["rows"]) + 1, f"{name}.xlsx: {sheet.count('<row ')} rows of {len(whole['rows'])}")


# ---- writes ----

def keys_are_kept(t, world):
    keeper = world.people["keeper"]
    body, key = usage(world), str(uuid.uuid4())
    first = keeper.post("adjustments", body, key)
    t.check(first.status == 201 and {"id", "number", "state", "version", "seq"} <= set(first.json), f"first: {first}")
    after = seq(world)
    again = keeper.post("adjustments", body, key)
    t.check((again.status, again.body) == (first.status, first.body), f"again: {again}")
    t.check(keeper.post("adjustments", usage(world, "y"), key).code == "KEY_REUSED", "another body under the same key")
    t.check(keeper.post("orders", body, key).status in (403, 422), "another path under the same key")
    t.check(seq(world) == after, "a repeated write was written")
    other = world.people["central_pharmacist"].post("adjustments", body, key)
    t.check(other.status == 201 and other.json["id"] != first.json["id"], "keys belong to a person")
    t.check(keeper.ask("POST", "adjustments", body, key="").code == "KEY_MISSING", "no key")
    for bad in ("a b", "x" * 129, "k\x7fk", "schlüssel"):
        answer = keeper.ask("POST", "adjustments", body, headers={"Idempotency-Key": bad.encode("utf-8").decode("latin-1")}, key="")
        t.check(answer.status == 400, f"key {bad[:10]!r}: {answer}")
    t.check(keeper.post("adjustments", body, "x" * 128).status == 201, "a key of 128 characters")
    refused = str(uuid.uuid4())
    take = {"reason": "lost", "lines": [{"product_id": world.ids["products"], "lot": "K2", "expiry_ymd": 20290101, "units": 1}]}
    t.check(keeper.post("adjustments", take, refused).status == 409, "nothing there")
    keeper.must("POST", "adjustments", {**take, "reason": "found"})
    t.check(keeper.post("adjustments", take, refused).status == 201, "a refused write may be sent again with its key")


def papers_are_kept(t, world):
    """RULE DESIGN-attachment-once: over HTTP: by their bytes, once, with limits, never as a page of ours."""
    buyer, at = world.people["central_pharmacist"], f"attachments?owner_kind=order&owner_id={world.ids['orders']}"
    large, key = b"%PDF-1.4\n" + bytes(range(256)) * 1000, str(uuid.uuid4())
    first = buyer.post(f"{at}&name=a.pdf", large, key)
    t.check(first.status == 201 and first.json["type"] == "application/pdf" and first.json["bytes"] == len(large), f"attach: {first}")
    again = buyer.post(f"{at}&name=a.pdf", large, key)
    t.check((again.status, again.body) == (first.status, first.body), f"again: {again}")
    t.check(buyer.post(f"{at}&name=a.pdf", large + b"x", key).code == "KEY_REUSED", "another file under the same key")
    t.check(buyer.post(f"{at}&name=a.pdf", large).json["id"] == first.json["id"], "the same file is the same attachment")
    before = seq(world)
    for name, query, body, status in [("a program", "name=a.pdf", b"MZ\x90\x00\x03", 415), ("nothing", "name=a.pdf", b"", 415),
                                      ("no name", "", large, 422), ("a path", "name=a%2Fb.pdf", large, 422), ("too long a name", "name=" + "a" * 101, large, 422),
                                      ("a parameter nobody knows", "name=a.pdf&surely=1", large, 422), ("a file to replace that is not there", "name=c.pdf&replaces=1", large, 422)]:
        answer = buyer.post(f"{at}&{query}".rstrip("&"), body)
        t.check(answer.status == status, f"{name}: {answer}")
    try:
        t.check(buyer.post(f"{at}&name=b.pdf", b"%PDF-" + b"x" * (20 << 20)).status == 413, "a file of more than 20 MB")
    except (BrokenPipeError, ConnectionResetError):
        buyer.connection = None
    t.check(seq(world) == before, "a refused file left a trace")
    answer = buyer.get(f"attachments/{first.json['id']}")
    t.check(answer.body == large and answer.headers["Content-Type"] == "application/pdf", "the file comes back byte for byte")
    t.check("sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["X-Content-Type-Options"] == "nosniff" and
            answer.headers["Content-Disposition"].startswith("attachment;"), f"heads: {answer.headers}")


def card_is_there_with_the_answer(t, world):
    """RULE DESIGN-7-late-card: whoever books alone finds his booking on the stock card at once."""
    keeper = world.people["keeper"]
    for units in (3, 4, 5):
        made = keeper.must("POST", "adjustments", usage(world, units=units))
        rows = keeper.must("GET", f"stock-moves?product_id={world.ids['products']}&limit=1")["rows"]
        t.check(rows and rows[0]["document_id"] == made["id"] and rows[0]["units"] == units, f"card after {made['number']}: {rows}")


def bodies_are_read_strictly(t, world):
    keeper = world.people["keeper"]
    good = json.dumps(usage(world))
    before = seq(world)
    for name, body, status, code in [
            ("unknown field", good[:-1] + ',"surely":1}', 422, "UNKNOWN_FIELD"),
            ("unknown nested field", good.replace('"units"', '"surely": 1, "units"'), 422, "UNKNOWN_FIELD"),
            ("doubled field", good[:-1] + ',"reason":"found"}', 422, "UNKNOWN_FIELD"),
            ("doubled nested field", good.replace('"units"', '"lot": "K1", "units"'), 422, "UNKNOWN_FIELD"),
            ("no JSON", good[:-1], 400, "BAD_JSON"), ("trailing bytes", good + "x", 400, "BAD_JSON"),
            ("an array", "[]", None, None), ("nothing", "", None, None), ("null", "null", None, None),
            ("bad UTF-8", good.replace('"x"', '"\udcff"'), 400, "BAD_JSON"),
            ("NUL", good.replace('"x"', '"\\u0000"'), None, None),
            ("lone surrogate", good.replace('"x"', '"\\ud800"'), 400, "BAD_JSON"),
            ("units as text", good.replace('"units": 1', '"units": "1"'), 422, None),
            ("units as fraction", good.replace('"units": 1', '"units": 1.5'), 422, None),
            ("units as 1.0", good.replace('"units": 1', '"units": 1.0'), 422, None),
            ("units of zero", good.replace('"units": 1', '"units": 0'), 422, None),
            ("units negative", good.replace('"units": 1', '"units": -1'), 422, None),
            ("units beyond 64 bits", good.replace('"units": 1', '"units": 99999999999999999999'), None, None),
            ("id as number", good.replace(f'"{world.ids["products"]}"', "1"), 422, None),
            ("id negative", good.replace(world.ids["products"], "-1"), 422, None),
            ("a day that does not exist", good.replace("20290101", "20290230"), 422, None),
            ("no such reason", good.replace('"found"', '"gift"'), 422, None),
            ("note of 2001", good.replace('"x"', '"' + "字" * 2001 + '"'), 422, None),
            ("control character", good.replace('"x"', '"a\\u0007b"'), 422, None),
            ("deep nesting", "[" * 100000, 400, None),
            ("lines of 2001", json.dumps({**usage(world), "lines": usage(world)["lines"] * 2001}), 422, None)]:
        answer = keeper.ask("POST", "adjustments", body.encode("utf-8", "surrogateescape"))
        right = answer.status in (400, 422) and (status is None or answer.status == status) and (code is None or answer.code == code)
        t.check(right, f"{name}: {answer}")
    t.check(seq(world) == before, "a refused body left a trace")
    note = "引号\" 反斜杠\\ <b>&amp; 😀 e\u0301 \u200b\n第二行\t末  "
    made = keeper.must("POST", "adjustments", usage(world, note))
    t.check(keeper.must("GET", f"adjustments/{made['id']}")["note"] == note, "free text comes back letter for letter")


def heads_are_read_strictly(t, world):
    """RULE DESIGN-7a-origin: a write from another page is refused."""
    keeper = world.people["keeper"]
    body = json.dumps(usage(world)).encode()
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"http://127.0.0.1:{world.service.port}.evil.example"):
        answer = keeper.ask("POST", "adjustments", body, headers={"Origin": origin})
        t.check(answer.status == 403 and answer.code == "FOREIGN_ORIGIN", f"Origin {origin}: {answer}")
    ours = f"http://127.0.0.1:{world.service.port}"
    t.check(keeper.ask("POST", "adjustments", body, headers={"Origin": ours}).status == 201, "our own origin")
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", ""):
        answer = keeper.ask("POST", "adjustments", body, headers={"Content-Type": media})
        t.check(answer.status == 415, f"Content-Type {media!r}: {answer}")
    answer = keeper.ask("POST", "adjustments", body, headers={"Content-Type": "application/json; charset=utf-8"})
    t.check(answer.status == 201, f"with charset: {answer}")
    for size in (1 << 20, (1 << 20) + 1, 3 << 20):
        padded = body[:-1] + b" " * (size - len(body)) + b"}"
        try:
            answer = Person.ask(keeper, "POST", "adjustments", padded)
            t.check(answer.status == (201 if size == 1 << 20 else 413), f"a body of {size}: {answer}")
        except (BrokenPipeError, ConnectionResetError):
            t.check(size > 1 << 20, f"a body of {size}: cut")
            keeper.connection = None
    for method, path, status in [("PUT", f"/api/v1/{CODE}/orders", 405), ("DELETE", f"/api/v1/{CODE}/orders", 405),
                                 ("POST", f"/api/v1/{CODE}/stock", 405), ("GET", f"/api/v1/{CODE}/nothing", 404),
                                 ("GET", "/api/v1/nowhere/orders", 404), ("GET", "/nowhere/", 404), ("POST", "/healthz", 405),
                                 ("GET", f"/api/v1/{CODE}/orders/%zz", 404), ("GET", f"/api/v1/{CODE}//orders", 404),
                                 ("GET", f"/api/v1/{CODE}/orders/0", 404), ("GET", f"/api/v1/{CODE}/orders/99999999999999999999", 404),
                                 ("GET", f"/api/v1/{CODE}/../{CODE}/orders", 404)]:
        answer = keeper.raw(method, path, None, {"Idempotency-Key": "x"})
        t.check(answer.status == status and answer.code is not None, f"{method} {path}: {answer}")


def answers_carry_their_heads(t, world):
    person = world.people["admin"]
    for path in (f"/api/v1/{CODE}/sites", "/healthz", "/api/openapi.json", f"/api/v1/{CODE}/nothing"):
        answer = person.raw("GET", path)
        kind = "application/json" if answer.status == 200 else "application/problem+json"
        t.check(answer.headers["Content-Type"].split(";")[0] == kind, f"{path}: {answer.headers['Content-Type']}")
        t.check(answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store", f"{path}: heads")
        head = person.raw("HEAD", path)
        t.check(head.status == answer.status and head.body == b"", f"HEAD {path}: {head.status} {len(head.body)}")
        t.check(head.headers["Content-Length"] == str(len(answer.body)), f"HEAD {path}: length {head.headers['Content-Length']}")
    health = person.raw("GET", "/healthz").json
    t.check(health["ok"] and health["writable"] and health["backup_age_s"] is None and health["disk_loss_s"] >= 0, f"healthz {health}")
    t.check(b"\n" in person.raw("GET", "/metrics").body, "metrics")
    page = person.raw("GET", f"/{CODE}/")
    t.check(page.status == 200 and "default-src" in (page.headers["Content-Security-Policy"] or ""), "the page's policy")
    problem = person.get("nothing").json
    t.check({"status", "code", "title", "detail", "request_id", "errors"} <= set(problem), f"problem: {problem}")
    cookie = Person(world.service).ask("POST", "session", {"user": "keeper", "password": PASSWORD}).headers["Set-Cookie"]
    t.check(all(w in cookie for w in ("HttpOnly", "SameSite=Strict")) and "Secure" not in cookie, f"cookie: {cookie}")
    secure = Person(world.service).ask("POST", "session", {"user": "keeper", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"})
    t.check("Secure" in secure.headers["Set-Cookie"], "Secure behind a proxy with https")


def logins_are_slowed_alone(t, world):
    who = Person(world.service)
    wrong = [who.ask("POST", "session", {"user": "finance", "password": "falsch falsch"}) for _ in range(5)]
    t.check(all(a.status == 401 for a in wrong), f"wrong: {wrong}")
    unknown = who.ask("POST", "session", {"user": "nobody", "password": "falsch falsch"})
    known = {k: v for k, v in wrong[0].json.items() if k != "request_id"}
    t.check({k: v for k, v in unknown.json.items() if k != "request_id"} == known, "an unknown name looks like a wrong password")
    slow = who.ask("POST", "session", {"user": "finance", "password": PASSWORD})
    t.check(slow.status == 429 and int(slow.headers["Retry-After"]) > 0, f"sixth: {slow}")
    t.check(world.people["finance"].get("orders").status == 200, "an open session goes on")
    t.check(who.ask("POST", "session", {"user": "buyer", "password": PASSWORD}).status == 200, "another account is not slowed")
    leaver = Person(world.service, "buyer")
    t.check(leaver.ask("DELETE", "session", key="").status == 200 and leaver.get("orders").status == 401, "leaving ends the session")


def stream_tells_changes(t, world):
    """The event stream begins at once and tells of a write."""
    keeper = world.people["keeper"]
    with socket.create_connection(("127.0.0.1", world.service.port), timeout=5) as s:
        s.sendall(f"GET /api/v1/{CODE}/events HTTP/1.1\r\nHost: x\r\nCookie: {keeper.cookie}\r\n\r\n".encode())
        got = s.recv(4096)
        t.check(got.startswith(b"HTTP/1.1 200") and b"text/event-stream" in got, f"stream: {got[:200]!r}")
        made = keeper.must("POST", "adjustments", usage(world))
        end = time.monotonic() + 5
        while time.monotonic() < end and made["id"].encode() not in got:
            try:
                got += s.recv(4096)
            except TimeoutError:
                break
        t.check(made["id"].encode() in got, f"stream after a write: {got[-300:]!r}")


def issue_price_changes_at_its_moment(t, world):
    """Nobody writes meanwhile: the service counts and changes by itself, once."""
    central, chief, product = world.people["central_pharmacist"], world.people["chief_pharmacist"], world.ids["products"]
    moment = int(time.time() * 1000) + 3000
    made = central.must("POST", "price-adjustments", {"effective_at_ms": moment, "lines": [{"product_id": product}]})
    central.must("POST", f"price-adjustments/{made['id']}/submit", {"version": 1})
    chief.must("POST", f"price-adjustments/{made['id']}/approve", {"version": 2})
    end, state = time.monotonic() + 15, None
    while time.monotonic() < end and state != "effective":
        time.sleep(0.3)
        shown = central.must("GET", f"price-adjustments/{made['id']}")
        state = shown["state"]
    t.check(state == "effective" and shown["effective_at_ms"] == moment <= shown["done_at_ms"], f"an adjustment by itself: {shown}")
    there = sum(row["units"] for row in central.must("GET", f"stock?product_id={product}&limit=10000")["rows"])
    counted = central.must("GET", f"price-adjustment-stock?adjustment_id={made['id']}&limit=10000")["rows"]
    t.check(shown["lines"][0]["units"] == sum(row["units"] for row in counted) >= there > 0, f"counted {shown['lines'][0]['units']}, there {there}")
    t.check(sum(event["action"] == "take_effect" for event in shown["events"]) == 1, "once")


def store_is_proved(t, world):
    done = subprocess.run([PROGRAM, "verify", "--data", world.service.data], capture_output=True, text=True, timeout=60)
    t.check(done.returncode == 0, f"verify: {done.returncode} {done.stderr}")
    t.check(world.service.stop() == 0, "SIGTERM: exit 0")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed
    t = Tally()
    service = Service()
    try:
        service.add_users()
        service.start()
        world = World(service)
        clients = slow_clients(world)
        for case in (document_is_openapi, reads_follow_the_roles, writes_follow_the_roles, nobody_without_a_session, foreign_sites_are_not_there,
                     lists_keep_their_columns, lists_turn_pages, lists_refuse_nonsense, filters_filter, reads_name_their_parameters, csv_is_csv, xlsx_is_a_sheet, exports_come_back, keys_are_kept, papers_are_kept, card_is_there_with_the_answer,
                     bodies_are_read_strictly, heads_are_read_strictly, answers_carry_their_heads, stream_tells_changes,
                     malformed_heads_change_nothing, logins_are_slowed_alone, issue_price_changes_at_its_moment):
            t.case(case, world)
        t.case(across_consortia)
        t.case(twenty_consortia)
        t.case(slow_clients_are_let_go, world, clients)
        t.case(store_is_proved, world)
        if t.failed:
            print(service.log())
    finally:
        service.remove()
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
