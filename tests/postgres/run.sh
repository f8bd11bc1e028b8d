#!/bin/sh
# The same house on PostgreSQL: all suites of the unit tests on a server of their own (tools/postgres.sh), then the commands, the
# service and the way from one engine to the other and back. The last line is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/../.." || exit 3
if [ -z "${YAOCANG_TEST_POSTGRES:-}" ]; then
	make --no-print-directory all build/unit >/dev/null || exit 3
	tools/postgres.sh tests/postgres/run.sh
	code=$?
	if [ $code -eq 77 ]; then
		echo "SKIPPED: PostgreSQL is not installed: nothing of the second engine was tested"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
	exit $code
fi
passed=0 failed=0 skipped=0
work=$(mktemp -d /tmp/yaocang-test-XXXXXX)
chmod 711 "$work" # a server of ours runs as nobody in it
server="" beside=""
leave() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$beside" ] || kill $beside 2>/dev/null
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

# ---- every suite of the unit tests, each with schemas of its own, three at a time beside the commands; the long ones first ----
long="staged random settle_random price_random catalogue partner corners price intake volume_rules marks"
printf '%s\n' $long >"$work/suites"
build/unit --suites | grep -vxFf "$work/suites" >"$work/others"
cat "$work/others" >>"$work/suites"
xargs -P 3 -I SUITE sh -c '
	began=$(date +%s)
	build/unit SUITE >"$0/suite-SUITE" 2>&1
	echo "$(($(date +%s) - began)) s" >"$0/took-SUITE"' "$work" <"$work/suites" &
beside=$!
export PYTHONDONTWRITEBYTECODE=1
timeout 200 tests/postgres/archive.sh >"$work/archive" 2>&1 &
beside="$beside $!"
# disks that are filled are mounted where nobody else sees them
own=""
! unshare -m true 2>/dev/null || own="unshare -m"
timeout 250 $own python3 tests/postgres/luck.py "$work/luck.d" ${own:+mounts} >"$work/luck" 2>&1 &
beside="$beside $!"

# Adds what a program said at its end: sum NAME
sum() {
	set -- "$1" $(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$work/$1" | tail -n 1 | tr -dc '0-9 \n')
	[ $# -gt 2 ] || set -- "$1" 0 1
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + ${4:-0}))
	[ "$3" -eq 0 ] || cat "$work/$1"
}

# ---- commands ----
# is WHAT WANTED FOUND
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1: wanted $2, found $3"
		cat "$work/out"
	fi
}
yaocang() {
	build/yaocang "$@" >"$work/out" 2>&1
}
conf() {
	mkdir -p "$work/$1"
	printf '[consortium %s]\nstore = postgres:%s application_name=county\n' "$2" "$YAOCANG_TEST_POSTGRES" >"$work/$1/yaocang.conf"
}
says() {
	grep -q "$1" "$work/out" && echo yes || echo no
}
head_of() {
	build/yaocang verify --data "$work/$1" --consortium "$2" --print-head
}
counts() {
	build/yaocang sql --read-only --data "$work/$1" --consortium "$2" "SELECT (SELECT count(*) FROM pack), (SELECT count(*) FROM stock_move), (SELECT CAST(sum(units) AS BIGINT) FROM holding)" | tail -n 1
}

conf county X-1
for i in 1 2 3 4; do
	timeout -s KILL "0.$((i * 2))" build/yaocang init --data "$work/county" --consortium X-1 --name 某县 --demo --scale 0.1 >/dev/null 2>&1
