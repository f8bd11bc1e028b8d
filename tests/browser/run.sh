#!/bin/sh
# Walks through the page in Debian's chromium, each against a demo of its own: the README's ten minutes (walk.mjs) alone,
# then the others in two lanes. Arguments go to walk.mjs. The last line adds them all up.
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
# A scanner is known by its rhythm, so the walk that scans has the machine to itself.
walk walk.mjs "$@"
lane() { # every second one of the others, from the first or from the second
	n=0
	for one in *.mjs; do
		case "$one" in house.mjs | stage.mjs | walk.mjs) continue ;; esac
		n=$((n + 1))
		[ $((n % 2)) -eq "$1" ] && walk "$one"
	done
	return 0
}
lane 1 &
lane 0
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
