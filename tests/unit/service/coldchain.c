/* The service's side of the cold chain, request by request: readings, alarms, holds, silence. */
#include "service/api/coldchain.h"

#include "devices/logger.h"
#include "service/session.h"
#include "tests/harness.h"
#include "warehouse/demo/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE 60000LL
#define BEGIN 1795000000000LL
#define PASSWORD "kalt genug 4"

enum who { DEVICE, OTHER_DEVICE, PHARMACIST, CLINIC, NOBODY };

/* A county of two sites with a sensor each, and what the last answer was. */
struct world {
	struct clock clock;
	struct config config;
	struct service service;
	struct store store;
	struct db *db;
	char cookies[NOBODY][160];
	int http;
	char body[400000];
	int64_t seq, keys;
};

static const struct {
	const char *name;
	enum role role;
	int site;
} users[NOBODY] = {
        [DEVICE] = {"gw1", ROLE_device, 0},
        [OTHER_DEVICE] = {"gw2", ROLE_device, 1},
        [PHARMACIST] = {"yao", ROLE_central_pharmacist, 0},
        [CLINIC] = {"cun", ROLE_township_pharmacist, 1},
};

static const char goods[] =
        "INSERT INTO drug (id, name, form, strength, class) VALUES (11, '胰岛素', '注射液', '3ml', 'western');"
        "INSERT INTO product (id, code, drug_id, name, spec, maker, unit_name, pack_name, units_per_pack, units_per_box, "
        "units_per_case, storage, traced, active, warn_days, search_text) VALUES "
        "(21, 'C', 11, '胰岛素注射液', '3ml', '甲', '支', '盒', 1, 10, 100, 'cold', 0, 1, 180, ''),"
        "(22, 'N', 11, '片剂', '1g', '甲', '片', '盒', 1, 10, 100, 'normal', 0, 1, 180, '');"
        "INSERT INTO lot (id, product_id, lot, expiry_ymd) VALUES (31, 21, 'COLD1', 20300101), (32, 22, 'WARM1', 20300101), "
        "(33, 21, 'COLD2', 20300101), (34, 21, 'COLD3', 20300101);"
        "INSERT INTO batch (id, lot_id, product_id, price_e4, units_per_pack, made_at_ms) VALUES (41, 31, 21, 1, 1, 1), "
        "(42, 32, 22, 1, 1, 1), (43, 33, 21, 1, 1, 1), (44, 34, 21, 1, 1, 1);";

static void put_goods(struct tx *tx, int64_t here, int64_t there)
{
	static const char row[] = "INSERT INTO holding (place_id, product_id, expiry_ymd, batch_id, quality, quality_no, units, "
	                          "traced_units) VALUES (%lld, %d, 20300101, %d, '%s', %d, 10, 0);";
	CU_ASSERT_EQUAL(db_script(tx_db(tx), goods), ST_OK);
	CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, row, (long long)here, 21, 41, "released", 1)), ST_OK);
	CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, row, (long long)here, 22, 42, "released", 1)), ST_OK);
	CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, row, (long long)there, 21, 43, "released", 1)), ST_OK);
	CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, row, (long long)here, 21, 44, "rejected", 2)), ST_OK);
}

static enum status fill(struct tx *tx, void *arg)
{
	static const char sensor[] =
	        "INSERT INTO sensor (id, code, name, site_id, place_id, profile, low_c100, high_c100, delay_s, "
	        "silence_s) VALUES (%d, '%s', '%s', %lld, %lld, 'fridge', 200, 800, 60, 120);";
	int64_t sites[2] = {0}, depots[2] = {0}, user = 0;
	const struct new_site lead = {.code = "A00", .name = "县医院", .kind = "lead"};
	store_found(tx, "t", "测试", NULL);
	enum status st = site_add(tx, &lead, &sites[0]);
	const struct new_site town = {.code = "A01", .name = "卫生院", .kind = "township", .parent_id = sites[0]};
	st = st == ST_OK ? site_add(tx, &town, &sites[1]) : st;
	for (int i = 0; i < 2 && st == ST_OK; i++)
		st = depot_add(tx, sites[i], "YK", "药库", "store", &depots[i]);
	const char *hash = password_hash(tx->arena, PASSWORD);
	for (int i = 0; i < NOBODY && st == ST_OK; i++) {
		const struct new_user in = {users[i].name, users[i].name, hash, 1u << users[i].role, sites[users[i].site]};
		st = user_add(tx, &in, &user);
	}
	(void)arg;
	tx->action = "test";
	CU_ASSERT_EQUAL(
	        db_script(tx_db(tx), arena_printf(tx->arena, sensor, 1, "S1", "冷库", (long long)sites[0], (long long)depots[0])),
	        ST_OK);
	CU_ASSERT_EQUAL(
	        db_script(tx_db(tx), arena_printf(tx->arena, sensor, 2, "S2", "冰箱", (long long)sites[1], (long long)depots[1])),
	        ST_OK);
	put_goods(tx, depots[0], depots[1]);
	return st;
}

