#!/bin/sh
# Builds the fuzz targets (tests/fuzz/NAME.c) and runs each for some seconds, from the seeds in tests/fuzz/NAME/.
# Usage: tools/fuzz.sh [SECONDS]     What a target finds beyond the seeds is kept in build/fuzz/corpus/NAME.
# A crash leaves its input as build/fuzz/NAME-crash-...; prints "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 3
seconds=${1:-10}
make --no-print-directory fuzz || exit 1
rm -f build/fuzz/*.ran

# shellcheck disable=SC2016
for source in tests/fuzz/*.c; do
	[ -e "$source" ] && basename "$source" .c
done | xargs -P "$(nproc)" -I NAME sh -c '
	mkdir -p build/fuzz/corpus/NAME
	seeds=""
	[ -d tests/fuzz/NAME ] && seeds=tests/fuzz/NAME
	if build/fuzz/NAME -max_total_time='"$seconds"' -runs=2000000 -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 \
		-verbosity=0 -artifact_prefix=build/fuzz/NAME- build/fuzz/corpus/NAME $seeds >build/fuzz/NAME.log 2>&1; then
		echo passed >build/fuzz/NAME.ran
	else
		echo failed >build/fuzz/NAME.ran
		echo "FAILED fuzz NAME:" && tail -n 40 build/fuzz/NAME.log
	fi'
cat build/fuzz/*.ran 2>/dev/null | awk '{ n[$1]++ } END { printf "%d passed, %d failed\n", n["passed"], n["failed"] }'
! grep -qs failed build/fuzz/*.ran
