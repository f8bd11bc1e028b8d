#include "warehouse/distribution/shipment_goods.h"

#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/pack.h"

#include <string.h>

struct shipment {
	int64_t from_place, to_place, transit_place, request_id;
	const char *tote_code, *seal_no;
};

SQL(select_shipment,
    "SELECT from_place_id, to_place_id, transit_place_id, request_id, tote_code, seal_no FROM shipment WHERE id = :id "
    "/*all sites: the caller has the document*/");

static struct shipment shipment_of(struct tx *tx, const struct doc *d)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_shipment, I64(":id", d->id));
	if (!rows_next(&r))
		return (struct shipment){0};
	return (struct shipment){col_i64(&r, 0),
	                         col_i64(&r, 1),
	                         col_i64(&r, 2),
	                         col_i64(&r, 3),
	                         col_text(tx->arena, &r, 4),
	                         col_text(tx->arena, &r, 5)};
}

SQL(select_lines, "SELECT id, product_id, units FROM shipment_line WHERE shipment_id = :id ORDER BY n /*all sites: the caller "
                  "has the document*/");
SQL(insert_allocation,
    "INSERT INTO shipment_allocation (id, shipment_id, line_id, batch_id, units, picked_units, received_units) VALUES (:id, "
    ":shipment_id, :line_id, :batch_id, :units, 0, 0)");
SQL(insert_passed,
    "INSERT INTO shipment_passed_over (id, shipment_id, line_id, batch_id, units, reason) VALUES (:id, :shipment_id, :line_id, "
    ":batch_id, :units, :reason_t)");
SQL(set_unmet, "UPDATE shipment_line SET unmet_units = :units WHERE id = :id /*all sites: the caller has the document*/");

static int64_t keep_allocation(struct tx *tx, const struct doc *d, const struct shipment *s, int64_t line_id,
                               const struct allocation *one)
{
	if (one->passed_over) {
		db_send(tx, insert_passed, I64(":id", tx_new_id(tx)), I64(":shipment_id", d->id), I64(":line_id", line_id),
		        I64(":batch_id", one->batch.id), I64(":units", one->units), TEXT(":reason_t", one->passed_over));
		return 0;
	}
	db_exec(tx, insert_allocation, I64(":id", tx_new_id(tx)), I64(":shipment_id", d->id), I64(":line_id", line_id),
	        I64(":batch_id", one->batch.id), I64(":units", one->units));
	reserve(tx, d->id, line_id, s->from_place, one->batch.id, one->units);
	return one->units;
}

#define BOUND_LINES                                                                                                          \
	"SELECT l.n, l.product_id FROM shipment_line l JOIN product p ON p.id = l.product_id WHERE l.shipment_id = :id AND " \
	"(p.kind = 'preparation' OR EXISTS (SELECT 1 FROM product_flag f WHERE f.product_id = l.product_id AND f.flag IN "   \
	"('controlled', 'precursor', 'antibiotic')))"
SQL(select_bound, BOUND_LINES " ORDER BY l.n /*all sites: the caller has the document*/");
SQL(select_leaving,
    BOUND_LINES " AND EXISTS (SELECT 1 FROM shipment_allocation a WHERE a.shipment_id = :id AND a.line_id = l.id AND "
                "a.picked_units > 0) ORDER BY l.n /*all sites: the caller has the document*/");

/* With a request or without one, what the law binds goes only to who may hold it. RULE DOMAIN-12.5-seal-card */
static enum status check_receiver(struct tx *tx, const struct doc *d, const struct sql *lines)
{
	enum status first = ST_OK;
	SCOPED(rows) r = db_query_n(tx_db(tx), lines, (const struct arg[]){I64(":id", d->id)}, 1);
	while (rows_next(&r)) {
		struct product p;
		const int64_t n = col_i64(&r, 0);
		enum status st = product_load(tx_db(tx), tx->arena, col_i64(&r, 1), &p);
		if (st == ST_OK)
			st = branch_check_held(tx, d->to_site_id, &p, tx_line_field(tx, (size_t)n - 1, "product_id"), n);
		if (first == ST_OK)
			first = st;
	}
	return first;
}

enum status shipment_may_allocate(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return check_receiver(tx, d, &select_bound);
}

