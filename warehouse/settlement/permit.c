#include "warehouse/settlement/permit.h"

#include "core/attachment.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/settlement/payable.h"

#include <string.h>

#define YMD_LAST 99991231

const struct word_title permit_reasons[] = {
        {"maker", "生产企业自行配送"}, {"sales", "生产企业的全国唯一商业公司"}, {"import", "进口药品全国总代理"}, {NULL, NULL}};

SQL(find_maker, "SELECT id FROM maker WHERE id = :id");
SQL(insert_permit, "INSERT INTO invoice_permit (id, kind, site_id, supplier_id, maker_id, reason, paper, from_ymd, to_ymd, "
                   "at_ms, by_user) VALUES "
                   "(:id, :kind_t, :site_id, :supplier_id, :maker_id, :reason_t, :paper_t, :from_ymd, :to_ymd, :at_ms, :by_id)");

static bool is_remote(const char *kind)
{
	return strcmp(kind, PERMIT_REMOTE) == 0;
}

/* A page of suppliers shows the makers' ones, a list of its own the remote ones. */
static void tell(struct tx *tx, const char *kind, int64_t id)
{
	tx->ref_id = id;
	tx_changed(tx, is_remote(kind) ? "invoices" : "partners", 0, 0, id);
}

static enum status check_site(struct tx *tx, const struct permit_new *in)
{
	if (!me_at_site(tx_db(tx), &tx->me, in->site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (in->site_id == site_root(tx_db(tx)))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "牵头机构不是偏远地区, 不能加开一票; 请选择乡镇或村级机构");
	if (!in->to_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "请填写截止日: 加开一票的批准不能长期有效");
	return ST_OK;
}

static enum status check_maker(struct tx *tx, const struct permit_new *in)
{
	struct supplier s;
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	if (!db_i64(tx_db(tx), 0, find_maker, I64(":id", in->maker_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "maker_id", 0, "没有这个生产企业");
	return in->reason ? ST_OK : tx_fail(tx, ST_INVALID_FIELD, "reason", 0, "请选择视同生产企业的理由");
}

enum status permit_add(struct tx *tx, const struct permit_new *in, int64_t *id)
{
	tx->action = "invoice_permit.add";
	enum status st = is_remote(in->kind) ? check_site(tx, in) : check_maker(tx, in);
	if (st != ST_OK)
		return st;
	if (in->to_ymd && in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日早于起始日");
	*id = tx_new_id(tx);
	db_exec(tx, insert_permit, I64(":id", *id), TEXT(":kind_t", in->kind), ID(":site_id", in->site_id),
	        ID(":supplier_id", in->supplier_id), ID(":maker_id", in->maker_id), TEXT(":reason_t", in->reason),
	        TEXT(":paper_t", in->paper), I64(":from_ymd", in->from_ymd), ID(":to_ymd", in->to_ymd), I64(":at_ms", tx->now_ms),
	        I64(":by_id", tx->me.id));
	tell(tx, in->kind, *id);
	return ST_OK;
}

/* ---- approved, ended ---- */

struct permit {
	int64_t site_id, supplier_id, maker_id, by_user;
	int32_t from_ymd, to_ymd; /* to 0: open */
	bool approved, ended;
};

SQL(select_permit,
    "SELECT coalesce(supplier_id, 0), coalesce(maker_id, 0), by_user, from_ymd, coalesce(to_ymd, 0), approved_at_ms IS NOT NULL, "
    "ended_at_ms IS NOT NULL, coalesce(site_id, 0) FROM invoice_permit WHERE id = :id AND kind = :kind_t");

static enum status load(struct tx *tx, const char *kind, int64_t id, struct permit *out)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_permit, I64(":id", id), TEXT(":kind_t", kind));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct permit){.supplier_id = col_i64(&r, 0),
	                       .maker_id = col_i64(&r, 1),
	                       .by_user = col_i64(&r, 2),
	                       .from_ymd = (int32_t)col_i64(&r, 3),
	                       .to_ymd = (int32_t)col_i64(&r, 4),
	                       .approved = col_i64(&r, 5) != 0,
	                       .ended = col_i64(&r, 6) != 0,
	                       .site_id = col_i64(&r, 7)};
	return out->site_id && !me_at_site(tx_db(tx), &tx->me, out->site_id) ? ST_NOT_FOUND : ST_OK;
}

/* RULE GSP-two-persons: whoever registered it does not approve it. */
static enum status check_approval(struct tx *tx, const char *kind, int64_t id, const struct permit *p)
{
	if (p->approved || p->ended)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, p->ended ? "已终止, 请重新登记" : "已批准, 不必再批");
	if (tx->me.id && p->by_user == tx->me.id)
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "登记人不能批准, 请由另一人批准");
	if (is_remote(kind) && !p->to_ymd)
		return tx_fail(tx, ST_PAPERS_MISSING, "to_ymd", 0, "没有截止日, 不能批准; 请终止后重新登记");
	if (!attachment_count(tx_db(tx), is_remote(kind) ? PERMIT_REMOTE_PAPERS : PERMIT_MAKER_PAPERS, id))
		return tx_fail(tx, ST_PAPERS_MISSING, NULL, 0, "请先上传批准文件或授权书的扫描件");
	return ST_OK;
}

SQL(set_approved, "UPDATE invoice_permit SET approved_at_ms = :at_ms, approved_by = :by_id WHERE id = :id");

enum status permit_approve(struct tx *tx, const char *kind, int64_t id)
{
	struct permit p;
	tx->action = "invoice_permit.approve";
	enum status st = load(tx, kind, id, &p);
	if (st == ST_OK)
		st = check_approval(tx, kind, id, &p);
	if (st != ST_OK)
		return st;
	db_exec(tx, set_approved, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), I64(":id", id));
	tell(tx, kind, id);
	const struct payable_single which = {p.supplier_id, p.maker_id, p.from_ymd, p.to_ymd ? p.to_ymd : YMD_LAST};
	return is_remote(kind) ? ST_OK : payable_prove_single(tx, &which);
}

SQL(set_ended, "UPDATE invoice_permit SET ended_ymd = :ymd, ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t WHERE id "
               "= :id");

enum status permit_end(struct tx *tx, const char *kind, int64_t id, const char *note)
{
	struct permit p;
	tx->action = "invoice_permit.end";
	enum status st = load(tx, kind, id, &p);
	if (st != ST_OK)
		return st;
	if (p.ended)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "已终止");
	db_exec(tx, set_ended, I64(":ymd", tx->today_ymd), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id),
	        TEXT(":note_t", note), I64(":id", id));
	tell(tx, kind, id);
	return ST_OK;
}

/* ---- the questions ---- */

SQL(select_remote, "SELECT 1 FROM invoice_permit t WHERE t.site_id = :site_id AND " PERMIT_HOLDS("t", ":ymd") " LIMIT 1");
SQL(select_maker, "SELECT 1 FROM product_maker pm JOIN invoice_permit t ON t.maker_id = pm.maker_id AND t.supplier_id = "
                  ":supplier_id WHERE pm.product_id = :product_id AND " PERMIT_HOLDS("t", ":ymd") " LIMIT 1");

bool permit_remote_on(struct db *db, int64_t site_id, int32_t ymd)
{
	return db_i64(db, 0, select_remote, I64(":site_id", site_id), I64(":ymd", ymd)) != 0;
}

bool permit_maker_on(struct db *db, int64_t supplier_id, int64_t product_id, int32_t ymd)
{
	return db_i64(db, 0, select_maker, I64(":supplier_id", supplier_id), I64(":product_id", product_id), I64(":ymd", ymd)) !=
	       0;
}
