#!/bin/sh
# Runs a command beside a PostgreSQL server of its own: a new cluster in a folder that goes away, an unprivileged account,
# a socket in that folder and nothing on the network, no waiting for the disk. YAOCANG_TEST_POSTGRES tells the command where.
# Usage: tools/postgres.sh COMMAND [ARG...]      Exit: the command's; 77 where PostgreSQL is not installed; 3 cannot start.
set -u
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
	echo "postgres: not installed (apt-get install postgresql)" >&2
	exit 77
fi
# The name of a socket may have 107 bytes, so the folder's is short. Memory, where the machine has some to lend.
folder=$(mktemp -d /tmp/yaocang-pg-XXXXXX)
as=""
if [ "$(id -u)" -eq 0 ]; then
	chown nobody "$folder"
	as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
server=""
leave() {
	[ -z "$server" ] || $as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1
	rm -rf "$folder"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP
cd "$folder" || exit 3
if ! $as "$bin/initdb" -D "$folder/data" -U yaocang -A trust -E UTF8 --locale=C.UTF-8 -N >"$folder/log" 2>&1; then
	cat "$folder/log" >&2
	exit 3
fi
cd - >/dev/null || exit 3
server=yes
options="-c listen_addresses='' -c unix_socket_directories=$folder -c fsync=${YAOCANG_TEST_FSYNC:-off} -c full_page_writes=off \
-c max_connections=200 -c shared_buffers=64MB -c max_wal_size=256MB -c log_min_messages=warning -c max_locks_per_transaction=256 -c max_pred_locks_per_transaction=512"
echo "$options" >"$folder/options" # for a test that starts it again
if ! $as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "$options" start >/dev/null 2>&1; then
	cat "$folder/server.log" >&2
	exit 3
fi
YAOCANG_TEST_POSTGRES="host=$folder user=yaocang dbname=postgres" "$@"
