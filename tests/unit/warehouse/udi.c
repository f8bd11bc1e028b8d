/* What a label says: vectors of our own, and the published ones, read from the shared data folder (skipped aloud without it). */
#include "warehouse/catalogue/udi.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR 2026

static bool read(struct arena *a, const char *text, struct udi *out)
{
	struct code code;
	code_parse(a, text, strlen(text), YEAR, &code);
	return udi_of(a, &code, out);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* RULE DOMAIN-12.1-udi, RULE DOMAIN-12.1-udi-ma */
static void labels_of_our_own(void)
{
	static const struct {
		const char *text, *di, *lot, *serial;
		int32_t made, expiry;
	} rows[] = {
	        {"(01)06901234000023(11)260105(17)290104(10)A7(21)SN-1", "06901234000023", "A7", "SN-1", 20260105, 20290104},
	        {"]d2010690123400002311260105172901041"
	         "0A7\x1d"
	         "21SN-1",
	         "06901234000023", "A7", "SN-1", 20260105, 20290104},
	        {"]C1010690123400002317291200"
	         "10LOT/9",
	         "06901234000023", "LOT/9", NULL, 0, 20291231},
	        {"https://id.gs1.org/01/06901234000023/10/A7/21/SN-1?17=290104", "06901234000023", "A7", "SN-1", 0, 20290104},
	        /* a lone DI is a label too; day 00 of February ends its month */
	        {"(01)06901234000023(17)280200", "06901234000023", NULL, NULL, 0, 20280229},
	        {"(01)06901234000023", "06901234000023", NULL, NULL, 0, 0},
	        {"MA.156.M0.100152.10000021.SA1.M260105", "MA.156.M0.100152.10000021", NULL, "A1", 20260105, 0},
	        {"MA.156.M0.100152.10000021.LB7.M20260105.V290104.DS9", "MA.156.M0.100152.10000021", "B7", NULL, 20260105,
	         20290104},
	        {"MA.156.M0.100152.10000021.E20290104", "MA.156.M0.100152.10000021", NULL, NULL, 0, 20290104},
	        /* no UDI: a bar code, a wrong check digit, month 13, a shipping box, other agencies' forms, a drug's trace code
	         */
	        {"6901234000023", NULL, NULL, NULL, 0, 0},
	        {"(01)06901234000024(10)A7", NULL, NULL, NULL, 0, 0},
	        {"(01)06901234000023(17)291301", NULL, NULL, NULL, 0, 0},
	        {"(00)123456789012345675", NULL, NULL, NULL, 0, 0},
	        {"MA.156.M0.100152.10000021.SA1.M26010", NULL, NULL, NULL, 0, 0},
	        {"+H123PARTNO1234567890120/$$3241231LOT", NULL, NULL, NULL, 0, 0},
	        {"81773220288616423835", NULL, NULL, NULL, 0, 0},
	};
	SCOPED(arena) a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct udi u = {.label = NULL};
		bool found = read(&a, rows[i].text, &u);
		bool right = found == (rows[i].di != NULL) &&
		             (!found || (same(u.di, rows[i].di) && same(u.lot, rows[i].lot) && same(u.serial, rows[i].serial) &&
		                         u.made_ymd == rows[i].made && u.expiry_ymd == rows[i].expiry));
		if (!right)
			printf("  %s: %d %s %s %s %d %d\n", rows[i].text, found, u.di, u.lot, u.serial, u.made_ymd, u.expiry_ymd);
		CU_ASSERT_TRUE(right);
		struct udi again;
		/* the label that is kept reads as the one that was scanned */
		CU_ASSERT_TRUE(!found || (read(&a, u.label, &again) && same(again.label, u.label) && same(again.lot, u.lot)));
	}
}

static const char *text_of(const struct json *row, const char *name)
{
	size_t n = 0;
	const struct json *v = jv_member(row, name);
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &n) : NULL;
}

/* Every published message with a DI is a label whose parts are those between its brackets. */
static void published_messages(void)
{
	char why[160];
	size_t labels = 0;
	SCOPED(arena) a = {0};
	const char *path = test_data("gs1/gs1-engine-vectors.json");
	char *text = path ? test_read_file(path) : NULL;
	if (!text) {
		test_skip("the shared GS1 vectors are not here");
		return;
	}
	struct jv_document d;
	CU_ASSERT_EQUAL_FATAL(jv_parse(text, strlen(text), &d, why), ST_OK);
	free(text);
	const struct json *rows = jv_member(jv_member(d.root, "vectors"), "bracketed_to_element_string");
	for (size_t i = 0; i < jv_count(rows); i++) {
		struct udi u;
		const char *bracketed = text_of(jv_item(rows, i), "bracketed");
		bool valid = jv_boolean(jv_member(jv_item(rows, i), "valid"));
		bool found = bracketed && read(&a, bracketed, &u);
		CU_ASSERT_TRUE(!found || (valid && strstr(bracketed, u.di)));
		CU_ASSERT_TRUE(found || !valid || !bracketed || strncmp(bracketed, "(01)", 4) != 0 ||
		               jv_member(jv_item(rows, i), "settings"));
		CU_ASSERT_TRUE(!found || !strchr(bracketed, '\\') ? !found || strcmp(u.label, bracketed) == 0 : true);
		labels += found;
	}
	printf("  %zu published messages are labels\n", labels);
	CU_ASSERT_TRUE(labels >= 3);
	jv_document_drop(&d);
}

SUITE(udi, {"labels_of_our_own", labels_of_our_own}, {"published_messages", published_messages});
