/* Files the program carries inside itself (migrations, data tables, the page); made by tools/embed.sh. */
#pragma once
#include <stddef.h>

struct embedded {
	const char *name; /* the path below the project's root, or web/... for the built page */
	const char *begin, *end;
};
extern const struct embedded embed_table[];
extern const struct embedded embed_table_end[];

/* The file of that name, or NULL. Its bytes are followed by a NUL that is not counted. */
const struct embedded *embed_find(const char *name);
