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
# Each walk has a demo of its own; the last line adds them up.
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
for walk in walk.mjs imports.mjs; do
	node "$walk" "$@" >"$out" || status=1
	sed '$!b;/ passed, /d' "$out"
	tail -n 1 "$out" >>"$out.sum"
done
awk '{ passed += $1; failed += $3 } END { print passed " passed, " failed " failed" }' "$out.sum"
rm -f "$out.sum"
exit "$status"
