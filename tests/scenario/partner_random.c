/*
 * Papers at random: entered, renewed, confirmed, turned down, voided and imported by people in turn while days go by, and after
 * each step the order page's answer is held against what a plain list of the papers says. YAOCANG_SEED repeats a run.
 */
#include "tests/scenario/world.h"

#include "core/clock.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEPS 260
#define PAPERS_MAX 400

/* Kinds that lock the supplier "calm"; the first must be there, the others count once they were on file. */
static const char *const kinds[] = {"drug_licence", "business_licence", "agreement", "mandate"};
#define KINDS (sizeof kinds / sizeof *kinds)

struct paper {
	const char *id, *by;
	size_t kind;
	int32_t from, until;
	bool confirmed, ended, scanned;
	int replaces; /* index; -1: none */
};

struct play {
	struct world *w;
	uint64_t state;
	struct paper papers[PAPERS_MAX];
	int count;
	int32_t today;
};

static int draw(struct play *p, int n)
{
	p->state = p->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)((p->state >> 33) % (uint64_t)n);
}

/* ---- the plain list ---- */

static bool holds(const struct play *p, const struct paper *q)
{
	return q->confirmed && !q->ended && q->from <= p->today && q->until >= p->today;
}

static bool oracle(const struct play *p)
{
	bool on_file[KINDS] = {true}, valid[KINDS] = {false};
	for (int i = 0; i < p->count; i++) {
		on_file[p->papers[i].kind] = on_file[p->papers[i].kind] || p->papers[i].confirmed;
		valid[p->papers[i].kind] = valid[p->papers[i].kind] || holds(p, &p->papers[i]);
	}
	for (size_t k = 0; k < KINDS; k++)
		if (on_file[k] && !valid[k])
			return false;
	return true;
}

/* ---- steps ---- */

static const char *person(struct play *p)
{
	static const char *const people[] = {"buyer", "central", "chief"};
	return people[draw(p, 3)];
}

static void enter(struct play *p)
{
	struct world *w = p->w;
	struct paper *q = &p->papers[p->count];
	*q = (struct paper){.by = person(p), .kind = (size_t)draw(p, KINDS), .replaces = -1};
	q->from = draw(p, 3) ? 20260101 : ymd_add_days(p->today, draw(p, 6) - 2);
	q->until = ymd_add_days(q->from > p->today ? q->from : p->today, draw(p, 25));
	for (int i = p->count - 1; i >= 0 && q->replaces < 0 && draw(p, 2); i--)
		if (p->papers[i].kind == q->kind && !p->papers[i].ended)
			q->replaces = i;
	const char *more = q->replaces < 0 ? "" : arena_printf(&w->arena, ",\"replaces_id\":\"%s\"", p->papers[q->replaces].id);
	const char *body = arena_printf(&w->arena,
	                                "{\"owner_kind\":\"supplier\",\"owner_id\":\"%s\",\"kind\":\"%s\",\"number\":\"N%d\","
	                                "\"from_ymd\":%d,\"until_ymd\":%d,\"person\":\"张三\"%s}",
	                                world_value(w, "calm"), kinds[q->kind], p->count, q->from, q->until, more);
	CU_ASSERT_EQUAL_FATAL(world_ask(w, q->by, METHOD_POST, "qualifications", body, NULL), 201);
	q->id = arena_string(&w->arena, world_at(w, "id"));
	if (q->replaces >= 0 && !p->papers[q->replaces].confirmed) {
		p->papers[q->replaces].ended = true;
		q->replaces = p->papers[q->replaces].replaces;
	}
	p->count++;
}

static struct paper *any(struct play *p)
{
	return &p->papers[draw(p, p->count)];
}

static void scan(struct play *p)
{
	struct paper *q = any(p);
	const char *path =
	        arena_printf(&p->w->arena, "attachments?owner_kind=qualification&owner_id=%s&name=x%d.pdf", q->id, draw(p, 99));
	CU_ASSERT_EQUAL(world_ask(p->w, "buyer", METHOD_POST, path, "%PDF-1.4\n%%EOF\n", NULL), 201);
	q->scanned = true;
}

static void confirm(struct play *p)
{
	struct paper *q = any(p);
	const char *by = draw(p, 3) ? "inspector" : "chief";
	bool may = !q->ended && !q->confirmed && q->scanned && q->until >= p->today && strcmp(q->by, by) != 0;
	int got = world_ask(p->w, by, METHOD_POST, arena_printf(&p->w->arena, "qualifications/%s/confirm", q->id), "{}", NULL);
	CU_ASSERT_EQUAL(got == 200, may);
	if (got != 200)
		return;
	q->confirmed = true;
	if (q->replaces >= 0 && q->from <= p->today)
		p->papers[q->replaces].ended = true;
}

