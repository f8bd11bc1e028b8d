/* Readings in, alarms and holds out: the one write of a gateway, and the look at sensors that have fallen silent. */
#include "devices/coldchain.h"

#include "core/log.h"
#include "devices/codec.h"
#include "service/api/api.h"
#include "service/api/coldchain.h"
#include "service/inputs.h"

#include <stdio.h>
#include <string.h>

/* A sensor as one batch sees it. */
struct sensor {
	int64_t id, site_id, place_id; /* id 0: no such sensor for this gateway */
	const char *code, *name;
	int64_t low_c100, high_c100;
	struct coldchain_settings settings;
	struct coldchain_state judge;
	bool begun;   /* judge holds a state */
	bool touched; /* something of it has to be written back */
	bool heard;   /* it answered in this batch; the last answer: */
	int64_t at_ms, temp_c100, rh_c100;
	enum reading_status status;
};

static const char *const kind_words[COLDCHAIN_KINDS] = {
        [COLDCHAIN_HIGH] = "excursion_high",
        [COLDCHAIN_LOW] = "excursion_low",
        [COLDCHAIN_SENSOR_FAULT] = "sensor_fault",
        [COLDCHAIN_SILENCE] = "silence",
};

/* The judge calls two periods without an answer a silence, so half of the silence is its period. */
static struct coldchain_settings settings_of(int64_t low_c100, int64_t high_c100, int64_t delay_s, int64_t silence_s)
{
	struct coldchain_settings s = coldchain_defaults();
	int32_t quarter = (int32_t)(high_c100 - low_c100) / 4;
	for (int i = 0; i < COLDCHAIN_LEVELS; i++) {
		s.level[i].low_c100 = (int32_t)low_c100;
		s.level[i].high_c100 = (int32_t)high_c100;
		s.level[i].hysteresis_c100 = s.level[i].hysteresis_c100 < quarter ? s.level[i].hysteresis_c100 : quarter;
	}
	s.level[COLDCHAIN_ACTION].delay_on_s = s.level[COLDCHAIN_ACTION].delay_off_s = (int32_t)delay_s;
	s.period_s = silence_s > 2 ? (int32_t)(silence_s / 2) : 1;
	return s;
}

#define SENSOR_COLUMNS "s.id, s.site_id, s.place_id, s.code, s.name, s.low_c100, s.high_c100, s.delay_s, s.silence_s, s.judge"

static void load_sensor(struct arena *a, struct rows *r, struct sensor *out)
{
	size_t n = 0;
	*out = (struct sensor){.id = col_i64(r, 0), .site_id = col_i64(r, 1), .place_id = col_i64(r, 2)};
	out->code = col_text(a, r, 3);
	out->name = col_text(a, r, 4);
	out->low_c100 = col_i64(r, 5);
	out->high_c100 = col_i64(r, 6);
	out->settings = settings_of(out->low_c100, out->high_c100, col_i64(r, 7), col_i64(r, 8));
	const char *state = col_peek(r, 9, &n);
	if (state && n == sizeof out->judge) {
		memcpy(&out->judge, state, n);
		out->begun = out->judge.version == COLDCHAIN_VERSION;
	}
}

/* ---- what the judge says becomes rows ---- */

SQL(select_open,
    "SELECT id FROM alarm a WHERE a.sensor_id = :sensor_id AND a.kind = :kind_t AND a.state IN ('active', 'acknowledged') "
    "AND a.returned_at_ms IS NULL /*all sites: of a sensor that reports*/");
SQL(insert_alarm,
    "INSERT INTO alarm (id, sensor_id, site_id, kind, state, opened_at_ms, peak_c100) VALUES (:id, :sensor_id, :site_id, "
    ":kind_t, 'active', :at_ms, :peak)");
SQL(insert_alarm_plain,
    "INSERT INTO alarm (id, sensor_id, site_id, kind, state, opened_at_ms) VALUES (:id, :sensor_id, :site_id, "
    ":kind_t, 'active', :at_ms)");
SQL(return_alarm,
    "UPDATE alarm SET returned_at_ms = :at_ms, state = CASE state WHEN 'acknowledged' THEN 'closed' ELSE 'returned' END "
    "WHERE id = :id /*all sites: of a sensor that reports*/");
SQL(raise_peak,
    "UPDATE alarm SET peak_c100 = :peak WHERE id = :id AND peak_c100 <> :peak /*all sites: of a sensor that reports*/");
