#include "warehouse/settlement/match.h"

#include "warehouse/procurement/platform_message.h"
#include "warehouse/procurement/supplier_return.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/party.h"
#include "warehouse/settlement/permit.h"
#include "warehouse/settlement/setting.h"

#include <stdlib.h>
#include <string.h>

const struct word_title match_results[] = {
        [MATCH_FINE] = {"matched", "相符"},
        [MATCH_PRICE] = {"price", "金额不符"},
        [MATCH_CEILING] = {"ceiling", "超过限价"},
        [MATCH_QUANTITY] = {"quantity", "数量多于可匹配"},
        [MATCH_NO_RECEIPT] = {"no_receipt", "尚未收货"},
        [MATCH_NO_RETURN] = {"no_return", "退货尚未出库"},
        [MATCH_TOO_EARLY] = {"too_early", "开票日期远早于订单"},
        [MATCH_CHAIN] = {"chain", "首票与加开票不衔接"},
        [MATCH_RED] = {"red", "红字金额与原票不符"},
        [MATCH_RESULT_COUNT] = {NULL, NULL},
};

/* One look at an invoice: payables already used by its earlier lines are remembered as they would be afterwards. */
struct look {
	struct db *db;
	struct arena *a;
	const struct invoice *invoice;
	struct match *out;
	struct payable *used;
	size_t used_count, used_cap;
};

static enum status find_payable(struct look *k, int64_t id, struct payable **out)
{
	for (size_t i = 0; i < k->used_count; i++) {
		*out = &k->used[i];
		if ((*out)->id == id)
			return ST_OK;
	}
	if (k->used_count == k->used_cap) {
		size_t cap = 2 * k->used_cap;
		struct payable *more = arena_array(k->a, cap, sizeof *more);
		memcpy(more, k->used, k->used_count * sizeof *more);
		k->used = more;
		k->used_cap = cap;
	}
	*out = &k->used[k->used_count];
	enum status st = payable_load(k->db, id, *out);
	k->used_count += st == ST_OK;
	return st;
}

static void add_part(struct look *k, const struct match_part *part)
{
	struct match *m = k->out;
	if (m->part_count == m->part_cap) {
		size_t cap = m->part_cap ? 2 * m->part_cap : 64;
		struct match_part *more = arena_array(k->a, cap, sizeof *more);
		if (m->part_count)
			memcpy(more, m->parts, m->part_count * sizeof *more);
		m->parts = more;
		m->part_cap = cap;
	}
	m->parts[m->part_count++] = *part;
}

