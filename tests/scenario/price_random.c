/*
 * No path yields an approved order line that its day's rule forbids: random entry, import, ending of price facts, writing,
 * editing and approval of orders by different people, against the rule told a second time in the plainest words.
 * Seed: YAOCANG_SEED, else drawn; it is printed.
 */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/price/price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define OPERATIONS 1500
#define ORDERS_MAX 64
struct chaos {
	struct world *w;
	uint64_t state;
	struct {
		const char *id;
		int64_t version;
	} orders[ORDERS_MAX];
	int count, approved, refused, agreed, rounds;
	const char *round; /* of 集采 */
};

static int64_t draw(struct chaos *c, int64_t below)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return (int64_t)(c->state >> 1) % below;
}

static const char *const goods[] = {"amoxicillin", "glucose", "insulin", "unlisted"};
static const char *const codes[] = {"X001", "X002", "X003", "X004"};
static const char *const fact_kinds[] = {"listed", "agreed", "selected", "insurance"};
static const int days[] = {20261119, 20261120, 20261121, 20261122, 20261123};

static void ask(struct chaos *c, const char *user, enum method method, const char *path, const char *body)
{
	world_ask(c->w, user, method, path, body, NULL);
	c->refused += c->w->http == 422;
	CU_ASSERT_TRUE(c->w->http < 500);
}

static void enter_fact(struct chaos *c)
{
	int g = (int)draw(c, 4);
	ask(c, "central", POST, "prices",
	    arena_printf(&c->w->arena,
	                 "{\"product_id\":\"%s\",\"kind\":\"%s\",\"price\":\"%lld\",\"from_ymd\":%d,\"source\":\"t\"}",
	                 world_value(c->w, goods[g]), fact_kinds[draw(c, 4)], (long long)draw(c, 6) + 1, days[draw(c, 5)]));
}

static void import_facts(struct chaos *c)
{
	bool ceilings = draw(c, 2) == 0;
	const char *kind = fact_kinds[draw(c, 4)], *code = codes[draw(c, 4)];
	long long price = draw(c, 6) + 1;
	ask(c, "chief", POST, ceilings ? "imports/ceilings" : "imports/prices",
	    ceilings ? arena_printf(&c->w->arena, "product_code,ceiling_price,from_ymd,source\n%s,%lld,%d,t\n", code, price,
	                            days[draw(c, 5)])
	             : arena_printf(&c->w->arena, "product_code,kind,price,from_ymd,source\n%s,%s,%lld,%d,t\n", code, kind, price,
	                            days[draw(c, 5)]));
}

/* 集采: a product into the round or out of it, by its page or by a file. */
static void put_into_round(struct chaos *c)
{
	struct arena *a = &c->w->arena;
	int g = (int)draw(c, 4);
	bool selected = draw(c, 4) != 0;
	long long price = draw(c, 6) + 1;
	const char *role = selected ? "selected" : "non_selected";
	if (draw(c, 2))
		ask(c, "chief", POST, "imports/volume-products",
		    selected ? arena_printf(a, "round_code,product_code,role,price\nJ1,%s,selected,%lld\n", codes[g], price)
		             : arena_printf(a, "round_code,product_code,role\nJ1,%s,non_selected\n", codes[g]));
	else
		ask(c, "chief", POST, arena_printf(a, "volume-rounds/%s/products", c->round),
		    arena_printf(a, "{\"version\":%lld,\"reason\":\"t\",\"lines\":[{\"product_id\":\"%s\",\"role\":\"%s\"%s}]}",
		                 (long long)world_number(c->w, "SELECT version FROM volume_round"), world_value(c->w, goods[g]),
		                 role, selected ? arena_printf(a, ",\"price\":\"%lld\"", price) : ""));
	c->rounds += c->w->http == 200;
}

static bool step_of(struct chaos *c, const char *user, const char *id, const char *action, int version)
{
	ask(c, user, POST, arena_printf(&c->w->arena, "negotiations/%s/%s", id, action),
	    arena_printf(&c->w->arena, "{\"version\":%d}", version));
	return c->w->http == 200;
}

