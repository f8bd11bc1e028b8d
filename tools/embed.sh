#!/bin/sh
# Writes assembly that carries the named files inside the program: a table of (name, begin, end), see core/embed.h.
# The name of a page file (build/web/...) begins with web/.
set -eu
n=0
rows=""
echo '.section .rodata'
for file in "$@"; do
	name=${file##*/}
	case "$file" in build/*web/*) name="web/${file#*web/}" ;; *) name="$file" ;; esac
	printf '.Lname%d: .asciz "%s"\n.balign 8\n.Lbegin%d: .incbin "%s"\n.Lend%d: .byte 0\n' "$n" "$name" "$n" "$file" "$n"
	rows="$rows$n "
	n=$((n + 1))
done
printf '.section .data.rel.ro,"aw"\n.balign 8\n.globl embed_table\nembed_table:\n'
for i in $rows; do printf '.quad .Lname%d, .Lbegin%d, .Lend%d\n' "$i" "$i" "$i"; done
printf '.globl embed_table_end\nembed_table_end:\n.quad 0\n.section .note.GNU-stack,"",@progbits\n'
