#!/bin/sh
# Holds the running service to its own description, to the letter of HTTP and to what the manual promises.
# Usage: tests/contract/run.sh ; the last line is "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
[ -x build/yaocang ] || make --no-print-directory all || exit 3
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/contract/check.py