enum status shipment_allocate(struct tx *tx, struct doc *d, const void *input)
{
	const struct shipment s = shipment_of(tx, d);
	int64_t met = 0;
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		struct allocation_list list;
		int64_t line_id = col_i64(&r, 0);
		allocate_fefo(tx_db(tx), tx->arena, s.from_place, col_i64(&r, 1), col_i64(&r, 2), tx->today_ymd, &list);
		for (size_t i = 0; i < list.count; i++)
			met += keep_allocation(tx, d, &s, line_id, &list.items[i]);
		db_send(tx, set_unmet, I64(":units", list.unmet_units), I64(":id", line_id));
	}
	tx_changed(tx, "stock", d->from_site_id, 0, d->id);
	return met ? ST_OK : tx_fail(tx, ST_NOT_ENOUGH_STOCK, "lines", 0, "没有一行可以配货: 可用库存不足");
}

SQL(select_allocations,
    "SELECT a.id, a.batch_id, a.units, a.picked_units, a.received_units, l.request_line_id FROM shipment_allocation a JOIN "
    "shipment_line l ON l.id = a.line_id WHERE a.shipment_id = :id ORDER BY a.line_id, a.id "
    "/*all sites: the caller has the document*/");
SQL(sum_scanned,
    "SELECT CAST(coalesce(sum(p.units_left), 0) AS BIGINT) FROM shipment_pack sp JOIN pack p ON p.id = sp.pack_id WHERE "
    "sp.shipment_id = :id AND sp.allocation_id = :allocation_id /*scan: one shipment's packs*/ /*all sites: the caller has the "
    "document*/");
SQL(set_picked, "UPDATE shipment_allocation SET picked_units = :units WHERE id = :id"
                " /*all sites: the caller has the document*/");

/* What a step's lines say of an allocation; NULL where they do not name it. */
static const struct shipment_line_new *said_of(const struct shipment_step *in, int64_t allocation_id)
{
	for (size_t i = 0; i < in->line_count; i++)
		if (in->lines[i].allocation_id == allocation_id)
			return &in->lines[i];
	return NULL;
}

static enum status check_lines(struct tx *tx, const struct doc *d, const struct shipment_step *in)
{
	for (size_t i = 0; i < in->line_count; i++) {
		bool known = false;
		SCOPED(rows) r = db_query(tx_db(tx), select_allocations, I64(":id", d->id));
		while (rows_next(&r))
			known = known || col_i64(&r, 0) == in->lines[i].allocation_id;
		if (!known)
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "allocation_id"), (int64_t)i + 1,
			               "配送单没有这一行");
	}
	return ST_OK;
}

static enum status amount_of(struct tx *tx, const struct shipment_line_new *said, int64_t most, int64_t *out)
{
	*out = said && said->units != INT64_MIN ? said->units : most;
	if (*out >= 0 && *out <= most)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, "units", 0, "数量应在 0 到 %lld 之间", (long long)most);
}

enum status shipment_pick(struct tx *tx, struct doc *d, const void *input)
{
	const struct shipment_step *in = input;
	int64_t total = 0;
	enum status st = check_lines(tx, d, in);
	SCOPED(rows) r = db_query(tx_db(tx), select_allocations, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		int64_t units = 0, id = col_i64(&r, 0);
		int64_t scanned = db_i64(tx_db(tx), 0, sum_scanned, I64(":id", d->id), I64(":allocation_id", id));
		st = amount_of(tx, said_of(in, id), col_i64(&r, 2), &units);
		if (st == ST_OK && units < scanned)
			st = tx_fail(tx, ST_INVALID_FIELD, "units", 0, "拣货数量 %lld 少于已扫码 %lld", (long long)units,
			             (long long)scanned);
		if (st != ST_OK)
			break;
		db_send(tx, set_picked, I64(":units", units), I64(":id", id));
		total += units;
	}
	if (st == ST_OK && total == 0)
		return tx_fail(tx, ST_NO_LINES, "lines", 0, "没有拣到任何药品, 请取消配送单");
	return st;
}

/* Goods on their way between two places of a shipment. */
struct leg {
	struct tx *tx;
	struct doc *d;
	struct stock_spot from, to;
	const char *reason, *event;
};

