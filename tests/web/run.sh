#!/bin/sh
# The page: types hold, and the tests of its logic (web/tests) pass under node's own runner, whose count is repeated.
set -u
cd "$(dirname "$0")/../.." || exit 3
output=$(make --no-print-directory web-check 2>&1)
status=$?
printf '%s\n' "$output"
printf '%s\n' "$output" | awk -v status=$status '
	$2 == "pass" && $3 ~ /^[0-9]+$/ { passed = $3 }
	$2 == "fail" && $3 ~ /^[0-9]+$/ { failed = $3 }
	$2 == "skipped" && $3 ~ /^[0-9]+$/ { skipped = $3 }
	END {
		if (status != 0 && failed == 0)
			failed = 1 # types, or a bundle that cannot be made
		if (passed + failed == 0)
			failed = 1
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0
	}'
