#include "core/code.h"

#include <string.h>

static void optional_text(struct jo *o, const char *name, const char *s)
{
	if (s)
		jo_text(o, name, s);
}

/* Each AI once; a repeated one has the same value, or the message would not be valid. */
static void write_fields(const struct code *c, struct jo *o)
{
	jo_name(o, "fields");
	jo_open(o, '{');
	for (size_t i = 0; i < c->field_count; i++) {
		bool again = false;
		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(c->fields[k].ai, c->fields[i].ai) == 0;
		if (!again)
			jo_text(o, c->fields[i].ai, c->fields[i].value);
	}
	jo_close(o, '}');
}

static void write_finding(struct jo *o, const char *name, const char *text_name, enum code_error e)
{
	if (!e)
		return;
	jo_text(o, name, code_error_code(e));
	jo_text(o, text_name, code_error_text(e));
}

void code_write_json(const struct code *c, struct jo *o)
{
	jo_text(o, "input", c->input);
	jo_bool(o, "valid", c->valid);
	jo_text(o, "kind", code_kind_name(c->kind));
	optional_text(o, "symbology", c->symbology);
	jo_text(o, "element_string", c->element_string);
	write_fields(c, o);
	optional_text(o, "gtin", c->gtin);
	optional_text(o, "di", c->gtin ? NULL : c->di);
	optional_text(o, "sscc", c->sscc);
	optional_text(o, "lot", c->lot);
	if (c->made_ymd)
		jo_i64(o, "made_ymd", c->made_ymd);
	if (c->expiry_ymd)
		jo_i64(o, "expiry_ymd", c->expiry_ymd);
	optional_text(o, "serial", c->serial);
	optional_text(o, "trace_code", c->trace_code);
	optional_text(o, "identifier", c->identifier);
	if (c->controlled)
		jo_bool(o, "controlled", true);
	if (c->doubtful)
		jo_bool(o, "doubtful", true);
	optional_text(o, "data", c->data);
	write_finding(o, "error", "error_text", c->error);
	write_finding(o, "association", "association_text", c->association);
}
