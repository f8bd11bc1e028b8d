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
# Each walk has a demo of its own and ends with its count; the last line here is their sum.
passed=0 failed=0
for walk in walk.mjs settle.mjs; do
	out=$(node "$walk" "$@" 2>&1) && status=0 || status=$?
	printf '%s\n' "$out"
	count=$(printf '%s\n' "$out" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' | tail -n 1)
	[ -n "$count" ] || count="0 1"
	[ "$status" -eq 0 ] || [ "${count#* }" -gt 0 ] || count="${count% *} 1"
	passed=$((passed + ${count% *})) failed=$((failed + ${count#* }))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