SQL(select_scanned, "SELECT pack_id FROM shipment_pack WHERE shipment_id = :id AND allocation_id = :allocation_id AND received "
                    ">= :received ORDER BY "
                    "pack_id /*all sites: the caller has the document*/");

/* Moves the packs that somebody scanned for this allocation, at most `units`; answers their units. */
static int64_t move_scanned(const struct leg *leg, int64_t allocation_id, int64_t units, int64_t received)
{
	int64_t moved = 0;
	SCOPED(rows)
	r = db_query(tx_db(leg->tx), select_scanned, I64(":id", leg->d->id), I64(":allocation_id", allocation_id),
	             I64(":received", received));
	while (rows_next(&r)) {
		struct pack p;
		if (pack_load(tx_db(leg->tx), leg->tx->arena, col_i64(&r, 0), &p) != ST_OK || p.place_id != leg->from.place_id ||
		    p.quality != leg->from.quality || moved + p.units_left > units)
			continue;
		pack_move(leg->tx, &p, leg->to, leg->event, leg->d->id);
		moved += p.units_left;
	}
	return moved;
}

/* Scanned packs go as they were scanned, the rest as the holding gives it. */
static enum status move_goods(const struct leg *leg, int64_t allocation_id, int64_t batch_id, int64_t units, int64_t received)
{
	struct batch batch;
	enum status st = batch_load(tx_db(leg->tx), leg->tx->arena, batch_id, &batch);
	if (st != ST_OK || units == 0)
		return st;
	struct stock_change c = {
	        .batch = &batch,
	        .from = leg->from,
	        .to = leg->to,
	        .document_id = leg->d->id,
	        .line_id = allocation_id,
	        .reason = leg->reason,
	};
	c.units = c.traced_units = move_scanned(leg, allocation_id, units, received);
	if (c.units > 0)
		st = stock_book(leg->tx, &c);
	c.units = units - c.units;
	return st == ST_OK && c.units > 0 ? goods_move(leg->tx, &c, leg->event) : st;
}

/* Between allocation and departure a lot may have been frozen or run out. RULE GSP-86-doubtful */
static enum status may_leave(struct tx *tx, const struct shipment *s, int64_t batch_id)
{
	struct batch batch;
	enum status st = batch_load(tx_db(tx), tx->arena, batch_id, &batch);
	if (st != ST_OK)
		return st;
	if (lot_is_held(tx_db(tx), batch.lot_id, s->from_place))
		return tx_fail(tx, ST_LOT_HELD, "lines", 0, "批号 %s 已冻结, 不能发出", batch.lot);
	if (ymd_is_expired(batch.expiry_ymd, tx->today_ymd))
		return tx_fail(tx, ST_EXPIRED, "lines", 0, "批号 %s 已过有效期, 不能发出", batch.lot);
	return ST_OK;
}

/* A controlled class is looked at like an alert of its own. RULE DOMAIN-12.5-psychotropic2 */
#define MARK_OF(product)                                                             \
	"CASE WHEN " FLAG_ON(product, "high_alert") " = 'A' THEN 'A' WHEN " FLAG_ON( \
	        product, "controlled") " = 'psychotropic2' "                         \
	                               "THEN 'P2' ELSE " FLAG_ON(product, "high_alert") " END"
SQL(select_marked,
    "SELECT p.name, " MARK_OF(
            "p.id") ", a.id, a.picked_units FROM shipment_allocation a JOIN shipment_line l ON l.id = a.line_id "
                    "JOIN product p ON p.id = l.product_id WHERE a.shipment_id = :id AND a.picked_units > 0 AND (" MARK_OF(
                            "p.id") " IS NOT NULL OR " FLAG_ON("p.id", "look_alike") " IS NOT NULL) ORDER BY l.n, a.id /*all "
                                                                                     "sites: the caller has the document*/");

/* What proves to a picker alone that the pack in hand is the one meant: nothing, every pack's code, or one code of each lot. */
enum proof { PROOF_NONE, PROOF_EVERY_PACK, PROOF_ONE_PACK };
static const struct care {
	const char *level, *title, *missing;
	enum proof proof;
} cares[] = {
        {"A", "A 级高警示药品", "拣货人不能自己发出", PROOF_NONE},
        {"B", "B 级高警示药品", "拣货时没有逐盒扫码, 拣货人不能自己发出", PROOF_EVERY_PACK},
        {"P2", "第二类精神药品", "拣货时没有逐盒扫码, 拣货人不能自己发出", PROOF_EVERY_PACK},
        {"C", "C 级高警示药品", "拣货时没有扫过码, 拣货人不能自己发出", PROOF_ONE_PACK},
        {NULL, "听似看似药品", "拣货时没有扫过码, 拣货人不能自己发出", PROOF_ONE_PACK},
};

