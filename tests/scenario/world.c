#include "tests/scenario/world.h"

#include "core/xlsx.h"

#include "core/audit.h"
#include "service/session.h"
#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demo/demo.h"
#include "warehouse/price/price.h"
#include "warehouse/projection.h"
#include "warehouse/settlement/settle_verify.h"
#include "warehouse/stock_verify.h"
#include "warehouse/volume/progress.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TODAY 20261121
#define PASSWORD "a long word 9"
#define API "/api/v1/xian/"

/* A name of the county or the label of a step. */
struct named {
	const char *name, *value; /* value NULL: an answer */
	struct jv_document answer;
	const char *cookie; /* of a user */
	struct named *next;
};

static const struct site_row {
	const char *name, *code, *title, *kind, *parent;
} sites[] = {
        {"lead", "A00", "县医院", "lead", NULL},
        {"east", "A01", "城东卫生院", "township", "lead"},
        {"west", "A02", "城西卫生院", "township", "lead"},
        {"village", "A0101", "李村卫生室", "clinic", "east"},
};
static const struct user_row {
	const char *name;
	enum role role;
	const char *site;
} users[] = {
        {"admin", ROLE_admin, "lead"},
        {"central", ROLE_central_pharmacist, "lead"},
        {"buyer", ROLE_buyer, "lead"},
        {"receiver", ROLE_receiver, "lead"},
        {"inspector", ROLE_inspector, "lead"},
        {"keeper", ROLE_keeper, "lead"},
        {"chief", ROLE_chief_pharmacist, "lead"},
        {"finance", ROLE_finance, "lead"},
        {"east_user", ROLE_township_pharmacist, "east"},
        {"west_user", ROLE_township_pharmacist, "west"},
        {"village_user", ROLE_clinic, "village"},
};
static const struct product_row {
	const char *name, *code, *title, *gtin;
	int64_t pack, box, box_of_boxes, traced, price_e4; /* price 0: none listed */
} products[] = {
        {"amoxicillin", "X001", "阿莫西林胶囊", "6901234000016", 24, 240, 2400, 1, 120000},
        {"glucose", "X002", "葡萄糖注射液", NULL, 10, 100, 1000, 0, 85000},
        {"insulin", "X003", "胰岛素注射液", NULL, 1, 10, 100, 1, 300000},
        {"unlisted", "X004", "无价药片", NULL, 10, 100, 1000, 0, 0},
};
static const struct supplier_row {
	const char *name, *code, *title;
	int64_t until_ymd;
} suppliers[] = {
        {"supplier", "G1", "甲医药公司", 20301231}, {"lapsed", "G2", "乙医药公司", 20261120},
        {"last_day", "G3", "丙医药公司", TODAY},    {"warned", "G4", "丁医药公司", 20270218},
        {"calm", "G5", "戊医药公司", 20270219},
};

static struct named *find(struct world *w, const char *name, size_t n)
{
	for (struct named *p = w->names; p; p = p->next)
		if (strlen(p->name) == n && memcmp(p->name, name, n) == 0)
			return p;
	return NULL;
}

static struct named *name_it(struct world *w, const char *name)
{
	struct named *p = find(w, name, strlen(name));
	if (p) {
		if (p->answer.root)
			jv_document_drop(&p->answer);
		p->answer.root = NULL;
		return p;
	}
	p = arena_alloc(&w->arena, sizeof *p);
	*p = (struct named){.name = arena_string(&w->arena, name), .next = w->names};
	w->names = p;
	return p;
}

void world_name(struct world *w, const char *name, const char *value)
{
	name_it(w, name)->value = arena_string(&w->arena, value);
}

void world_name_id(struct world *w, const char *name, int64_t id)
{
	world_name(w, name, arena_printf(&w->arena, "%lld", (long long)id));
}

static int64_t id_of(struct world *w, const char *name)
{
	return name ? strtoll(world_value(w, name), NULL, 10) : 0;
}

/* ---- the county ---- */

static enum status put_sites(struct tx *tx, struct world *w)
{
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		const struct site_row *s = &sites[i];
		int64_t id = 0, depot = 0;
		const struct new_site in = {s->code, s->title, s->kind, id_of(w, s->parent), 1000};
		enum status st = site_add(tx, &in, &id);
		if (st == ST_OK)
			st = depot_add(tx, id, "YK", "药库", "store", &depot);
		if (st != ST_OK)
			return st;
		world_name_id(w, s->name, id);
		world_name_id(w, arena_printf(&w->arena, "%s_depot", s->name), depot);
	}
	return ST_OK;
}

