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
exec node walk.mjs "$@"