static const struct care *care_of(const char *level)
{
	const struct care *c = cares;
	while (c->level && (!level || strcmp(c->level, level) != 0))
		c++;
	return c;
}

static bool is_proven(enum proof proof, int64_t scanned, int64_t picked)
{
	return (proof == PROOF_EVERY_PACK && scanned >= picked) || (proof == PROOF_ONE_PACK && scanned > 0);
}

/* RULE DOMAIN-12.3-high-alert: what kills when it is mistaken for another leaves after its code was read, or a second person
 * has looked at it. */
static enum status check_looked_at(struct tx *tx, const struct doc *d)
{
	if (document_actor(tx_db(tx), d->id, "pick") != tx->me.id)
		return ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_marked, I64(":id", d->id), I64(":today_ymd", tx->today_ymd));
	while (rows_next(&r)) {
		const struct care *care = care_of(col_text(tx->arena, &r, 1));
		int64_t scanned = db_i64(tx_db(tx), 0, sum_scanned, I64(":id", d->id), I64(":allocation_id", col_i64(&r, 2)));
		if (!is_proven(care->proof, scanned, col_i64(&r, 3)))
			return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "%s 为%s, %s, 请由另一人核对后发出",
			               col_text(tx->arena, &r, 0), care->title, care->missing);
	}
	return ST_OK;
}

/* A permission may have ended since the goods were allocated. RULE DOMAIN-12.5-seal-card */
enum status shipment_may_ship(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	enum status st = check_receiver(tx, d, &select_leaving);
	return st == ST_OK ? check_looked_at(tx, d) : st;
}

SQL(set_transit, "UPDATE shipment SET transit_place_id = :place_id, seal_no = :seal_t WHERE id = :id"
                 " /*all sites: the caller has the document*/");

enum status shipment_ship(struct tx *tx, struct doc *d, const void *input)
{
	const struct shipment_step *in = input;
	const struct shipment s = shipment_of(tx, d);
	int64_t road = place_add(tx, "transit", 0, d->number, arena_printf(tx->arena, "在途 %s", d->number));
	const struct leg leg = {tx, d, {s.from_place, QUALITY_RELEASED}, {road, QUALITY_RELEASED}, "ship", "shipped"};
	enum status st = ST_OK;
	db_send(tx, set_transit, I64(":place_id", road), TEXT(":seal_t", in->seal_no), I64(":id", d->id));
	reserve_end(tx, d->id, "posted");
	place_show(tx, road, d->from_site_id, d->to_site_id);
	SCOPED(rows) r = db_query(tx_db(tx), select_allocations, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		int64_t picked = col_i64(&r, 3), request_line = col_i64(&r, 5);
		st = picked ? may_leave(tx, &s, col_i64(&r, 1)) : ST_OK;
		if (st == ST_OK)
			st = move_goods(&leg, col_i64(&r, 0), col_i64(&r, 1), picked, 0);
		if (st == ST_OK && request_line && picked)
			st = request_shipped(tx, s.request_id, request_line, picked);
	}
	tx_changed(tx, "stock", d->from_site_id, d->to_site_id, d->id);
	return st == ST_OK && s.request_id ? request_follow(tx, s.request_id) : st;
}

SQL(set_received, "UPDATE shipment_allocation SET received_units = :units WHERE id = :id"
                  " /*all sites: the caller has the document*/");

static enum status open_discrepancy(struct tx *tx, struct doc *d, const struct shipment *s, struct rows *r, int64_t missing,
                                    const struct shipment_line_new *said)
{
	struct doc task;
	const struct discrepancy_new in = {
	        .shipment_id = d->id,
	        .allocation_id = col_i64(r, 0),
	        .batch_id = col_i64(r, 1),
	        .place_id = s->transit_place,
	        .units = missing,
	        .receiver_site_id = d->to_site_id,
	        .sender_site_id = d->from_site_id,
	        .reason = said && said->reason ? said->reason : "short",
	};
	return discrepancy_open(tx, &in, &task);
}