static void end(struct play *p)
{
	struct paper *q = any(p);
	bool refuse = draw(p, 2);
	const char *path = arena_printf(&p->w->arena, "qualifications/%s/%s", q->id, refuse ? "refuse" : "end");
	int got = world_ask(p->w, refuse ? "inspector" : "buyer", METHOD_POST, path, "{\"note\":\"x\"}", NULL);
	CU_ASSERT_EQUAL(got == 200, !q->ended && (!refuse || !q->confirmed));
	q->ended = q->ended || got == 200;
}

/* A file says another last day of the licence: a paper that waits, and nothing else. */
static void import(struct play *p)
{
	struct world *w = p->w;
	const char *file =
	        arena_printf(&w->arena, "code,name,licence_no,licence_until_ymd\nG5,戊医药公司,F%d,20991231\n", p->count);
	struct paper *q = &p->papers[p->count++];
	*q = (struct paper){.by = "central", .from = 0, .until = 20991231, .replaces = -1};
	CU_ASSERT_EQUAL_FATAL(world_ask(w, "central", METHOD_POST, "imports/suppliers", file, NULL), 200);
	CU_ASSERT_EQUAL_FATAL(world_ask(w, "central", METHOD_GET, "waiting-papers?limit=1", NULL, NULL), 200);
	q->id = arena_string(&w->arena, world_at(w, "rows.0.id"));
	const char *old = arena_printf(&w->arena, "SELECT coalesce(replaces_id, 0) FROM qualification WHERE id = %s", q->id);
	int64_t replaced = world_number(w, old);
	for (int i = 0; i < p->count - 1; i++) {
		bool same = strtoll(p->papers[i].id, NULL, 10) == replaced;
		q->replaces = same ? i : q->replaces;
		/* one that waited has given its place */
		const char *now = arena_printf(&w->arena, "SELECT count(*) FROM qualification WHERE id = %s AND replaced_by = %s",
		                               p->papers[i].id, q->id);
		if (!p->papers[i].confirmed && !p->papers[i].ended && world_number(w, now) == 1)
			p->papers[i].ended = true;
	}
}

static void next_day(struct play *p)
{
	world_later(p->w, 24);
	p->today = ymd_add_days(p->today, 1);
}

static void check(struct play *p)
{
	struct world *w = p->w;
	bool may = oracle(p);
	const char *body = arena_printf(&w->arena, "{\"supplier_id\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":24}]}",
	                                world_value(w, "calm"), world_value(w, "amoxicillin"));
	int got = world_ask(w, "buyer", METHOD_POST, "orders", body, NULL);
	if ((got == 201) != may)
		printf("  day %d, %d papers: %d, but %s: %s\n", p->today, p->count, got, may ? "free" : "locked", w->body);
	CU_ASSERT_EQUAL_FATAL(got == 201, may);
}

/* RULE GSP-licence-lock, RULE GSP-licence-void, RULE GSP-paper-confirmed: no order with a paper missing that was on file once. */
static void no_way_around_the_papers(void)
{
	static void (*const steps[])(struct play *) = {enter,   enter,   enter,   scan, scan,   scan,
	                                               confirm, confirm, confirm, end,  import, next_day};
	static struct play play;
	const char *given = getenv("YAOCANG_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	int free_days = 0;
	play = (struct play){.w = world_new(), .state = seed, .today = 20261121};
	struct world *w = play.w;
	const char *licences = arena_printf(&w->arena, "qualifications?owner_kind=supplier&owner_id=%s", world_value(w, "calm"));
	CU_ASSERT_EQUAL_FATAL(world_ask(w, "buyer", METHOD_GET, licences, NULL, NULL), 200);
	play.papers[play.count++] = (struct paper){.id = arena_string(&w->arena, world_at(w, "rows.0.id")),
	                                           .by = "",
	                                           .until = 20270219,
	                                           .confirmed = true,
	                                           .replaces = -1};
	printf("  YAOCANG_SEED=%llu\n", (unsigned long long)seed);
	check(&play); /* the first order: what comes now is no opening data */
	for (int i = 0; i < STEPS; i++) {
		steps[draw(&play, sizeof steps / sizeof *steps)](&play);
		check(&play);
		free_days += oracle(&play);
	}
	printf("  %d papers, %d of %d steps free\n", play.count, free_days, STEPS);
	world_end(w);
}

SUITE(partner_random, {"no_way_around_the_papers", no_way_around_the_papers});