static void keep_answer(struct world *w, struct exchange *x, enum who who)
{
	w->http = x->reply.http ? x->reply.http : 200; /* as the socket side answers */
	snprintf(w->body, sizeof w->body, "%s", x->reply.body.data ? x->reply.body.data : "");
	if (x->reply.cookie && x->route && x->route->kind == ROUTE_LOGIN)
		snprintf(w->cookies[who], sizeof w->cookies[who], "%.*s", (int)strcspn(x->reply.cookie, ";"), x->reply.cookie);
}

/* One request below /api/v1/t/; the answer stays in w->http and w->body. */
static int ask_with_key(struct world *w, enum who who, enum method method, const char *path, const char *body, const char *key)
{
	SCOPED(exchange) x = {.service = &w->service};
	char whole[160];
	snprintf(whole, sizeof whole, "/api/v1/t/%.*s", (int)strcspn(path, "?"), path);
	x.request = (struct request){
	        .method = method,
	        .path = whole,
	        .query = strchr(path, '?') ? strchr(path, '?') + 1 : "",
	        .body = body,
	        .body_len = strlen(body),
	        .cookie = w->cookies[who],
	        .key = key,
	        .content_type = "application/json",
	};
	dispatch_run(&x, w->db, &w->store.writer);
	keep_answer(w, &x, who);
	return w->http;
}

static int ask(struct world *w, enum who who, enum method method, const char *path, const char *body)
{
	char key[32];
	snprintf(key, sizeof key, "k%lld", (long long)++w->keys);
	return ask_with_key(w, who, method, path, body, key);
}

static int64_t number(struct world *w, const char *sql)
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

static bool says(const struct world *w, const char *text)
{
	bool found = strstr(w->body, text) != NULL;
	if (!found)
		printf("  missing %s in %.600s\n", text, w->body);
	return found;
}

static void open_world(struct world *w)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	char why[200] = "", body[128];
	w->clock = clock_fixed(BEGIN);
	config_defaults(&w->config);
	w->service = (struct service){.config = &w->config, .clock = w->clock, .stores = &w->store, .store_count = 1};
	w->service.guard = login_guard_new(1000);
	w->store.service = &w->service;
	snprintf(w->store.code, sizeof w->store.code, "t");
	w->store.name = memory_string("测试");
	const char *where = arena_string(&a, test_where("t"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &w->service.clock, &w->store.writer, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(writer_run_one(&w->store.writer, fill, NULL, &a, &faults), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_READ, &w->db, why), ST_OK);
	for (int i = 0; i < NOBODY; i++) {
		snprintf(body, sizeof body, "{\"user\":\"%s\",\"password\":\"" PASSWORD "\"}", users[i].name);
		CU_ASSERT_EQUAL_FATAL(ask(w, (enum who)i, METHOD_POST, "session", body), 200);
	}
}

static void close_world(struct world *w)
{
	db_close(w->db);
	writer_close(&w->store.writer);
	login_guard_drop(w->service.guard);
	free(w->store.name);
	free(w);
}

static struct world *new_world(void)
{
	struct world *w = calloc(1, sizeof *w);
	if (!w)
		abort();
	open_world(w);
	return w;
}

static int64_t now(const struct world *w)
{
	return w->service.clock.fixed_ms;
}

/* One reading of now as a batch of its own; temp 99999: the probe is faulty. */
static void read_now(struct world *w, const char *sensor, int temp)
{
	char body[256], temperature[32] = "";
	if (temp != 99999)
		snprintf(temperature, sizeof temperature, ",\"temp_c100\":%d", temp);
	snprintf(body, sizeof body,
	         "{\"gateway\":\"g\",\"readings\":[{\"sensor\":\"%s\",\"seq\":%lld,\"at_ms\":%lld,\"status\":\"%s\"%s}]}", sensor,
	         (long long)++w->seq, (long long)now(w), temp == 99999 ? "fault" : "ok", temperature);
	CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", body), 200);
	CU_ASSERT_TRUE(says(w, "\"taken\":1"));
}

