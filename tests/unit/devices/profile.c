#include "devices/profile.h"

#include "core/embed.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_embedded_profile_is_read(void)
{
	unsigned found = 0;
	for (const struct embedded *e = embed_table; e < embed_table_end; e++) {
		struct profile p;
		char why[160], name[96];
		if (strncmp(e->name, "devices/profiles/", 17) != 0)
			continue;
		CU_ASSERT_EQUAL(profile_parse(e->begin, (size_t)(e->end - e->begin), &p, why), ST_OK);
		snprintf(name, sizeof name, "devices/profiles/%s.ini", p.name);
		CU_ASSERT_STRING_EQUAL(name, e->name);
		CU_ASSERT_TRUE(p.source[0] && p.points[PROFILE_TEMPERATURE].set && p.block_count > 0);
		found++;
	}
	CU_ASSERT_TRUE(found >= 5);
}

static void renke_has_humidity_first(void)
{
	struct profile p;
	char why[160];
	CU_ASSERT_EQUAL_FATAL(profile_load("renke-rs-ws-n01", &p, why), ST_OK);
	CU_ASSERT_EQUAL(p.points[PROFILE_HUMIDITY].address, 0);
	CU_ASSERT_EQUAL(p.points[PROFILE_TEMPERATURE].address, 1);
	CU_ASSERT_EQUAL(p.baud, 4800);
	CU_ASSERT_EQUAL(p.block_count, 1);
	CU_ASSERT_EQUAL(p.blocks[0].address, 0);
	CU_ASSERT_EQUAL(p.blocks[0].count, 2);
	CU_ASSERT_FALSE(p.verified);
	int32_t c100 = 0;
	CU_ASSERT_EQUAL(codec_decode(&p.points[PROFILE_TEMPERATURE].codec, (const uint16_t[]){0xFF9B}, &c100), CODEC_OK);
	CU_ASSERT_EQUAL(c100, -1010);
	CU_ASSERT_EQUAL(profile_load("no-such", &p, why), ST_NOT_FOUND);
	CU_ASSERT_EQUAL(profile_load("../../etc/passwd", &p, why), ST_NOT_FOUND);
}

static const char good[] =
        "[device]\nname = a\ntitle = 甲\nsource = s\nverified = no\nframing = tcp\nunit = 1\nbase = 1\ngap_ms = 0\n"
        "timeout_ms = 500\nmax_registers = 8\n"
        "[temperature]\nfunction = 3\naddress = 10\ncount = 2\ntype = f32\norder = cdab\nscale = 0\nunit = C\n"
        "low = -40\nhigh = 80\nsentinels = 0x7FC00000 0xFFFFFFFF\n";

static enum status parse(const char *text, struct profile *p, char why[160])
{
	return profile_parse(text, strlen(text), p, why);
}

static void one_based_paper_is_moved_to_the_wire(void)
{
	struct profile p;
	char why[160];
	CU_ASSERT_EQUAL_FATAL(parse(good, &p, why), ST_OK);
	CU_ASSERT_EQUAL(p.points[PROFILE_TEMPERATURE].address, 9);
	CU_ASSERT_EQUAL(p.blocks[0].address, 9);
	CU_ASSERT_EQUAL(p.blocks[0].count, 2);
	CU_ASSERT_EQUAL(p.points[PROFILE_TEMPERATURE].codec.sentinel_count, 2);
	CU_ASSERT_EQUAL(p.points[PROFILE_TEMPERATURE].codec.sentinels[1], 0xFFFFFFFF);
}

/* good with `from` replaced by `to` */
static enum status changed(const char *from, const char *to, char why[160])
{
	char text[4096];
	struct profile p;
	const char *at = strstr(good, from);
	CU_ASSERT_FATAL(at != NULL);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
	return parse(text, &p, why);
}

static void what_is_not_understood_is_refused(void)
{
	static const struct {
		const char *from, *to, *says;
	} rows[] = {
	        {"unit = 1\n", "unit = 1\nunits = 2\n", "[device] units is unknown"},
	        {"unit = 1\n", "unit = 1\nunit = 2\n", "[device] unit stands twice"},
	        {"unit = 1\n", "unit = 248\n", "[device] unit = 248"},
	        {"unit = 1\n", "", "[device] unit is missing"},
	        {"count = 2", "count = 1", "count does not fit"},
	        {"type = f32", "type = f64", "type = f64"},
	        {"type = f32", "type = f32\n two", "line"}, /* a continuation line comes as the same key again */
	        {"scale = 0", "scale = 0\nsign = twos", "sign does not fit"},
	        {"low = -40", "low = 80", "low is not below high"},
	        {"address = 10", "address = 0", "outside the map"},
	        {"address = 10", "address = 65536", "address = 65536"},
	        {"address = 10", "address = -1", "address = -1"},
	        {"function = 3", "function = 6", "function = 6"},
	        {"framing = tcp", "framing = rtu", "baud and parity are missing"},
	        {"max_registers = 8", "max_registers = 1", "more registers"},
	        {"0x7FC00000", "32767", "sentinels"},
	        {"[temperature]", "[pressure]", "section [pressure] is unknown"},
	        {"verified = no", "verified = maybe", "verified"},
	        {"title = 甲", "title = \xff", "UTF-8"},
	        {"unit = C", "unit = F", "unit = F"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char why[160] = "";
		CU_ASSERT_EQUAL(changed(rows[i].from, rows[i].to, why), ST_INVALID_FIELD);
		bool said = strstr(why, rows[i].says) != NULL || strcmp(rows[i].says, "line") == 0;
		if (!said)
			printf("  %s: %s\n", rows[i].says, why);
		CU_ASSERT_TRUE(said && why[0]);
	}
}

static void a_long_line_is_refused(void)
{
	char text[600], why[160];
	struct profile p;
	snprintf(text, sizeof text, "[device]\ntitle = %0300d\n", 0);
	CU_ASSERT_EQUAL(parse(text, &p, why), ST_INVALID_FIELD);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "longer than"));
}

SUITE(profile, {"every_embedded_profile_is_read", every_embedded_profile_is_read},
      {"renke_has_humidity_first", renke_has_humidity_first},
      {"one_based_paper_is_moved_to_the_wire", one_based_paper_is_moved_to_the_wire},
      {"what_is_not_understood_is_refused", what_is_not_understood_is_refused},
      {"a_long_line_is_refused", a_long_line_is_refused});
