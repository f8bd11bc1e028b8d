/* Partners: suppliers and makers with what is known of them, and who may deliver whose goods. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/mandate.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/partner.h"
#include "warehouse/partner/tick.h"

#include "service/api/documents.h"
#include "service/inputs.h"

#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 1000 /* products in one question */

/* ---- suppliers ---- */

static const struct word_title licence_titles[] = {
        {"ok", "有效"}, {"soon", "即将到期"}, {"expired", "已过期"}, {"none", "无有效许可证"}, {NULL, NULL}};
static const struct word_title business_titles[] = {{"drug", "药品"},
                                                    {"device", "医疗器械"},
                                                    {"both", "药品和医疗器械"},
                                                    {"pieces", "中药饮片生产企业"},
                                                    {"preparation", "医疗机构 (制剂调剂)"},
                                                    {NULL, NULL}};
/* none: the licence of his business was voided, waits for quality, or was never told. */
#define LICENCE_STATE                                                                                                            \
	"CASE WHEN NOT EXISTS (SELECT 1 FROM qualification q WHERE q.owner_kind = 'supplier' AND q.owner_id = s.id AND q.kind "  \
	"= " LICENCE_OF_BUSINESS("s.business") " AND q.ended_at_ms IS NULL AND q.confirmed_at_ms IS NOT NULL) THEN 'none' WHEN " \
	                                       "s.licence_until_ymd < :today_ymd THEN 'expired' WHEN "                           \
	                                       "s.licence_until_ymd < :soon_ymd THEN 'soon' ELSE 'ok' "                          \
	                                       "END"
#define LICENCE_NO "NULLIF(s.licence_no, '')"
#define LICENCE_UNTIL "NULLIF(s.licence_until_ymd, 0)"
#define APPROVED "EXISTS (SELECT 1 FROM first_purchase f WHERE f.kind = 'supplier' AND f.ref_id = s.id)"
static const struct list_column supplier_columns[] = {
        {"id", L_ID, "s.id", "编号", NULL},
        {"code", L_TEXT, "s.code", "供应商代码", NULL},
        {"name", L_TEXT, "s.name", "名称", NULL},
        {"licence_no", L_TEXT, LICENCE_NO, "许可证号", NULL},
        {"licence_until_ymd", L_INT_OR_NULL, LICENCE_UNTIL, "许可证有效期至", NULL},
        {"licence_state", L_TEXT, LICENCE_STATE, "许可证状态", NULL},
        {"licence_state_title", L_TEXT, LICENCE_STATE, "许可证状态名称", licence_titles},
        {"phone", L_TEXT, "s.phone", "电话", NULL},
        {"active", L_BOOL, "s.active", "在用", NULL},
        {"approved", L_BOOL, APPROVED, "首营已批准", NULL},
        {"credit_code", L_TEXT, "s.credit_code", "统一社会信用代码", NULL},
        {"contact", L_TEXT, "s.contact", "联系人", NULL},
        {"business", L_TEXT, "s.business", "经营类别", NULL},
        {"business_title", L_TEXT, "s.business", "经营类别名称", business_titles},
        NO_COLUMN,
};
static const struct list_filter supplier_filters[] = {{"code", L_TEXT, "s.code = :f_code_t"}, NO_FILTER};
static const struct list_path supplier_paths[] = {
        {"code", "supplier s WHERE 1 = 1", {"s.id"}, false, NULL},
        {NULL, "supplier s WHERE 1 = 1", {"s.id"}, false, NULL},
};
const struct list_spec list_suppliers = {.name = "suppliers",
                                         .title = "供应商",
                                         .columns = supplier_columns,
                                         .filters = supplier_filters,
                                         .paths = supplier_paths,
                                         .search_expr = "s.name || '\n' || s.code"};

SQL(select_supplier,
    "SELECT s.id, s.code, s.name, " LICENCE_NO ", " LICENCE_UNTIL ", " LICENCE_STATE ", " LICENCE_STATE
    ", s.phone, s.active, " APPROVED ", s.credit_code, s.contact, s.business, s.business FROM supplier s WHERE s.id = :id");