/* What was executed stands as it was told: its last day, unless a later one closed it, and its supplier. */
static void check_agreed(struct chaos *c, const char *product, const char *supplier, int from, int to, long long price)
{
	CU_ASSERT_EQUAL(
	        world_number(c->w, arena_printf(&c->w->arena,
	                                        "SELECT count(*) FROM price WHERE product_id = %s AND kind = 'agreed' AND "
	                                        "from_ymd = %d AND price_e4 = %lld AND supplier_id = %s AND (coalesce(to_ymd, "
	                                        "0) = %d OR (%d = 0 AND closed_by IS NOT NULL))",
	                                        product, from, price * 10000, supplier, to, to)),
	        1);
}

/* 议价: the only way to an agreed price. */
static void negotiate(struct chaos *c)
{
	struct arena *a = &c->w->arena;
	const char *product = world_value(c->w, goods[draw(c, 4)]);
	const char *supplier = world_value(c->w, draw(c, 8) ? "supplier" : "calm");
	int from = days[draw(c, 5)], to = draw(c, 2) ? 20261231 + (int)draw(c, 2) * 10000 : 0;
	long long price = draw(c, 6) + 1;
	ask(c, "central", POST, "negotiations",
	    arena_printf(
	            a,
	            "{\"from_ymd\":%d,%s\"minutes\":\"m\",\"members\":[{\"name\":\"甲\"},{\"name\":\"乙\"},{\"name\":\"丙\"}],"
	            "\"lines\":[{\"product_id\":\"%s\",\"single_reason\":\"独家\",\"quotes\":[{\"supplier_id\":\"%s\","
	            "\"price\":\"%lld\",\"chosen\":true}]}]}",
	            from, to ? arena_printf(a, "\"to_ymd\":%d,", to) : "", product, supplier, price));
	if (c->w->http != 201)
		return;
	const char *id = arena_string(a, world_at(c->w, "id"));
	ask(c, "central", POST, arena_printf(a, "attachments?owner_kind=negotiation.minutes&owner_id=%s&name=m.txt", id),
	    "minutes");
	if (step_of(c, "central", id, "submit", 1) && step_of(c, "chief", id, "decide", 2) &&
	    step_of(c, "central", id, "execute", 3)) {
		c->agreed++;
		check_agreed(c, product, supplier, from, to, price);
	}
}

static void end_fact(struct chaos *c)
{
	int64_t id = world_number(c->w, arena_printf(&c->w->arena, "SELECT id FROM price ORDER BY id DESC LIMIT 1 OFFSET %lld",
	                                             (long long)draw(c, 8)));
	if (id > 0)
		ask(c, "central", POST, arena_printf(&c->w->arena, "prices/%lld/end", (long long)id),
		    arena_printf(&c->w->arena, "{\"to_ymd\":%d,\"reason\":\"t\"}", days[1 + draw(c, 2)]));
}

static const char *lines(struct chaos *c)
{
	int a = (int)draw(c, 4), b = (int)draw(c, 4);
	const char *price = draw(c, 3) ? "" : arena_printf(&c->w->arena, ",\"price\":\"%lld\"", (long long)draw(c, 6) + 1);
	return arena_printf(
	        &c->w->arena, "\"lines\":[{\"product_id\":\"%s\",\"units\":240%s}%s]", world_value(c->w, goods[a]), price,
	        b ? "" : arena_printf(&c->w->arena, ",{\"product_id\":\"%s\",\"units\":10}", world_value(c->w, goods[b])));
}

static void write_order(struct chaos *c)
{
	if (c->count == ORDERS_MAX)
		c->count = 0;
	ask(c, "buyer", POST, "orders",
	    arena_printf(&c->w->arena, "{\"supplier_id\":\"%s\",%s}", world_value(c->w, "supplier"), lines(c)));
	if (c->w->http == 201) {
		c->orders[c->count].id = arena_string(&c->w->arena, world_at(c->w, "id"));
		c->orders[c->count++].version = 1;
	}
}

