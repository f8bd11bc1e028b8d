#!/bin/sh
# The matrix of rules: which regulation or habit of the field (a comment "RULE NAME-...") stands where in the code and
# where it is tested. Fails on a rule without a test. The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C

# FILE:LINE:RULE TAG for each tag; a tag has a family in capitals, a hyphen, and no blank or closing mark.
tags() {
	find "$@" \( -name node_modules -o -name build \) -prune -o -type f \
		\( -name '*.c' -o -name '*.h' -o -name '*.def' -o -name '*.sql' -o -name '*.ini' -o -name '*.ts' -o -name '*.tsx' \
		-o -name '*.mjs' -o -name '*.py' -o -name '*.sh' -o -name '*.tsv' \) -print 2>/dev/null |
		xargs grep -noE 'RULE [A-Z][A-Z0-9]*-[^][ 	,;:()*"'"'"'`]*' /dev/null | sed -E 's/[.。]+$//'
}

{
	tags core labels devices warehouse dispensing service schema web | sed 's/^/code:/'
	tags tests | sed 's/^/test:/'
} | awk -F: '
	{
		tag = $4
		sub(/^RULE /, "", tag)
		place = $2 ":" $3
		if (!(tag in seen)) { seen[tag] = 1; order[++n] = tag }
		places[$1, tag] = places[$1, tag] (((($1, tag) in places) && places[$1, tag] != "") ? " " : "") place
	}
	END {
		for (i = 2; i <= n; i++) # few tags: sorting by insertion will do
			for (j = i; j > 1 && order[j - 1] > order[j]; j--) { t = order[j]; order[j] = order[j - 1]; order[j - 1] = t }
		for (i = 1; i <= n; i++) {
			tag = order[i]; code = places["code", tag]; test = places["test", tag]
			printf "RULE %s\n    code  %s\n    test  %s\n", tag, code == "" ? "-" : code, test == "" ? "-" : test
			if (code != "" && test == "") { failed++; lost = lost "FAILED rule without a test: " tag "\n" }
			else if (code != "") passed++
			else { failed++; lost = lost "FAILED tested, but not in the code: " tag "\n" }
		}
		printf "%s%d passed, %d failed\n", lost, passed, failed
		exit failed > 0
	}'