SQL(select_open_first,
    "SELECT d.id FROM first_supplier f JOIN document d ON d.id = f.id WHERE f.supplier_id = :id AND d.state IN ('draft', "
    "'submitted') /*all sites: one file for all*/");
SQL(select_months, "SELECT month, lines, done_lines, on_time_lines, ordered_fen, ceiling_fen, arrived_fen, rejected_fen, "
                   "returned_fen, fault_fen FROM "
                   "supplier_month WHERE "
                   "supplier_id = :id ORDER BY month DESC LIMIT 12");
static const struct list_column month[] = {COLUMN("month", L_INT),
                                           COLUMN("lines", L_INT),
                                           COLUMN("done_lines", L_INT),
                                           COLUMN("on_time_lines", L_INT),
                                           COLUMN("ordered", L_FEN),
                                           COLUMN("at_ceiling", L_FEN),
                                           COLUMN("arrived", L_FEN),
                                           COLUMN("rejected", L_FEN),
                                           COLUMN("returned", L_FEN),
                                           COLUMN("fault", L_FEN),
                                           NO_COLUMN};

/* Whether he may deliver today, in words. */
struct verdict {
	enum status st;
	const char *why;
};

static struct verdict ask(struct exchange *x, struct db *db, const struct partner_question *q)
{
	struct verdict v = {ST_OK, NULL};
	v.st = partner_may_supply(db, &x->arena, q, &v.why);
	return v;
}

static void put_verdict(struct exchange *x, const struct verdict *v)
{
	jo_bool(&x->o, "allowed", v->st == ST_OK);
	jo_text(&x->o, "code", v->st == ST_OK ? NULL : status_code(v->st));
	jo_text(&x->o, "reason", v->why);
}

enum status supplier_read(struct exchange *x, struct db *db)
{
	if (!api_one(x, db, supplier_columns, select_supplier, I64(":id", x->id), I64(":today_ymd", x->today_ymd),
	             I64(":soon_ymd", ymd_add_days(x->today_ymd, 90))))
		return ST_NOT_FOUND;
	jo_id(&x->o, "first_document_id", db_i64(db, 0, select_open_first, I64(":id", x->id)));
	jo_name(&x->o, "may");
	jo_open(&x->o, '{');
	const struct verdict v = ask(x, db, &(const struct partner_question){.supplier_id = x->id, .ymd = x->today_ymd});
	put_verdict(x, &v);
	jo_close(&x->o, '}');
	paper_write_json(db, "supplier", x->id, x->today_ymd, &x->o, "papers");
	api_rows(x, db, "months", month, select_months, I64(":id", x->id));
	return ST_OK;
}

const struct query_parameter query_products[] = {{"product_ids", L_TEXT, false, "品种编号, 逗号隔开"},
                                                 {NULL, L_INT, false, NULL}};

SQL(select_tick,
    "SELECT coalesce(t.platform_code, '') FROM platform_tick t WHERE t.product_id = :product_id AND t.supplier_id = :supplier_id "
    "AND t.ended_at_ms IS NULL AND t.from_ymd <= :ymd AND (t.until_ymd IS NULL OR t.until_ymd >= :ymd) ORDER BY t.from_ymd DESC "
    "LIMIT 1");

/* What is the same for all products of one answer. */
struct asked_supplier {
	struct verdict self;
	struct mandate mandate;  /* that covers us, with any goods; of any_goods only */
	bool any_goods, covered; /* no mandate of his names goods; one covers us */
};

static void put_mandate(struct exchange *x, const struct mandate *m)
{
	jo_name(&x->o, "mandate");
	jo_open(&x->o, '{');
	jo_text(&x->o, "person", m->person);
	jo_text(&x->o, "region", m->region);
	jo_text(&x->o, "scope", m->scope);
	if (m->until_ymd)
		jo_i64(&x->o, "until_ymd", m->until_ymd);
	else
		jo_null(&x->o, "until_ymd");
	jo_close(&x->o, '}');
}