static int64_t ask_rule(struct chaos *c, int64_t product, const char *kind, int64_t *per_pack)
{
	const char *where =
	        arena_printf(&c->w->arena,
	                     "FROM price WHERE product_id = %lld AND kind = '%s' AND from_ymd <= 20261121 AND (to_ymd IS "
	                     "NULL OR to_ymd >= 20261121) ORDER BY from_ymd DESC, id DESC LIMIT 1",
	                     (long long)product, kind);
	*per_pack = world_number(c->w, arena_printf(&c->w->arena, "SELECT units_per_pack %s", where));
	return world_number(c->w, arena_printf(&c->w->arena, "SELECT price_e4 %s", where));
}

/* The rule told a second time, in the plainest words. */
static bool is_allowed(struct chaos *c, int64_t product, int64_t price, int64_t per_pack)
{
	int64_t su = 1, au = 1, lu = 1;
	int64_t selected = ask_rule(c, product, "selected", &su), agreed = ask_rule(c, product, "agreed", &au);
	int64_t listed = ask_rule(c, product, "listed", &lu);
	if (selected >= 0)
		return price * su == selected * per_pack && (listed < 0 || selected * lu <= listed * su);
	if (listed < 0)
		return false;
	if (agreed >= 0)
		return price * au == agreed * per_pack && agreed * lu <= listed * au;
	return price * lu <= listed * per_pack;
}

/* Told plainly: not the approver alone stands behind a price above the listed one before. RULE DOMAIN-6-ceiling-raised */
static bool is_his_own_raise(struct chaos *c, int64_t product, int64_t price, int64_t per_pack, const char *approver)
{
	static const char *const listed = "FROM price f WHERE f.product_id = %lld AND f.kind = 'listed' AND f.from_ymd <= "
	                                  "20261121 AND (f.to_ymd IS NULL OR "
	                                  "f.to_ymd >= 20261121) ORDER BY f.from_ymd DESC, f.id DESC LIMIT 1";
	struct arena *a = &c->w->arena;
	const char *now = arena_printf(a, listed, (long long)product);
	int64_t by = world_number(
	        c->w, arena_printf(a, "SELECT by_user = (SELECT id FROM app_user WHERE name = '%s') %s", approver, now));
	int64_t now_id = world_number(c->w, arena_printf(a, "SELECT id %s", now));
	if (by != 1)
		return false;
	const char *where = arena_printf(a,
	                                 "FROM price f JOIN price n ON n.id = %lld WHERE f.product_id = n.product_id AND f.kind "
	                                 "= 'listed' AND (f.from_ymd < "
	                                 "n.from_ymd OR (f.from_ymd = n.from_ymd AND f.id < n.id)) AND (f.to_ymd IS NULL OR "
	                                 "f.to_ymd >= f.from_ymd) ORDER BY "
	                                 "f.from_ymd DESC, f.id DESC LIMIT 1",
	                                 (long long)now_id);
	int64_t before = world_number(c->w, arena_printf(a, "SELECT f.price_e4 %s", where));
	int64_t units = world_number(c->w, arena_printf(a, "SELECT f.units_per_pack %s", where));
	return before > 0 && before * per_pack < price * units;
}

static void check_order(struct chaos *c, const char *id, const char *approver)
{
	int64_t n = world_number(
	        c->w, arena_printf(&c->w->arena, "SELECT count(*) FROM order_line WHERE order_id = %s AND dropped = 0", id));
	CU_ASSERT_TRUE(n > 0);
	for (int64_t i = 0; i < n; i++) {
		const char *row = arena_printf(
		        &c->w->arena, "FROM order_line WHERE order_id = %s AND dropped = 0 ORDER BY id LIMIT 1 OFFSET %lld", id,
		        (long long)i);
		int64_t product = world_number(c->w, arena_printf(&c->w->arena, "SELECT product_id %s", row));
		int64_t price = world_number(c->w, arena_printf(&c->w->arena, "SELECT price_e4 %s", row));
		int64_t per_pack = world_number(c->w, arena_printf(&c->w->arena, "SELECT units_per_pack %s", row));
		CU_ASSERT_TRUE(is_allowed(c, product, price, per_pack));
		/* RULE DOMAIN-6-agreed-supplier */
		CU_ASSERT_EQUAL(
		        world_number(c->w, arena_printf(&c->w->arena,
		                                        "SELECT count(*) FROM order_line l JOIN purchase_order o ON o.id = "
		                                        "l.order_id JOIN price f ON f.id = l.price_id AND f.supplier_id <> "
		                                        "o.supplier_id WHERE l.order_id = %s AND l.dropped = 0",
		                                        id)),
		        0);
		CU_ASSERT_FALSE(is_his_own_raise(c, product, price, per_pack, approver));
	}
}

