#!/bin/sh
# All tests, stage by stage; or, with SUITE or SUITE.CASE, only that of the unit tests.
# Usage: tools/test.sh [SUITE[.CASE]]
# A stage is a command whose last line of the form "N passed, N failed[, N skipped]" is its count; a stage that prints
# none, or that dies, is one failure. Its output lies in build/test/STAGE.log. Any executable tests/NAME/run.sh or
# tests/NAME/run.mjs is a stage NAME (tests/bench is not: it measures). The last line of all is the sum.
set -u
cd "$(dirname "$0")/.." || exit 3
unset MAKEFLAGS MFLAGS MAKELEVEL
tools/deps.sh test || echo "test: some packages are missing; what needs them fails or says that it was skipped"
build="make --no-print-directory -j$(nproc)"

if [ $# -gt 0 ]; then
	$build build/unit || exit 1
	exec build/unit "$1"
fi

passed=0 failed=0 skipped=0
limit=600 # seconds; a stage that hangs is cut off and is one failure
mkdir -p build/test

# Adds the counts of a stage's log to the sums and says the stage's line: stage NAME STATUS SECONDS
count() {
	log=build/test/$1.log
	set -- "$@" $(grep -aE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1 | tr -dc '0-9 \n')
	p=${4:-0} f=${5:-0} s=${6:-0}
	if [ $# -lt 5 ] || { [ "$2" -ne 0 ] && [ "$f" -eq 0 ]; }; then
		f=$((f + 1))
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	[ "$s" -eq 0 ] || grep -ai 'skipped[: ]' "$log" | grep -av 'passed,' | sort -u | head -n 20
	if [ "$f" -gt 0 ]; then
		echo "--- the end of $log (exit status $2)"
		grep -aE 'FAILED|error:' "$log" | head -n 20
		echo "---"
		tail -n 40 "$log"
		echo "---"
	fi
	echo "$1: $p passed, $f failed, $s skipped ($3s)"
}

stage() {
	name=$1
	shift
	began=$(date +%s)
	timeout -k 10 $limit "$@" >"build/test/$name.log" 2>&1 </dev/null
	count "$name" $? $(($(date +%s) - began))
}

# The same in the background, until `joined NAME` counts it.
beside() {
	name=$1
	shift
	(
		began=$(date +%s)
		timeout -k 10 $limit "$@" >"build/test/$name.log" 2>&1 </dev/null
		echo "$? $(($(date +%s) - began))" >"build/test/$name.end"
	) &
	eval "beside_$name=$!"
}
joined() {
	eval "wait \$beside_$1"
	read -r status seconds <"build/test/$1.end"
	count "$1" "$status" "$seconds"
}

stage build sh -c "$build all build/unit && echo 1 passed, 0 failed"
stage lint tools/lint.sh
stage rules tools/rules.sh
beside unit build/unit
stage asan sh -c "$build FLAVOUR=asan build/asan/unit && build/asan/unit"
joined unit
for script in tests/*/run.sh tests/*/run.mjs; do
	name=$(basename "$(dirname "$script")")
	[ -x "$script" ] || continue
	case "$name" in
	bench | failover | postgres) ;;
	*) stage "$name" "$script" ;;
	esac
done
# The failover mostly waits for its machines; PostgreSQL takes every processor there is.
beside failover tests/failover/run.sh
stage fuzz tools/fuzz.sh 10
joined failover
stage postgres tests/postgres/run.sh

if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
