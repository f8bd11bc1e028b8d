#!/bin/sh
# Walks the README's ten minutes and the rooms beside it through the page in Debian's chromium, each walk against a demo of
# its own. A walk is a file here that imports house.mjs.
set -u
cd "$(dirname "$0")" || exit 3
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
	echo "skipped: browser: chromium is not installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -d node_modules/playwright-core ] && [ -d node_modules/zxing-wasm ] || npm ci --ignore-scripts --no-progress --loglevel=error || exit 3
passed=0 failed=0
for walk in *.mjs; do
	[ "$walk" = house.mjs ] && continue
	echo "-- $walk"
	node "$walk" "$@" | tee "${TMPDIR:-/tmp}/walk.$$"
	last=$(tail -n 1 "${TMPDIR:-/tmp}/walk.$$")
	rm -f "${TMPDIR:-/tmp}/walk.$$"
	case $last in
	*" passed, "*" failed"*)
		passed=$((passed + ${last%% *}))
		rest=${last#*passed, }
		failed=$((failed + ${rest%% *}))
		;;
	*) failed=$((failed + 1)) ;;
	esac
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