/* What covers the goods at this supplier: the tick on the platform, and whose mandate. RULE DOMAIN-12.3-cover */
static void put_cover(struct exchange *x, struct db *db, const struct asked_supplier *s, const struct partner_question *q)
{
	struct mandate m = s->mandate;
	const char *code = db_text(db, &x->arena, select_tick, I64(":product_id", q->product_id),
	                           I64(":supplier_id", q->supplier_id), I64(":ymd", q->ymd));
	jo_bool(&x->o, "ticked", code != NULL);
	jo_text(&x->o, "platform_code", code && *code ? code : NULL);
	if (s->any_goods ? s->covered : mandate_covering(db, &x->arena, q, &m))
		put_mandate(x, &m);
	else
		jo_null(&x->o, "mandate");
}

static void put_product(struct exchange *x, struct db *db, const struct asked_supplier *s, int64_t product_id)
{
	const struct partner_question q = {x->id, product_id, x->today_ymd, true, s->any_goods};
	const struct verdict v = s->self.st == ST_OK ? ask(x, db, &q) : s->self;
	jo_name(&x->o, NULL);
	jo_open(&x->o, '{');
	jo_id(&x->o, "product_id", product_id);
	put_verdict(x, &v);
	put_cover(x, db, s, &q);
	jo_close(&x->o, '}');
}

/* product_ids=1,2,3: each with its own answer. */
static void put_products(struct exchange *x, struct db *db, const struct asked_supplier *s, const char *ids)
{
	jo_name(&x->o, "products");
	jo_open(&x->o, '[');
	for (int n = 0; ids && *ids && n < ASKED_MAX; n++) {
		char *end = NULL;
		int64_t id = strtoll(ids, &end, 10);
		if (end == ids || id <= 0)
			break;
		put_product(x, db, s, id);
		ids = end + (*end == ',');
	}
	jo_close(&x->o, ']');
}

SQL(find_supplier, "SELECT id FROM supplier WHERE id = :id");

enum status supplier_may_read(struct exchange *x, struct db *db)
{
	if (!db_i64(db, 0, find_supplier, I64(":id", x->id)))
		return ST_NOT_FOUND;
	const struct partner_question q = {.supplier_id = x->id, .ymd = x->today_ymd};
	struct asked_supplier s = {.self = ask(x, db, &q), .any_goods = !mandate_names_goods(db, x->id)};
	s.covered = mandate_covering(db, &x->arena, &q, &s.mandate);
	put_verdict(x, &s.self);
	put_products(x, db, &s, query_get(x, "product_ids"));
	return ST_OK;
}

SQL(set_supplier, "UPDATE supplier SET name = coalesce(:name_t, name), phone = coalesce(:phone_t, phone), credit_code = "
                  "coalesce(:credit_t, credit_code), contact = coalesce(:contact_t, contact), business = coalesce(:business_t, "
                  "business), active = CASE WHEN :active < 0 THEN "
                  "active ELSE :active END WHERE id = :id");

static int64_t or_as_it_is(int64_t active)
{
	return active == INT_ABSENT ? -1 : active;
}

static enum status write_supplier(struct exchange *x, struct tx *tx, int64_t id)
{
	const struct supplier_in *in = x->in;
	if (db_exec(tx, set_supplier, TEXT(":name_t", in->name), TEXT(":phone_t", in->phone), TEXT(":credit_t", in->credit_code),
	            TEXT(":contact_t", in->contact), TEXT(":business_t", in->business), I64(":active", or_as_it_is(in->active)),
	            I64(":id", id)) == 0)
		return ST_NOT_FOUND;
	if (in->business)
		paper_licence_sync(tx, id);
	tx_changed(tx, "partners", 0, 0, id);
	tx->ref_id = id;
	jo_id(&x->o, "id", id);
	return ST_OK;
}

