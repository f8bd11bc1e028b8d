#include "core/embed.h"

#include <string.h>

const struct embedded *embed_find(const char *name)
{
	for (const struct embedded *e = embed_table; e < embed_table_end; e++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}
