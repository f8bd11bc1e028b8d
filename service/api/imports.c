/* Imports over HTTP: catalogue files, the HIS's usage, delivery notes and how suppliers name their columns. */
#include "core/xlsx.h"
#include "service/api/api.h"
#include "service/inputs.h"
#include "warehouse/intake/note.h"
#include "warehouse/intake/staged.h"
#include "warehouse/intake/usage.h"
#include "warehouse/procurement/receipt.h"

#include <string.h>

#define REFUSED_MAX 1000
#define NAME_MAX_CHARACTERS 200
/* Some 1,500 products: what one write takes in less than a fifth of a second. */
#define LONG_CSV ((size_t)200 << 10)
#define LONG_XLSX ((size_t)60 << 10)

const struct query_parameter query_import[] = {{"dry_run", L_BOOL, false, "只检查, 不写入"},
                                               {"keep_good", L_BOOL, false, "坏行除外, 其余写入"},
                                               {"name", L_TEXT, false, "文件名"},
                                               {"staged", L_BOOL, false, "小文件也分段核对, 再确认"},
                                               {NULL, L_INT, false, NULL}};
const struct query_parameter query_note[] = {{"map", L_TEXT, false, "列名对照"},
                                             {"dry_run", L_BOOL, false, "只检查, 不写入"},
                                             {"keep_good", L_BOOL, false, "坏行除外, 其余写入"},
                                             {NULL, L_INT, false, NULL}};