/* The same reading each minute. */
static void read_minutes(struct world *w, const char *sensor, int temp, int minutes)
{
	for (int i = 0; i < minutes; i++) {
		w->service.clock.fixed_ms += MINUTE;
		read_now(w, sensor, temp);
	}
}

static bool sensor_is(struct world *w, const char *state)
{
	char text[64];
	snprintf(text, sizeof text, "\"state\":\"%s\"", state);
	return ask(w, PHARMACIST, METHOD_GET, "sensors?code=S1", "") == 200 && says(w, text);
}

static int acknowledge(struct world *w, enum who who, const char *cause)
{
	char path[64], body[128];
	snprintf(path, sizeof path, "alarms/%lld/acknowledge", (long long)number(w, "SELECT max(id) FROM alarm"));
	snprintf(body, sizeof body, "{\"cause\":\"%s\"}", cause);
	return ask(w, who, METHOD_POST, path, body);
}

/* RULE COLDCHAIN-acknowledged */
static void an_acknowledged_alarm_closes_when_the_place_is_well(void)
{
	struct world *w = new_world();
	CU_ASSERT_TRUE(sensor_is(w, "never"));
	read_minutes(w, "S1", 500, 2);
	CU_ASSERT_TRUE(sensor_is(w, "normal"));
	read_minutes(w, "S1", 900, 1);
	CU_ASSERT_TRUE(sensor_is(w, "warn"));
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm"), 0);
	read_minutes(w, "S1", 910, 1);
	read_minutes(w, "S1", 950, 1);
	read_minutes(w, "S1", 940, 1);
	CU_ASSERT_TRUE(sensor_is(w, "alarm"));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "alarms?open=0", ""), 200);
	CU_ASSERT_FALSE(says(w, "excursion_high"));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "alarms?open=1", ""), 200);
	CU_ASSERT_TRUE(says(w, "\"kind\":\"excursion_high\"") && says(w, "\"peak_c100\":950") && says(w, "温度过高"));
	CU_ASSERT_EQUAL(number(w, "SELECT opened_at_ms FROM alarm"), BEGIN + 3 * MINUTE);
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, " "), 422);
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "除霜"), 200);
	CU_ASSERT_TRUE(says(w, "\"state\":\"acknowledged\""));
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "除霜"), 409);
	CU_ASSERT_TRUE(sensor_is(w, "alarm"));
	read_minutes(w, "S1", 500, 3);
	CU_ASSERT_TRUE(sensor_is(w, "normal"));
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE state = 'closed' AND cause = '除霜'"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM audit WHERE action = 'device.readings'"), w->seq);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM audit WHERE action = 'alarm.acknowledge'"), 1);
	close_world(w);
}

/* RULE COLDCHAIN-acknowledged */
static void an_alarm_that_returned_waits_for_a_cause(void)
{
	struct world *w = new_world();
	read_minutes(w, "S1", 100, 3);
	read_minutes(w, "S1", 500, 3);
	CU_ASSERT_TRUE(sensor_is(w, "normal"));
	CU_ASSERT_PTR_NULL(strstr(w->body, "\"alarm_id\":null"));
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE state = 'returned' AND kind = 'excursion_low'"), 1);
	CU_ASSERT_EQUAL(acknowledge(w, CLINIC, "开门取药"), 404); /* another site's */
	CU_ASSERT_EQUAL(acknowledge(w, DEVICE, "开门取药"), 403);
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "开门取药"), 200);
	CU_ASSERT_TRUE(says(w, "\"state\":\"closed\""));
	CU_ASSERT_TRUE(sensor_is(w, "normal") && says(w, "\"alarm_id\":null"));
	close_world(w);
}

/* RULE COLDCHAIN-hold */
static void an_excursion_holds_the_cold_lots_of_that_place(void)
{
	struct world *w = new_world();
	read_minutes(w, "S1", 900, 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold"), 0);
	read_minutes(w, "S1", 900, 3);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT lot_id FROM hold h JOIN alarm a ON a.id = h.source_id WHERE h.source = 'coldchain'"),
	                31);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold h JOIN sensor s ON s.place_id = h.place_id WHERE s.code = 'S1'"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM change WHERE topic = 'stock'"), 1);
	read_minutes(w, "S1", 500, 3);
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "停电"), 200);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold WHERE released_at_ms IS NULL"), 1);
	close_world(w);
}

