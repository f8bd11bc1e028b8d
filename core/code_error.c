#include "core/code_error.h"

#include <assert.h>

static const struct {
	const char *code, *text;
} errors[] = {
#define CODE_ERROR(name, text) {#name, text},
#include "core/code_error.def"
#undef CODE_ERROR
};

const char *code_error_code(enum code_error e)
{
	assert((unsigned)e < (unsigned)CE_COUNT);
	return errors[e].code;
}

const char *code_error_text(enum code_error e)
{
	assert((unsigned)e < (unsigned)CE_COUNT);
	return errors[e].text;
}
