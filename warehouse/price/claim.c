#include "warehouse/price/claim.h"

#include "core/money.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/settlement/invoice.h"

#include <string.h>

/* ---- what contracts say ---- */

SQL(insert_clause,
    "INSERT INTO price_clause (id, supplier_id, from_ymd, given, source, at_ms, by_user) VALUES (:id, :supplier_id, "
    ":from_ymd, :given, :source_t, :at_ms, :by_id)");
SQL(select_clause,
    "SELECT given FROM price_clause WHERE supplier_id = :supplier_id AND from_ymd <= :ymd ORDER BY from_ymd DESC, id DESC LIMIT "
    "1");
SQL(select_told,
    "SELECT given FROM price_clause WHERE supplier_id = :supplier_id AND from_ymd = :from_ymd ORDER BY id DESC LIMIT 1");

enum status price_clause_add(struct tx *tx, const struct price_clause_new *in, int64_t *id)
{
	struct supplier s;
	tx->action = "price_clause.add";
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	int64_t told = db_i64(tx_db(tx), -1, select_told, I64(":supplier_id", s.id), I64(":from_ymd", in->from_ymd));
	if (told == in->given)
		return tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "%s 自 %lld 起的补差条款已这样登记", s.name,
		               (long long)in->from_ymd);
	*id = tx->ref_id = tx_new_id(tx);
	db_exec(tx, insert_clause, I64(":id", *id), I64(":supplier_id", s.id), I64(":from_ymd", in->from_ymd),
	        I64(":given", in->given), TEXT(":source_t", in->source), I64(":at_ms", tx->now_ms), ID(":by_id", tx->me.id));
	tx_changed(tx, "price-adjustments", 0, 0, *id);
	return ST_OK;
}

bool price_clause_on(struct db *db, int64_t supplier_id, int32_t ymd)
{
	return db_i64(db, 0, select_clause, I64(":supplier_id", supplier_id), I64(":ymd", ymd)) == 1;
}

/* ---- claims ---- */

SQL(insert_claim, "INSERT INTO supplier_claim (id, line_id, adjustment_id, supplier_id, product_id, units, amount_fen, state, "
                  "version) VALUES (:id, "
                  ":line_id, :adjustment_id, :supplier_id, :product_id, :units, :amount, 'open', 1)");
SQL(select_claim,
    "SELECT supplier_id, amount_fen, state, version FROM supplier_claim WHERE id = :id /*all sites: asked of the lead "
    "alone, who buys for all*/");
SQL(set_settled, "UPDATE supplier_claim SET state = :state_t, version = version + 1, invoice_id = :invoice_id, note = :note_t, "
                 "settled_at_ms = "
                 ":now_ms, settled_by = :by_id WHERE id = :id /*all sites: asked of the lead alone, who buys for all*/");
SQL(select_invoice, "SELECT i.supplier_id, -i.gross_fen, i.red_kind, d.state, i.invoice_no, i.leg, (SELECT "
                    "CAST(coalesce(sum(c.amount_fen), 0) AS BIGINT) "
                    "FROM supplier_claim c WHERE c.invoice_id = i.id) FROM invoice i JOIN document d ON d.id = i.id WHERE i.id = "
                    ":id /*all sites: one "
                    "payer for all*/");

void price_claim_put(struct tx *tx, const struct price_claim *c)
{
	db_exec(tx, insert_claim, I64(":id", tx_new_id(tx)), I64(":line_id", c->line_id), I64(":adjustment_id", c->adjustment_id),
	        I64(":supplier_id", c->supplier_id), I64(":product_id", c->product_id), I64(":units", c->units),
	        I64(":amount", c->amount_fen));
}

/* The claim, open and as the person saw it. */
static enum status load_open(struct tx *tx, int64_t id, int64_t version, struct price_claim *out)
{
	tx->ref_id = id;
	SCOPED(rows) r = db_query(tx_db(tx), select_claim, I64(":id", id));
	if (!rows_next(&r) || tx->me.root_site_id != site_root(tx_db(tx)))
		return ST_NOT_FOUND;
	*out = (struct price_claim){.supplier_id = col_i64(&r, 0), .amount_fen = col_i64(&r, 1)};
	if (strcmp(col_text(tx->arena, &r, 2), "open") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该补差已了结");
	return col_i64(&r, 3) == version ? ST_OK
	                                 : tx_fail(tx, ST_STALE_VERSION, "version", 0, "补差已被他人修改, 请刷新后再办理");
}

static void finish(struct tx *tx, int64_t id, const char *state, int64_t invoice_id, const char *note)
{
	db_exec(tx, set_settled, TEXT(":state_t", state), ID(":invoice_id", invoice_id), TEXT(":note_t", note),
	        I64(":now_ms", tx->now_ms), ID(":by_id", tx->me.id), I64(":id", id));
	tx_changed(tx, "price-adjustments", 0, 0, id);
}

static enum status check_invoice(struct tx *tx, int64_t invoice_id, const struct price_claim *c)
{
	char left[32], asked[32];
	SCOPED(rows) r = db_query(tx_db(tx), select_invoice, I64(":id", invoice_id));
	if (!rows_next(&r))
		return tx_fail(tx, ST_INVALID_FIELD, "invoice_id", 0, "没有这张发票");
	const char *kind = col_text(tx->arena, &r, 2), *no = col_text(tx->arena, &r, 4);
	if (!kind || strcmp(kind, "allowance") != 0 || strcmp(col_text(tx->arena, &r, 3), "matched") != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "invoice_id", 0, "%s 不是已匹配入账的补差红字发票", no);
	if (col_i64(&r, 0) != c->supplier_id)
		return tx_fail(tx, ST_INVALID_FIELD, "invoice_id", 0, "%s 不是该供应商的发票", no);
	/* what the maker allows the supplier is no money of ours */
	if (col_i64(&r, 5) != LEG_OURS)
		return tx_fail(tx, ST_INVALID_FIELD, "invoice_id", 0, "%s 不是本院这一票的红字发票", no);
	int64_t rest = col_i64(&r, 1) - col_i64(&r, 6);
	if (rest >= c->amount_fen)
		return ST_OK;
	fen_text(rest, left);
	fen_text(c->amount_fen, asked);
	return tx_fail(tx, ST_INVALID_FIELD, "invoice_id", 0, "%s 可用于补差的只有 %s 元, 少于 %s 元", no, left, asked);
}

enum status price_claim_settle(struct tx *tx, int64_t id, const struct price_claim_settle *in)
{
	struct price_claim c;
	tx->action = "price_claim.settle";
	enum status st = load_open(tx, id, in->version, &c);
	if (st == ST_OK)
		st = check_invoice(tx, in->invoice_id, &c);
	if (st == ST_OK)
		finish(tx, id, "settled", in->invoice_id, in->note);
	return st;
}

enum status price_claim_waive(struct tx *tx, int64_t id, int64_t version, const char *reason)
{
	struct price_claim c;
	tx->action = "price_claim.waive";
	enum status st = load_open(tx, id, version, &c);
	if (st == ST_OK && (!reason || !*reason))
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "请写明不再补差的原因");
	if (st == ST_OK)
		finish(tx, id, "waived", 0, reason);
	return st;
}