static enum status put_product(struct tx *tx, struct world *w, const struct product_row *p)
{
	int64_t id = 0;
	bool added = false;
	const struct new_product in = {
	        .code = p->code,
	        .drug_name = p->title,
	        .form = "剂",
	        .strength = "1g",
	        .drug_class = "western",
	        .name = p->title,
	        .spec = "1g",
	        .maker = "演示药厂",
	        .unit_name = "粒",
	        .pack_name = "盒",
	        .units_per_pack = p->pack,
	        .units_per_box = p->box,
	        .units_per_case = p->box_of_boxes,
	        .approval_no = "国药准字H10000001",
	        .storage = "normal",
	        .traced = p->traced,
	        .warn_days = 180,
	        .gtin = p->gtin,
	};
	enum status st = product_put(tx, &in, &id, &added);
	const struct new_price price = {id, p->price_e4, p->pack, "listed", 20260101, 0, "省平台"};
	if (st == ST_OK && p->price_e4)
		price_put(tx, &price, &added);
	world_name_id(w, p->name, id);
	return st;
}

static enum status put_trade(struct tx *tx, struct world *w)
{
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof products / sizeof *products; i++)
		st = put_product(tx, w, &products[i]);
	for (size_t i = 0; st == ST_OK && i < sizeof suppliers / sizeof *suppliers; i++) {
		int64_t id = 0;
		bool added = false;
		const struct new_supplier in = {.code = suppliers[i].code,
		                                .name = suppliers[i].title,
		                                .licence_no = "L1",
		                                .licence_until_ymd = suppliers[i].until_ymd};
		st = supplier_put(tx, &in, &id, &added);
		world_name_id(w, suppliers[i].name, id);
	}
	return st;
}

/* As the service keeps passwords, but cheap to try: scenarios sign in hundreds of times, and no guesser waits here. */
static const char *cheap_hash(struct arena *a)
{
	char *out = arena_alloc(a, crypto_pwhash_STRBYTES);
	CU_ASSERT_EQUAL_FATAL(crypto_pwhash_str_alg(out, PASSWORD, strlen(PASSWORD), crypto_pwhash_OPSLIMIT_MIN,
	                                            crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13),
	                      0);
	return out;
}

static enum status put_county(struct tx *tx, void *arg)
{
	struct world *w = arg;
	tx->action = "test";
	store_found(tx, "xian", "某县医共体", NULL);
	enum status st = put_sites(tx, w);
	const char *hash = cheap_hash(tx->arena);
	for (size_t i = 0; st == ST_OK && i < sizeof users / sizeof *users; i++) {
		int64_t id = 0;
		const struct new_user in = {users[i].name, users[i].name, hash, 1u << users[i].role, id_of(w, users[i].site)};
		st = user_add(tx, &in, &id);
	}
	return st == ST_OK ? put_trade(tx, w) : st;
}

void world_write(struct world *w, enum status (*run)(struct tx *tx, void *arg), void *arg)
{
	struct faults faults = {.arena = &w->arena};
	enum status st = writer_run_one(&w->store.writer, run, arg, &w->arena, &faults);
	if (st != ST_OK)
		printf("  %s: %s\n", status_code(st), faults.first ? faults.first->message : "");
	CU_ASSERT_EQUAL_FATAL(st, ST_OK);
}

static void sign_in(struct world *w, const char *user)
{
	struct named *p = name_it(w, user);
	p->cookie = "";
	const char *body = arena_printf(&w->arena, "{\"user\":\"%s\",\"password\":\"" PASSWORD "\"}", user);
	CU_ASSERT_EQUAL_FATAL(world_ask(w, user, METHOD_POST, "session", body, ""), 200);
}

struct world *world_new(void)
{
	return world_new_at(test_where("xian"));
}

struct world *world_new_at(const char *where)
{
	char why[200] = "";
	struct world *w = memory_alloc(sizeof *w);
	w->clock = clock_fixed(ymd_begin_ms(TODAY) + 8 * 3600 * 1000LL);
	config_defaults(&w->config);
	w->service = (struct service){.config = &w->config, .clock = w->clock, .stores = &w->store, .store_count = 1};
	w->service.guard = login_guard_new(1000);
	w->store.service = &w->service;
	snprintf(w->store.code, sizeof w->store.code, "xian");
	w->store.name = memory_string("某县医共体");
	w->where = arena_string(&w->arena, where);
	CU_ASSERT_EQUAL_FATAL(writer_open(w->where, true, &w->service.clock, &w->store.writer, why), ST_OK);
	w->store.writer.group_end = projection_keep;
	world_write(w, put_county, w);
	CU_ASSERT_EQUAL_FATAL(db_open(w->where, STORE_READ, &w->db, why), ST_OK);
	for (size_t i = 0; i < sizeof users / sizeof *users; i++)
		sign_in(w, users[i].name);
	return w;
}

static void tell_fault(void *arg, const char *table, const char *row, const char *what)
{
	(void)arg;
	printf("  verify: %s %s: %s\n", table, row, what);
}

