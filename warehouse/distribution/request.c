#include "warehouse/distribution/request.h"

#include "warehouse/catalogue/ask.h"

#include <string.h>

#define LINES_MAX 2000

SQL(insert_request, "INSERT INTO request (id, place_id) VALUES (:id, :place_id)");
SQL(insert_line,
    "INSERT INTO request_line (id, request_id, n, product_id, units, approved_units, shipped_units, received_units, dropped) "
    "VALUES (:id, :request_id, :n, :product_id, :units, :units, 0, 0, 0)");
SQL(drop_lines, "UPDATE request_line SET dropped = 1 WHERE request_id = :id AND dropped = 0"
                " /*all sites: the caller has the document*/");
SQL(select_parent, "SELECT parent_id FROM site WHERE id = :id");

static enum status write_line(struct tx *tx, const struct doc *d, const struct request_line_new *in, size_t i)
{
	struct product p;
	enum status st = product_load(tx_db(tx), tx->arena, in->product_id, &p);
	char *field = tx_line_field(tx, i, "product_id");
	if (st != ST_OK || !p.active)
		return tx_fail(tx, st == ST_OK ? ST_PRODUCT_STOPPED : ST_INVALID_FIELD, field, (int64_t)i + 1,
		               "没有这个品种或已停用");
	if (in->units < 1)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1, "数量至少为 1");
	st = branch_check_line(tx, d->from_site_id, &p, in->units, field, (int64_t)i + 1);
	db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":request_id", d->id), I64(":n", (int64_t)i + 1),
	        I64(":product_id", p.id), I64(":units", in->units));
	return st;
}

/* All lines are looked at, so that the answer names every refused one. */
static enum status write_lines(struct tx *tx, const struct doc *d, const struct request_new *in)
{
	enum status first = ST_OK;
	for (size_t i = 0; i < in->line_count; i++) {
		enum status st = write_line(tx, d, &in->lines[i], i);
		if (first == ST_OK)
			first = st;
	}
	return first;
}

/* The depot that asks and the site that supplies it: the parent, or for the lead's own depots the lead. */
static enum status find_ends(struct tx *tx, const struct request_new *in, int64_t *site_id, int64_t *place_id,
                             int64_t *supplier_id)
{
	*site_id = in->site_id ? in->site_id : tx->me.root_site_id;
	if (!me_at_site(tx_db(tx), &tx->me, *site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	*place_id = in->depot_id ? in->depot_id : site_default_depot(tx_db(tx), *site_id);
	if (!*place_id || depot_site(tx_db(tx), *place_id) != *site_id)
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "该机构没有这个库房");
	int64_t parent = db_i64(tx_db(tx), 0, select_parent, I64(":id", *site_id));
	*supplier_id = parent ? parent : *site_id;
	return ST_OK;
}

enum status request_make(struct tx *tx, const struct request_new *in, struct doc *out)
{
	int64_t site = 0, place = 0, supplier = 0;
	tx->action = "request.make";
	enum status st = find_ends(tx, in, &site, &place, &supplier);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {site, supplier, in->reference, in->note, NULL};
	st = document_make(tx, &request_kind, &head, out);
	db_exec(tx, insert_request, I64(":id", out->id), I64(":place_id", place));
	return st == ST_OK ? write_lines(tx, out, in) : st;
}

enum status request_change(struct tx *tx, struct doc *d, const struct request_new *in)
{
	tx->action = "request.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "请领单 %s 已提交, 不能修改", d->number);
	enum status st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	if (!in->lines)
		return ST_OK;
	db_exec(tx, drop_lines, I64(":id", d->id));
	return write_lines(tx, d, in);
}

SQL(select_lines,
    "SELECT id, product_id, units, approved_units, shipped_units, received_units FROM request_line WHERE request_id = :id AND "
    "dropped = 0 ORDER BY n /*all sites: the caller has the document*/");
SQL(select_place, "SELECT place_id FROM request WHERE id = :id /*all sites: the caller has the document*/");

void request_lines_load(struct db *db, struct arena *a, int64_t request_id, struct request_lines *out)
{
	*out = (struct request_lines){arena_array(a, LINES_MAX, sizeof *out->items), 0, 0};
	out->place_id = db_i64(db, 0, select_place, I64(":id", request_id));
	SCOPED(rows) r = db_query(db, select_lines, I64(":id", request_id));
	while (out->count < LINES_MAX && rows_next(&r))
		out->items[out->count++] = (struct request_line){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2),
		                                                 col_i64(&r, 3), col_i64(&r, 4), col_i64(&r, 5)};
}