/* The part of an amount that `units` further units of `all` carry; the parts of a line add up to its amount. */
static int64_t share(int64_t amount, int64_t before, int64_t units, int64_t all)
{
	__int128 upto = (__int128)amount * (before + units) / all, from = (__int128)amount * before / all;
	return (int64_t)(upto - from);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Units of a payable that this leg may still cover. */
static int64_t room(const struct look *k, const struct payable *p)
{
	if (k->invoice->leg == LEG_OURS)
		return payable_uninvoiced(p);
	return p->units - p->returned_units - p->single_units - (k->invoice->leg == LEG_MAKER ? p->leg1_units : p->leg3_units);
}

static bool is_kind(const struct invoice *invoice, const char *red_kind)
{
	return invoice->leg == LEG_OURS && invoice->red_kind && strcmp(invoice->red_kind, red_kind) == 0;
}

/* The payable as it is after this part. */
static void cover(const struct look *k, struct payable *p, const struct match_part *part)
{
	int64_t units = part->units;
	if (k->invoice->leg == LEG_MAKER)
		p->leg1_units += units;
	else if (k->invoice->leg == LEG_EXTRA)
		p->leg3_units += units;
	else {
		p->invoiced_units += units;
		p->invoiced_fen += part->amount_fen;
		p->single_units += part->single ? units : 0;
		if (is_kind(k->invoice, "return")) {
			p->returned_units -= units;
			p->due_units += units;
		}
	}
}

static void take_part(struct look *k, struct match_line *line, struct payable *p, struct match_part *part)
{
	part->line_id = line->id;
	part->payable_id = p->id;
	part->expected_fen = k->invoice->leg == LEG_OURS ? payable_expected_fen(p, part->units) : part->amount_fen;
	add_part(k, part);
	cover(k, p, part);
	line->found_units += part->units;
	line->expected_fen += part->expected_fen;
}

#define BELOW(site)                                                                                                  \
	" AND EXISTS (SELECT 1 FROM site_above sa WHERE sa.site_id = " site " AND sa.above_id = :site_id) ORDER BY " \
	"y.id /*all sites: of the invoice's site and below*/"
/* The highest price: where one price alone holds (中选价, 议价), that; else the ceiling. 0: none. */
#define LIMIT "CASE WHEN ol.price_rule IN ('selected', 'agreed') THEN ol.price_e4 ELSE ol.ceiling_e4 END"
#define CANDIDATES(open, site)                                                                                                   \
	"SELECT y.id, " LIMIT ", od.made_at_ms FROM payable y JOIN batch b ON b.id = y.batch_id JOIN lot l ON l.id = "           \
	"b.lot_id JOIN "                                                                                                         \
	"order_line ol ON ol.id = y.order_line_id JOIN document od ON od.id = ol.order_id WHERE y.supplier_id = "                \
	":supplier_id AND y.product_id = :product_id AND " open " AND (:lot_t IS NULL OR l.lot = :lot_t) AND (:receipt_line_id " \
	"= 0 OR y.receipt_line_id = :receipt_line_id)" BELOW(site)
/* The lead buys for all; another site's name on the paper means what it pays, owns or receives. */
#define ITS_BUYER "(:buyer_id = :root_id OR :buyer_id IN (y.site_id, y.owner_site_id, ol.to_site_id))"
SQL(select_owed, CANDIDATES("y.open = 1 AND " ITS_BUYER, "y.site_id"));
/* Proof is of the goods, whoever pays for them. */
SQL(select_to_prove, CANDIDATES("y.proven = 0", "y.owner_site_id"));

SQL(select_others, "SELECT i.issuer, i.buyer, m.leg FROM invoice_match m JOIN invoice i ON i.id = m.invoice_id WHERE "
                   "m.payable_id = :id AND m.leg = "
                   ":leg AND m.left_units > 0 /*all sites: the caller has the invoice*/");

/* RULE DOMAIN-6-chain: whom the first leg names as its buyer, if it is not the supplier, has issued the extra one. */
static bool joins(const struct look *k, int64_t payable_id)
{
	const struct invoice *mine = k->invoice;
	bool first = mine->leg == LEG_MAKER;
	if (mine->leg == LEG_OURS || (first && mine->to_supplier))
		return true;
	SCOPED(rows)
	r = db_query(k->db, select_others, I64(":id", payable_id), I64(":leg", first ? LEG_EXTRA : LEG_MAKER));
	while (rows_next(&r)) {
		const char *between = col_text(k->a, &r, first ? 0 : 1);
		if (!first && party_same(k->a, between, mine->supplier_name))
			continue; /* other goods of the line came without it */
		if (!party_same(k->a, between, first ? mine->buyer : mine->issuer))
			return false;
	}
	return true;
}

#define MONTHS_BEFORE_ORDER 12
#define MONTHS_BEFORE_ORDER_FIRST 36

/* RULE DOMAIN-12.3-ceiling-invoice RULE DOMAIN-6-invoice-day: how this part stands to its order. Row of CANDIDATES. */
static void look_at(const struct look *k, struct match_line *line, const struct payable *p, struct rows *r,
                    struct match_part *part)
{
	bool ours = k->invoice->leg == LEG_OURS;
	int64_t ceiling = col_i64(r, 1);
	int months = ours ? MONTHS_BEFORE_ORDER : MONTHS_BEFORE_ORDER_FIRST;
	part->limit_fen = payable_fen_at(p, part->units, ceiling ? ceiling : p->price_e4);
	/* parts of a line are cut to the fen: one fen may fall to the wrong side */
	bool cut = part->units < line->units;
	line->limit_fen += part->limit_fen;
	line->over = line->over || part->amount_fen > part->limit_fen + k->out->tolerance_fen + cut;
	line->broken_chain = line->broken_chain || !joins(k, p->id);
	line->too_early = line->too_early || k->invoice->issued_ymd < ymd_add_months(ymd_of_ms(col_i64(r, 2)), -months);
}

/* Oldest receipts first. */
static void find_receipts(struct look *k, struct match_line *line, struct rows *of)
{
	bool ours = k->invoice->leg == LEG_OURS;
	const struct arg args[] = {I64(":supplier_id", k->invoice->supplier_id),
	                           I64(":product_id", col_i64(of, 3)),
	                           TEXT(":lot_t", col_text(k->a, of, 4)),
	                           I64(":receipt_line_id", col_i64(of, 5)),
	                           I64(":site_id", k->invoice->site_id),
	                           I64(":buyer_id", k->invoice->buyer_site_id),
	                           I64(":root_id", site_root(k->db))};
	bool single = ours && permit_maker_on(k->db, k->invoice->supplier_id, col_i64(of, 3), k->invoice->issued_ymd);
	SCOPED(rows) r = db_query_n(k->db, ours ? &select_owed : &select_to_prove, args, ours ? 7 : 5);
	while (line->found_units < line->units && rows_next(&r)) {
		struct payable *p = NULL;
		if (find_payable(k, col_i64(&r, 0), &p) != ST_OK)
			return;
		int64_t units = least(room(k, p), line->units - line->found_units);
		if (units <= 0)
			continue;
		struct match_part part = {.units = units,
		                          .amount_fen = share(line->amount_fen, line->found_units, units, line->units),
		                          .single = single};
		look_at(k, line, p, &r, &part);
		take_part(k, line, p, &part);
	}
}

SQL(select_taken,
    "SELECT m.id, m.payable_id, m.left_units, m.left_fen, m.single FROM invoice_match m JOIN invoice_line l ON l.id = "
    "m.invoice_line_id "
    "WHERE m.invoice_id = :red_of AND l.product_id = :product_id AND (:lot_t IS NULL OR l.lot = :lot_t) AND m.left_fen > 0 ORDER "
    "BY m.id /*all sites: the caller has the invoice*/");

/* What is left of a match row once the earlier lines of the same red paper have taken theirs. */
struct left {
	int64_t units, fen;
};

static struct left left_of(const struct look *k, struct rows *r)
{
	struct left left = {col_i64(r, 2), col_i64(r, 3)};
	for (size_t i = 0; i < k->out->part_count; i++)
		if (k->out->parts[i].source_id == col_i64(r, 0)) {
			left.units += k->out->parts[i].units;
			left.fen += k->out->parts[i].amount_fen;
		}
	return left;
}

/* Does a unit of it cost what a unit of the red line does? Either sum may have been rounded by a fen. */
static bool same_price(const struct match_line *line, const struct left *left)
{
	__int128 off = (__int128)line->amount_fen * left->units - (__int128)line->units * left->fen;
	return (off < 0 ? -off : off) <= left->units - line->units;
}

/* What a red line still has to take, and of an allowance what all rows of the original have and those before this one had. */
struct taking {
	int64_t fen_left, all_fen, passed_fen;
};

/* Takes from one row of the original what it has for the line; row of select_taken. */
static void take_back_from(struct look *k, struct match_line *line, struct rows *r, const struct left *left, struct taking *t)
{
	struct payable *p = NULL;
	int64_t units = least(line->found_units - line->units, left->units);
	if (left->fen <= 0 || (!line->units && !t->all_fen) || find_payable(k, col_i64(r, 1), &p) != ST_OK)
		return;
	/* RULE DOMAIN-12.3-supplier-return: only what has left the house */
	units = is_kind(k->invoice, "return") ? least(units, p->due_units) : units;
	int64_t fen = line->units ? share(line->amount_fen, -line->found_units, units, -line->units)
	                          : -share(least(-line->amount_fen, t->all_fen), t->passed_fen, left->fen, t->all_fen);
	t->passed_fen += left->fen;
	if (k->invoice->leg != LEG_OURS)
		fen = -least(-fen, left->fen); /* proof is of goods, and nothing of it is paid */
	if ((line->units ? units : fen) == 0 || -fen > left->fen)
		return;
	struct match_part part = {
	        .units = line->units ? -units : 0, .source_id = col_i64(r, 0), .amount_fen = fen, .single = col_i64(r, 4) != 0};
	line->back_fen += line->units ? (int64_t)((__int128)left->fen * units / left->units) : -fen;
	take_part(k, line, p, &part);
	t->fen_left += fen;
}

static struct rows rows_of_original(const struct look *k, struct rows *of)
{
	return db_query(k->db, select_taken, I64(":red_of", k->invoice->red_of), I64(":product_id", col_i64(of, 3)),
	                TEXT(":lot_t", col_text(k->a, of, 4)));
}

static int64_t all_left(const struct look *k, struct rows *of)
{
	int64_t fen = 0;
	SCOPED(rows) r = rows_of_original(k, of);
	while (rows_next(&r))
		fen += left_of(k, &r).fen;
	return fen;
}

/* RULE DOMAIN-12.3-red: a red line takes back what its original paid for, never more; where it says that the invoice was wrong,
 * never less, or the right invoice would come on top of what is left. Of several lines of one product the one at its price comes
 * first; an allowance is of all goods alike, so that each can still go back for what it cost. Figures here are negative. */
static void find_original(struct look *k, struct match_line *line, struct rows *of)
{
	struct taking t = {.fen_left = -line->amount_fen, .all_fen = line->units ? 0 : all_left(k, of)};
	for (int any = line->units == 0; any <= 1; any++) {
		SCOPED(rows) r = rows_of_original(k, of);
		while (rows_next(&r) && (line->units ? line->found_units > line->units : t.fen_left > 0)) {
			const struct left left = left_of(k, &r);
			if (any || same_price(line, &left))
				take_back_from(k, line, &r, &left, &t);
		}
	}
	if (t.fen_left != 0 && k->invoice->leg == LEG_OURS)
		line->found_units = 0;
}

static bool is_red(const struct look *k)
{
	return k->invoice->red_of != 0;
}

/* Each part of what a line takes back is cut to the fen. */
static enum match_result judge_red(const struct look *k, const struct match_line *line, size_t parts)
{
	int64_t off = -line->amount_fen - line->back_fen, tolerance = k->out->tolerance_fen;
	/* it covers more than we got, as its original did */
	if (parts > 0 && line->units && k->invoice->leg != LEG_OURS)
		return MATCH_FINE;
	if (parts == 0 || line->found_units != line->units)
		return is_kind(k->invoice, "return") ? MATCH_NO_RETURN : MATCH_QUANTITY;
	if (line->units == 0)
		return off > 0 ? MATCH_RED : MATCH_FINE;
	/* a supplier may take goods back for less, or give back more than they had cost: told by one, accepted by another */
	if (off > tolerance + (int64_t)parts || (off < -tolerance && is_kind(k->invoice, "return")))
		return MATCH_PRICE;
	return off < -tolerance ? MATCH_RED : MATCH_FINE;
}

/* A maker's invoice covers far more than we got; what it does not prove today it may prove with later receipts. */
static enum match_result judge(const struct look *k, const struct match_line *line, size_t parts)
{
	int64_t off = line->amount_fen - line->expected_fen;
	if (is_red(k))
		return judge_red(k, line, parts);
	if (line->found_units == 0)
		return MATCH_NO_RECEIPT;
	if (line->too_early)
		return MATCH_TOO_EARLY;
	if (line->broken_chain)
		return MATCH_CHAIN;
	if (k->invoice->leg != LEG_OURS)
		return MATCH_FINE;
	if (line->found_units < line->units)
		return MATCH_QUANTITY;
	if (llabs(off) <= k->out->tolerance_fen)
		return MATCH_FINE;
	return line->over || line->amount_fen > line->limit_fen + k->out->tolerance_fen ? MATCH_CEILING : MATCH_PRICE;
}

/* What a red invoice of the line's goods took back beyond what the line had been matched with: of a maker's invoice, which covers
 * more than we got. */
#define RED_OF_IT                                                                                                                \
	"FROM invoice r JOIN document rd ON rd.id = r.id AND rd.state = 'matched' JOIN invoice_line rl ON rl.invoice_id = r.id " \
	"AND rl.product_id = il.product_id AND coalesce(rl.lot, '') = coalesce(il.lot, '')"
SQL(select_lines,
    "SELECT il.id, il.units - (SELECT CAST(coalesce(sum(m.units), 0) AS BIGINT) FROM invoice_match m WHERE m.invoice_id = "
    "il.invoice_id AND m.invoice_line_id = il.id) + (SELECT CAST(coalesce(sum(rl.units), 0) AS BIGINT) " RED_OF_IT
    " WHERE r.red_of = il.invoice_id) - (SELECT CAST(coalesce(sum(rm.units), 0) AS BIGINT) " RED_OF_IT
    " JOIN invoice_match rm ON rm.invoice_id = r.id AND rm.invoice_line_id = rl.id WHERE r.red_of = il.invoice_id), "
    "il.amount_fen "
    "- (SELECT CAST(coalesce(sum(m.amount_fen), 0) AS BIGINT) FROM invoice_match m WHERE m.invoice_id = il.invoice_id AND "
    "m.invoice_line_id = il.id), il.product_id, il.lot, coalesce(il.receipt_line_id, 0) FROM "
    "invoice_line il WHERE il.invoice_id = :id ORDER BY il.n /*all sites: the caller has the invoice*/");
SQL(count_lines, "SELECT count(*) FROM invoice_line WHERE invoice_id = :id /*all sites: the caller has the invoice*/");

static void match_line(struct look *k, struct rows *r)
{
	struct match *m = k->out;
	struct match_line *line = &m->lines[m->line_count++];
	size_t before = m->part_count;
	*line = (struct match_line){.id = col_i64(r, 0), .units = col_i64(r, 1), .amount_fen = col_i64(r, 2)};
	if (is_red(k))
		find_original(k, line, r);
	else if (line->units > 0)
		find_receipts(k, line, r);
	line->result = judge(k, line, m->part_count - before);
	m->fine = m->fine && line->result == MATCH_FINE;
	m->explained = m->explained && (line->result == MATCH_FINE || line->result == MATCH_PRICE);
}

enum status match_find(struct db *db, struct arena *a, const struct invoice *invoice, int32_t today_ymd, struct match *out)
{
	struct look k = {.db = db, .a = a, .invoice = invoice, .out = out, .used_cap = 64};
	k.used = arena_array(a, k.used_cap, sizeof *k.used);
	*out = (struct match){.tolerance_fen = setting_on(db, SETTING_TOLERANCE_FEN, today_ymd), .fine = true, .explained = true};
	out->lines = arena_array(a, (size_t)db_i64(db, 0, count_lines, I64(":id", invoice->id)), sizeof *out->lines);
	SCOPED(rows) r = db_query(db, select_lines, I64(":id", invoice->id));
	while (rows_next(&r))
		match_line(&k, &r);
	return db_status(db);
}

/* ---- booking ---- */

SQL(insert_match,
    "INSERT INTO invoice_match (id, invoice_id, invoice_line_id, payable_id, leg, units, expected_fen, amount_fen, left_units, "
    "left_fen, single) VALUES (:id, :invoice_id, :line_id, :payable_id, :leg, :units, :expected, :fen, :left_units, :left_fen, "
    ":single)");
SQL(take_back, "UPDATE invoice_match SET left_units = left_units - :units, left_fen = left_fen - :fen WHERE id = :id "
               "/*all sites: the caller has the invoice*/");

static enum status book_part(struct tx *tx, const struct invoice *invoice, const struct match_part *part, struct payable *p)
{
	const struct money_paper paper = {invoice->id, p->id, "invoice", invoice->issued_ymd};
	const struct money_purchase in = {p->owner_site_id, p->site_id,         p->supplier_id,
	                                  ACCOUNT_PAYABLE,  part->expected_fen, part->amount_fen - part->expected_fen};
	return money_post_purchase(tx, &paper, &in);
}

/* A whole invoice was wrong: its goods that went back wait for no red invoice of their own any more. */
static enum status drop_waiting(struct tx *tx, const struct invoice *invoice, struct payable *p)
{
	int64_t units = p->due_units - p->invoiced_units;
	if (!is_kind(invoice, "correct") || units <= 0)
		return ST_OK;
	p->returned_units += units;
	p->due_units -= units;
	return supplier_return_less(tx, p->id, units, invoice->id);
}

static enum status post_part(struct tx *tx, const struct invoice *invoice, const struct match_part *part)
{
	struct payable p;
	const struct look k = {.invoice = invoice};
	bool back = part->source_id != 0;
	enum status st = payable_load(tx_db(tx), part->payable_id, &p);
	int64_t estimate = st == ST_OK && p.estimated_fen ? p.estimate_id : 0;
	if (st == ST_OK && invoice->leg == LEG_OURS)
		st = payable_unestimate(tx, &p, invoice->id);
	if (st != ST_OK)
		return st;
	cover(&k, &p, part);
	p.extra = p.extra || (invoice->leg == LEG_MAKER && !invoice->to_supplier);
	if ((st = drop_waiting(tx, invoice, &p)) != ST_OK)
		return st;
	payable_store(tx, &p);
	int64_t match_id = tx_new_id(tx);
	db_exec(tx, insert_match, I64(":id", match_id), I64(":invoice_id", invoice->id), I64(":line_id", part->line_id),
	        I64(":payable_id", p.id), I64(":leg", invoice->leg), I64(":units", part->units),
	        I64(":expected", part->expected_fen), I64(":fen", part->amount_fen), I64(":left_units", back ? 0 : part->units),
	        I64(":left_fen", back ? 0 : part->amount_fen), I64(":single", part->single && !back));
	if (back)
		db_exec(tx, take_back, I64(":units", -part->units), I64(":fen", -part->amount_fen), I64(":id", part->source_id));
	if (invoice->leg == LEG_OURS) {
		platform_tell_invoice(tx, match_id);
		st = book_part(tx, invoice, part, &p);
	}
	if (st == ST_OK && is_kind(invoice, "return"))
		st = supplier_return_red(tx, p.id, -part->units, -part->amount_fen, invoice->id);
	return st == ST_OK && estimate && payable_uninvoiced(&p) > 0 ? payable_estimate(tx, &p, estimate, 0) : st;
}

SQL(select_receipt, "SELECT receipt_id FROM payable WHERE id = :id /*all sites: the caller has the invoice*/");

enum status match_post(struct tx *tx, const struct doc *d, const struct invoice *invoice, const struct match *m)
{
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < m->part_count; i++) {
		st = post_part(tx, invoice, &m->parts[i]);
		document_link(tx, d->id, db_i64(tx_db(tx), 0, select_receipt, I64(":id", m->parts[i].payable_id)));
	}
	return st;
}
