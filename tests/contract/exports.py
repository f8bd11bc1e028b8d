"""What a list exports, its import knows again: nothing added, nothing changed, and each row that cannot be so is told why."""
import csv
import io
import time
import uuid

from service import CODE

MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# The list, the import that takes it.
SAME = {"sites": "sites", "suppliers": "suppliers", "products": "products", "prices": "prices", "delivery-rights": "delivery-rights",
        "qualifications": "qualifications", "platform-ticks": "platform-ticks", "long-demands": "long-demands", "bins": "bins", "volume-products": "volume-products",
        "volume-progress": "volume-commitments", "invoice-lines": "invoices", "product-flags": "product-flags",
        "product-codes": "product-codes", "his-items": "his-items", "his-items-open": "his-items"}


# Who may bring it, where it is not the 总药师.
WHO = {"invoices": "finance", "his-items": "central_pharmacist"}


def dry_run(person, kind, body, form):
    answer = person.raw("POST", f"/api/v1/{CODE}/imports/{kind}?dry_run=1&keep_good=1", body,
                        {"Content-Type": MEDIA[form], "Idempotency-Key": str(uuid.uuid4())})
    done = answer.json
    for _ in range(300 if answer.status == 202 else 0):
        done = person.must("GET", f"import-jobs/{answer.json['id']}")
        if done["state"] not in ("checking", "comparing", "indexing", "applying"):
            break
        time.sleep(0.1)
    if answer.status == 202:
        done["refused"] = person.must("GET", f"import-rows?import_id={done['id']}&outcome=refused&limit=1000")["rows"]
    return answer.status, done


def end_some(world):
    """One right and one paper are over: the lists go on showing them."""
    buyer, chief = world.people["central_pharmacist"], world.people["chief_pharmacist"]
    right = next(r for r in buyer.must("GET", "delivery-rights")["rows"] if r["state"] == "ok")
    buyer.must("POST", f"delivery-rights/{right['id']}/end", {"note": "到此为止"})
    paper = next(r for r in buyer.must("GET", "qualifications")["rows"] if r["state"] == "ok")
    chief.must("POST", f"qualifications/{paper['id']}/end", {"note": "登记错了"})


def agree_some(world):
    """One price is bargained for, one was mistyped and taken back: the list shows both, and neither may be typed into a file."""
    central, chief = world.people["central_pharmacist"], world.people["chief_pharmacist"]
    today = central.must("GET", "today")["today_ymd"]
    product = next(p for p in central.must("GET", "products?limit=1000")["rows"] if p["price_rule"] == "listed" and p["active"])
    one, other = [s["id"] for s in central.must("GET", "suppliers")["rows"] if s["active"]][:2]
    talk = central.must("POST", "negotiations", {
        "from_ymd": today, "minutes": "V", "members": [{"name": name} for name in ("甲", "乙", "丙")],
        "lines": [{"product_id": product["id"], "quotes": [{"supplier_id": one, "price": "0.01", "chosen": True}, {"supplier_id": other, "price": "0.02"}]}]})
    scan = central.ask("POST", f"attachments?owner_kind=negotiation.minutes&owner_id={talk['id']}&name=V.pdf", b"%PDF-1.4\n%%EOF\n")
    if scan.status != 201:
        raise AssertionError(f"minutes: {scan}")
    for who, action, version in ((central, "submit", 1), (chief, "decide", 2), (central, "execute", 3)):
        who.must("POST", f"negotiations/{talk['id']}/{action}", {"version": version})
    slip = central.must("POST", "prices", {"product_id": product["id"], "kind": "reference", "price": "7", "from_ymd": 20991231, "source": "V"})
    central.must("POST", f"prices/{slip['id']}/end", {"to_ymd": today, "reason": "V"})


def exports_come_back(t, world):
    chief = world.people["chief_pharmacist"]
    end_some(world)
    agree_some(world)
    for name, kind in SAME.items():
        for form in MEDIA:
            who = world.people[WHO.get(kind, "chief_pharmacist")]
            status, done = dry_run(who, kind, who.get(f"{name}.{form}").body, form)
            rows = len(who.must("GET", f"{name}?limit=10000")["rows"])
            found = [done.get(what) for what in ("added", "changed", "refused_rows", "unchanged")]
            t.check(rows > 0 and found == [0, 0, 0, rows], f"{name}.{form} as {kind}: {status} {rows} {str(done)[:400]}")
    for form in MEDIA:
        stock_is_known(t, chief, form)


def stock_is_known(t, chief, form):
    """Opening stock is opened once: what lies in a depot alone under its lot is there already; where a lot lies in several batches or
    qualities, its rows are told what lies there altogether. What is on its way lies in no depot."""
    rows = list(csv.DictReader(io.StringIO(chief.get("stock.csv").body.decode("utf-8-sig"), newline="")))
    seen = {}
    for row in (r for r in rows if r["site_code"]):
        key = (row["depot_id"], row["product_code"], row["lot"])
        seen[key] = seen.get(key, 0) + 1
    alone = sum(1 for n in seen.values() if n == 1)
    status, done = dry_run(chief, "opening-stock", chief.get(f"stock.{form}").body, form)
    t.check(rows and done.get("added") == 0 and done.get("changed") == 0, f"stock.{form}: {status} {str(done)[:400]}")
    t.check(done.get("unchanged", 0) >= alone > 0 and done["unchanged"] + done["refused_rows"] == len(rows),
            f"stock.{form}: {len(rows)} rows, {alone} alone: {str(done)[:400]}")
    for refused in done.get("refused", []):
        why = "ALREADY_EXISTS" if rows[refused["row"] - 2]["site_code"] else "INVALID_FIELD"
        t.check(refused["code"] == why and refused["message"], f"stock.{form}: {refused}")
