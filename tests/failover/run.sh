#!/bin/sh
# A county that survives its server: three machines (network namespaces) with etcd, two of them with PostgreSQL under Patroni, the
# service under a load of orders, receipts and shipments with all their steps. Two such worlds at once: in one the primary is killed
# with -9, then the line of the next is cut; in the other it hangs, then the pair and the program are upgraded.
# The last line is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/../.." || exit 3
skip() {
	echo "SKIPPED: $1: no failover was tried"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
if ! command -v patroni >/dev/null || ! command -v etcd >/dev/null || ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	skip "patroni, etcd-server or postgresql is not installed"
fi
[ "$(id -u)" -eq 0 ] && command -v ip >/dev/null && unshare -n ip link add s type bridge 2>/dev/null ||
	skip "network namespaces are not permitted here"
[ -x build/yaocang ] || make --no-print-directory all >/dev/null || exit 3
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d /tmp/yaocang-test-XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'kill $! $first 2>/dev/null; wait; exit 1' INT TERM HUP
timeout 380 unshare -n python3 tests/failover/failover.py hung >"$work/hung" 2>&1 &
first=$!
timeout 380 unshare -n python3 tests/failover/failover.py killed >"$work/killed" 2>&1 &
wait
grep -avE "^[0-9]+ passed" "$work/killed" "$work/hung" -h
passed=0 failed=0
for world in killed hung; do
	set -- $(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$work/$world" | tail -n 1 | tr -dc '0-9 \n')
	passed=$((passed + ${1:-0})) failed=$((failed + ${2:-1}))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