void world_end(struct world *w)
{
	db_read_begin(w->db);
	CU_ASSERT_EQUAL(audit_verify(w->db, NULL, tell_fault, NULL), 0);
	CU_ASSERT_EQUAL(stock_verify(w->db, tell_fault, NULL), 0);
	CU_ASSERT_EQUAL(volume_verify(w->db, tell_fault, NULL), 0);
	CU_ASSERT_EQUAL(settle_verify(w->db, tell_fault, NULL), 0);
	CU_ASSERT_EQUAL(db_read_end(w->db), ST_OK);
	db_close(w->db);
	writer_close(&w->store.writer);
	login_guard_drop(w->service.guard);
	for (struct named *p = w->names; p; p = p->next)
		if (p->answer.root)
			jv_document_drop(&p->answer);
	free(w->store.name);
	arena_drop(&w->arena);
	free(w);
}

/* ---- asking ---- */

int world_ask(struct world *w, const char *user, enum method method, const char *path, const char *body, const char *key)
{
	SCOPED(exchange) x = {.service = &w->service};
	struct named *who = user ? find(w, user, strlen(user)) : NULL;
	size_t n = strcspn(path, "?");
	CU_ASSERT_TRUE_FATAL(!user || who);
	key = key ? key : arena_printf(&w->arena, "key-%lld", (long long)++w->keys);
	w->service.clock.fixed_ms += 1000;
	x.request = (struct request){
	        .method = method,
	        .path = arena_printf(&w->arena, API "%.*s", (int)n, path),
	        .query = path[n] ? path + n + 1 : "",
	        .body = body ? body : "",
	        .body_len = body ? strlen(body) : 0,
	        .cookie = who ? who->cookie : NULL,
	        .key = *key ? key : NULL,
	        .content_type = body && *body != '{' ? "text/csv" : "application/json",
	};
	dispatch_run(&x, w->db, &w->store.writer);
	w->http = x.reply.http ? x.reply.http : 200;
	w->body = x.reply.body.data ? arena_copy(&w->arena, x.reply.body.data, x.reply.body.len) : "";
	w->body_len = x.reply.body.len;
	if (x.reply.cookie && who && x.route && x.route->kind == ROUTE_LOGIN)
		who->cookie = arena_copy(&w->arena, x.reply.cookie, strcspn(x.reply.cookie, ";"));
	return w->http;
}

int64_t world_number(struct world *w, const char *sql)
{
	int64_t v = -1;
	db_read_begin(w->db);
	struct rows r = db_query_text(w->db, sql, NULL, 0);
	if (rows_next(&r))
		v = col_i64(&r, 0);
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_read_end(w->db), ST_OK);
	return v;
}

/* ---- references and checks ---- */

/* The value at "lines.0.id" below v; NULL where there is none. */
static const struct json *walk(const struct json *v, const char *path)
{
	while (v && *path) {
		char part[64];
		size_t n = strcspn(path, ".");
		snprintf(part, sizeof part, "%.*s", (int)n, path);
		if (jv_kind(v) == JV_ARRAY)
			v = (size_t)atoi(part) < jv_count(v) ? jv_item(v, (size_t)atoi(part)) : NULL;
		else
			v = jv_kind(v) == JV_OBJECT ? jv_member(v, part) : NULL;
		path += n + (path[n] == '.');
	}
	return v;
}

static const char *text_of(struct world *w, const struct json *v)
{
	size_t n = 0;
	if (!v)
		return NULL;
	switch (jv_kind(v)) {
	case JV_TEXT:
		return arena_string(&w->arena, jv_text(v, &n));
	case JV_INTEGER:
		return arena_printf(&w->arena, "%lld", (long long)jv_integer(v));
	case JV_BOOL:
		return jv_boolean(v) ? "true" : "false";
	default:
		return "null";
	}
}

const char *world_at(struct world *w, const char *path)
{
	char why[160];
	struct jv_document d;
	if (jv_parse(w->body, strlen(w->body), &d, why) != ST_OK)
		return NULL;
	const char *text = text_of(w, walk(d.root, path));
	jv_document_drop(&d);
	return text;
}

