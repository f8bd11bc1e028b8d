"""Long imports and search in a large catalogue: the import against sqlite3's own, its memory, whom it keeps waiting."""

import os
import random
import subprocess
import tempfile
import time
import urllib.parse

from county import API, CODE, PASSWORD, PROGRAM, USER, Service, copy_county, order_requests, write_requests

ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", "300000"))
ROWS_BESIDE = 30000
ORDERS_A_SECOND = 50
STUCK = 20  # who ask for a file and do not read it
HEAD = "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,approval_no,gtin,storage,traced"
DRUGS = ("阿莫西林 头孢克肟 盐酸二甲双胍 阿卡波糖 格列美脲 硝苯地平 苯磺酸氨氯地平 缬沙坦 厄贝沙坦 氢氯噻嗪 阿托伐他汀钙 瑞舒伐他汀钙 阿司匹林 "
         "奥美拉唑 雷贝拉唑钠 泮托拉唑钠 左氧氟沙星 盐酸莫西沙星 阿奇霉素 克拉霉素 布洛芬 对乙酰氨基酚 双氯芬酸钠 复方阿胶 板蓝根 六味地黄 "
         "重组人胰岛素 长春新碱 维生素C 甲钴胺 叶酸 碳酸钙D3 丹参 血塞通 银杏叶提取物 黄芪 蛤蚧定喘 氯化钠 葡萄糖 呋塞米 螺内酯 地高辛 美托洛尔 "
         "卡托普利 氨溴索 布地奈德 孟鲁司特钠 氯雷他定").split()
FORMS = [("片", "片", 10), ("胶囊", "粒", 24), ("颗粒", "袋", 12), ("注射液", "支", 10), ("口服液", "支", 6), ("缓释片", "片", 14),
         ("丸", "丸", 10), ("滴眼液", "支", 1), ("乳膏", "支", 1)]
PLACES = "安徽 江苏 浙江 山东 河北 河南 湖北 湖南 四川 重庆 北京 上海 广东 广西 云南 贵州 陕西 山西 吉林 辽宁 江西 福建".split()
MAKERS = "甲乙 丙丁 康健 和安 仁济 百草 华瑞 天元 中和 同福 松鹤 云溪 长青 永泰 广济 博爱".split()
QUERIES = ("阿莫西林", "amxl", "ffej", "ffaj", "安徽 胶囊", "双胍", "Y0{n:05d}", "690000{n:05d}", "H2{n:05d}", "没有这个药", "qwqw", "地高辛 100ml",
           "{n}无", "胶囊 氯化钠 江苏康健")


def gtin(i):
    body = f"69{i:010d}"
    total = sum(int(c) * (3 if k % 2 else 1) for k, c in enumerate(body))
    return f"{body}{-total % 10}"


def write_products(path, count, first=0):
    """A province's list in the words of one; the names of makers are invented."""
    rng = random.Random(7)
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD + "\n")
        for i in range(first, first + count):
            form, unit, pack = rng.choice(FORMS)
            strength = rng.choice(("0.1g", "0.25g", "0.5g", "5mg", "10mg", "20mg", "100ml", "2ml"))
            maker = f"{rng.choice(PLACES)}{rng.choice(MAKERS)}{rng.choice(('制药有限公司', '药业股份有限公司', '医药集团有限公司'))}"
            out.write(f"Y{i:06d},{rng.choice(DRUGS)}{form},{form},{strength}×{pack}{unit}/盒,{maker},{unit},盒,{pack},"
                      f"国药准字{rng.choice('HZSB')}{rng.randrange(19900000, 20260000)},{gtin(i + 1000)},"
                      f"{rng.choice(('normal', 'cool', 'cold'))},1\n")
    return path


def timed(argv, **more):
    """Seconds and the most memory (MB) of a child."""
    began = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, **more)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"bench: {argv[0]} ended with {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def import_bare(temp, store, file):
    """sqlite3's own import of the same file, and of the search pieces that belong to it, in their order."""
    pieces, script = f"{temp}/pieces.csv", f"{temp}/bare.sql"
    with open(pieces, "wb") as out:
        subprocess.run(["sqlite3", "-readonly", "-csv", store, "SELECT piece, product_id FROM product_piece"], stdout=out, check=True)
    columns = ", ".join(f"{name} {'INTEGER' if name in ('units_per_pack', 'traced') else 'TEXT'}" for name in HEAD.split(","))
    with open(script, "w", encoding="utf-8") as out:
        out.write(f"CREATE TABLE product ({columns});\nCREATE UNIQUE INDEX product_code ON product (code);\n"
                  "CREATE UNIQUE INDEX code_gtin ON product (gtin);\nCREATE INDEX code_by_code ON product (gtin, storage);\n"
                  "CREATE TABLE product_piece (piece INTEGER NOT NULL, product_id INTEGER NOT NULL, PRIMARY KEY (piece, product_id)) "
                  f"WITHOUT ROWID;\n.mode csv\n.import --skip 1 {file} product\n.import {pieces} product_piece\n")
    with open(script, "rb") as commands:
        seconds, _ = timed(["sqlite3", f"{temp}/bare.db"], stdin=commands)
    os.unlink(pieces)
    os.unlink(f"{temp}/bare.db")
    return seconds


