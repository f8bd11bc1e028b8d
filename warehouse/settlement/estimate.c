#include "warehouse/settlement/estimate.h"

#include "warehouse/settlement/payable.h"

static const struct doc_state states[] = {{"posted", "已入账", true}, {NULL, NULL, false}};
static const struct doc_step steps[] = {{NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL}};
const struct doc_kind estimate_kind = {"estimate", "暂估单", "ZG", "estimates", states, steps, "posted", NULL};

SQL(insert_estimate, "INSERT INTO estimate (id, to_ymd, line_count, amount_fen) VALUES (:id, :to_ymd, :count, :fen)");
SQL(set_totals,
    "UPDATE estimate SET line_count = :count, amount_fen = :fen WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_without,
    "SELECT y.id FROM payable y WHERE y.invoiced_units + y.returned_units < y.units AND y.estimated_fen = 0 AND y.accepted_ymd "
    "<= "
    ":to_ymd AND EXISTS (SELECT 1 FROM site_above sa WHERE sa.site_id = y.site_id AND sa.above_id = :site_id) ORDER BY y.id "
    "/*scan: only rows without invoice, by their own index*/ /*all sites: the caller checks the site*/");

static enum status estimate_one(struct tx *tx, int64_t payable_id, const struct doc *d, int32_t to_ymd, int64_t *fen)
{
	struct payable p;
	enum status st = payable_load(tx_db(tx), payable_id, &p);
	if (st == ST_OK)
		st = payable_estimate(tx, &p, d->id, to_ymd);
	*fen += st == ST_OK ? p.estimated_fen : 0;
	return st;
}

enum status estimate_make(struct tx *tx, const struct estimate_new *in, struct doc *out)
{
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id, count = 0, fen = 0;
	tx->action = "estimate.make";
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (in->to_ymd > tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "不能暂估以后的日期");
	const struct doc_head head = {site, 0, NULL, in->note, NULL};
	enum status st = document_make(tx, &estimate_kind, &head, out);
	db_exec(tx, insert_estimate, I64(":id", out->id), I64(":to_ymd", in->to_ymd), I64(":count", 0), I64(":fen", 0));
	SCOPED(rows) r = db_query(tx_db(tx), select_without, I64(":to_ymd", in->to_ymd), I64(":site_id", site));
	for (; st == ST_OK && rows_next(&r); count++)
		st = estimate_one(tx, col_i64(&r, 0), out, (int32_t)in->to_ymd, &fen);
	if (st == ST_OK && count == 0)
		return tx_fail(tx, ST_NOTHING_DUE, "to_ymd", 0, "没有货到票未到的入库");
	db_exec(tx, set_totals, I64(":count", count), I64(":fen", fen), I64(":id", out->id));
	return st;
}
