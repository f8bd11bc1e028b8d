/* What people see of the cold chain: sensors, their readings, alarms and the acknowledgement of an alarm. */
#include "service/api/coldchain.h"

#include "service/api/api.h"
#include "service/inputs.h"

#include <string.h>

/* The alarm that most wants somebody: an unanswered one before an answered one, then the newest. */
#define SENSOR_ALARM                                                                                                          \
	"(SELECT a.id FROM alarm a WHERE a.sensor_id = s.id AND a.state <> 'closed' ORDER BY a.state = 'acknowledged', a.id " \
	"DESC "                                                                                                               \
	"LIMIT 1)"

static const struct list_column sensor_columns[] = {
        {"id", L_ID, "s.id", "编号", NULL},
        {"code", L_TEXT, "s.code", "代码", NULL},
        {"name", L_TEXT, "s.name", "测点", NULL},
        {"site_id", L_ID, "s.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "t.name", "机构", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"value_c100", L_INT_OR_NULL, "s.last_c100", "温度 (1/100 ℃)", NULL},
        {"rh_c100", L_INT_OR_NULL, "s.last_rh_c100", "湿度 (1/100 %)", NULL},
        {"at_ms", L_INT_OR_NULL, "s.last_at_ms", "时间", NULL},
        {"state", L_TEXT, SENSOR_STATE, "状态", NULL},
        {"silent_minutes", L_INT_OR_NULL, "CASE WHEN s.last_at_ms > :now_ms THEN 0 ELSE (:now_ms - s.last_at_ms) / 60000 END",
         "无数据分钟", NULL},
        {"low_c100", L_INT, "s.low_c100", "下限", NULL},
        {"high_c100", L_INT, "s.high_c100", "上限", NULL},
        {"alarm_id", L_ID, SENSOR_ALARM, "报警", NULL},
        {NULL, L_INT, NULL, NULL, NULL},
};
static const struct list_filter sensor_filters[] = {
        {"site_id", L_ID, "s.site_id = :f_site_id_id"},
        {"code", L_TEXT, "s.code = :f_code_t"},
        {NULL, L_INT, NULL},
};
static const struct list_path sensor_paths[] = {
        {.from = "user_site us JOIN sensor s ON s.site_id = us.site_id JOIN site t ON t.id = s.site_id LEFT JOIN place p ON "
                 "p.id = s.place_id WHERE us.user_id = :me_id",
         .keys = {"s.id"}},
};
const struct list_spec list_sensors = {
        .name = "sensors",
        .title = "冷链测点",
        .columns = sensor_columns,
        .filters = sensor_filters,
        .paths = sensor_paths,
};

#define KIND_TITLE                                                                                                                           \
	"CASE a.kind WHEN 'excursion_high' THEN '温度过高' WHEN 'excursion_low' THEN '温度过低' WHEN 'silence' THEN '数据中断' " \
	"ELSE '探头故障' END"
static const struct list_column alarm_columns[] = {
        {"id", L_ID, "a.id", "编号", NULL},
        {"sensor_id", L_ID, "a.sensor_id", "测点编号", NULL},
        {"sensor_name", L_TEXT, "s.name", "测点", NULL},
        {"site_id", L_ID, "a.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "t.name", "机构", NULL},
        {"kind", L_TEXT, "a.kind", "类别", NULL},
        {"kind_title", L_TEXT, KIND_TITLE, "报警", NULL},
        {"state", L_TEXT, "a.state", "状态", NULL},
        {"opened_at_ms", L_INT, "a.opened_at_ms", "开始", NULL},
        {"returned_at_ms", L_INT_OR_NULL, "a.returned_at_ms", "恢复", NULL},
        {"peak_c100", L_INT_OR_NULL, "a.peak_c100", "最严重 (1/100 ℃)", NULL},
        {"acknowledged_at_ms", L_INT_OR_NULL, "a.acknowledged_at_ms", "确认时间", NULL},
        {"acknowledged_by", L_TEXT, "u.display_name", "确认人", NULL},
        {"cause", L_TEXT, "a.cause", "原因", NULL},
        {NULL, L_INT, NULL, NULL, NULL},
};
static const struct list_filter alarm_filters[] = {
        {"state", L_TEXT, "a.state = :f_state_t"},
        {"open", L_BOOL, "CASE WHEN a.state IN ('active', 'returned') THEN 1 ELSE 0 END = :f_open_id"},
        {"kind", L_TEXT, "a.kind = :f_kind_t"},
        {"sensor_id", L_ID, "a.sensor_id = :f_sensor_id_id"},
        {"site_id", L_ID, "a.site_id = :f_site_id_id"},
        {NULL, L_INT, NULL},
};
static const struct list_path alarm_paths[] = {
        {.from = "user_site us JOIN alarm a ON a.site_id = us.site_id JOIN sensor s ON s.id = a.sensor_id JOIN site t ON t.id = "
                 "a.site_id "
                 "LEFT JOIN app_user u ON u.id = a.acknowledged_by WHERE us.user_id = :me_id",
         .keys = {"a.id"},
         .newest_first = true},
};
const struct list_spec list_alarms = {
        .name = "alarms",
        .title = "冷链报警",
        .columns = alarm_columns,
        .filters = alarm_filters,
        .paths = alarm_paths,
};

/* ---- the curve of one sensor ---- */

#define ROWS_MAX 5000
#define GAPS_MAX 1000
#define RANGE_MAX_MS (400 * CLOCK_DAY_MS)

struct point {
	int64_t at_ms, temp_c100, rh_c100;
	bool has_temp, has_rh;
};
/*
 * Readings on their way out. With width_ms 0 each is written; else time is cut into slices of that width and only the
 * lowest and the highest of a slice are, so that no excursion is smoothed away.
 */
struct curve {
	struct jo *o;
	int64_t from_ms, to_ms, width_ms, silence_ms;
	int64_t slice, count; /* of the readings in low and high */
	struct point low, high;
	int64_t valid_ms; /* last measured temperature; 0: none yet */
	struct gap {
		int64_t from_ms, to_ms;
	} gaps[GAPS_MAX];
	size_t gap_count;
};

static void put_point(struct jo *o, const struct point *p)
{
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_i64(o, "at_ms", p->at_ms);
	if (p->has_temp)
		jo_i64(o, "temp_c100", p->temp_c100);
	else
		jo_null(o, "temp_c100");
	if (p->has_rh)
		jo_i64(o, "rh_c100", p->rh_c100);
	else
		jo_null(o, "rh_c100");
	jo_close(o, '}');
}

/* Writes the slice in hand, its two points in the order of time. */
static void flush_slice(struct curve *c)
{
	bool rising = c->low.at_ms < c->high.at_ms;
	if (c->count > 0)
		put_point(c->o, rising ? &c->low : &c->high);
	if (c->count > 0 && c->low.at_ms != c->high.at_ms)
		put_point(c->o, rising ? &c->high : &c->low);
	c->count = 0;
}

/* A reading without a temperature stands for its slice only where there is none with one. */
static void add_point(struct curve *c, const struct point *p)
{
	int64_t slice = c->width_ms ? (p->at_ms - c->from_ms) / c->width_ms : p->at_ms;
	if (slice != c->slice)
		flush_slice(c);
	c->slice = slice;
	bool first = c->count == 0 || (p->has_temp && !c->low.has_temp);
	if (first || (p->has_temp && p->temp_c100 < c->low.temp_c100))
		c->low = *p;
	if (first || (p->has_temp && p->temp_c100 > c->high.temp_c100))
		c->high = *p;
	c->count++;
}

/* RULE COLDCHAIN-gap: time that nobody measured is told, never drawn as if it were known. */
static void note_gap(struct curve *c, int64_t until_ms)
{
	bool gap = c->valid_ms > 0 && until_ms - c->valid_ms > c->silence_ms;
	if (gap && c->gap_count < GAPS_MAX)
		c->gaps[c->gap_count++] = (struct gap){c->valid_ms > c->from_ms ? c->valid_ms : c->from_ms, until_ms};
}

SQL(select_sensor, "SELECT s.silence_s FROM sensor s JOIN user_site us ON us.site_id = s.site_id WHERE s.id = :id AND "
                   "us.user_id = :me_id");
SQL(count_readings, "SELECT count(*) FROM reading WHERE sensor_id = :id AND at_ms >= :from_ms AND at_ms < :to_ms "
                    "/*all sites: the caller has the sensor*/");
SQL(select_before,
    "SELECT at_ms FROM reading WHERE sensor_id = :id AND at_ms < :from_ms AND temp_c100 IS NOT NULL ORDER BY at_ms "
    "DESC LIMIT 1 /*all sites: the caller has the sensor*/");
SQL(select_readings,
    "SELECT at_ms, temp_c100, rh_c100 FROM reading WHERE sensor_id = :id AND at_ms >= :from_ms AND at_ms < :to_ms "
    "ORDER BY at_ms /*all sites: the caller has the sensor*/");

static void put_rows(struct exchange *x, struct db *db, struct curve *c)
{
	jo_name(c->o, "rows");
	jo_open(c->o, '[');
	SCOPED(rows) r = db_query(db, select_readings, I64(":id", x->id), I64(":from_ms", c->from_ms), I64(":to_ms", c->to_ms));
	while (rows_next(&r)) {
		const struct point p = {col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), !col_is_null(&r, 1), !col_is_null(&r, 2)};
		add_point(c, &p);
		if (p.has_temp) {
			note_gap(c, p.at_ms);
			c->valid_ms = p.at_ms;
		}
	}
	flush_slice(c);
	jo_close(c->o, ']');
}

static void put_gaps(struct curve *c)
{
	jo_name(c->o, "gaps");
	jo_open(c->o, '[');
	for (size_t i = 0; i < c->gap_count; i++) {
		jo_name(c->o, NULL);
		jo_open(c->o, '{');
		jo_i64(c->o, "from_ms", c->gaps[i].from_ms);
		jo_i64(c->o, "to_ms", c->gaps[i].to_ms);
		jo_close(c->o, '}');
	}
	jo_close(c->o, ']');
}

const struct query_parameter query_readings[] = {{"from_ms", L_INT, false, "从 (含)"},
                                                 {"to_ms", L_INT, false, "到 (不含)"},
                                                 {"limit", L_INT, false, "至多多少点"},
                                                 {NULL, L_INT, false, NULL}};

/* from_ms (inside) and to_ms (outside); without them the last day. */
static enum status read_range(struct exchange *x, struct curve *c, int64_t *limit)
{
	c->to_ms = query_i64(x, "to_ms", x->now_ms);
	c->from_ms = query_i64(x, "from_ms", c->to_ms - CLOCK_DAY_MS);
	*limit = query_i64(x, "limit", ROWS_MAX);
	if (c->from_ms < 0 || c->to_ms <= c->from_ms || c->to_ms - c->from_ms > RANGE_MAX_MS)
		return x_fail(x, ST_INVALID_FIELD, "from_ms", 0, "时间段应为 from_ms 到 to_ms, 最长 400 天");
	if (*limit < 10 || *limit > ROWS_MAX)
		return x_fail(x, ST_INVALID_FIELD, "limit", 0, "limit 应为 10 到 %d", ROWS_MAX);
	return ST_OK;
}

enum status sensor_readings(struct exchange *x, struct db *db)
{
	struct curve *c = arena_alloc(&x->arena, sizeof *c);
	int64_t limit = 0, silence_s = db_i64(db, 0, select_sensor, I64(":id", x->id), I64(":me_id", x->me.id));
	if (silence_s == 0)
		return ST_NOT_FOUND;
	enum status st = read_range(x, c, &limit);
	if (st != ST_OK)
		return st;
	c->o = &x->o;
	c->silence_ms = silence_s * 1000;
	int64_t count = db_i64(db, 0, count_readings, I64(":id", x->id), I64(":from_ms", c->from_ms), I64(":to_ms", c->to_ms));
	if (count > limit)
		c->width_ms = (c->to_ms - c->from_ms + limit / 2 - 1) / (limit / 2);
	c->valid_ms = db_i64(db, 0, select_before, I64(":id", x->id), I64(":from_ms", c->from_ms));
	put_rows(x, db, c);
	note_gap(c, c->to_ms < x->now_ms ? c->to_ms : x->now_ms);
	jo_i64(c->o, "count", count);
	put_gaps(c);
	return ST_OK;
}

/* ---- acknowledging ---- */

SQL(select_alarm,
    "SELECT a.site_id, a.state, a.cause FROM alarm a JOIN user_site us ON us.site_id = a.site_id WHERE a.id = :id AND "
    "us.user_id = :me_id");
SQL(update_alarm,
    "UPDATE alarm SET state = :state_t, acknowledged_at_ms = :at_ms, acknowledged_by = :me_id, cause = :cause_t WHERE "
    "id = :id AND acknowledged_at_ms IS NULL /*all sites: select_alarm has looked*/");

/*
 * RULE COLDCHAIN-acknowledged: an alarm is closed when both have happened, in either order: the place is well again, and
 * somebody has said why it was not. Holds stay: they are lifted by a judgement on the lots, not by this.
 */
enum status alarm_acknowledge(struct exchange *x, struct tx *tx)
{
	const struct alarm_acknowledge_in *in = x->in;
	tx->action = "alarm.acknowledge";
	tx->ref_id = x->id;
	struct rows r = db_query(tx_db(tx), select_alarm, I64(":id", x->id), I64(":me_id", tx->me.id));
	bool found = rows_next(&r);
	int64_t site_id = found ? col_i64(&r, 0) : 0;
	const char *state = found ? col_text(tx->arena, &r, 1) : "";
	rows_drop(&r);
	if (!found)
		return ST_NOT_FOUND;
	if (strcmp(state, "active") != 0 && strcmp(state, "returned") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该报警已经确认过");
	if (strspn(in->cause, " \t\n") == strlen(in->cause))
		return tx_fail(tx, ST_REASON_MISSING, "cause", 0, "请写明报警的原因");
	const char *to = strcmp(state, "active") == 0 ? "acknowledged" : "closed";
	db_exec(tx, update_alarm, TEXT(":state_t", to), I64(":at_ms", tx->now_ms), I64(":me_id", tx->me.id),
	        TEXT(":cause_t", in->cause), I64(":id", x->id));
	tx_changed(tx, "alarms", site_id, 0, x->id);
	jo_id(&x->o, "id", x->id);
	jo_text(&x->o, "state", to);
	return ST_OK;
}
