# Looks at C sources as text: layers, refused words, sizes. Usage: awk -v check=NAME -f tools/lint_source.awk FILES
# Prints FILE:LINE: what is wrong, and exits 1 if anything is. check = layers | words | state | sizes | functions.

BEGIN {
	# A folder includes itself and what stands left of it; the three wings of rank 1 do not know each other.
	split("core 0 labels 1 devices 1 warehouse 1 dispensing 2 service 3 tests 4", r, " ")
	for (i = 1; i in r; i += 2)
		rank[r[i]] = r[i + 1]
}

function wrong(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

# The line without comments; with literals emptied where blank is set. in_comment goes over line ends.
function strip(line, blank,    out, c, two, i, n, quote) {
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (in_comment) {
			if (two == "*/") { in_comment = 0; i++ }
		} else if (quote != "") {
			if (!blank) out = out c
			if (c == "\\") { i++; if (!blank) out = out substr(line, i, 1) }
			else if (c == quote) { quote = ""; if (blank) out = out c }
		} else if (two == "/*") { in_comment = 1; i++ }
		else if (two == "//") break
		else {
			out = out c
			if (c == "\"" || c == "'") quote = c
		}
	}
	return out
}

FNR == 1 {
	in_comment = 0
	folder = FILENAME
	sub(/\/.*/, "", folder)
}

check == "sizes" {
	lines[FILENAME] = FNR
	next
}

check == "layers" {
	if (match($0, /^#include "[a-z]+\//) == 0)
		next
	target = substr($0, RSTART + 10, RLENGTH - 11)
	if (!(target in rank) || target == folder)
		next
	if (rank[target] >= rank[folder])
		wrong(folder " must not include " target)
	if (folder == "labels" && $0 ~ /"core\/(store|write|document|audit|people)/)
		wrong("labels get text and numbers, never a database")
	next
}

check == "words" {
	code = strip($0, 0)
	if (toupper(code) ~ /INSERT[ \t]+OR[ \t]+(REPLACE|IGNORE)/)
		wrong("INSERT OR REPLACE slips past triggers; use ON CONFLICT")
	if (match(code, /(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca)[ ]*\(/))
		wrong("a refused function: " substr(code, RSTART, RLENGTH))
	sub(/"([^"\\]|\\.)*"/, "\"\"", code)
	if (code ~ /(^|[^A-Za-z0-9_])goto([^A-Za-z0-9_]|$)/)
		wrong("goto: return early, SCOPED releases")
	if ((folder ~ /^(warehouse|dispensing)$/ || FILENAME ~ /^core\/money/) && code ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/)
		wrong("no floating point for money and stock")
	next
}

# Variables of file scope that change: hidden state that two threads or two tests would share.
check == "state" {
	code = strip($0, 1)
	if (folder != "tests" && code ~ /^(static )?(_Thread_local )?[a-z][A-Za-z0-9_ *]*[ *][a-z_0-9]+(\[[^]]*\])*( =.*|;)$/ &&
	    code !~ /^(typedef|extern|struct [a-z_0-9]+;|enum [a-z_0-9]+;|return|union [a-z_0-9]+;)/ && code !~ /(^| )const( |$)/ && !inside)
		wrong("mutable state of file scope")
	if (code ~ /\{[^}]*$/ && code ~ /^[^ \t]/) inside = 1
	if (code ~ /^\}/) inside = 0
	next
}

# A function begins with a brace in the first column and ends so; its name stands on a line above.
check == "functions" {
	if ($0 ~ /^\{$/) {
		from = FNR
		name = before
	} else if ($0 ~ /^\}$/ && from) {
		count++
		length_of[count] = FNR - from - 1
		if (FNR - from - 1 > 60) {
			over++
			printf "%s:%d: %d lines: %s\n", FILENAME, from, FNR - from - 1, name
		}
		if (FNR - from - 1 > 100)
			bad = 1
		from = 0
	}
	before = $0
	next
}

END {
	if (check == "sizes")
		for (f in lines)
			if (lines[f] > 700) {
				printf "%s:%d: over 700 lines: which two rooms is it?\n", f, lines[f]
				bad = 1
			}
	if (check == "functions" && count) {
		for (i = 1; i <= count; i++) {
			histogram[length_of[i]]++
			if (length_of[i] > longest) longest = length_of[i]
		}
		for (median = 0; seen + histogram[median] < count / 2; median++)
			seen += histogram[median]
		printf "%d functions, median %d lines, longest %d, %.1f %% over 60\n", count, median, longest, 100 * over / count
		if (median > 15 || over * 20 > count)
			bad = 1
	}
	exit bad
}