static bool is_on(struct exchange *x, const char *name)
{
	const char *value = query_get(x, name);
	return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static void put_refused(struct jo *o, const struct intake_report *report)
{
	int64_t left = REFUSED_MAX;
	jo_name(o, "refused");
	jo_open(o, '[');
	for (const struct intake_refused *f = report->first; f && left > 0; f = f->next, left--) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_i64(o, "row", f->row);
		jo_text(o, "field", f->field);
		jo_text(o, "code", status_code(f->st));
		jo_text(o, "message", f->message);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* The answer's members; refused rows of a file that is not kept become the problem's errors. */
static enum status put_report(struct exchange *x, const struct intake_report *report, enum status st)
{
	for (const struct intake_refused *f = report->first; st == ST_IMPORT_REFUSED && f; f = f->next)
		x_fail(x, f->st, f->field, f->row, "%s", f->message);
	if (st != ST_OK)
		return st;
	jo_i64(&x->o, "rows", report->rows);
	jo_i64(&x->o, "added", report->added);
	jo_i64(&x->o, "changed", report->changed);
	jo_i64(&x->o, "unchanged", report->unchanged);
	jo_i64(&x->o, "refused_rows", report->refused_rows);
	put_refused(&x->o, report);
	if (!is_on(x, "dry_run"))
		return ST_OK;
	/* a dry run's answer stands, and like a replay it writes nothing: the dispatcher rolls it back */
	x->replayed = true;
	return ST_ALREADY_EXISTS;
}

/* The body as rows, CSV or XLSX. */
static enum status open_body(struct exchange *x, struct sheet *s)
{
	const char *folder = x->service->config ? x->service->config->data : NULL;
	return sheet_from_memory(s, x->request.body, x->request.body_len, folder ? folder : "/tmp");
}

/* What takes longer than a write may goes in slices; ?staged=1 asks for them. */
static bool is_long(struct exchange *x, const struct intake_kind *kind)
{
	size_t n = x->request.body_len, most = sheet_is_xlsx(x->request.body, n) ? LONG_XLSX : LONG_CSV;
	return kind->sliced && x->service->importer && (n > most || is_on(x, "staged"));
}

static enum status begin_staged(struct exchange *x, struct tx *tx, const struct staged_new *new)
{
	x->staged_import_id = staged_make(tx, new);
	jo_id(&x->o, "id", x->staged_import_id);
	jo_text(&x->o, "state", "checking");
	jo_bool(&x->o, "staged", true);
	return ST_OK;
}

static struct staged_new staged_new_of(struct exchange *x, const struct intake_kind *kind, bool keep_good)
{
	return (struct staged_new){.kind = kind,
	                           .file_name = query_get(x, "name"),
	                           .user_id = x->me.id,
	                           .total_bytes = (int64_t)x->request.body_len,
	                           .keep_good = keep_good,
	                           .dry_run = is_on(x, "dry_run")};
}

static enum status check_name(struct exchange *x, const char *name)
{
	if (name && (utf8_count(name) > NAME_MAX_CHARACTERS || text_has_control(name, false)))
		return x_fail(x, ST_INVALID_FIELD, "name", 0, "文件名应不超过 %d 个字符", NAME_MAX_CHARACTERS);
	return ST_OK;
}

static enum status import_kind(struct exchange *x, struct tx *tx, const struct intake_kind *kind)
{
	SCOPED(sheet) sheet = {.fd = -1};
	struct intake_report report = {0};
	const struct intake_options options = {.keep_good = is_on(x, "keep_good")};
	const struct staged_new new = staged_new_of(x, kind, options.keep_good);
	enum status st = check_name(x, new.file_name);
	if (st == ST_OK && is_long(x, kind))
		return begin_staged(x, tx, &new);
	if (st == ST_OK)
		st = open_body(x, &sheet);
	if (st == ST_OK)
		st = intake_run(tx, kind, sheet.source, &options, NULL, &report);
	if (st == ST_OK && !new.dry_run)
		staged_record(tx, &new, &report);
	return put_report(x, &report, st);
}

enum status import_post(struct exchange *x, struct tx *tx)
{
	const struct intake_kind *kind = intake_kind_find(x->params[0]);
	return kind ? import_kind(x, tx, kind) : ST_NOT_FOUND;
}

/* Whoever matches the items of his sites one by one may bring a file of them. */
enum status his_items_post(struct exchange *x, struct tx *tx)
{
	return import_kind(x, tx, &intake_his_items);
}

/* Whoever enters invoices by hand may enter a file of them. */
enum status invoices_post(struct exchange *x, struct tx *tx)
{
	SCOPED(sheet) sheet = {.fd = -1};
	struct intake_report report = {0};
	const struct intake_options options = {.keep_good = is_on(x, "keep_good")};
	enum status st = open_body(x, &sheet);
	if (st == ST_OK)
		st = intake_run(tx, &intake_invoices, sheet.source, &options, NULL, &report);
	return put_report(x, &report, st);
}

/* keep_good is not for usage: a reference is booked once, so a row left out could not be sent again. */
enum status usage_post(struct exchange *x, struct tx *tx)
{
	SCOPED(sheet) sheet = {.fd = -1};
	struct intake_report report = {0};
	struct usage_report usage = {0};
	const struct intake_options options = {.keep_good = false};
	const struct staged_new new = staged_new_of(x, &intake_usage, false);
	enum status st = check_name(x, new.file_name);
	if (st == ST_OK && is_long(x, &intake_usage))
		return begin_staged(x, tx, &new);
	if (st == ST_OK)
		st = open_body(x, &sheet);
	if (st == ST_OK)
		st = intake_run(tx, &intake_usage, sheet.source, &options, &usage, &report);
	if (st == ST_OK) {
		jo_i64(&x->o, "documents", usage.documents);
		jo_i64(&x->o, "waiting", usage.waiting);
		jo_i64(&x->o, "known", usage.known);
		if (usage.waiting)
			tx_changed(tx, "imports", 0, 0, 0); /* who has the list of waiting lines open sees them come */
	}
	return put_report(x, &report, st);
}

enum status delivery_note_post(struct exchange *x, struct tx *tx)
{
	SCOPED(sheet) sheet = {.fd = -1};
	struct intake_report report = {0};
	struct note_report note;
	struct doc receipt;
	enum status st = api_document(x, tx_db(tx), &receipt_kind, &receipt);
	if (st == ST_OK)
		st = open_body(x, &sheet);
	if (st == ST_OK)
		st = note_take(tx, &receipt, sheet.source, query_get(x, "map"), is_on(x, "keep_good"), &note, &report);
	if (st == ST_OK) {
		jo_i64(&x->o, "lines", note.lines);
		jo_i64(&x->o, "codes", note.codes);
	}
	return put_report(x, &report, st);
}

/* A CSV of the head line; the JSON object that the dispatcher has opened goes elsewhere. */
enum status import_template_read(struct exchange *x, struct db *db)
{
	const struct intake_kind *kind = intake_kind_find(x->params[0]);
	(void)db;
	if (!kind && strcmp(x->params[0], intake_usage.name) == 0)
		kind = &intake_usage;
	if (!kind)
		return ST_NOT_FOUND;
	x->o = (struct jo){&x->render_input, true};
	buf_clear(&x->reply.body);
	intake_template(kind, &x->reply.body);
	x->reply.content_type = "text/csv; charset=utf-8";
	x->reply.file_name = arena_printf(&x->arena, "%s.csv", kind->name);
	return ST_OK;
}

/* ---- column maps ---- */

SQL(select_supplier, "SELECT id FROM supplier WHERE id = :id");

enum status column_map_read(struct exchange *x, struct db *db)
{
	struct csv_alias *rows = NULL;
	if (!db_i64(db, 0, select_supplier, I64(":id", x->id)))
		return ST_NOT_FOUND;
	size_t n = column_map_load(db, &x->arena, x->id, &rows);
	jo_name(&x->o, "columns");
	jo_open(&x->o, '[');
	for (size_t i = 0; i < n; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "field", rows[i].field);
		jo_text(&x->o, "column", rows[i].column);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	return ST_OK;
}

enum status column_map_post(struct exchange *x, struct tx *tx)
{
	const struct column_map_in *in = x->in;
	struct csv_alias *rows = arena_array(&x->arena, in->column_count, sizeof *rows);
	for (size_t i = 0; i < in->column_count; i++)
		rows[i] = (struct csv_alias){in->columns[i].field, in->columns[i].column};
	enum status st = column_map_save(tx, x->id, rows, in->column_count);
	jo_id(&x->o, "id", x->id);
	return st;
}

/* ---- usage that waits ---- */

static const struct word_title waiting_states[] = {{"open", "待对码"}, {"matched", "已对码"}, {NULL, NULL}};
static const struct list_column waiting_columns[] = {
        {"id", L_ID, "w.id", "编号", NULL},
        {"site_id", L_ID, "w.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"reference", L_TEXT, "w.reference", "单据号", NULL},
        {"item_code", L_TEXT, "w.item_code", "HIS 药品编码", NULL},
        {"item_name", L_TEXT, "w.item_name", "HIS 药品名称", NULL},
        {"units", L_INT, "w.quantity", "数量", NULL},
        {"lot", L_TEXT, "w.lot", "批号", NULL},
        {"reason", L_TEXT, "w.why", "原因", NULL},
        {"at_ms", L_INT, "w.at_ms", "时间", NULL},
        {"state", L_TEXT, "w.state", "状态", NULL},
        {"state_title", L_TEXT, "w.state", "状态名称", waiting_states},
        {"document_id", L_ID, "w.document_id", "登记单编号", NULL},
        {NULL, L_INT, NULL, NULL, NULL},
};
static const struct list_filter waiting_filters[] = {
        {"state", L_TEXT, "w.state = :f_state_t"}, {"site_id", L_ID, "w.site_id = :f_site_id_id"}, {NULL, L_INT, NULL}};
static const struct list_path waiting_paths[] = {
        {.from = "user_site us JOIN usage_unmatched w ON w.site_id = us.site_id JOIN site s ON s.id = w.site_id JOIN place p ON "
                 "p.id = "
                 "w.place_id WHERE us.user_id = :me_id",
         .keys = {"w.id"},
         .newest_first = true},
};
const struct list_spec list_usage_unmatched = {.name = "usage-unmatched",
                                               .title = "待对码用量",
                                               .columns = waiting_columns,
                                               .filters = waiting_filters,
                                               .paths = waiting_paths};

enum status usage_match_post(struct exchange *x, struct tx *tx)
{
	const struct usage_match_in *in = x->in;
	struct doc doc = {0};
	enum status st = usage_match(tx, x->id, in->product_id, in->factor, &doc);
	if (st != ST_OK)
		return st;
	tx_changed(tx, "imports", 0, 0, x->id);
	jo_id(&x->o, "id", x->id);
	jo_text(&x->o, "state", "matched");
	jo_id(&x->o, "document_id", doc.id);
	jo_text(&x->o, "number", doc.number);
	return st;
}

#define CODE_OF(kind) "(SELECT min(c.code) FROM product_code c WHERE c.product_id = i.product_id AND c.kind = '" kind "')"
static const struct list_column item_columns[] = {
        {"site_id", L_ID, "i.site_id", "机构编号", NULL},
        {"site_code", L_TEXT, "s.code", "机构代码", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"item_code", L_TEXT, "i.code", "HIS 药品编码", NULL},
        {"item_name", L_TEXT, "i.item_name", "HIS 药品名称", NULL},
        {"product_id", L_ID, "i.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"factor", L_INT, "i.factor", "每 HIS 单位的数量", NULL},
        {"nhsa_code", L_TEXT, CODE_OF("nhsa"), "医保编码", NULL},
        {"platform_code", L_TEXT, CODE_OF("platform"), "平台编码", NULL},
        {"at_ms", L_INT, "i.at_ms", "对码时间", NULL},
        {"by", L_TEXT, "u.display_name", "对码人", NULL},
        {NULL, L_INT, NULL, NULL, NULL},
};
static const struct list_filter item_filters[] = {{"site_id", L_ID, "i.site_id = :f_site_id_id"},
                                                  {"item_code", L_TEXT, "i.code = :f_item_code_t"},
                                                  {"product_id", L_ID, "i.product_id = :f_product_id_id"},
                                                  {NULL, L_INT, NULL}};
#define ITEMS_OF                                                                                                          \
	"user_site us CROSS JOIN his_item i ON i.site_id = us.site_id JOIN site s ON s.id = i.site_id JOIN product p ON " \
	"p.id = i.product_id LEFT JOIN app_user u ON u.id = i.by_user WHERE us.user_id = :me_id"
static const struct list_path item_paths[] = {
        {"item_code", ITEMS_OF, {"i.site_id", "i.id"}, false, &list_few},
        {"product_id", ITEMS_OF, {"i.site_id", "i.id"}, false, &list_few},
        {NULL, ITEMS_OF, {"us.site_id", "i.id"}, false, NULL},
};
static const char *const item_served[] = {"site_id", NULL};
static const char *const item_q[] = {"item_code", NULL};
const struct list_spec list_his_items = {.name = "his-items",
                                         .title = "HIS 对码表",
                                         .columns = item_columns,
                                         .filters = item_filters,
                                         .paths = item_paths,
                                         .served = item_served,
                                         .q_as = item_q};
