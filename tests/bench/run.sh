#!/bin/sh
# The figures of `make bench`: both sides of every ratio in one run, one row each, reached or missed; exit 1 on a miss.
# Usage: tests/bench/run.sh [PART]...  (hello order slow lists page postgres stores import; default all)
# `tests/bench/run.sh import` takes some minutes with 300,000 products; BENCH_IMPORT_ROWS=30000 asks with fewer.
set -u
cd "$(dirname "$0")/../.." || exit 3
unset MAKEFLAGS MFLAGS MAKELEVEL
command -v python3 >/dev/null || { echo "bench: python3 is missing (apt-get install python3)" >&2; exit 3; }
make --no-print-directory bench-tools || exit 3
exec python3 tests/bench/run.py "$@"
