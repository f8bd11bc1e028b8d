#include "service/api/documents.h"
#include "warehouse/use/shortage.h"

static const struct word_title urgency_titles[] = {{"normal", "一般"}, {"urgent", "紧急"}, {"critical", "特急"}, {NULL, NULL}};
static const struct word_title reason_titles[] = {{"not_in_list", "目录内没有"},
                                                  {"out_of_stock", "库存不足"},
                                                  {"supplier_out", "供应商缺货"},
                                                  {"new_need", "新增需求"},
                                                  {NULL, NULL}};

static const struct list_column columns[] = {
        DOC_HEAD,
        {"site_id", L_ID, "d.from_site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "fs.name", "机构", NULL},
        {"product_id", L_ID, "sh.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "coalesce(p.name, sh.drug_text)", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"units", L_INT, "sh.units", "数量", NULL},
        {"unit_name", L_TEXT, "coalesce(p.unit_name, sh.unit_name)", "单位", NULL},
        {"urgency", L_TEXT, "sh.urgency", "紧急程度", NULL},
        {"urgency_title", L_TEXT, "sh.urgency", "紧急程度名称", urgency_titles},
        {"reason", L_TEXT, "sh.reason", "缺药原因", NULL},
        {"reason_title", L_TEXT, "sh.reason", "缺药原因名称", reason_titles},
        {"needed_ymd", L_INT, "sh.needed_ymd", "需用日期", NULL},
        {"age_hours", L_INT, "(:now_ms - d.made_at_ms) / 3600000", "已登记小时", NULL},
        {"due_at_ms", L_INT, "sh.due_at_ms", "办理期限", NULL},
        {"open", L_BOOL, "sh.open = 1", "未了结", NULL},
        {"overdue", L_BOOL, "sh.open = 1 AND sh.due_at_ms < :now_ms", "已超期", NULL},
        {"solution_id", L_ID,
         "(SELECT max(k.other_id) FROM document_link k JOIN document kd ON kd.id = k.other_id WHERE k.document_id = d.id)",
         "解决单据编号", NULL},
        {"solution_number", L_TEXT,
         "(SELECT kd.number FROM document_link k JOIN document kd ON kd.id = k.other_id WHERE k.document_id = d.id ORDER BY "
         "k.other_id DESC LIMIT 1)",
         "解决单据", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {
        DOC_FILTERS,
        {"site_id", L_ID, "d.from_site_id = :f_site_id_id"},
        {"product_id", L_ID, "sh.product_id = :f_product_id_id"},
        {"open", L_BOOL, "sh.open = :f_open_id"},
        {"made_after_ms", L_INT, "d.made_at_ms > :f_made_after_ms_id"},
        {"made_until_ms", L_INT, "d.made_at_ms <= :f_made_until_ms_id"},
        NO_FILTER,
};
#define MORE                                                                                                         \
	"JOIN shortage sh ON sh.id = d.id LEFT JOIN product p ON p.id = sh.product_id LEFT JOIN site fs ON fs.id = " \
	"d.from_site_id"
static const struct list_path paths[] = {DOC_PATHS("shortage", MORE)};
const struct list_spec list_shortages = {.name = "shortages",
                                         .title = "缺药登记",
                                         .columns = columns,
                                         .filters = filters,
                                         .paths = paths,
                                         .served = doc_served,
                                         .q_as = doc_q};

SQL(select_head,
    "SELECT d.from_site_id, fs.name, sh.product_id, coalesce(p.name, sh.drug_text), p.spec, sh.units, coalesce(p.unit_name, "
    "sh.unit_name), sh.urgency, sh.urgency, sh.reason, sh.reason, sh.needed_ymd, sh.patient_name, sh.patient_phone, "
    "sh.due_at_ms, "
    "sh.open = 1, sh.open = 1 AND sh.due_at_ms < :now_ms, (:now_ms - d.made_at_ms) / 3600000 FROM shortage sh JOIN document d ON "
    "d.id = "
    "sh.id LEFT JOIN site fs ON fs.id = d.from_site_id LEFT JOIN product p ON p.id = sh.product_id WHERE sh.id = :id "
    "/*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("site_id", L_ID),
        COLUMN("site_name", L_TEXT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("urgency", L_TEXT),
        {"urgency_title", L_TEXT, NULL, NULL, urgency_titles},
        COLUMN("reason", L_TEXT),
        {"reason_title", L_TEXT, NULL, NULL, reason_titles},
        COLUMN("needed_ymd", L_INT),
        COLUMN("patient_name", L_TEXT),
        COLUMN("patient_phone", L_TEXT),
        COLUMN("due_at_ms", L_INT),
        COLUMN("open", L_BOOL),
        COLUMN("overdue", L_BOOL),
        COLUMN("age_hours", L_INT),
        NO_COLUMN,
};
/* Where the drug lies: the arithmetic behind a proposal to transfer. */
SQL(select_stock, "SELECT s.id, s.name, CAST(sum(h.units) AS BIGINT) FROM shortage sh JOIN holding h ON h.product_id = "
                  "sh.product_id JOIN place p ON "
                  "p.id = h.place_id JOIN site s ON s.id = p.site_id WHERE sh.id = :id AND h.quality_no = 1 AND h.expiry_ymd >= "
                  ":today_ymd GROUP BY "
                  "s.id, s.name ORDER BY sum(h.units) DESC LIMIT 20 /*all sites: where help may come from*/");
static const struct list_column stock[] = {COLUMN("site_id", L_ID), COLUMN("site_name", L_TEXT), COLUMN("units", L_INT),
                                           NO_COLUMN};

SQL(select_product_id, "SELECT product_id FROM shortage WHERE id = :id /*all sites: the caller has the document*/");

enum status shortage_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &shortage_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":now_ms", x->now_ms), I64(":id", d.id));
	api_put_substitutes(x, db, db_i64(db, 0, select_product_id, I64(":id", d.id)));
	api_rows(x, db, "stock_elsewhere", stock, select_stock, I64(":id", d.id), I64(":today_ymd", x->today_ymd));
	return ST_OK;
}

enum status shortage_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = shortage_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status shortage_step(struct exchange *x, struct tx *tx)
{
	const struct shortage_step *in = x->in;
	return api_step(x, tx, &shortage_kind, in->version, in->note);
}
