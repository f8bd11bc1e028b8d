#!/bin/sh
# Walks through the page in Debian's chromium, each against a demo of its own, in two lanes: the README's ten minutes
# (walk.mjs) beside everything else. Arguments go to every walk. The last line adds them all up.
set -eu
cd "$(dirname "$0")"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
	echo "skipped: browser: chromium is not installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -d node_modules/playwright-core ] && [ -d node_modules/zxing-wasm ] || npm ci --ignore-scripts --no-progress --loglevel=error

logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
walk() { node "$@" >"$logs/$1.log" 2>&1 || true; }
walk walk.mjs "$@" &
for one in *.mjs; do
	case "$one" in house.mjs | walk.mjs) ;; *) walk "$one" "$@" ;; esac
done
wait

passed=0 failed=0
for log in "$logs"/*.log; do
	echo "== $(basename "$log" .log)"
	cat "$log"
	last="$(tail -n 1 "$log")"
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
