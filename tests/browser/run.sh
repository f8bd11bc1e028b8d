#!/bin/sh
# Walks the page in Debian's chromium, each walk against a demo of its own: the README's ten minutes, a plan by keyboard.
set -eu
cd "$(dirname "$0")"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
	echo "skipped: browser: chromium is not installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -d node_modules/playwright-core ] && [ -d node_modules/zxing-wasm ] || npm ci --ignore-scripts --no-progress --loglevel=error
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for walk in walk.mjs plan.mjs; do
	node "$walk" "$@" >"$log" 2>&1 || true
	sed '$d' "$log"
	sum=$(tail -n 1 "$log")
	case $sum in
	*" passed, "*" failed"*)
		passed=$((passed + ${sum%% *}))
		sum=${sum#* passed, }
		failed=$((failed + ${sum%% *}))
		;;
	*)
		echo "$walk ended early: $sum"
		failed=$((failed + 1))
		;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