/* Lists and permissions may have changed since the lines were written: looked at again before the centre is asked. */
static enum status may_submit(struct tx *tx, const struct doc *d, const void *input)
{
	struct request_lines lines;
	enum status first = ST_OK;
	(void)input;
	request_lines_load(tx_db(tx), tx->arena, d->id, &lines);
	for (size_t i = 0; i < lines.count; i++) {
		struct product p;
		enum status st = product_load(tx_db(tx), tx->arena, lines.items[i].product_id, &p);
		if (st == ST_OK)
			st = branch_check_line(tx, d->from_site_id, &p, lines.items[i].units, tx_line_field(tx, i, "product_id"),
			                       (int64_t)i + 1);
		if (first == ST_OK)
			first = st;
	}
	return lines.count ? first : tx_fail(tx, ST_NO_LINES, "lines", 0, "请领单没有明细, 不能提交");
}

/* What passes by an exception or a limited permission is counted against it from submission on. */
static enum status take_exceptions(struct tx *tx, struct doc *d, const void *input)
{
	struct request_lines lines;
	enum status st = ST_OK;
	(void)input;
	request_lines_load(tx_db(tx), tx->arena, d->id, &lines);
	for (size_t i = 0; i < lines.count && st == ST_OK; i++) {
		struct product p;
		st = product_load(tx_db(tx), tx->arena, lines.items[i].product_id, &p);
		if (st == ST_OK)
			st = branch_take(tx, d->id, d->from_site_id, &p, lines.items[i].units);
	}
	return st;
}

SQL(select_went,
    "SELECT product_id, CAST(sum(shipped_units) AS BIGINT) FROM request_line WHERE request_id = :id AND dropped = 0 GROUP BY "
    "product_id /*all sites: the caller has the document*/");

static enum status give_back(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_went, I64(":id", d->id));
	while (rows_next(&r))
		branch_keep_only(tx, d->id, d->from_site_id, col_i64(&r, 0), col_i64(&r, 1));
	return ST_OK;
}

SQL(sum_under_way,
    "SELECT CAST(coalesce(sum(CASE d.state WHEN 'draft' THEN l.units ELSE l.units - l.unmet_units END), 0) AS BIGINT) "
    "FROM shipment s JOIN document d ON d.id = s.id JOIN shipment_line l ON l.shipment_id = s.id WHERE s.request_id = "
    ":request_id AND l.request_line_id = :line_id AND d.state IN ('draft', 'allocated', 'picked') "
    "/*all sites: the caller has the request*/");

int64_t request_packing(struct db *db, int64_t request_id, int64_t line_id)
{
	return db_i64(db, 0, sum_under_way, I64(":request_id", request_id), I64(":line_id", line_id));
}

SQL(reduce_line,
    "UPDATE request_line SET approved_units = :units, reduce_reason = :reason_t WHERE id = :id AND shipped_units <= :units"
    " /*all sites: the caller has the document*/");

static enum status reduce_one(struct tx *tx, int64_t request_id, const struct request_line *line,
                              const struct request_line_new *said, size_t i)
{
	char *field = tx_line_field(tx, i, "units");
	if (said->units < 0 || said->units > line->units)
		return tx_fail(tx, ST_INVALID_FIELD, field, (int64_t)i + 1, "核减后的数量应在 0 到 %lld 之间",
		               (long long)line->units);
	if (said->units < line->units && (!said->reason || !*said->reason))
		return tx_fail(tx, ST_REASON_MISSING, tx_line_field(tx, i, "reason"), (int64_t)i + 1, "核减须填写原因");
	if (said->units < line->shipped_units + request_packing(tx_db(tx), request_id, line->id))
		return tx_fail(tx, ST_WRONG_STATE, field, (int64_t)i + 1, "已发出或正在配货的数量不能再核减, 请先取消配送单");
	int64_t done =
	        db_exec(tx, reduce_line, I64(":units", said->units), TEXT(":reason_t", said->reason), I64(":id", line->id));
	return done ? ST_OK : tx_fail(tx, ST_WRONG_STATE, field, (int64_t)i + 1, "已发出的数量不能再核减");
}

SQL(select_approved,
    "SELECT product_id, CAST(sum(approved_units) AS BIGINT) FROM request_line WHERE request_id = :id AND dropped = 0 GROUP BY "
    "product_id /*all sites: the caller has the document*/");

static int64_t approved_of(const struct request_lines *lines, int64_t product_id)
{
	int64_t units = 0;
	for (size_t i = 0; i < lines->count; i++)
		units += lines->items[i].product_id == product_id ? lines->items[i].approved_units : 0;
	return units;
}

/*
 * RULE DOMAIN-12.3-exception-limit: what will not come is not kept from others until the request is closed; what comes after all
 * is asked for and counted again. before: the lines as they were.
 */