static void move_order(struct chaos *c)
{
	static const char *const actions[] = {"submit", "approve", "edit", "return"};
	const char *const by[] = {"buyer", draw(c, 2) ? "central" : "chief", "buyer", "chief"};
	if (c->count == 0)
		return;
	int i = (int)draw(c, c->count), a = (int)draw(c, 4);
	const char *id = c->orders[i].id;
	long long version = c->orders[i].version;
	if (a == 2)
		ask(c, by[a], PATCH, arena_printf(&c->w->arena, "orders/%s", id),
		    arena_printf(&c->w->arena, "{\"version\":%lld,%s}", version, lines(c)));
	else
		ask(c, by[a], POST, arena_printf(&c->w->arena, "orders/%s/%s", id, actions[a]),
		    arena_printf(&c->w->arena, "{\"version\":%lld,\"note\":\"n\"}", version));
	if (c->w->http != 200)
		return;
	c->orders[i].version++;
	if (a == 1) {
		c->approved++;
		check_order(c, id, by[a]);
	}
}

/* The rule of the lists is the rule of the orders: the same fact prices every product on every day. */
static void check_lists_agree(struct chaos *c)
{
	const struct arg none = {0};
	SCOPED(rows) r = db_query_text(c->w->db, "SELECT id FROM product ORDER BY id", &none, 0);
	while (rows_next(&r))
		for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
			struct price_rule rule;
			const struct arg ask[] = {I64(":product_id", col_i64(&r, 0)), I64(":ymd", days[i])};
			SCOPED(rows)
			listed = db_query_text(c->w->db, "SELECT coalesce(" PRICE_RULE_ID(":product_id", ":ymd") ", 0)", ask, 2);
			enum status st = price_rule_on(c->w->db, &c->w->arena, col_i64(&r, 0), days[i], &rule);
			CU_ASSERT_TRUE(rows_next(&listed));
			CU_ASSERT_EQUAL(col_i64(&listed, 0), rule.price_id);
			CU_ASSERT_EQUAL(st == ST_NO_LISTED_PRICE, rule.price_id == 0);
		}
}

/* RULE DOMAIN-12.3-price-rule: entry, edit, import, approval by another, a price change in between. */
static void no_path_to_a_forbidden_price(void)
{
	static void (*const operations[])(struct chaos *) = {enter_fact, import_facts, end_fact,    put_into_round,
	                                                     negotiate,  write_order,  write_order, move_order,
	                                                     move_order, move_order,   move_order};
	struct chaos *c = memory_alloc(sizeof *c);
	const char *seed = getenv("YAOCANG_SEED");
	memset(c, 0, sizeof *c);
	uint32_t drawn = randombytes_random();
	printf("  YAOCANG_SEED=%llu\n", seed ? strtoull(seed, NULL, 10) : drawn);
	c->state = (seed ? strtoull(seed, NULL, 10) : drawn) * 2654435769u + 1;
	c->w = world_new();
	ask(c, "chief", POST, "volume-rounds",
	    "{\"code\":\"J1\",\"name\":\"第一批\",\"from_ymd\":20261101,\"to_ymd\":20271031,\"other_pm\":1000}");
	c->round = arena_string(&c->w->arena, world_at(c->w, "id"));
	for (int i = 0; i < OPERATIONS; i++)
		operations[draw(c, sizeof operations / sizeof *operations)](c);
	check_lists_agree(c);
	printf("  %d orders approved, %d refusals, %d negotiations, %d of a round\n", c->approved, c->refused, c->agreed,
	       c->rounds);
	CU_ASSERT_TRUE(c->approved > 3);
	CU_ASSERT_TRUE(c->refused > 50);
	CU_ASSERT_TRUE(c->rounds > 0);
	world_end(c->w);
	free(c);
}

