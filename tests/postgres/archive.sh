#!/bin/sh
# docs/postgres-archive.conf on a server of its own: a base backup, an archive, and the way back to a moment between two writes,
# in the words of docs/operations.md. The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 3
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
work=$(mktemp -d /tmp/yaocang-pa-XXXXXX)
as=""
[ "$(id -u)" -ne 0 ] || as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
[ -z "$as" ] || chown nobody "$work"
chmod 777 "$work"
passed=0 failed=0
stop() {
	[ ! -f "$work/$1/postmaster.pid" ] || $as "$bin/pg_ctl" -D "$work/$1" -m "$2" -w stop >/dev/null 2>&1
}
leave() {
	stop main immediate
	stop again immediate
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP
is() { # WHAT WANTED FOUND
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1: wanted $2, found $3"
		tail -n 5 "$work"/*log "$work/out"
	fi
}
start() { # FOLDER
	$as "$bin/pg_ctl" -D "$work/$1" -w -l "$work/$1.log" -o "-c listen_addresses='' -c unix_socket_directories=$work -c max_locks_per_transaction=256" start >"$work/out" 2>&1
}
conninfo="host=$work user=yaocang dbname=postgres"
adopt() {
	echo 'a long word 9' | build/yaocang user add "$1" --data "$work/county" --consortium x1 --role admin >"$work/out" 2>&1
}
people() {
	build/yaocang sql --read-only --data "$work/county" --consortium x1 "SELECT name FROM app_user WHERE name IN ('early', 'late') ORDER BY name" | sed 1d | tr '\n' ' '
}
ask() {
	psql "$conninfo" -qAtc "$1"
}

for folder in wal base; do
	$as mkdir -m 700 "$work/$folder"
done
mkdir "$work/county"
$as "$bin/initdb" -D "$work/main" -U yaocang -A trust -E UTF8 --locale=C.UTF-8 -N >"$work/log" 2>&1 || exit 3
sed "s|/srv|$work|g" docs/postgres-archive.conf | $as tee -a "$work/main/postgresql.conf" >/dev/null
start main
started=$?
is "the server starts with docs/postgres-archive.conf" 0 $started
[ $started -eq 0 ] || exit 1
printf '[consortium x1]\nstore = postgres:%s\n' "$conninfo" >"$work/county/yaocang.conf"
build/yaocang init --data "$work/county" --consortium x1 --name 某县 --demo --scale 0.02 >"$work/out" 2>&1
is "a consortium" 0 $?
$as "$bin/pg_basebackup" -d "$conninfo" -D "$work/base/full" -X stream -c fast >"$work/out" 2>&1
is "pg_basebackup beside it" 0 $?
adopt early
sleep 1.2
moment=$(ask "SELECT now()")
sleep 1.2
adopt late
is "one account before the moment, one after" "early late " "$(people)"
ask "SELECT pg_switch_wal()" >/dev/null
for i in $(seq 100); do
	[ "$(ask "SELECT count(*) FROM pg_stat_archiver WHERE last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1)")" = 1 ] && break
	sleep 0.1
done
is "the archive takes what is written" yes "$([ "$(ls "$work/wal" | wc -l)" -ge 2 ] && echo yes)"
is "nothing half in it" 0 "$(ls "$work/wal" | grep -c part)"
stop main immediate # the machine is gone
$as cp -a "$work/base/full" "$work/again"
$as sh -c "cat >>'$work/again/postgresql.auto.conf'" <<END
restore_command = 'cp $work/wal/%f %p'
recovery_target_time = '$moment'
recovery_target_action = 'promote'
END
$as touch "$work/again/recovery.signal"
start again
started=$?
is "the copy starts" 0 $started
[ $started -eq 0 ] || exit 1
for i in $(seq 100); do
	[ "$(ask "SELECT pg_is_in_recovery()")" = f ] && break
	sleep 0.1
done
is "what was written up to the moment is there, what came later is not" "early " "$(people)"
build/yaocang verify --data "$work/county" >"$work/out" 2>&1
is "and it is proven" 0 $?
adopt anew
is "and goes on" 0 $?
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