/* RULE DOMAIN-12.2-seal: a tote is taken as sent under the seal that it left with; another number opens it. */
static enum status check_seal(struct tx *tx, const struct doc *d, const struct shipment *s, const char *seal_no)
{
	if (!seal_no)
		return ST_OK;
	if (!s->seal_no || strcmp(s->seal_no, seal_no) != 0)
		return tx_fail(tx, ST_SEAL_MISMATCH, "seal_no", 0, "箱上封签号 %s, 发出时是 %s: 请开箱逐件核对, 有差异逐行登记",
		               seal_no, s->seal_no ? s->seal_no : "无封签");
	document_note(tx, d, "seal", seal_no);
	return ST_OK;
}

enum status shipment_receive(struct tx *tx, struct doc *d, const void *input)
{
	const struct shipment_step *in = input;
	const struct shipment s = shipment_of(tx, d);
	const struct leg leg = {tx, d, {s.transit_place, QUALITY_RELEASED}, {s.to_place, QUALITY_RELEASED}, "arrive", "arrived"};
	enum status st = check_seal(tx, d, &s, in->seal_no);
	if (st == ST_OK)
		st = check_lines(tx, d, in);
	SCOPED(rows) r = db_query(tx_db(tx), select_allocations, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		int64_t units = 0, id = col_i64(&r, 0), sent = col_i64(&r, 3);
		const struct shipment_line_new *said = said_of(in, id);
		if ((st = amount_of(tx, said, sent, &units)) != ST_OK)
			break;
		st = move_goods(&leg, id, col_i64(&r, 1), units, units < sent ? 1 : 0);
		db_send(tx, set_received, I64(":units", units), I64(":id", id));
		if (col_i64(&r, 5))
			request_arrived(tx, col_i64(&r, 5), units);
		if (st == ST_OK && units < sent)
			st = open_discrepancy(tx, d, &s, &r, sent - units, said);
	}
	place_hide_if_empty(tx, s.transit_place);
	tx_changed(tx, "stock", d->from_site_id, d->to_site_id, d->id);
	return st;
}

enum status shipment_cancel(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	reserve_end(tx, d->id, "voided");
	tx_changed(tx, "stock", d->from_site_id, 0, d->id);
	return ST_OK;
}

SQL(select_for_batch,
    "SELECT a.id, a.units, b.lot_id, l.lot, p.name FROM shipment_allocation a JOIN batch b ON b.id = a.batch_id JOIN lot l ON "
    "l.id = b.lot_id JOIN product p ON p.id = b.product_id WHERE a.shipment_id = :id AND a.batch_id = :batch_id "
    "/*all sites: the caller has the document*/");
SQL(add_pack, "INSERT INTO shipment_pack (shipment_id, pack_id, allocation_id, received) VALUES (:id, :pack_id, :allocation_id, "
              ":received) ON "
              "CONFLICT (shipment_id, pack_id) DO UPDATE SET received = excluded.received");

static enum status known_pack(struct tx *tx, const char *text, struct pack *p)
{
	struct code code;
	struct pack_key key;
	code_parse(tx->arena, text, strlen(text), tx->today_ymd / 10000, &code);
	enum status st = pack_key_of(tx_db(tx), tx->arena, &code, &key);
	if (st == ST_OK && (!key.id || pack_load(tx_db(tx), tx->arena, key.id, p) != ST_OK))
		st = ST_CODE_UNKNOWN;
	return st == ST_OK ? ST_OK : tx_fail(tx, st, "code", 0, "%s: %s", text, status_text(st));
}

SQL(select_packed_in,
    "SELECT d.number FROM shipment_pack sp JOIN document d ON d.id = sp.shipment_id WHERE sp.pack_id = :pack_id AND "
    "sp.shipment_id <> :id AND d.state IN ('allocated', 'picked') LIMIT 1 /*all sites: the caller has the pack*/");

