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

[ $skipped -gt 0 ] && more=", $skipped skipped" || more=""
echo "$passed passed, $failed failed$more"
[ $failed -eq 0 ]
