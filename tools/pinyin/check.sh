#!/bin/sh
# Is core/pinyin_table.inc what the generator makes today? Says aloud when it cannot tell (no unicode-data or no python3 here).
set -eu
cd "$(dirname "$0")/../.."
source=/usr/share/unicode/Unihan_Readings.txt.bz2
if [ ! -r "$source" ] || ! command -v python3 >/dev/null; then
	echo "pinyin: skipped, needs the packages unicode-data and python3"
	exit 0
fi
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
python3 tools/pinyin/generate.py "$source" >"$fresh"
if ! cmp -s "$fresh" core/pinyin_table.inc; then
	echo "pinyin: core/pinyin_table.inc is stale: tools/pinyin/generate.py > core/pinyin_table.inc" >&2
	exit 1
fi
echo "pinyin: core/pinyin_table.inc is fresh"