SQL(select_cold_lots,
    "SELECT DISTINCT b.lot_id FROM holding h JOIN product p ON p.id = h.product_id JOIN batch b ON b.id = h.batch_id "
    "WHERE h.place_id = :place_id AND h.quality = 'released' AND h.units > 0 AND p.storage = 'cold' ORDER BY b.lot_id "
    "/*all sites: the sensor's own depot*/");
SQL(insert_hold,
    "INSERT INTO hold (id, lot_id, place_id, reason, source, source_id, opened_at_ms, opened_by) VALUES (:id, :lot_id, "
    ":place_id, :reason_t, 'coldchain', :alarm_id, :at_ms, :by_id)");

/* RULE COLDCHAIN-hold: what was too warm or too cold is not issued until somebody has judged it. */
static void hold_lots(struct tx *tx, const struct sensor *s, const struct coldchain_event *e, int64_t alarm_id)
{
	char peak[16], low[16], high[16];
	int64_t count = 0;
	c100_text(e->peak_c100, peak);
	c100_text((int32_t)s->low_c100, low);
	c100_text((int32_t)s->high_c100, high);
	const char *reason = arena_printf(tx->arena, "冷链%s: %s %s ℃ (限 %s 至 %s ℃)", coldchain_kind_text(e->kind), s->name,
	                                  peak, low, high);
	SCOPED(rows) r = db_query(tx_db(tx), select_cold_lots, I64(":place_id", s->place_id));
	for (; rows_next(&r); count++)
		db_exec(tx, insert_hold, I64(":id", tx_new_id(tx)), I64(":lot_id", col_i64(&r, 0)), I64(":place_id", s->place_id),
		        TEXT(":reason_t", reason), I64(":alarm_id", alarm_id), I64(":at_ms", tx->now_ms),
		        I64(":by_id", tx->me.id));
	if (count > 0)
		tx_changed(tx, "stock", s->site_id, 0, alarm_id);
}

static bool is_excursion(enum coldchain_kind kind)
{
	return kind == COLDCHAIN_HIGH || kind == COLDCHAIN_LOW;
}

static int64_t open_alarm(struct tx *tx, const struct sensor *s, enum coldchain_kind kind)
{
	return db_i64(tx_db(tx), 0, select_open, I64(":sensor_id", s->id), TEXT(":kind_t", kind_words[kind]));
}

static void alarm_opened(struct tx *tx, const struct sensor *s, const struct coldchain_event *e)
{
	int64_t id = open_alarm(tx, s, e->kind);
	if (id)
		return;
	id = tx_new_id(tx);
	if (is_excursion(e->kind))
		db_exec(tx, insert_alarm, I64(":id", id), I64(":sensor_id", s->id), I64(":site_id", s->site_id),
		        TEXT(":kind_t", kind_words[e->kind]), I64(":at_ms", e->since_ms), I64(":peak", e->peak_c100));
	else
		db_exec(tx, insert_alarm_plain, I64(":id", id), I64(":sensor_id", s->id), I64(":site_id", s->site_id),
		        TEXT(":kind_t", kind_words[e->kind]), I64(":at_ms", e->since_ms));
	if (is_excursion(e->kind) && s->place_id)
		hold_lots(tx, s, e, id);
	tx_changed(tx, "alarms", s->site_id, 0, id);
}

/* RULE COLDCHAIN-acknowledged: back in range is not the end while nobody has said why. */
static void alarm_returned(struct tx *tx, const struct sensor *s, const struct coldchain_event *e)
{
	int64_t id = open_alarm(tx, s, e->kind);
	if (!id)
		return;
	if (is_excursion(e->kind))
		db_exec(tx, raise_peak, I64(":id", id), I64(":peak", e->peak_c100));
	db_exec(tx, return_alarm, I64(":id", id), I64(":at_ms", e->at_ms));
	tx_changed(tx, "alarms", s->site_id, 0, id);
}

/* The first reading outside is a warning of the wall (its state "warn"); an alarm row waits for the action level. */
static void take_events(struct tx *tx, const struct sensor *s, const struct coldchain_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_excursion(events[i].kind) && events[i].level != COLDCHAIN_ACTION)
			continue;
		(events[i].opened ? alarm_opened : alarm_returned)(tx, s, &events[i]);
	}
}

/* ---- a batch of readings ---- */

