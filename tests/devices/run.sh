#!/bin/sh
# The cold chain as processes: probes that play a real logger's file, gateway, service. Gateway and service are killed on
# the way; every reading arrives once. The last line is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/../.." || exit 3
program=$PWD/build/yaocang
log=$PWD/../shared/data/coldchain/berlinger/FridgeTag_2L__130500109088_202206081014.txt
passed=0 failed=0 skipped=0
pids=""
work=$(mktemp -d)
leave() {
	for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

check() { # check NAME COMMAND...
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name"
	fi
}
sum() {
	[ "$failed" -eq 0 ] || tail -n 20 "$work"/*.err
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}
# The first line that a process prints, once it is there.
first_line() {
	for _ in $(seq 100); do
		line=$(head -n 1 "$1")
		[ -n "$line" ] && break
		sleep 0.1
	done
	echo "$line"
}
number() { sqlite3 -readonly "$work/data/sxyy.db" "$1"; }
readings() { number "SELECT count(*) FROM reading"; }
wait_for_readings() { # so many more than now
	wanted=$(($(readings) + $1))
	for _ in $(seq 150); do
		[ "$(readings)" -ge "$wanted" ] && return 0
		sleep 0.2
	done
	return 1
}
start() { # start NAME ARGUMENTS...: in $started its process
	name=$1
	shift
	: >"$work/$name.out"
	"$program" "$@" >"$work/$name.out" 2>>"$work/$name.err" </dev/null &
	started=$!
	pids="$pids $started"
}
start_service() {
	start service serve --data "$work/data" --listen "127.0.0.1:$1"
	service=$started
	port=$(first_line "$work/service.out" | sed -n 's|.*http://127.0.0.1:\([0-9]*\)/.*|\1|p')
}
start_gateway() {
	start gateway gateway --service "http://127.0.0.1:$port" --consortium sxyy --user g1 --key-file "$work/key" \
		--spool "$work/spool" --bus "$bus" --sensor LK-A00-1=fridge@1 --sensor LK-A00-2=fridge@2 --period 1
	gateway=$started
}
killed() {
	kill -9 "$1"
	wait "$1" 2>/dev/null
}
ends_well() { # after SIGTERM, with status 0
	kill -TERM "$1"
	wait "$1"
}

if [ ! -r "$log" ]; then
	echo "SKIPPED: the file of the logger is not there"
	skipped=1
	sum
fi
echo "a key of the gateway" >"$work/key"
chmod 600 "$work/key"
check "a county" "$program" init --data "$work/data" --consortium sxyy --name 测试 --demo --scale 0.001 >"$work/init.err" 2>&1
check "an account" "$program" user add g1 --data "$work/data" --consortium sxyy --role device <"$work/key" 2>>"$work/init.err"
sqlite3 "$work/data/sxyy.db" "UPDATE sensor SET delay_s = 0, silence_s = 20"

start probes simulate --listen 127.0.0.1:0 --units 2 --profile fridge --replay "$log" --speed 20000
bus=$(first_line "$work/probes.out" | sed -n 's|.*\(modbus-tcp://.*\)|\1|p')
start_service 0
start_gateway
check "readings arrive" wait_for_readings 10
check "at tenths of a degree, as it does" test "$(number "SELECT count(*) FROM reading WHERE temp_c100 % 10 <> 0")" -eq 0

killed "$gateway"
sleep 1
start_gateway
check "a killed gateway goes on" wait_for_readings 6

killed "$service"
sleep 3
start_service "$port"
check "a killed service gets what it missed" wait_for_readings 12
# Four days of the file went by, with frost and heat in each.
check "it was too cold or too warm" test "$(number "SELECT count(*) FROM alarm WHERE kind LIKE 'excursion%'")" -ge 1
check "the gateway ends well" ends_well "$gateway"
check "the service ends well" ends_well "$service"
check "each reading once" test "$(number "SELECT (SELECT count(*) FROM reading) - (SELECT seq FROM gateway_cursor)")" -eq 0
check "none given up" test "$(sqlite3 -readonly "$work/spool" "SELECT dropped FROM spool")" -eq 0
check "the books are whole" "$program" verify --data "$work/data" >"$work/verify.err" 2>&1
sum
