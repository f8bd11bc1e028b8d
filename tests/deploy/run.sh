#!/bin/sh
# The files that a county installs: the units are sound and closed, the backup script makes copies that a service runs on
# and fails aloud.
set -u
cd "$(dirname "$0")/../.." || exit 3
passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# is WHAT WANTED FOUND
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1: wanted $2, found $3"
	fi
}

# ---- units ----
if command -v systemd-analyze >/dev/null 2>&1; then
	mkdir "$work/units"
	for unit in docs/systemd/*.service docs/systemd/*.timer; do
		sed -e "s|/usr/local/bin/yaocang|$PWD/build/yaocang|" -e "s|/usr/local/sbin/yaocang-backup|$PWD/docs/systemd/yaocang-backup|" "$unit" \
			>"$work/units/$(basename "$unit")"
	done
	is "systemd understands the units" "0: " "$(systemd-analyze verify "$work"/units/* >"$work/out" 2>&1; echo "$?: $(cat "$work/out")")"
	for unit in "$work"/units/*.service; do
		# threshold in tenths: 2.0 of 10
		systemd-analyze security --offline=true --threshold=20 "$unit" >"$work/out" 2>&1
		is "$(basename "$unit") is closed: $(tail -n 1 "$work/out" | grep -o '[0-9.]* OK')" 0 $?
	done
else
	skipped=1
	echo "SKIPPED: units in docs/systemd: systemd-analyze is missing"
fi

# ---- backup ----
export YAOCANG="$PWD/build/yaocang" DATA="$work/data" COPIES="$work/copies" DAYS=30
build/yaocang init --data "$DATA" --consortium t1 --name 测试 --demo --scale 0.02 || exit 3
mkdir -p "$COPIES/20260101-000000"
touch -d '40 days ago' "$COPIES/20260101-000000"
docs/systemd/yaocang-backup >"$work/out" 2>&1
is "the backup" 0 $?
copy=$(ls -d "$COPIES"/2* | grep -v heads)
is "one copy, the old one is gone" 1 "$(echo "$copy" | wc -l)"
head=$(build/yaocang verify --data "$DATA" --print-head)
is "the head is said and kept" "t1 $head" "$(cat "$copy.heads")"
build/yaocang restore --from "$copy" --data "$work/again" >"$work/out" 2>&1
is "the copy is restored" 0 $?
is "the head is in the restored chain" "t1: 完好" "$(build/yaocang verify --data "$work/again" --head "$head")"
is "another head is not" 1 "$(build/yaocang verify --data "$work/again" --head "$(echo "$head" | tr '0-9a-f' '1-9a-f0')" >/dev/null 2>&1; echo $?)"
mkdir "$COPIES/20260102-000000"
touch -d '40 days ago' "$COPIES/20260102-000000"
: >"$DATA/t1.db"
sleep 1
docs/systemd/yaocang-backup >"$work/out" 2>&1
is "an emptied store is no backup" 3 $?
is "it says why" yes "$(grep -q '^yaocang backup: ' "$work/out" && echo yes)"
is "and no older copy goes" 2 "$(ls -d "$copy" "$COPIES/20260102-000000" | wc -l)"

# ---- copies every few minutes: the words of the unit, on other folders ----
build/yaocang init --data "$work/often" --consortium t2 --name 测试 --demo --scale 0.02 || exit 3
line=$(sed -n "s|^ExecStart=/usr/local/bin/yaocang|build/yaocang|p" docs/systemd/yaocang-copies.service |
	sed "s|/var/lib/yaocang-backup/often|$work/kept|; s|/var/lib/yaocang|$work/often|")
$line >"$work/out" 2>&1 &
copying=$!
for i in $(seq 200); do
	ls "$work"/kept/2*/t2.blocks >/dev/null 2>&1 && break
	sleep 0.1