/* Two more lots under the newest alarm, and one under another. */
static enum status hold_more(struct tx *tx, void *arg)
{
	static const char rows[] =
	        "INSERT INTO hold (id, lot_id, place_id, reason, source, source_id, opened_at_ms, opened_by) "
	        "SELECT %d, 34, place_id, reason, source, source_id + %d, opened_at_ms, opened_by FROM hold WHERE "
	        "id > 1000;";
	(void)arg;
	for (int i = 1; i <= 3; i++)
		CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, rows, i, i == 3)), ST_OK);
	return ST_OK;
}

/* RULE COLDCHAIN-judged */
static void one_judgement_releases_what_one_alarm_froze(void)
{
	struct world *w = new_world();
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	char path[64];
	read_minutes(w, "S1", 900, 4);
	CU_ASSERT_EQUAL(writer_run_one(&w->store.writer, hold_more, NULL, &a, &faults), ST_OK);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold WHERE released_at_ms IS NULL"), 4);
	snprintf(path, sizeof path, "holds/%lld/release", (long long)number(w, "SELECT max(id) FROM hold"));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_POST, path, "{\"note\":\"复核合格\",\"together\":true}"), 200);
	CU_ASSERT_TRUE(says(w, "\"released\":3"));
	CU_ASSERT_EQUAL(number(w, "SELECT id FROM hold WHERE released_at_ms IS NULL"), 3);
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_POST, "holds/3/release", "{\"note\":\"复核合格\"}"), 200);
	CU_ASSERT_TRUE(says(w, "\"released\":1"));
	close_world(w);
}

static const char two_readings[] =
        "{\"gateway\":\"g\",\"readings\":["
        "{\"sensor\":\"S1\",\"seq\":7,\"at_ms\":1794999990000,\"temp_c100\":510,\"status\":\"ok\"},"
        "{\"sensor\":\"S1\",\"seq\":8,\"at_ms\":1794999995000,\"temp_c100\":520,\"rh_c100\":4500,\"status\":\"ok\"}]}";

/* RULE COLDCHAIN-once */
static void a_repeated_batch_counts_once(void)
{
	struct world *w = new_world();
	CU_ASSERT_EQUAL(ask_with_key(w, DEVICE, METHOD_POST, "devices/readings", two_readings, "g-7"), 200);
	CU_ASSERT_TRUE(says(w, "\"taken\":2") && says(w, "\"cursor\":8"));
	CU_ASSERT_EQUAL(ask_with_key(w, DEVICE, METHOD_POST, "devices/readings", two_readings, "g-7"), 200);
	CU_ASSERT_TRUE(says(w, "\"taken\":2")); /* the first answer again */
	CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", two_readings), 200);
	CU_ASSERT_TRUE(says(w, "\"taken\":0") && says(w, "\"repeated\":2") && says(w, "\"cursor\":8"));
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM reading"), 2);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM reading WHERE rh_c100 IS NULL"), 1);
	close_world(w);
}

/* RULE COLDCHAIN-once */
static void another_gateway_cannot_move_the_cursor(void)
{
	struct world *w = new_world();
	static const char far_ahead[] =
	        "{\"gateway\":\"g\",\"readings\":[{\"sensor\":\"S2\",\"seq\":999999,\"at_ms\":1794999990000,"
	        "\"temp_c100\":510,\"status\":\"ok\"}]}";
	CU_ASSERT_EQUAL(ask(w, OTHER_DEVICE, METHOD_POST, "devices/readings", far_ahead), 200);
	CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", two_readings), 200);
	CU_ASSERT_TRUE(says(w, "\"taken\":2"));
	close_world(w);
}