static enum status count_again(struct tx *tx, const struct doc *d, const struct request_lines *before)
{
	enum status st = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_approved, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		struct product p;
		const int64_t id = col_i64(&r, 0), now = col_i64(&r, 1), more = now - approved_of(before, id);
		if (more > 0 && (st = product_load(tx_db(tx), tx->arena, id, &p)) == ST_OK)
			st = branch_take(tx, d->id, d->from_site_id, &p, more);
		if (st == ST_OK && more)
			branch_keep_only(tx, d->id, d->from_site_id, id, now);
	}
	return st;
}

/* RULE DOMAIN-12.6-reduce: the centre reduces a requested line, always with a reason. */
static enum status reduce(struct tx *tx, struct doc *d, const void *input)
{
	const struct request_new *in = input;
	struct request_lines lines;
	request_lines_load(tx_db(tx), tx->arena, d->id, &lines);
	for (size_t i = 0; i < in->line_count; i++) {
		const struct request_line *found = NULL;
		for (size_t j = 0; j < lines.count; j++)
			if (in->lines[i].id ? lines.items[j].id == in->lines[i].id
			                    : lines.items[j].product_id == in->lines[i].product_id)
				found = &lines.items[j];
		if (!found)
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "id"), (int64_t)i + 1, "请领单没有这一行");
		enum status st = reduce_one(tx, d->id, found, &in->lines[i], i);
		if (st != ST_OK)
			return st;
	}
	return in->line_count ? count_again(tx, d, &lines) : tx_fail(tx, ST_NO_LINES, "lines", 0, "请填写要核减的明细");
}

SQL(add_shipped, "UPDATE request_line SET shipped_units = shipped_units + :units WHERE id = :id"
                 " /*all sites: the caller has the document*/");
SQL(add_arrived, "UPDATE request_line SET received_units = received_units + :units WHERE id = :id"
                 " /*all sites: the caller has the document*/");
SQL(sum_owed, "SELECT CAST(coalesce(sum(CASE WHEN approved_units > shipped_units THEN approved_units - shipped_units ELSE 0 "
              "END), 0) AS BIGINT) "
              "FROM request_line WHERE request_id = :id AND dropped = 0 /*all sites: the caller has the document*/");

static enum status nothing_owed(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return db_i64(tx_db(tx), 0, sum_owed, I64(":id", d->id)) == 0 ? ST_OK : ST_WRONG_STATE;
}

enum status request_shipped(struct tx *tx, int64_t request_id, int64_t line_id, int64_t units)
{
	(void)request_id;
	db_send(tx, add_shipped, I64(":units", units), I64(":id", line_id));
	return ST_OK;
}

void request_arrived(struct tx *tx, int64_t line_id, int64_t units)
{
	db_send(tx, add_arrived, I64(":units", units), I64(":id", line_id));
}

enum status request_follow(struct tx *tx, int64_t request_id)
{
	struct doc d;
	const struct me program = {.id = 0};
	enum status st = document_load(tx_db(tx), tx->arena, &program, &request_kind, request_id, &d);
	return st == ST_OK ? document_follow(tx, &d, "ship", NULL) : st;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},     {"submitted", "已提交", true}, {"part_shipped", "部分发出", false},
        {"shipped", "已发出", true}, {"closed", "已关闭", false},   {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_REQUEST_EDIT, SIDE_FROM, false, may_submit, take_exceptions},
        {"submitted", "reduce", "submitted", "核减", PERM_REQUEST_REDUCE, SIDE_TO, false, NULL, reduce},
        {"part_shipped", "reduce", "part_shipped", "核减", PERM_REQUEST_REDUCE, SIDE_TO, false, NULL, reduce},
        {"submitted", "ship", "shipped", "发出", PERM_NONE, SIDE_ANY, false, nothing_owed, NULL},
        {"submitted", "ship", "part_shipped", "发出", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"part_shipped", "ship", "shipped", "发出", PERM_NONE, SIDE_ANY, false, nothing_owed, NULL},
        {"part_shipped", "ship", "part_shipped", "发出", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"draft", "close", "closed", "关闭", PERM_REQUEST_EDIT, SIDE_ANY, true, NULL, NULL},
        {"submitted", "close", "closed", "关闭", PERM_REQUEST_EDIT, SIDE_ANY, true, NULL, give_back},
        {"part_shipped", "close", "closed", "关闭", PERM_REQUEST_EDIT, SIDE_ANY, true, NULL, give_back},
        {"shipped", "close", "closed", "关闭", PERM_REQUEST_EDIT, SIDE_ANY, true, NULL, give_back},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind request_kind = {"request", "请领单", "QL", "requests", states, steps, "draft", NULL};