struct intake {
	struct tx *tx;
	struct sensor *sensors; /* as many as the batch could name */
	size_t sensor_count;
	int64_t taken, repeated;
	const struct reading_in **refused;
	size_t refused_count;
};

SQL(select_by_code,
    "SELECT " SENSOR_COLUMNS " FROM sensor s JOIN user_site us ON us.site_id = s.site_id WHERE s.code = :code_t AND "
    "us.user_id = :me_id");

/* Each sensor is read once; one that is not there (or another site's) stays in the list with id 0. */
static struct sensor *find_sensor(struct intake *b, const char *code)
{
	for (size_t i = 0; i < b->sensor_count; i++)
		if (strcmp(b->sensors[i].code, code) == 0)
			return &b->sensors[i];
	struct sensor *s = &b->sensors[b->sensor_count++];
	SCOPED(rows) r = db_query(tx_db(b->tx), select_by_code, TEXT(":code_t", code), I64(":me_id", b->tx->me.id));
	if (rows_next(&r))
		load_sensor(b->tx->arena, &r, s);
	else
		*s = (struct sensor){.code = code};
	return s;
}

static struct arg optional(const char *name, int64_t v)
{
	struct arg a = arg_i64(name, v);
	if (v == INT_ABSENT)
		a.type = ARG_NULL;
	return a;
}

SQL(insert_reading, "INSERT INTO reading (sensor_id, at_ms, temp_c100, rh_c100, status) VALUES (:sensor_id, :at_ms, :temp, :rh, "
                    ":status_t) ON CONFLICT DO NOTHING");

SQL(return_all,
    "UPDATE alarm SET returned_at_ms = :at_ms, state = CASE state WHEN 'acknowledged' THEN 'closed' ELSE 'returned' END "
    "WHERE sensor_id = :sensor_id AND state IN ('active', 'acknowledged') AND returned_at_ms IS NULL "
    "/*all sites: of a sensor that reports*/");

/* A judge without a memory (a new sensor, or the layout of its state has changed) would never end what it did not open. */
static void begin_judge(struct tx *tx, struct sensor *s, int64_t at_ms)
{
	coldchain_begin(&s->judge, at_ms);
	s->begun = true;
	db_exec(tx, return_all, I64(":sensor_id", s->id), I64(":at_ms", at_ms));
}

static void feed(struct intake *b, struct sensor *s, const struct reading_in *in, enum reading_status status)
{
	struct coldchain_event events[COLDCHAIN_EVENTS_MAX];
	const struct reading r = {
	        .at_ms = in->at_ms,
	        .temp_c100 = status == READING_OK ? (int32_t)in->temp_c100 : 0,
	        .rh_c100 = in->rh_c100 == INT_ABSENT ? READING_NO_RH : (int32_t)in->rh_c100,
	        .status = status,
	};
	if (!s->begun)
		begin_judge(b->tx, s, in->at_ms);
	s->touched = true;
	take_events(b->tx, s, events, coldchain_feed(&s->settings, &s->judge, &r, events));
	if (status == READING_SILENT || (s->heard && in->at_ms < s->at_ms))
		return;
	s->heard = true;
	s->status = status;
	s->at_ms = in->at_ms;
	s->temp_c100 = status == READING_OK ? in->temp_c100 : INT_ABSENT;
	s->rh_c100 = status == READING_OK ? in->rh_c100 : INT_ABSENT;
}

/* after: how far the gateway's spool had been taken. A silent or faulty probe measured nothing, whatever is sent with it. */
static void take_reading(struct intake *b, const struct reading_in *in, int64_t after)
{
	enum reading_status status = READING_SILENT;
	struct sensor *s = find_sensor(b, in->sensor);
	bool known = reading_status_named(in->status, &status);
	if (in->seq <= after) {
		b->repeated++;
		return;
	}
	if (!known || s->id == 0)
		return;
	if (in->at_ms > b->tx->now_ms + READING_AHEAD_MS) {
		b->refused[b->refused_count++] = in;
		return;
	}
	bool measured = status == READING_OK;
	int64_t added = db_exec(b->tx, insert_reading, I64(":sensor_id", s->id), I64(":at_ms", in->at_ms),
	                        optional(":temp", measured ? in->temp_c100 : INT_ABSENT),
	                        optional(":rh", measured ? in->rh_c100 : INT_ABSENT), TEXT(":status_t", in->status));
	if (added == 0) {
		b->repeated++;
		return;
	}
	b->taken++;
	feed(b, s, in, status);
}