def add_user(folder):
    subprocess.run([PROGRAM, "user", "add", USER, "--data", folder, "--consortium", CODE, "--role", "central_pharmacist"], check=True,
                   input=PASSWORD.encode() + b"\n", stdout=subprocess.DEVNULL)


def import_alone(run, temp):
    folder, file = f"{temp}/catalogue", write_products(f"{temp}/products.csv", ROWS)
    subprocess.run([PROGRAM, "init", "--data", folder, "--consortium", CODE, "--name", "基准"], check=True, stdout=subprocess.DEVNULL)
    ours, memory = timed([PROGRAM, "import", "products", file, "--data", folder])
    again, _ = timed([PROGRAM, "import", "products", file, "--data", folder])
    bare = import_bare(temp, f"{folder}/{CODE}.db", file)
    run.at_most(f"import of {ROWS:,} products / sqlite3's .import", ours / bare, 4, "",
                f"{ours:.1f} s against {bare:.1f} s; the same file again {again:.1f} s")
    run.at_most("peak memory of that command", memory, 64, " MB")
    return folder


def search(run, folder, temp):
    add_user(folder)
    rng = random.Random(3)
    with Service(folder) as ours:
        ours.sign_in()
        codes = [f"GET {API}/products?code=Y{rng.randrange(ROWS):06d}" for _ in range(500)]
        asked = [QUERIES[i % len(QUERIES)].format(n=rng.randrange(10000)) for i in range(500)]
        words = [f"GET {API}/products?limit=20&q={urllib.parse.quote(q)}" for q in asked]
        bare, searches = write_requests(f"{temp}/codes", codes), write_requests(f"{temp}/words", words)
        got = run.alternate({
            "bare": lambda: run.load(ours, bare, 2, 1, *ours.header()),
            "search": lambda: run.load(ours, searches, 2, 1, *ours.header()),
        })
    run.at_most(f"p99 of a search among {ROWS:,} products / bare lookup", run.ratio(got["search"], got["bare"], "p99_us"), 10, "",
                f"{run.median(got['search'], 'p99_us') / 1000:.2f} ms against {run.median(got['bare'], 'p99_us') / 1000:.2f} ms")


def exports(run, folder):
    """The whole catalogue as files: what they take of memory, also while many ask and do not read."""
    notes = []
    with Service(folder) as ours:
        ours.sign_in()
        before = ours.resident_mb("VmHWM")
        for kind in ("csv", "xlsx"):
            began, size = time.monotonic(), 0
            connection = ours.connection()
            connection.timeout = 600
            connection.request("GET", f"{API}/products.{kind}", headers={"Cookie": ours.cookie})
            answer = connection.getresponse()
            while piece := answer.read(1 << 16):
                size += len(piece)
            connection.close()
            notes.append(f"{kind} {size / 1e6:.0f} MB in {time.monotonic() - began:.1f} s")
        stuck = []
        for _ in range(STUCK):
            stuck.append(ours.connection())
            stuck[-1].request("GET", f"{API}/products.csv", headers={"Cookie": ours.cookie})
        time.sleep(1)
        began = time.monotonic()
        ours.rows("products?limit=1")
        notes.append(f"a read beside {STUCK} that do not read: {(time.monotonic() - began) * 1000:.0f} ms")
        peak = ours.resident_mb("VmHWM") - before
        for connection in stuck:
            connection.close()
    run.at_most(f"memory for exports of {ROWS:,} products", peak, 32, " MB", "; ".join(notes))


def beside_import(run, county, temp):
    """Orders that leave by the clock, calm and while an import runs beside them, from its check to its end."""
    folder = copy_county(county, f"{temp}/beside.d")
    ratios, notes = [], []
    with Service(folder) as ours:
        ours.sign_in()
        orders = order_requests(ours, f"{temp}/orders", f"{API}/orders")

        def writers(seconds):
            return run.load(ours, orders, 4, seconds, "--rate", ORDERS_A_SECOND, *ours.header())

        for n in range(3):
            file = write_products(f"{temp}/beside{n}.csv", ROWS_BESIDE, (n + 1) * 100000)
            calm = writers(6)
            child = subprocess.Popen([PROGRAM, "import", "products", file, "--data", folder], stdout=subprocess.DEVNULL)
            meanwhile = writers(6)
            running = child.poll() is None
            if child.wait(600):
                raise SystemExit("bench: the import beside the service failed")
            ratios.append(meanwhile.p99_us / calm.p99_us)
            notes.append(f"{meanwhile.p99_us / 1000:.1f}/{calm.p99_us / 1000:.1f}{'' if running else ' (ended early)'}")
    run.at_most("p99 of writers beside an import / calm", sorted(ratios)[1], 3, "", f"ms: {', '.join(notes)} at {ORDERS_A_SECOND} orders/s")


def bench_import(run, county):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(run.TEMP)) as temp:
        folder = import_alone(run, temp)
        search(run, folder, temp)
        exports(run, folder)
        beside_import(run, county, temp)
