/* libFuzzer: any bytes as one scan. Beyond not crashing, verdict and error must agree, the answer must stay bounded JSON,
 * and a GS1 message must be read the same again from its element string. */
#include "core/code.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_again(struct arena *a, const struct code *c, const struct gs1_options *o)
{
	struct gs1 again;
	gs1_read_elements(a, c->element_string + 1, strlen(c->element_string) - 1, true, o, &again);
	must(again.error == CE_OK && again.count == c->field_count);
	const char *text = gs1_brackets(a, &again);
	struct gs1 bracketed;
	gs1_read_brackets(a, text, strlen(text), o, &bracketed);
	must(bracketed.error == CE_OK && bracketed.count == again.count);
	const char *link = gs1_link(a, &again, NULL, o);
	struct gs1 linked;
	if (!link)
		return;
	gs1_read_link(a, link, strlen(link), o, &linked);
	must(linked.error == CE_OK && linked.count <= again.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) b = {.max = 4096 + 64 * (CODE_BYTES_MAX + 64)};
	SCOPED(jv_document) document = {NULL};
	struct gs1_options options = {.year = 2026};
	struct jo o = {&b, false};
	struct code c;
	char why[160];
	code_parse(&a, (const char *)data, size, options.year, &c);
	jo_open(&o, '{');
	code_write_json(&c, &o);
	jo_close(&o, '}');
	must(!b.over && jv_parse(b.data, b.len, &document, why) == ST_OK);
	must(c.valid == (c.error == CE_OK));
	must((c.element_string[0] == '^') == (c.field_count > 0));
	if (c.field_count)
		check_again(&a, &c, &options);
	return 0;
}
