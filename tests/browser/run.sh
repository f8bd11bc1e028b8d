#!/bin/sh
# Walks the README's ten minutes through the page in Debian's chromium, against a demo of its own.
set -eu
cd "$(dirname "$0")"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
	echo "skipped: browser: chromium is not installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -d node_modules/playwright-core ] && [ -d node_modules/zxing-wasm ] || npm ci --ignore-scripts --no-progress --loglevel=error
# Each walk has a demo of its own; their last lines are added up.
exec 3>&1
show() { # what comes in, as it comes; its last line goes out
	last=
	while IFS= read -r line; do
		printf '%s\n' "$line" >&3
		last="$line"
	done
	printf '%s\n' "$last"
}
passed=0 failed=0
for walk in *.mjs; do
	[ "$walk" = house.mjs ] && continue
	echo "== $walk"
	last="$(node "$walk" "$@" 2>&1 | show)"
	case "$last" in
	*" passed, "*" failed"*)
		passed=$((passed + ${last%% passed*})) rest="${last#* passed, }"
		failed=$((failed + ${rest%% failed*}))
		;;
	*) failed=$((failed + 1)) ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