enum status supplier_create(struct exchange *x, struct tx *tx)
{
	struct supplier_in *in = x->in;
	int64_t id = 0;
	const struct new_supplier supplier = {.code = in->code,
	                                      .name = in->name,
	                                      .licence_no = in->licence_no,
	                                      .phone = in->phone,
	                                      .business = in->business,
	                                      .licence_until_ymd = in->licence_until_ymd};
	tx->action = "supplier.file";
	in->active = 1;
	enum status st = supplier_file(tx, &supplier, &id);
	return st == ST_OK ? write_supplier(x, tx, id) : st;
}

enum status supplier_patch(struct exchange *x, struct tx *tx)
{
	tx->action = "supplier.change";
	return write_supplier(x, tx, x->id);
}

/* ---- makers ---- */

#define MAKER_COUNTS                                                                                                      \
	"(SELECT count(*) FROM product_maker pm WHERE pm.maker_id = m.id), (SELECT count(*) FROM delivery_right d WHERE " \
	"d.maker_id = m.id AND d.ended_at_ms IS NULL AND (d.until_ymd IS NULL OR d.until_ymd >= :today_ymd))"
static const struct list_column maker_columns[] = {
        {"id", L_ID, "m.id", "编号", NULL},
        {"code", L_TEXT, "m.code", "企业代码", NULL},
        {"name", L_TEXT, "m.name", "名称", NULL},
        {"credit_code", L_TEXT, "m.credit_code", "统一社会信用代码", NULL},
        {"phone", L_TEXT, "m.phone", "电话", NULL},
        {"active", L_BOOL, "m.active", "在用", NULL},
        {"products", L_INT, "(SELECT count(*) FROM product_maker pm WHERE pm.maker_id = m.id)", "品种数", NULL},
        {"distributors", L_INT,
         "(SELECT count(*) FROM delivery_right d WHERE d.maker_id = m.id AND d.ended_at_ms IS NULL AND (d.until_ymd IS NULL OR "
         "d.until_ymd >= :today_ymd))",
         "配送商数", NULL},
        NO_COLUMN,
};
static const struct list_filter maker_filters[] = {
        {"code", L_TEXT, "m.code = :f_code_t"}, {"name", L_TEXT, "m.name = :f_name_t"}, NO_FILTER};
static const struct list_path maker_paths[] = {
        {"code", "maker m WHERE 1 = 1", {"m.id"}, false, NULL},
        {"name", "maker m WHERE 1 = 1", {"m.id"}, false, NULL},
        {NULL, "maker m WHERE 1 = 1", {"m.id"}, false, NULL},
};
const struct list_spec list_makers = {.name = "makers",
                                      .title = "生产企业",
                                      .columns = maker_columns,
                                      .filters = maker_filters,
                                      .paths = maker_paths,
                                      .search_expr = "m.name || '\n' || m.code"};

SQL(select_maker,
    "SELECT m.id, m.code, m.name, m.credit_code, m.phone, m.active, " MAKER_COUNTS " FROM maker m WHERE m.id = :id");
SQL(select_maker_products, "SELECT p.id, p.code, p.name, p.spec, p.active, EXISTS (SELECT 1 FROM first_purchase f WHERE f.kind = "
                           "'product' AND f.ref_id = "
                           "p.id) FROM product_maker pm JOIN product p ON p.id = pm.product_id WHERE pm.maker_id = :id ORDER BY "
                           "pm.product_id LIMIT 500");
static const struct list_column maker_product[] = {COLUMN("id", L_ID),
                                                   COLUMN("code", L_TEXT),
                                                   COLUMN("name", L_TEXT),
                                                   COLUMN("spec", L_TEXT),
                                                   COLUMN("active", L_BOOL),
                                                   COLUMN("approved", L_BOOL),
                                                   NO_COLUMN};

enum status maker_read(struct exchange *x, struct db *db)
{
	if (!api_one(x, db, maker_columns, select_maker, I64(":id", x->id), I64(":today_ymd", x->today_ymd)))
		return ST_NOT_FOUND;
	paper_write_json(db, "maker", x->id, x->today_ymd, &x->o, "papers");
	api_rows(x, db, "product_rows", maker_product, select_maker_products, I64(":id", x->id));
	return ST_OK;
}

