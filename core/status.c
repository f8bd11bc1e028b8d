#include "core/status.h"

#include <assert.h>

struct status_row {
	int http;
	const char *code;
	const char *text;
	const char *name;
	bool record;
};

static const struct status_row rows[] = {
#define STATUS(name, http, code, text, record) {http, code, text, #name, (record) != 0},
#include "core/status.def"
#undef STATUS
};

static const struct status_row *row_of(enum status st)
{
	assert((unsigned)st < (unsigned)ST_COUNT);
	return &rows[st];
}

int status_http(enum status st)
{
	return row_of(st)->http;
}

const char *status_code(enum status st)
{
	return row_of(st)->code;
}

const char *status_text(enum status st)
{
	return row_of(st)->text;
}

const char *status_name(enum status st)
{
	return row_of(st)->name;
}

bool status_is_recorded(enum status st)
{
	return row_of(st)->record;
}
