#!/bin/sh
# Reads every printed symbol and text back (decode.mjs); fetches the decoder by npm where it is not there yet.
set -eu
cd "$(dirname "$0")"
[ -d node_modules/zxing-wasm ] || npm ci --ignore-scripts
exec node decode.mjs