done
is "an init that was cut off leaves no consortium" 0 "$(psql "$YAOCANG_TEST_POSTGRES" -qAtc "SELECT count(*) FROM pg_namespace WHERE nspname = 'X-1'")"
sleep 0.5
yaocang init --data "$work/county" --consortium X-1 --name 某县 --demo --scale 0.1
is "init makes a schema" 0 $?
yaocang init --data "$work/county" --consortium X-1 --name 某县
is "init does not make it twice" "3 yes" "$? $(says 已存在)"
yaocang verify --data "$work/county"
is "verify proves it" 0 $?
yaocang init --data "$work/county" --consortium F --name 另县
is "another consortium of the folder is a file" "0 yes" "$? $([ -f "$work/county/F.db" ] && echo yes)"
echo 'a long word 9' | build/yaocang user add chief --data "$work/county" --consortium X-1 --role admin --role central_pharmacist >"$work/out" 2>&1
is "an account without a service" 0 $?
yaocang export products --data "$work/county" --consortium X-1 --to "$work/p.csv"
yaocang import products "$work/p.csv" --data "$work/county" --consortium X-1
is "what export writes import takes" "0 yes" "$? $(says '新增 0, 修改 0')"
yaocang sql --read-only --data "$work/county" --consortium X-1 "WITH x AS (DELETE FROM hold RETURNING 1) SELECT 1 FROM x"
is "sql changes nothing" 3 $?

psql "$YAOCANG_TEST_POSTGRES" -qAtc "INSERT INTO \"X-1\".migration VALUES (9999, 'later', 1)"
echo 'a long word 9' | build/yaocang user add x --data "$work/county" --consortium X-1 --role admin >"$work/out" 2>&1
is "a schema newer than the program is refused" "3 yes" "$? $(says 请升级程序)"
psql "$YAOCANG_TEST_POSTGRES" -qAtc 'DELETE FROM "X-1".migration WHERE number = 9999'
psql "$YAOCANG_TEST_POSTGRES" -qAtc 'DELETE FROM "X-1".stock_move' >"$work/out" 2>&1
is "the ledger is append-only for everybody" yes "$(says 'append-only')"

# ---- the service ----
build/yaocang serve --data "$work/county" --listen 127.0.0.1:0 >"$work/served" 2>"$work/log" &
server=$!
for i in $(seq 100); do
	[ -s "$work/served" ] && break
	sleep 0.1