const char *world_value(struct world *w, const char *name)
{
	size_t n = strcspn(name, ".");
	struct named *p = find(w, name, n);
	const char *value = !p ? NULL : p->value ? p->value : text_of(w, walk(p->answer.root, name + n + (name[n] == '.')));
	if (!value)
		printf("  nothing is called {%s}\n", name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* Replaces every {name}; a brace of JSON is followed by a quote or by the other brace. */
static const char *fill(struct world *w, const char *text)
{
	SCOPED(buf) out = {0};
	for (const char *p = text; p && *p; p++) {
		if (*p != '{' || !isalpha((unsigned char)p[1])) {
			buf_putc(&out, *p);
			continue;
		}
		size_t n = strcspn(p, "}");
		buf_puts(&out, world_value(w, arena_copy(&w->arena, p + 1, n - 1)));
		p += n;
	}
	return text ? arena_string(&w->arena, out.data ? out.data : "") : NULL;
}

static bool holds(struct world *w, const struct json *root, const char *check)
{
	char path[96];
	size_t n = strcspn(check, "=#");
	if (*check == '~' || *check == '!')
		return (strstr(w->body, check + 1) != NULL) == (*check == '~');
	snprintf(path, sizeof path, "%.*s", (int)n, check);
	const struct json *v = walk(root, path);
	if (check[n] == '#')
		return v && jv_kind(v) == JV_ARRAY && jv_count(v) == (size_t)atoi(check + n + 1);
	const char *text = text_of(w, v);
	return text && strcmp(text, check + n + 1) == 0;
}

static void keep_write(struct world *w, const struct step *s, const char *path, const char *body)
{
	if (s->method == METHOD_GET || s->status >= 300 || strcmp(path, "session") == 0)
		return;
	CU_ASSERT_TRUE_FATAL(w->sent_count < WORLD_WRITES_MAX);
	w->sent[w->sent_count++] = (struct sent){
	        s->method, s->user, path, body, arena_printf(&w->arena, "key-%lld", (long long)w->keys), w->body, w->http};
}

static void play_one(struct world *w, const struct step *s)
{
	char why[160];
	struct jv_document answer = {NULL};
	if (s->before)
		s->before(w);
	const char *path = fill(w, s->path), *body = fill(w, s->body);
	world_ask(w, s->user, s->method, path, body, NULL);
	bool json = jv_parse(w->body, strlen(w->body), &answer, why) == ST_OK;
	const char *code = json ? text_of(w, walk(answer.root, "code")) : NULL;
	bool right = w->http == s->status && (!s->code || (code && strcmp(code, s->code) == 0));
	for (size_t i = 0; right && i < WORLD_CHECKS_MAX && s->checks[i]; i++) {
		const char *check = fill(w, s->checks[i]);
		right = holds(w, answer.root, check);
		if (!right)
			printf("  not so: %s\n", check);
	}
	if (!right)
		printf("  %s: %s %s\n    asked %s\n    got %d %.3000s\n", s->user, s->label ? s->label : "", path,
		       body ? body : "", w->http, w->body);
	CU_ASSERT_TRUE_FATAL(right);
	keep_write(w, s, path, body);
	if (s->label && json)
		name_it(w, s->label)->answer = answer;
	else if (json)
		jv_document_drop(&answer);
}

void world_play(struct world *w, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		play_one(w, &steps[i]);
}

void world_replay(struct world *w)
{
	int64_t seq = w->store.writer.seq;
	for (size_t i = 0; i < w->sent_count; i++) {
		const struct sent *s = &w->sent[i];
		world_ask(w, s->user, s->method, s->path, s->body, s->key);
		bool same = w->http == s->http && strcmp(w->body, s->answer) == 0;
		if (!same)
			printf("  again %s: %d %s\n    first %d %s\n", s->path, w->http, w->body, s->http, s->answer);
		CU_ASSERT_TRUE(same);
		const char *other = arena_printf(&w->arena, "%.*s, \"note\":\"x\"}", (int)strlen(s->body) - 1, s->body);
		CU_ASSERT_EQUAL(world_ask(w, s->user, s->method, s->path, other, s->key), 422);
		CU_ASSERT_STRING_EQUAL(world_at(w, "code"), "KEY_REUSED");
	}
	CU_ASSERT_TRUE(w->sent_count > 0);
	CU_ASSERT_EQUAL(w->store.writer.seq, seq);
}

const char *world_sheet(struct world *w)
{
	SCOPED(sheet) s = {.fd = -1};
	SCOPED(buf) b = {0};
	char piece[4096];
	size_t got = 1;
	CU_ASSERT_EQUAL_FATAL(sheet_from_memory(&s, w->body, w->body_len, "/tmp"), ST_OK);
	while (got && s.source.read(s.source.arg, piece, sizeof piece, &got) == ST_OK)
		buf_put(&b, piece, got);
	return arena_string(&w->arena, b.len > 3 ? b.data + 3 : "");
}

void world_later(struct world *w, int64_t hours)
{
	static const char *const people[] = {"central", "buyer", "receiver", "inspector", "chief", "east_user"};
	w->service.clock.fixed_ms += hours * 3600 * 1000;
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		const char *body = arena_printf(&w->arena, "{\"user\":\"%s\",\"password\":\"a long word 9\"}", people[i]);
		CU_ASSERT_EQUAL(world_ask(w, people[i], METHOD_POST, "session", body, ""), 200);
	}
}