/* ---- what was taken back never was ---- */

#define ENTRIES 60
struct entry {
	int64_t id, price_e4;
	int32_t from_ymd;
	bool stands;
};

/* The price of a day told plainly: of what stands, the one that began last. */
static int64_t plain_price(const struct entry *all, size_t n, int32_t ymd)
{
	const struct entry *best = NULL;
	for (size_t i = 0; i < n; i++)
		if (all[i].stands && all[i].from_ymd <= ymd && (!best || all[i].from_ymd > best->from_ymd))
			best = &all[i];
	return best ? best->price_e4 : 0;
}

static void enter_or_take_back(struct chaos *c, struct entry *all, size_t *n)
{
	struct arena *a = &c->w->arena;
	static const int32_t begins[] = {20261121, 20261122, 20261125, 20261201, 20270101, 20300101};
	size_t i = 1 + (size_t)draw(c, (int64_t)*n);
	if (i < *n && all[i].stands && draw(c, 2)) {
		ask(c, "central", POST, arena_printf(a, "prices/%lld/end", (long long)all[i].id),
		    "{\"to_ymd\":20261120,\"reason\":\"t\"}");
		CU_ASSERT_EQUAL(c->w->http, 200);
		all[i].stands = false;
		return;
	}
	int32_t from = begins[draw(c, 6)];
	long long price = draw(c, 900) + 100;
	ask(c, "central", POST, "prices",
	    arena_printf(a, "{\"product_id\":\"%s\",\"kind\":\"listed\",\"price\":\"%lld.00\",\"from_ymd\":%d,\"source\":\"t\"}",
	                 world_value(c->w, "glucose"), price, from));
	if (c->w->http != 201)
		return;
	/* the same fact again is the one that is known, and stands again */
	int64_t id = strtoll(world_at(c->w, "id"), NULL, 10);
	for (i = 0; i < *n && all[i].id != id;)
		i++;
	all[i] = (struct entry){id, price * 10000, from, true};
	*n += i == *n;
}

/* RULE DOMAIN-12.3-price-taken-back: after any entries and retractions every day has the price of what is left. */
static void what_is_taken_back_never_was(void)
{
	static const int32_t asked[] = {20261120, 20261121, 20261122, 20261124, 20261125, 20261130,
	                                20261201, 20261231, 20270101, 20291231, 20300101};
	struct entry all[ENTRIES + 1] = {{0, 85000, 20260101, true}};
	struct chaos *c = memory_alloc(sizeof *c);
	const char *seed = getenv("YAOCANG_SEED");
	size_t n = 1;
	memset(c, 0, sizeof *c);
	uint32_t drawn = randombytes_random();
	printf("  YAOCANG_SEED=%llu\n", seed ? strtoull(seed, NULL, 10) : drawn);
	c->state = (seed ? strtoull(seed, NULL, 10) : drawn) * 2654435769u + 1;
	c->w = world_new();
	int64_t product = strtoll(world_value(c->w, "glucose"), NULL, 10);
	for (int i = 0; i < 150 && n < ENTRIES; i++) {
		enter_or_take_back(c, all, &n);
		for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
			struct price_rule rule;
			CU_ASSERT_EQUAL(price_rule_on(c->w->db, &c->w->arena, product, asked[k], &rule), ST_OK);
			CU_ASSERT_EQUAL(rule.price_e4, plain_price(all, n, asked[k]));
		}
	}
	CU_ASSERT_TRUE(n > 5);
	world_end(c->w);
	free(c);
}

SUITE(price_random, {"no_path_to_a_forbidden_price", no_path_to_a_forbidden_price},
      {"what_is_taken_back_never_was", what_is_taken_back_never_was});