/* A pack that is inside a case is taken out of it first: it travels alone. */
static enum status scan_pack(struct tx *tx, struct doc *d, const char *text, int64_t place_id, int64_t received,
                             struct shipment_scan *out)
{
	struct pack p = {.state = ""};
	enum status st = known_pack(tx, text, &p);
	if (st != ST_OK)
		return st;
	if (strcmp(p.state, "here") != 0 || p.place_id != place_id)
		return tx_fail(tx, strcmp(p.state, "gone") == 0 ? ST_CODE_GONE : ST_CODE_ELSEWHERE, "code", 0,
		               "追溯码 %s 不在本单的货中", text);
	if (p.quality != QUALITY_RELEASED)
		return tx_fail(tx, ST_CODE_ELSEWHERE, "code", 0, "追溯码 %s 是“%s”, 不能发出", text,
		               quality_words[p.quality].title);
	const char *other = db_text(tx_db(tx), tx->arena, select_packed_in, I64(":pack_id", p.id), I64(":id", d->id));
	if (other)
		return tx_fail(tx, ST_CODE_ELSEWHERE, "code", 0, "追溯码 %s 已拣入配送单 %s", text, other);
	SCOPED(rows) r = db_query(tx_db(tx), select_for_batch, I64(":id", d->id), I64(":batch_id", p.batch_id));
	if (!rows_next(&r))
		return tx_fail(tx, ST_NOT_ON_ORDER, "code", 0, "本单没有配到这个批号, 请按配货单拣货");
	int64_t allocation = col_i64(&r, 0), wanted = col_i64(&r, 1);
	if ((st = pack_detach(tx, &p, d->id)) != ST_OK)
		return st;
	db_exec(tx, add_pack, I64(":id", d->id), I64(":pack_id", p.id), I64(":allocation_id", allocation),
	        I64(":received", received));
	int64_t scanned = db_i64(tx_db(tx), 0, sum_scanned, I64(":id", d->id), I64(":allocation_id", allocation));
	if (scanned > wanted)
		return tx_fail(tx, ST_OVER_ORDERED, "code", 0, "已超出本批号的配货数量 %lld", (long long)wanted);
	*out = (struct shipment_scan){
	        .kind = p.level > 1 ? "case" : "pack",
	        .code = text,
	        .product_name = col_text(tx->arena, &r, 4),
	        .lot = col_text(tx->arena, &r, 3),
	        .message = received ? "已核对" : "已拣",
	        .units = p.units_left,
	        .allocation_id = allocation,
	        .picked_units = scanned,
	        .wanted_units = wanted,
	};
	document_note(tx, d, "scan", text);
	return ST_OK;
}

/* The tote's own code, or the seal on it: as sent. */
static enum status scan_tote(struct tx *tx, struct doc *d, const char *text, const char *seal_no, struct shipment_scan *out)
{
	const struct shipment_step as_sent = {.version = d->version, .seal_no = seal_no};
	*out = (struct shipment_scan){
	        .kind = seal_no ? "seal" : "tote", .code = text, .message = seal_no ? "封签相符, 整箱签收" : "整箱签收"};
	return document_step(tx, d, d->version, "receive", NULL, &as_sent);
}

enum status shipment_scan(struct tx *tx, struct doc *d, const char *code, struct shipment_scan *out)
{
	const struct shipment s = shipment_of(tx, d);
	bool on_road = strcmp(d->state, "shipped") == 0;
	tx->action = "shipment.scan";
	tx->ref_id = d->id;
	if (on_road && s.tote_code && strcmp(code, s.tote_code) == 0)
		return scan_tote(tx, d, code, NULL, out);
	if (on_road && s.seal_no && strcmp(code, s.seal_no) == 0)
		return scan_tote(tx, d, code, code, out);
	if (on_road)
		return me_may(&tx->me, PERM_SHIPMENT_RECEIVE) && me_at_site(tx_db(tx), &tx->me, d->to_site_id)
		               ? scan_pack(tx, d, code, s.transit_place, 1, out)
		               : ST_FORBIDDEN;
	if (strcmp(d->state, "allocated") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "配送单 %s 是“%s”, 不能扫码", d->number,
		               document_state_title(d->kind, d->state));
	return me_may(&tx->me, PERM_SHIP) && me_at_site(tx_db(tx), &tx->me, d->from_site_id)
	               ? scan_pack(tx, d, code, s.from_place, 0, out)
	               : ST_FORBIDDEN;
}
