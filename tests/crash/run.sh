#!/bin/sh
# Kills the service under load, fills its disk, breaks its writes: what was acknowledged stays, once, and the rest is told.
# Usage: tests/crash/run.sh [SEED]; the last line is "N passed, N failed[, N skipped]".
cd "$(dirname "$0")/../.." || exit 3
[ -x build/yaocang ] || make --no-print-directory all || exit 3
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/crash/crash.py "$@"