SQL(update_judge, "UPDATE sensor SET judge = :judge_b WHERE id = :id /*all sites: of a sensor that reports*/");
/* A late answer (a gateway that catches up after a newer one came another way) does not become the last. */
SQL(update_last,
    "UPDATE sensor SET last_at_ms = :at_ms, last_c100 = :temp, last_rh_c100 = :rh, last_status = :status_t WHERE id = :id "
    "AND (last_at_ms IS NULL OR last_at_ms <= :at_ms) /*all sites: of a sensor that reports*/");
SQL(update_heard, "UPDATE sensor SET heard_at_ms = :now_ms WHERE id = :id /*all sites: of a sensor that reports*/");

/* An open excursion shows how bad it is by now. */
static void show_peaks(struct tx *tx, const struct sensor *s)
{
	static const enum coldchain_kind kinds[] = {COLDCHAIN_HIGH, COLDCHAIN_LOW};
	for (size_t i = 0; i < 2; i++) {
		const struct coldchain_alarm *a = &s->judge.alarms[2 * COLDCHAIN_ACTION + i];
		if (a->phase == PHASE_ACTIVE || a->phase == PHASE_RETURNING)
			db_exec(tx, raise_peak, I64(":id", open_alarm(tx, s, kinds[i])), I64(":peak", a->peak_c100));
	}
}

static void store_sensor(struct tx *tx, const struct sensor *s)
{
	db_exec(tx, update_judge, I64(":id", s->id), BYTES(":judge_b", &s->judge, sizeof s->judge));
	if (s->heard) {
		db_exec(tx, update_last, I64(":id", s->id), I64(":at_ms", s->at_ms), optional(":temp", s->temp_c100),
		        optional(":rh", s->rh_c100), TEXT(":status_t", reading_status_name(s->status)));
		db_exec(tx, update_heard, I64(":id", s->id), I64(":now_ms", tx->now_ms));
	}
	show_peaks(tx, s);
}

/* Writes back what the batch touched and tells each site once. */
static void store_sensors(struct intake *b)
{
	for (size_t i = 0; i < b->sensor_count; i++) {
		bool told = !b->sensors[i].touched;
		if (!told)
			store_sensor(b->tx, &b->sensors[i]);
		for (size_t k = 0; k < i && !told; k++)
			told = b->sensors[k].touched && b->sensors[k].site_id == b->sensors[i].site_id;
		if (!told)
			tx_changed(b->tx, "readings", b->sensors[i].site_id, 0, 0);
	}
}

SQL(select_cursor, "SELECT seq FROM gateway_cursor WHERE gateway = :gateway_t");
SQL(put_cursor,
    "INSERT INTO gateway_cursor (gateway, seq, at_ms) VALUES (:gateway_t, :seq, :at_ms) ON CONFLICT (gateway) DO UPDATE SET "
    "seq = excluded.seq, at_ms = excluded.at_ms");

static enum status check_readings(struct tx *tx, const struct readings_in *in)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < in->reading_count; i++)
		if (strcmp(in->readings[i].status, "ok") == 0 && in->readings[i].temp_c100 == INT_ABSENT)
			st = tx_fail(tx, ST_INVALID_FIELD, arena_printf(tx->arena, "readings[%zu].temp_c100", i), (int64_t)i + 1,
			             "状态为 ok 的读数应有温度");
	return st;
}