enum status maker_create(struct exchange *x, struct tx *tx)
{
	const struct maker_in *in = x->in;
	const struct maker_new maker = {in->code, in->name, in->credit_code, in->phone};
	int64_t id = 0;
	tx->action = "maker.make";
	enum status st = maker_make(tx, &maker, &id);
	if (st == ST_OK)
		jo_id(&x->o, "id", id);
	return st;
}

SQL(set_maker,
    "UPDATE maker SET phone = coalesce(:phone_t, phone), credit_code = coalesce(:credit_t, credit_code), active = CASE "
    "WHEN :active < 0 THEN active ELSE :active END WHERE id = :id");

enum status maker_patch(struct exchange *x, struct tx *tx)
{
	const struct maker_in *in = x->in;
	tx->action = "maker.change";
	if (db_exec(tx, set_maker, TEXT(":phone_t", in->phone), TEXT(":credit_t", in->credit_code),
	            I64(":active", or_as_it_is(in->active)), I64(":id", x->id)) == 0)
		return ST_NOT_FOUND;
	tx_changed(tx, "partners", 0, 0, x->id);
	tx->ref_id = x->id;
	jo_id(&x->o, "id", x->id);
	return ST_OK;
}

/* ---- delivery rights ---- */

static const struct word_title right_titles[] = {
        {"ok", "有效"},        {"soon", "90 天内到期"}, {"urgent", "30 天内到期"},   {"future", "未生效"},
        {"expired", "已过期"}, {"ended", "已终止"},     {"elsewhere", "不含本地区"}, {NULL, NULL}};
#define RIGHT_STATE                                                                                                              \
	"CASE WHEN d.ended_at_ms IS NOT NULL THEN 'ended' WHEN d.from_ymd > :today_ymd THEN 'future' WHEN d.until_ymd < "        \
	":today_ymd THEN 'expired' WHEN NOT " RIGHT_IS_HERE("d.region") " THEN 'elsewhere' WHEN d.until_ymd < :urgent_ymd THEN " \
	                                                                "'urgent' WHEN d.until_ymd < :soon_ymd THEN 'soon' "     \
	                                                                "ELSE 'ok' END"
static const struct list_column right_columns[] = {
        {"id", L_ID, "d.id", "编号", NULL},
        {"supplier_id", L_ID, "d.supplier_id", "供应商编号", NULL},
        {"supplier_code", L_TEXT, "s.code", "供应商代码", NULL},
        {"supplier_name", L_TEXT, "s.name", "供应商", NULL},
        {"maker_id", L_ID, "d.maker_id", "生产企业编号", NULL},
        {"maker_name", L_TEXT, "m.name", "生产企业", NULL},
        {"region", L_TEXT, "d.region", "区域", NULL},
        {"from_ymd", L_INT, "d.from_ymd", "起始日期", NULL},
        {"until_ymd", L_INT_OR_NULL, "d.until_ymd", "截止日期", NULL},
        {"state", L_TEXT, RIGHT_STATE, "状态", NULL},
        {"state_title", L_TEXT, RIGHT_STATE, "状态名称", right_titles},
        {"made_at_ms", L_INT, "d.made_at_ms", "登记时间", NULL},
        {"made_by", L_TEXT, "u.display_name", "登记人", NULL},
        {"end_note", L_TEXT, "d.end_note", "终止原因", NULL},
        {"scans", L_INT,
         "(SELECT count(*) FROM attachment a WHERE a.owner_kind = 'delivery_right' AND a.owner_id = d.id AND a.replaced_at_ms IS "
         "NULL /*all sites: papers of partners are for all*/)",
         "扫描件数", NULL},
        NO_COLUMN,
};
static const struct list_filter right_filters[] = {{"supplier_id", L_ID, "d.supplier_id = :f_supplier_id_id"},
                                                   {"maker_id", L_ID, "+d.maker_id = :f_maker_id_id"},
                                                   NO_FILTER};
