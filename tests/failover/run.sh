#!/bin/sh
# A county that survives its server: etcd and two PostgreSQL nodes under Patroni on loopback, the service with a load, the primary
# killed with -9, then one that hangs while it lives. The last line is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/../.." || exit 3
if ! command -v patroni >/dev/null || ! command -v etcd >/dev/null || ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	echo "SKIPPED: patroni, etcd-server or postgresql is not installed: no failover was tried"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -x build/yaocang ] || make --no-print-directory all >/dev/null || exit 3
export PYTHONDONTWRITEBYTECODE=1
exec timeout 380 python3 tests/failover/failover.py