static void what_is_not_taken_is_named(void)
{
	struct world *w = new_world();
	static const char mixed[] = "{\"gateway\":\"g\",\"readings\":["
	                            "{\"sensor\":\"S9\",\"seq\":1,\"at_ms\":1794999990000,\"temp_c100\":510,\"status\":\"ok\"},"
	                            "{\"sensor\":\"S9\",\"seq\":2,\"at_ms\":1794999991000,\"temp_c100\":510,\"status\":\"ok\"},"
	                            "{\"sensor\":\"S1\",\"seq\":3,\"at_ms\":1794999990000,\"temp_c100\":510,\"status\":\"ok\"},"
	                            "{\"sensor\":\"S2\",\"seq\":4,\"at_ms\":1799999990000,\"temp_c100\":510,\"status\":\"ok\"}]}";
	CU_ASSERT_EQUAL(ask(w, OTHER_DEVICE, METHOD_POST, "devices/readings", mixed), 200);
	CU_ASSERT_TRUE(says(w, "\"unknown\":[\"S9\",\"S1\"]")); /* S1 is another site's */
	CU_ASSERT_TRUE(says(w, "\"refused\":[{\"seq\":4") && says(w, "\"taken\":0") && says(w, "\"cursor\":4"));
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM reading"), 0);
	static const char empty[] =
	        "{\"gateway\":\"g\",\"readings\":[{\"sensor\":\"S1\",\"seq\":1,\"at_ms\":1794999990000,\"status\":\"ok\"}]}";
	CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", empty), 422);
	CU_ASSERT_TRUE(says(w, "readings[0].temp_c100"));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_POST, "devices/readings", two_readings), 403);
	close_world(w);
}

/* RULE COLDCHAIN-silent-first */
static void silence_is_noticed_when_nothing_comes_at_all(void)
{
	struct world *w = new_world();
	read_minutes(w, "S1", 500, 2);
	w->service.clock.fixed_ms += 2 * MINUTE;
	coldchain_tick_store(&w->store);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm"), 0); /* exactly on the limit */
	w->service.clock.fixed_ms += 1;
	coldchain_tick_store(&w->store);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE kind = 'silence' AND state = 'active'"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM change WHERE topic = 'alarms'"), 1);
	int64_t seq = w->store.writer.seq;
	CU_ASSERT_EQUAL(atomic_load(&w->store.committed_seq), seq);
	w->service.clock.fixed_ms += 5 * MINUTE;
	coldchain_tick_store(&w->store);
	CU_ASSERT_EQUAL(w->store.writer.seq, seq); /* nothing new, nothing written */
	CU_ASSERT_TRUE(sensor_is(w, "silent") && says(w, "\"silent_minutes\":7"));
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "网络中断"), 200);
	read_minutes(w, "S1", 500, 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE kind = 'silence' AND state = 'closed'"), 1);
	CU_ASSERT_TRUE(sensor_is(w, "normal"));
	close_world(w);
}

/* A line that was cut for an hour: its readings come late, are judged at their own time, and silence does not flap. */
static void late_readings_are_judged_at_their_own_time(void)
{
	struct world *w = new_world();
	char body[256];
	read_minutes(w, "S1", 500, 2);
	int64_t last = now(w);
	w->service.clock.fixed_ms += 60 * MINUTE;
	coldchain_tick_store(&w->store);
	for (int i = 1; i <= 10; i++) {
		snprintf(body, sizeof body,
		         "{\"gateway\":\"g\",\"readings\":[{\"sensor\":\"S1\",\"seq\":%lld,\"at_ms\":%lld,\"temp_c100\":%d,"
		         "\"status\":\"ok\"}]}",
		         (long long)++w->seq, (long long)(last + i * MINUTE), i >= 3 && i <= 6 ? 1200 : 500);
		CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", body), 200);
		coldchain_tick_store(&w->store);
	}
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm"), 2);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE kind = 'silence' AND state = 'returned'"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT opened_at_ms FROM alarm WHERE kind = 'excursion_high' AND state = 'returned'"),
	                last + 3 * MINUTE);
	CU_ASSERT_TRUE(sensor_is(w, "silent")); /* ten minutes later than the last reading is still fifty minutes ago */
	close_world(w);
}

static void a_faulty_probe_is_an_alarm_of_its_own(void)
{
	struct world *w = new_world();
	read_minutes(w, "S1", 500, 2);
	read_minutes(w, "S1", 99999, 3);
	CU_ASSERT_TRUE(sensor_is(w, "fault") && says(w, "\"value_c100\":null"));
	CU_ASSERT_EQUAL(acknowledge(w, PHARMACIST, "探头故障"), 200);
	read_minutes(w, "S1", 510, 3);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE kind = 'sensor_fault' AND state = 'closed'"), 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold"), 0);
	close_world(w);
}