static void put_answer(struct exchange *x, const struct intake *b, int64_t cursor)
{
	struct jo *o = &x->o;
	jo_i64(o, "cursor", cursor);
	jo_i64(o, "taken", b->taken);
	jo_i64(o, "repeated", b->repeated);
	jo_name(o, "unknown");
	jo_open(o, '[');
	for (size_t i = 0; i < b->sensor_count; i++)
		if (b->sensors[i].id == 0)
			jo_text(o, NULL, b->sensors[i].code);
	jo_close(o, ']');
	jo_name(o, "refused");
	jo_open(o, '[');
	for (size_t i = 0; i < b->refused_count; i++) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_i64(o, "seq", b->refused[i]->seq);
		jo_text(o, "sensor", b->refused[i]->sensor);
		jo_text(o, "reason", "读数的时间晚于服务器时间, 请校准网关时钟");
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/*
 * One batch of one gateway: all of it or nothing. RULE COLDCHAIN-once: a batch that comes again counts once, by the spool's
 * sequence and by sensor and time. The cursor belongs to the account as well, so that no other gateway can move it.
 */
enum status device_readings_post(struct exchange *x, struct tx *tx)
{
	const struct readings_in *in = x->in;
	struct intake b = {.tx = tx};
	tx->action = "device.readings";
	enum status st = check_readings(tx, in);
	if (st != ST_OK)
		return st;
	b.sensors = arena_array(tx->arena, in->reading_count, sizeof *b.sensors);
	b.refused = arena_array(tx->arena, in->reading_count, sizeof *b.refused);
	const char *gateway = arena_printf(tx->arena, "%lld:%s", (long long)tx->me.id, in->gateway);
	int64_t after = db_i64(tx_db(tx), 0, select_cursor, TEXT(":gateway_t", gateway)), cursor = after;
	for (size_t i = 0; i < in->reading_count; i++) {
		take_reading(&b, &in->readings[i], after);
		cursor = in->readings[i].seq > cursor ? in->readings[i].seq : cursor;
	}
	store_sensors(&b);
	db_exec(tx, put_cursor, TEXT(":gateway_t", gateway), I64(":seq", cursor), I64(":at_ms", tx->now_ms));
	put_answer(x, &b, cursor);
	return ST_OK;
}

/* ---- silence when nothing comes at all ---- */

SQL(select_quiet,
    "SELECT " SENSOR_COLUMNS " FROM sensor s WHERE s.heard_at_ms < :now_ms - s.silence_s * 1000 AND NOT EXISTS (SELECT 1 "
    "FROM alarm a WHERE a.sensor_id = s.id AND a.kind = 'silence' AND a.state IN ('active', 'acknowledged') AND "
    "a.returned_at_ms IS NULL) ORDER BY s.id LIMIT 200 /*all sites: the program itself*/ /*scan: some hundred sensors*/");

/*
 * Ticks a sensor's judge; how many events. What was measured goes on where it stopped when a gateway catches up, so the
 * judge must not believe that its newest reading is of now.
 */
static size_t tick_sensor(struct sensor *s, int64_t now_ms, struct coldchain_event events[COLDCHAIN_EVENTS_MAX])
{
	int64_t last_ms = s->judge.last_ms;
	if (!s->begun || now_ms < last_ms)
		return 0;
	size_t n = coldchain_tick(&s->settings, &s->judge, now_ms, events);
	s->judge.last_ms = last_ms;
	return n;
}

struct quiet {
	struct sensor *sensors;
	size_t count;
};

static struct quiet quiet_sensors(struct db *db, struct arena *a, int64_t now_ms)
{
	struct quiet q = {arena_array(a, 200, sizeof *q.sensors), 0};
	SCOPED(rows) r = db_query(db, select_quiet, I64(":now_ms", now_ms));
	while (q.count < 200 && rows_next(&r))
		load_sensor(a, &r, &q.sensors[q.count++]);
	return q;
}

static enum status tick_quiet(struct tx *tx, void *arg)
{
	struct coldchain_event events[COLDCHAIN_EVENTS_MAX];
	(void)arg;
	tx->action = "device.silence";
	struct quiet q = quiet_sensors(tx_db(tx), tx->arena, tx->now_ms);
	for (size_t i = 0; i < q.count; i++) {
		size_t n = tick_sensor(&q.sensors[i], tx->now_ms, events);
		if (n == 0)
			continue;
		take_events(tx, &q.sensors[i], events, n);
		db_exec(tx, update_judge, I64(":id", q.sensors[i].id),
		        BYTES(":judge_b", &q.sensors[i].judge, sizeof q.sensors[i].judge));
	}
	return ST_OK;
}

void coldchain_tick_store(struct store *store)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct coldchain_event events[COLDCHAIN_EVENTS_MAX];
	struct writer *w = &store->writer;
	int64_t now = clock_now_ms(w->clock);
	size_t due = 0;
	if (!w->db)
		return;
	db_read_begin(w->db);
	struct quiet q = quiet_sensors(w->db, &a, now);
	if (db_read_end(w->db) != ST_OK)
		return;
	for (size_t i = 0; i < q.count; i++)
		due += tick_sensor(&q.sensors[i], now, events);
	if (due == 0)
		return;
	if (writer_run_one(w, tick_quiet, NULL, &a, &faults) != ST_OK)
		log_warn("coldchain_tick_failed", "%s", store->code);
	atomic_store(&store->committed_seq, w->seq);
}
