/* 报量, 约定量调剂 and 特批. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/volume/reallocation.h"
#include "warehouse/volume/release.h"
#include "warehouse/volume/report.h"
#include "warehouse/volume/round.h"

#define OF_ROUND                                                                                            \
	{"round_id", L_ID, "b.round_id", "批次编号", NULL}, {"round_name", L_TEXT, "r.name", "批次", NULL}, \
	        {"site_id", L_ID, "d.from_site_id", "机构编号", NULL},                                      \
	{                                                                                                   \
		"site_name", L_TEXT, "fs.name", "机构", NULL                                                \
	}
static const struct list_column report_columns[] = {
        DOC_HEAD,
        OF_ROUND,
        {"lines", L_INT, "(SELECT count(*) FROM volume_report_line l WHERE l.report_id = b.id AND l.dropped = 0)", "明细行数",
         NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS,
                                             {"round_id", L_ID, "b.round_id = :f_round_id_id"},
                                             {"site_id", L_ID, "d.from_site_id = :f_site_id_id"},
                                             NO_FILTER};
#define MORE(table) \
	"JOIN " table " b ON b.id = d.id JOIN volume_round r ON r.id = b.round_id LEFT JOIN site fs ON fs.id = d.from_site_id"
static const struct list_path report_paths[] = {DOC_PATHS("volume_report", MORE("volume_report"))};
const struct list_spec list_volume_reports = {.name = "volume-reports",
                                              .title = "报量单",
                                              .columns = report_columns,
                                              .filters = filters,
                                              .paths = report_paths,
                                              .served = doc_served,
                                              .q_as = doc_q};

SQL(select_report, "SELECT b.round_id, r.name, b.site_id FROM volume_report b JOIN volume_round r ON r.id = b.round_id WHERE "
                   "b.id = :id /*all sites: the caller has the document*/");
static const struct list_column report_head[] = {COLUMN("round_id", L_ID), COLUMN("round_name", L_TEXT), COLUMN("site_id", L_ID),
                                                 NO_COLUMN};
#define PACKING "p.id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack"
#define PACKING_COLUMNS                                                                                              \
	COLUMN("product_id", L_ID), COLUMN("product_name", L_TEXT), COLUMN("spec", L_TEXT), COLUMN("maker", L_TEXT), \
	        COLUMN("unit_name", L_TEXT), COLUMN("pack_name", L_TEXT), COLUMN("units_per_pack", L_INT)
SQL(select_report_lines,
    "SELECT l.id, l.n, " PACKING ", l.units, l.confirmed_units, l.reason, coalesce(vp.role, 'non_selected'), coalesce(vp.role, "
    "'non_selected') FROM volume_report b JOIN volume_report_line l ON l.report_id = b.id JOIN product p ON p.id = l.product_id "
    "LEFT JOIN volume_product vp ON vp.product_id = p.id AND vp.round_id = b.round_id WHERE b.id = :id AND l.dropped = 0 ORDER "
    "BY l.n /*all sites: the caller has the document*/");
static const struct list_column report_lines[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        PACKING_COLUMNS,
        COLUMN("units", L_INT),
        COLUMN("confirmed_units", L_INT),
        COLUMN("reason", L_TEXT),
        COLUMN("role", L_TEXT),
        {"role_title", L_TEXT, NULL, NULL, volume_roles},
        NO_COLUMN,
};

enum status volume_report_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &volume_report_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, report_head, select_report, I64(":id", d.id));
	api_rows(x, db, "lines", report_lines, select_report_lines, I64(":id", d.id));
	return ST_OK;
}

static enum status answer(struct exchange *x, const struct doc *d, enum status st)
{
	if (st == ST_OK)
		document_write_answer(d, &x->o);
	return st;
}

enum status volume_report_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = volume_report_make(tx, x->in, &d);
	return answer(x, &d, st);
}

enum status volume_report_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &volume_report_kind, &d);
	if (st == ST_OK)
		st = volume_report_change(tx, &d, x->in);
	return answer(x, &d, st);
}

enum status volume_report_step(struct exchange *x, struct tx *tx)
{
	const struct volume_report_new *in = x->in;
	return api_step(x, tx, &volume_report_kind, in->version, in->note);
}

/* ---- 约定量调剂 ---- */