done
url=$(sed 's/.*\(http[^ ]*\)/\1/' "$work/served")
is "healthz" yes "$(curl -s "${url}healthz" | grep -q '"writable":true' && echo yes)"
is "both consortia are there" 2 "$(curl -s "${url}api/v1/-/consortia" | grep -o '"code"' | wc -l)"
curl -s -c "$work/jar" -H 'Content-Type: application/json' -d '{"user":"chief","password":"a long word 9"}' "${url}api/v1/X-1/session" >"$work/out"
is "a session" yes "$(says '"user":"chief"')"
curl -s -b "$work/jar" "${url}api/v1/X-1/products?q=amxl&limit=1" >"$work/out"
is "a search" yes "$(says 阿莫西林)"
product=$(sed 's/.*"rows":\[{"id":"\([0-9]*\)".*/\1/' "$work/out")
ask() { # KEY
	curl -s -b "$work/jar" -H 'Content-Type: application/json' -H "Idempotency-Key: $1" -d "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"$product\",\"lot\":\"T1\",\"expiry_ymd\":20991231,\"units\":7}]}" "${url}api/v1/X-1/adjustments"
}
ask key-1 >"$work/out"
is "a write" yes "$(says '"number":')"
number=$(grep -o '"number":"[^"]*"' "$work/out")
ask key-1 >"$work/out"
is "the same key, the same answer" "$number" "$(grep -o '"number":"[^"]*"' "$work/out")"
echo 'a long word 9' | build/yaocang user add other --data "$work/county" --consortium X-1 --role admin >"$work/out" 2>&1
is "an account beside the service" 0 $?
mkdir -p "$work/second"
cp "$work/county/yaocang.conf" "$work/second/"
timeout 20 build/yaocang serve --data "$work/second" --listen 127.0.0.1:0 >"$work/out" 2>&1
is "a second service is refused" "3 yes" "$? $(says 正由另一个)"
yaocang verify --data "$work/second"
is "verify beside the service" 0 $?
# every connection of ours cut at the server: the next write finds its way by itself
psql "$YAOCANG_TEST_POSTGRES" -qAtc "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'county'" >/dev/null
for i in $(seq 40); do
	ask key-2 >"$work/out"
	[ "$(says '"number":')" = yes ] && break
	sleep 0.25
done
is "writes again after its connections were cut" yes "$(says '"number":')"
curl -s -b "$work/jar" "${url}api/v1/X-1/stock?limit=1" >"$work/out"
curl -s -b "$work/jar" "${url}api/v1/X-1/stock?limit=1" >"$work/out"
is "and reads" yes "$(says '"rows":\[{')"
kill "$server" && wait "$server"
is "the service ends" 0 $?
server=""
yaocang verify --data "$work/county"
is "all is proven afterwards" 0 $?

# ---- from one engine to the other and back ----
yaocang backup --data "$work/county" --to "$work/copy"
is "backup reads a schema into a file" "0 $(head_of county X-1)" "$? $(head_of copy X-1)"
yaocang restore --from "$work/copy" --data "$work/back"
is "which restores" "0 $(counts county X-1)" "$? $(counts back X-1)"
timeout 20 build/yaocang backup --data "$work/county" --to "$work/often" --every 5m >"$work/out" 2>&1
is "every five minutes is refused, and what to do instead" "2 yes" "$? $(says pg_basebackup)"
build/yaocang backup --data "$work/county" --to "$work/often" --every 1h >"$work/out" 2>&1 &
hourly=$!
for i in $(seq 200); do
	ls "$work"/often/2*/X-1.db >/dev/null 2>&1 && break
	sleep 0.1
done
sleep 0.5
kill $hourly && wait $hourly
is "each hour is a whole copy beside the file's blocks" "0 yes" "$? $(ls "$work"/often/2*/X-1.db "$work"/often/2*/F.blocks >/dev/null 2>&1 && echo yes)"
yaocang drill --from "$work/often"
is "which the drill restores" "0 yes" "$? $(says '恢复并核对 2 个')"
to="postgres:schema=moved $YAOCANG_TEST_POSTGRES"
build/yaocang copy-store "sqlite:$work/back/X-1.db" "$to" >"$work/out" 2>&1 &
cut=$!
for i in $(seq 200); do
	n=$(psql "$YAOCANG_TEST_POSTGRES" -qAtc 'SELECT count(*) FROM "moved.new".copy_progress' 2>/dev/null)
	[ "${n:-0}" -gt 20 ] && break
	sleep 0.05
done
kill -KILL $cut
wait $cut 2>/dev/null
is "a copy is cut off on its way" yes "$([ "${n:-0}" -gt 20 ] && echo yes)"
sleep 0.5
yaocang copy-store "sqlite:$work/back/X-1.db" "$to"
is "the same words bring it to its end" 0 $?
conf there moved
sed -i 's/postgres:/postgres:schema=moved /; s/consortium moved/consortium X-1/' "$work/there/yaocang.conf"
is "both ends are the same" "$(head_of back X-1) $(counts back X-1)" "$(head_of there X-1) $(counts there X-1)"
echo 'a long word 9' | build/yaocang user add late --data "$work/back" --consortium X-1 --role admin >"$work/out" 2>&1
is "the old store is fenced" "3 yes" "$? $(says 已迁走)"
echo 'a long word 9' | build/yaocang user add late --data "$work/there" --consortium X-1 --role admin >"$work/out" 2>&1
is "the new one takes writes" 0 $?
mkdir -p "$work/home"
yaocang copy-store "$to" "sqlite:$work/home/X-1.db"
is "and back again" "0 $(counts there X-1)" "$? $(counts home X-1)"
yaocang verify --data "$work/home"
is "proven" 0 $?

# ---- the line cut in each phase of a write ----
timeout 200 python3 tests/postgres/cut.py "$YAOCANG_TEST_POSTGRES" "$work/cut.d" >"$work/cut" 2>&1

wait $beside
for name in $(cat "$work/suites"); do
	sum "suite-$name"
	echo "  suite   $name: $(tail -n 1 "$work/suite-$name") ($(cat "$work/took-$name"))"
done
for name in cut luck archive; do
	grep -aE '^  (ok|FAILED|SKIPPED)' "$work/$name"
	sum "$name"
done
echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
[ $failed -eq 0 ]