/* A judge whose memory is lost must not leave its alarms open for ever. */
static void a_judge_that_begins_anew_ends_what_was_open(void)
{
	struct world *w = new_world();
	read_minutes(w, "S1", 900, 4);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE state = 'active'"), 1);
	CU_ASSERT_EQUAL(db_begin(w->store.writer.db), ST_OK);
	CU_ASSERT_EQUAL(db_script(w->store.writer.db, "UPDATE sensor SET judge = NULL"), ST_OK);
	CU_ASSERT_EQUAL(db_commit(w->store.writer.db), ST_OK);
	read_minutes(w, "S1", 500, 1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM alarm WHERE state = 'returned'"), 1);
	close_world(w);
}

/* Puts one reading each ten seconds from BEGIN - 20 h on, with one hour missing and one single peak. */
static enum status fill_day(struct tx *tx, void *arg)
{
	const char *row = "INSERT INTO reading (sensor_id, at_ms, temp_c100, status) VALUES (1, %lld, %d, 'ok');";
	(void)arg;
	tx->action = "test";
	for (int i = 0; i < 7200; i++)
		if (i < 3000 || i >= 3360)
			CU_ASSERT_EQUAL(db_script(tx_db(tx), arena_printf(tx->arena, row,
			                                                  (long long)(BEGIN - 20 * 60 * MINUTE + i * 10000LL),
			                                                  i == 4321 ? 1234 : 500 + i % 7)),
			                ST_OK);
	return ST_OK;
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* RULE COLDCHAIN-gap */
static void a_long_curve_is_thinned_and_keeps_its_peak(void)
{
	struct world *w = new_world();
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	CU_ASSERT_EQUAL(writer_run_one(&w->store.writer, fill_day, NULL, &a, &faults), ST_OK);
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "sensors/1/readings", ""), 200);
	size_t rows = count_of(w->body, "\"at_ms\"");
	CU_ASSERT_TRUE(rows > 1000 && rows <= 5000);
	CU_ASSERT_TRUE(says(w, "\"temp_c100\":1234") && says(w, "\"count\":6840"));
	char gap[96];
	snprintf(gap, sizeof gap, "\"gaps\":[{\"from_ms\":%lld,\"to_ms\":%lld}]", BEGIN - 20 * 60 * MINUTE + 2999 * 10000LL,
	         BEGIN - 20 * 60 * MINUTE + 3360 * 10000LL);
	CU_ASSERT_TRUE(says(w, gap));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "sensors/1/readings?limit=300", ""), 200);
	CU_ASSERT_TRUE(count_of(w->body, "\"at_ms\"") <= 300 && says(w, "\"temp_c100\":1234"));
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "sensors/1/readings?from_ms=1794999900000&to_ms=1795000000000", ""), 200);
	CU_ASSERT_EQUAL(count_of(w->body, "\"at_ms\""), 10); /* few enough: every one */
	CU_ASSERT_EQUAL(ask(w, PHARMACIST, METHOD_GET, "sensors/1/readings?from_ms=5&to_ms=4", ""), 422);
	CU_ASSERT_EQUAL(ask(w, CLINIC, METHOD_GET, "sensors/1/readings", ""), 404);
	CU_ASSERT_EQUAL(ask(w, CLINIC, METHOD_GET, "sensors", ""), 200);
	CU_ASSERT_EQUAL(count_of(w->body, "\"code\""), 1);
	close_world(w);
}

/* ---- 38 days of a real logger, with what the device itself thought of each reading ---- */

/* Five-minute readings want a longer silence; without a delay each reading that the device flags is in an alarm. */
static enum status suit_logger(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	return db_script(tx_db(tx), "UPDATE sensor SET delay_s = 0, silence_s = 1200");
}

static void post_logger(struct world *w, const struct logger_export *e)
{
	SCOPED(buf) body = {0};
	for (size_t i = 0; i < e->reading_count; i += 500) {
		size_t end = i + 500 < e->reading_count ? i + 500 : e->reading_count;
		buf_clear(&body);
		for (size_t k = i; k < end; k++)
			buf_printf(&body, "%s{\"sensor\":\"S1\",\"seq\":%zu,\"at_ms\":%lld,\"temp_c100\":%d,\"status\":\"ok\"}",
			           k == i ? "{\"gateway\":\"g\",\"readings\":[" : ",", k + 1, (long long)e->readings[k].at_ms,
			           e->readings[k].temp_c100);
		buf_puts(&body, "]}");
		CU_ASSERT_EQUAL(ask(w, DEVICE, METHOD_POST, "devices/readings", body.data), 200);
	}
}

