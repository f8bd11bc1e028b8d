#!/bin/sh
# Everything that can be told from the text of the sources. Each check says what is wrong and where; the last line is
# "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.." || exit 3
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0 failed=0 skipped=0
mkdir -p build/lint/cppcheck

# check NAME COMMAND...: silent when all is well
check() {
	name=$1
	shift
	if "$@" >build/lint/output 2>&1; then
		passed=$((passed + 1))
		echo "  ok      $name"
	else
		failed=$((failed + 1))
		echo "  FAILED  $name"
		tail -n 200 build/lint/output
	fi
}
skip() {
	skipped=$((skipped + 1))
	echo "  SKIPPED: $1"
}

folders=$(ls -d core labels devices warehouse dispensing service tests 2>/dev/null)
sources=$(find $folders -name '*.[ch]')
product=$(printf '%s\n' $sources | grep -v '^tests/')
awk_check() {
	check="$1"
	shift
	LC_ALL=C awk -v check="$check" -f tools/lint_source.awk "$@"
}
unfinished() {
	! find . \( -name node_modules -o -name build -o -name .git -o -name package-lock.json -o -name 'lint*' \) -prune -o -type f \
		-exec grep -InwE '(TODO|FIXME|XXX)' {} +
}
lengths() {
	awk_check sizes $sources $(find web/src web/tests tests tools schema -name node_modules -prune -o \( -name '*.ts' -o -name '*.tsx' -o -name '*.mjs' -o \
		-name '*.sh' -o -name '*.py' -o -name '*.css' -o -name '[0-9]*.sql' \) -print 2>/dev/null)
}
# A released migration is never edited: its hash stands in schema/SEALED.
sealed() {
	! grep -q '^[0-9a-f]' schema/SEALED || sha256sum --check --quiet schema/SEALED
}
scripts() {
	for script in $(find tools tests web .ci -name node_modules -prune -o \( -name '*.sh' -o -path .ci/run \) -print); do
		sh -n "$script" || return 1
	done
	for script in $(find tools tests web -name node_modules -prune -o -name '*.mjs' -print); do
		node --check "$script" || return 1
	done
	find tools tests -name '*.py' -exec python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' {} +
}
fresh_docs() {
	rm -rf build/lint/docs
	mkdir -p build/lint/docs
	build/yaocang docs --to build/lint/docs || return 1
	for file in build/lint/docs/*; do
		diff -u "docs/${file##*/}" "$file" || return 1
	done
}

check "gcc warnings" make --no-print-directory -k -j"$(nproc)" all
check "clang warnings" make --no-print-directory -k -j"$(nproc)" lint-clang
check "clang-tidy" make --no-print-directory -k -j"$(nproc)" lint-tidy
check "cppcheck" cppcheck --quiet --enable=warning,performance,portability --std=c11 --inline-suppr --error-exitcode=1 \
	--suppressions-list=tools/cppcheck.suppress --cppcheck-build-dir=build/lint/cppcheck -j"$(nproc)" -I. -D_GNU_SOURCE $folders
check "clang-format" clang-format-14 --dry-run -Werror $sources
check "layers" awk_check layers $product
check "refused words" awk_check words $sources
check "no mutable state of file scope" awk_check state $(printf '%s\n' $product | grep '\.c$')
check "files of at most 700 lines" lengths
check "short functions" awk_check functions $(printf '%s\n' $product | grep '\.c$')
cat build/lint/output
check "nothing unfinished" unfinished
check "sealed migrations" sealed
check "scripts" scripts
if grep -q '"docs"' service/command.def; then
	check "generated documents are fresh" fresh_docs
else
	skip "generated documents: the program writes none"
fi
if [ -x web/node_modules/.bin/tsc ]; then
	check "types of the page" web/node_modules/.bin/tsc --noEmit -p web
else
	skip "types of the page: web/node_modules is not installed"
fi

if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