#define RIGHTS                                                                                                                \
	"delivery_right d JOIN supplier s ON s.id = d.supplier_id JOIN maker m ON m.id = d.maker_id LEFT JOIN app_user u ON " \
	"u.id = d.made_by WHERE 1 = 1"
static const struct list_path right_paths[] = {
        {"supplier_id", RIGHTS, {"d.id"}, true, NULL},
        {"maker_id", RIGHTS " AND d.maker_id = :f_maker_id_id", {"d.id"}, true, &list_few},
        {NULL, RIGHTS, {"d.id"}, true, NULL},
};
const struct list_spec list_delivery_rights = {
        .name = "delivery-rights", .title = "配送关系", .columns = right_columns, .filters = right_filters, .paths = right_paths};

/*
 * RULE GSP-right-warning: 90 and 30 days before the last day, and what is past, the soonest first; a right that another one of
 * the same two goes on after warns nobody.
 */
#define NOT_FOLLOWED                                                                                                           \
	" AND NOT EXISTS (SELECT 1 FROM delivery_right e WHERE e.maker_id = d.maker_id AND e.supplier_id = d.supplier_id AND " \
	"e.ended_at_ms IS NULL AND e.id <> d.id AND (e.until_ymd IS NULL OR e.until_ymd > d.until_ymd))"
static const struct list_filter expiring_filters[] = {{"supplier_id", L_ID, "+d.supplier_id = :f_supplier_id_id"},
                                                      {"maker_id", L_ID, "+d.maker_id = :f_maker_id_id"},
                                                      NO_FILTER};
static const struct list_path expiring_paths[] = {
        {NULL,
         RIGHTS " AND d.ended_at_ms IS NULL AND d.until_ymd IS NOT NULL AND d.until_ymd < :soon_ymd" NOT_FOLLOWED,
         {"d.until_ymd", "d.id"},
         false,
         NULL},
};
const struct list_spec list_expiring_rights = {.name = "expiring-rights",
                                               .title = "到期配送关系",
                                               .columns = right_columns,
                                               .filters = expiring_filters,
                                               .paths = expiring_paths};

static const struct list_column region_columns[] = {{"id", L_ID, "r.id", "编号", NULL},
                                                    {"name", L_TEXT, "r.name", "地区", NULL},
                                                    {"at_ms", L_INT, "r.at_ms", "登记时间", NULL},
                                                    {"by", L_TEXT, "u.display_name", "登记人", NULL},
                                                    NO_COLUMN};
static const struct list_filter region_filters[] = {NO_FILTER};
static const struct list_path region_paths[] = {
        {NULL, "own_region r LEFT JOIN app_user u ON u.id = r.by_user WHERE 1 = 1", {"r.id"}, false, NULL}};
const struct list_spec list_own_regions = {
        .name = "own-regions", .title = "本地区", .columns = region_columns, .filters = region_filters, .paths = region_paths};

enum status own_region_create(struct exchange *x, struct tx *tx)
{
	const struct own_region_in *in = x->in;
	int64_t id = 0;
	tx->action = "own_region.add";
	enum status st = own_region_add(tx, in->name, &id);
	return api_written_to(x, tx, st, id, "ok", "partners");
}

enum status own_region_finish(struct exchange *x, struct tx *tx)
{
	tx->action = "own_region.end";
	return api_written_to(x, tx, own_region_end(tx, x->id), x->id, "ended", "partners");
}

enum status delivery_right_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "delivery_right.add";
	enum status st = delivery_right_add(tx, x->in, &id);
	if (st == ST_OK)
		jo_id(&x->o, "id", id);
	return st;
}

enum status delivery_right_finish(struct exchange *x, struct tx *tx)
{
	const struct end_in *in = x->in;
	tx->action = "delivery_right.end";
	enum status st = delivery_right_end(tx, x->id, in->note);
	if (st == ST_OK)
		jo_id(&x->o, "id", x->id);
	return st;
}