static const struct list_column reallocation_columns[] = {
        DOC_HEAD,
        OF_ROUND,
        {"to_site_id", L_ID, "d.to_site_id", "调入机构编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "调入机构", NULL},
        DOC_TAIL,
};
static const struct list_path reallocation_paths[] = {
        DOC_PATHS("volume_reallocation", MORE("volume_reallocation") " LEFT JOIN site ts ON ts.id = d.to_site_id")};
const struct list_spec list_volume_reallocations = {.name = "volume-reallocations",
                                                    .title = "约定量调剂单",
                                                    .columns = reallocation_columns,
                                                    .filters = filters,
                                                    .paths = reallocation_paths,
                                                    .served = doc_served,
                                                    .q_as = doc_q};
SQL(select_reallocation, "SELECT b.round_id, r.name FROM volume_reallocation b JOIN volume_round r ON r.id = b.round_id WHERE "
                         "b.id = :id /*all sites: the caller has the document*/");
static const struct list_column reallocation_head[] = {COLUMN("round_id", L_ID), COLUMN("round_name", L_TEXT), NO_COLUMN};
SQL(select_reallocation_lines,
    "SELECT l.n, " PACKING ", l.units, coalesce(v.units, 0), coalesce(v.received_units, 0) FROM volume_reallocation b JOIN "
    "volume_reallocation_line l ON l.reallocation_id = b.id JOIN product p ON p.id = l.product_id LEFT JOIN volume_progress v ON "
    "v.round_id = b.round_id AND v.product_id = p.id AND v.site_id = b.from_site_id WHERE b.id = :id ORDER BY l.n /*all sites: "
    "the caller has the document*/");
static const struct list_column reallocation_lines[] = {
        COLUMN("n", L_INT),
        PACKING_COLUMNS,
        COLUMN("units", L_INT),
        COLUMN("from_committed_units", L_INT),
        COLUMN("from_received_units", L_INT),
        NO_COLUMN,
};

enum status volume_reallocation_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &volume_reallocation_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, reallocation_head, select_reallocation, I64(":id", d.id));
	api_rows(x, db, "lines", reallocation_lines, select_reallocation_lines, I64(":id", d.id));
	return ST_OK;
}

enum status volume_reallocation_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = volume_reallocation_make(tx, x->in, &d);
	return answer(x, &d, st);
}

enum status volume_reallocation_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &volume_reallocation_kind, in->version, in->note);
}

/* ---- 特批 ---- */

#define RELEASED(t)                                                                                                             \
	{"product_id", L_ID, t "product_id", "品种编号", NULL}, {"product_name", L_TEXT, "p.name", "品种", NULL},               \
	        {"spec", L_TEXT, "p.spec", "规格", NULL}, {"maker", L_TEXT, "p.maker", "生产企业", NULL},                       \
	        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL}, {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},         \
	        {"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL},                                              \
	        {"units", L_INT, t "units", "特批数量", NULL}, {"approved_units", L_INT, t "approved_units", "已批数量", NULL}, \
	        {"reason", L_TEXT, t "reason", "特批原因", NULL},                                                               \
	{                                                                                                                       \
		"reason_title", L_TEXT, t "reason", "特批原因名称", volume_reasons                                              \
	}
static const struct list_column release_columns[] = {DOC_HEAD, OF_ROUND, RELEASED("b."), DOC_TAIL};
static const struct list_path release_paths[] = {
        DOC_PATHS("volume_release", MORE("volume_release") " JOIN product p ON p.id = b.product_id")};
const struct list_spec list_volume_releases = {.name = "volume-releases",
                                               .title = "备选与非中选特批",
                                               .columns = release_columns,
                                               .filters = filters,
                                               .paths = release_paths,
                                               .served = doc_served,
                                               .q_as = doc_q};
SQL(select_release,
    "SELECT b.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, b.units, b.approved_units, "
    "b.reason, b.reason, b.round_id, r.name, (SELECT CAST(coalesce(sum(v.received_units), 0) AS BIGINT) FROM volume_progress v "
    "WHERE v.round_id = b.round_id AND v.product_id = b.product_id) FROM volume_release b JOIN volume_round r ON r.id = "
    "b.round_id JOIN product p ON p.id = b.product_id WHERE b.id = :id /*all sites: the caller has the document*/");
static const struct list_column release_head[] = {RELEASED("b."), COLUMN("round_id", L_ID), COLUMN("round_name", L_TEXT),
                                                  COLUMN("received_units", L_INT), NO_COLUMN};

enum status volume_release_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &volume_release_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, release_head, select_release, I64(":id", d.id));
	return ST_OK;
}

enum status volume_release_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = volume_release_make(tx, x->in, &d);
	return answer(x, &d, st);
}

enum status volume_release_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &volume_release_kind, in->version, in->note);
}