/* How many excursion alarms stood at that instant, and the worst peak among them on the reading's side. */
static int64_t alarms_at(struct world *w, const struct logger_reading *r)
{
	char sql[400];
	bool high = r->temp_c100 > 800;
	snprintf(sql, sizeof sql,
	         "SELECT count(*) FROM alarm WHERE kind = '%s' AND opened_at_ms <= %lld AND coalesce(returned_at_ms, 9e15) > "
	         "%lld AND "
	         "peak_c100 %s %d",
	         high ? "excursion_high" : "excursion_low", (long long)r->at_ms, (long long)r->at_ms,
	         high ? ">=" : "<=", r->temp_c100);
	return number(w, sql);
}

static void a_real_logger_is_judged_as_its_device_did(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct logger_export e;
	char why[160];
	const char *path = test_data("coldchain/berlinger/FridgeTag_2L__130500109088_202206081014.txt");
	char *text = path ? test_read_file(path) : NULL;
	if (!text) {
		test_skip("no coldchain/berlinger");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(logger_parse(&a, text, strlen(text), &e, why), ST_OK);
	free(text);
	struct world *w = new_world();
	CU_ASSERT_EQUAL(writer_run_one(&w->store.writer, suit_logger, NULL, &a, &faults), ST_OK);
	post_logger(w, &e);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM reading"), (int64_t)e.reading_count);
	size_t flagged = 0, missed = 0;
	for (size_t i = 0; i < e.reading_count; i++) {
		flagged += e.readings[i].flagged;
		missed += e.readings[i].flagged && alarms_at(w, &e.readings[i]) != 1;
	}
	CU_ASSERT_TRUE(flagged > 1000 && missed == 0);
	/* no alarm begins with a reading that the device found good (it flags strictly outside 2.00 to 8.00) */
	CU_ASSERT_EQUAL(
	        number(w, "SELECT count(*) FROM alarm a JOIN reading r ON r.sensor_id = a.sensor_id AND r.at_ms = a.opened_at_ms "
	                  "WHERE a.kind LIKE 'excursion%' AND r.temp_c100 BETWEEN 200 AND 800"),
	        0);
	CU_ASSERT_TRUE(
	        number(w, "SELECT count(*) FROM alarm WHERE kind = 'silence' AND returned_at_ms - opened_at_ms > 20 * 60000") >=
	        1);
	CU_ASSERT_EQUAL(number(w, "SELECT count(*) FROM hold h JOIN alarm a ON a.id = h.source_id") -
	                        number(w, "SELECT count(*) FROM alarm WHERE kind LIKE 'excursion%'"),
	                0); /* one cold lot lies there: each excursion holds it anew */
	close_world(w);
}

SUITE(coldchain_service,
      {"an_acknowledged_alarm_closes_when_the_place_is_well", an_acknowledged_alarm_closes_when_the_place_is_well},
      {"an_alarm_that_returned_waits_for_a_cause", an_alarm_that_returned_waits_for_a_cause},
      {"an_excursion_holds_the_cold_lots_of_that_place", an_excursion_holds_the_cold_lots_of_that_place},
      {"one_judgement_releases_what_one_alarm_froze", one_judgement_releases_what_one_alarm_froze},
      {"a_repeated_batch_counts_once", a_repeated_batch_counts_once},
      {"another_gateway_cannot_move_the_cursor", another_gateway_cannot_move_the_cursor},
      {"what_is_not_taken_is_named", what_is_not_taken_is_named},
      {"silence_is_noticed_when_nothing_comes_at_all", silence_is_noticed_when_nothing_comes_at_all},
      {"late_readings_are_judged_at_their_own_time", late_readings_are_judged_at_their_own_time},
      {"a_faulty_probe_is_an_alarm_of_its_own", a_faulty_probe_is_an_alarm_of_its_own},
      {"a_judge_that_begins_anew_ends_what_was_open", a_judge_that_begins_anew_ends_what_was_open},
      {"a_long_curve_is_thinned_and_keeps_its_peak", a_long_curve_is_thinned_and_keeps_its_peak},
      {"a_real_logger_is_judged_as_its_device_did", a_real_logger_is_judged_as_its_device_did});
