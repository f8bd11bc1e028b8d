/* The findings of the code parser, one table for all layers of it (core/code_error.def). */
#pragma once

enum code_error {
#define CODE_ERROR(name, text) CE_##name,
#include "core/code_error.def"
#undef CODE_ERROR
	CE_COUNT
};

/* The stable English code; never NULL ("OK" where nothing is wrong). */
const char *code_error_code(enum code_error e);
/* The Chinese sentence; never NULL, empty for OK. */
const char *code_error_text(enum code_error e);
