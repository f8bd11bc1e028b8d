#!/bin/sh
# Copies every second beside a service under load, killed in the middle of copying and of thinning: what has a name restores.
# Usage: tests/copies/run.sh [SEED]; the last line is "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
[ -x build/yaocang ] || make --no-print-directory all || exit 3
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/copies/copies.py "$@"