done
sleep 0.5
kill $copying
wait $copying
is "the unit of copies makes them, and ends when told" "0 1" "$? $(ls -d "$work"/kept/2* | wc -l)"
is "the drill restores them" "0 yes" "$(build/yaocang drill --from "$work/kept" >"$work/out" 2>&1; echo $?) $(grep -q '恢复并核对 1 个' "$work/out" && echo yes)"

# ---- the words of docs/operations.md ----
# block FIRST-LINE: the indented lines of the manual from the one that begins so to the next empty line
block() {
	awk -v first="    $1" 'index($0, first) == 1 { on = 1 } on && !/^    / { exit } on { print substr($0, 5) }' docs/operations.md
}
in_tests() {
	sed -e "s|/var/lib/yaocang-backup|$work/manual-copies|g; s|/var/lib/yaocang|$work/manual|g; s|/tmp/drill|$work/manual-drill|g" \
		-e "s|runuser -u yaocang -- ||; s|^yaocang |build/yaocang |; s|-o yaocang -g yaocang ||; s|127.0.0.1:8080|127.0.0.1:0|"
}
block "listen = " | in_tests >"$work/manual.conf"
is "the manual has a configuration" 3 "$(wc -l <"$work/manual.conf")"
block "install -d -o yaocang" | grep -v systemctl | in_tests >"$work/make.sh"
echo 'a long word 9' | sh -e "$work/make.sh" >"$work/out" 2>&1
is "a county is made in the manual's words" 0 $?
build/yaocang serve --config "$work/manual.conf" >"$work/served" 2>"$work/log" &
server=$!
for i in $(seq 100); do
	[ -s "$work/served" ] && break
	sleep 0.1
done
url=$(sed 's/.*\(http[^ ]*\)/\1/' "$work/served")
is "and served with the manual's configuration" yes "$(curl -s "${url}healthz" | grep -q '"backup_age_s":null' && echo yes)"
curl -s -D "$work/head" -H 'Content-Type: application/json' -d '{"user":"admin","password":"a long word 9"}' "${url}api/v1/sxyy/session" >"$work/out"
is "its first administrator signs in, with a cookie for https alone" yes "$(grep -q '^Set-Cookie: .*Secure' "$work/head" && echo yes)"
block "runuser -u yaocang -- yaocang backup" | grep backup | in_tests >"$work/before.sh"
sh -e "$work/before.sh" >"$work/out" 2>&1
is "the copy before an upgrade, beside the service" 0 $?
kill $server
wait $server
is "the service ends" 0 $?
copy=$(ls -d "$work"/manual-copies/before-*)
head=$(build/yaocang verify --data "$work/manual" --consortium sxyy --print-head)
block "yaocang restore --from" | grep -v ' serve ' | in_tests | sed "s|$work/manual-copies/[0-9-]*|$copy|; s|HEAD|$head|; s| *#.*||" >"$work/drill.sh"
sh -e "$work/drill.sh" >"$work/out" 2>&1
is "the drill by hand" 0 $?
block "head=" | grep -v "HEAD" | in_tests | sed "s|(yaocang|(build/yaocang|; s|^ *yaocang render|build/yaocang render|; s|--out head.pdf|--out $work/head.pdf|" >"$work/head.sh"
sh -e "$work/head.sh" >"$work/out" 2>&1
is "the head on paper" "0 %PDF" "$? $(head -c 4 "$work/head.pdf" 2>/dev/null)"
block "[consortium sxyy]" >"$work/stores.conf"
mkdir "$work/stores" && cp "$work/stores.conf" "$work/stores/yaocang.conf"
build/yaocang verify --data "$work/stores" --consortium sxzy >"$work/out" 2>&1
is "the lines about stores are understood" "3 yes" "$? $(grep -q 'sxzy.db' "$work/out" && echo yes)"

[ $skipped -gt 0 ] && more=", $skipped skipped" || more=""
echo "$passed passed, $failed failed$more"
[ $failed -eq 0 ]
