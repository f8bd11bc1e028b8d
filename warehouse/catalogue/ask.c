#include "warehouse/catalogue/ask.h"

#include "warehouse/catalogue/flag.h"
#include "warehouse/catalogue/levels.h"

#include <string.h>

SQL(select_setting, "SELECT value FROM catalogue_setting WHERE name = :name_t");

int64_t catalogue_setting(struct db *db, const char *name, int64_t missing)
{
	return db_i64(db, missing, select_setting, TEXT(":name_t", name));
}

const struct word_title entitlement_kinds[] = {
        {"seal_card", "麻精药品印鉴卡"},         {"toxic", "毒性药品购用许可"},
        {"radioactive", "放射性药品使用许可证"}, {"precursor", "药品类易制毒化学品购用证明"},
        {"preparation", "制剂调剂批件"},         {NULL, NULL}};

/* Which value of which flag needs which permission. RULE DOMAIN-12.5-seal-card */
static const struct {
	const char *flag, *value, *kind;
} needed[] = {
        {"controlled", "narcotic", "seal_card"}, {"controlled", "psychotropic1", "seal_card"},
        {"controlled", "toxic", "toxic"},        {"controlled", "radioactive", "radioactive"},
        {"precursor", "yes", "precursor"},
};
/* The grades of antibiotics that a branch may use, from the lowest. RULE DOMAIN-12.3-antibiotic-levels */
static const struct {
	enum list_level level;
	const char *grades; /* each between semicolons */
} antibiotic_grades[] = {
        {LEVEL_LIST_TOWNSHIP, ";unrestricted;restricted;"},
        {LEVEL_LIST_VILLAGE, ";unrestricted;"},
};

/* One question under way. */
struct asking {
	struct db *db;
	struct arena *a;
	int64_t site_id, units;
	const struct product *p;
	int32_t ymd;
	enum list_level level;
	struct ask_answer *answer;
};

static const char *flag_of(const struct asking *k, const char *flag)
{
	return product_flag_on(k->db, k->a, k->p->id, flag, k->ymd);
}

static bool refuse(struct asking *k, enum status st, const char *why)
{
	k->answer->st = st;
	k->answer->why = why;
	return false;
}

/* ---- permissions ---- */

#define PERMIT_IN_FORCE                                                                                              \
	" FROM entitlement WHERE site_id = :site_id AND kind = :kind_t AND from_ymd <= :ymd AND to_ymd >= :ymd AND " \
	"coalesce(product_id, 0) = :product_id ORDER BY to_ymd DESC LIMIT 1 /*all sites: the site that asks*/"
SQL(select_permit, "SELECT id" PERMIT_IN_FORCE);
SQL(select_left,
    "SELECT e.units - (SELECT CAST(coalesce(sum(u.units), 0) AS BIGINT) FROM entitlement_use u WHERE u.entitlement_id = e.id) "
    "FROM entitlement e "
    "WHERE e.id = :id AND e.units IS NOT NULL /*all sites: the site that asks*/");

static int64_t permit_of(const struct asking *k, const char *kind, int64_t product_id)
{
	return db_i64(k->db, 0, select_permit, I64(":site_id", k->site_id), TEXT(":kind_t", kind), I64(":ymd", k->ymd),
	              I64(":product_id", product_id));
}

static bool check_permits(struct asking *k)
{
	const char *value = NULL;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (i == 0 || strcmp(needed[i].flag, needed[i - 1].flag) != 0)
			value = flag_of(k, needed[i].flag);
		if (!value || strcmp(value, needed[i].value) != 0 || permit_of(k, needed[i].kind, 0))
			continue;
		return refuse(k, ST_NO_ENTITLEMENT,
		              arena_printf(k->a, "%s 须凭%s购用, 收货机构没有有效的登记; 请总药师登记证号和有效期后再办",
		                           k->p->name, word_title(entitlement_kinds, needed[i].kind)));
	}
	return true;
}

static bool is_bound_to_permit(const struct asking *k)
{
	return strcmp(k->p->kind, "preparation") == 0 && k->level != LEVEL_LIST_COUNTY;
}

/* RULE DOMAIN-12.1-preparation-permit: only the units that the 调剂批件 names, in its period, up to its quantity. */
static bool check_preparation_permit(struct asking *k)
{
	if (!is_bound_to_permit(k) || permit_of(k, "preparation", k->p->id))
		return true;
	return refuse(k, ST_NO_ENTITLEMENT,
	              arena_printf(k->a, "%s 是院内制剂, 本机构不在有效的调剂批件内; 请总药师登记批件后再请领", k->p->name));
}

static bool check_preparation(struct asking *k)
{
	if (!is_bound_to_permit(k) || !check_preparation_permit(k))
		return k->answer->st == ST_OK;
	int64_t permit = permit_of(k, "preparation", k->p->id);
	int64_t left = db_i64(k->db, INT64_MAX, select_left, I64(":id", permit));
	if (k->units > left)
		return refuse(k, ST_OVER_LIMIT,
		              arena_printf(k->a, "%s 的调剂批件只剩 %lld %s, 请减少数量", k->p->name, (long long)left,
		                           k->p->unit_name));
	if (left != INT64_MAX)
		k->answer->entitlement_id = permit;
	return true;
}

/* ---- exceptions ---- */

SQL(select_exception,
    "SELECT e.id FROM document_scope s JOIN exception e ON e.id = s.document_id JOIN document d ON d.id = e.id WHERE s.site_id = "
    ":site_id AND s.kind = 'exception' AND s.state = 'approved' AND d.from_site_id = :site_id AND e.product_id = :product_id AND "
    "e.until_ymd >= :ymd AND e.units - e.used_units >= :units ORDER BY e.until_ymd, e.id LIMIT 1 /*all sites: the site that "
    "asks*/");

static bool has_exception(struct asking *k)
{
	if (!k->answer->exception_id)
		k->answer->exception_id = db_i64(k->db, 0, select_exception, I64(":site_id", k->site_id),
		                                 I64(":product_id", k->p->id), I64(":ymd", k->ymd), I64(":units", k->units));
	return k->answer->exception_id != 0;
}

/* ---- grades and lists ---- */

/* Is it an antibiotic of a grade that the site's level may use? *bound: it is one, at a level that is bound. */
static bool check_grade_of(struct asking *k, bool *bound)
{
	const char *grade = flag_of(k, "antibiotic"), *grades = NULL;
	for (size_t i = 0; i < sizeof antibiotic_grades / sizeof *antibiotic_grades; i++)
		if (antibiotic_grades[i].level == k->level)
			grades = antibiotic_grades[i].grades;
	*bound = grade && grades;
	if (!*bound)
		return true;
	if (!strstr(grades, arena_printf(k->a, ";%s;", grade)))
		return refuse(k, ST_LEVEL_FORBIDS,
		              arena_printf(k->a, "%s 是%s抗菌药物, %s机构不能使用; 请改用低一级的品种或转诊", k->p->name,
		                           word_title(flag_kind_find("antibiotic")->values, grade), list_level_title(k->level)));
	return true;
}

static bool check_grade(struct asking *k)
{
	bool bound = false;
	return check_grade_of(k, &bound);
}

static bool check_antibiotic(struct asking *k)
{
	bool bound = false;
	if (!check_grade_of(k, &bound) || !bound)
		return k->answer->st == ST_OK;
	if (flag_of(k, "essential") || has_exception(k))
		return true;
	k->answer->exception_helps = true;
	return refuse(k, ST_LEVEL_FORBIDS,
	              arena_printf(k->a, "%s 不是基本药物, %s机构的抗菌药物限于基本药物; 确需使用请申请临时采购", k->p->name,
	                           list_level_title(k->level)));
}

/* RULE DOMAIN-12.5-psychotropic2: who may not prescribe it cannot ask for it, not once either. */
static bool check_psychotropic(struct asking *k)
{
	const char *value = k->level == LEVEL_LIST_VILLAGE ? flag_of(k, "controlled") : NULL;
	if (!value || strcmp(value, "psychotropic2") != 0)
		return true;
	return refuse(k, ST_LEVEL_FORBIDS,
	              arena_printf(k->a, "%s 是第二类精神药品, 村卫生室不能请领; 请转乡镇卫生院", k->p->name));
}

/* RULE DOMAIN-12.3-ephedrine: a village takes only so many packs at a time. */
static bool check_ephedrine(struct asking *k)
{
	if (k->level != LEVEL_LIST_VILLAGE || !flag_of(k, "ephedrine"))
		return true;
	int64_t most = catalogue_setting(k->db, "ephedrine_packs", 20);
	if (k->units <= most * k->p->units_per_pack)
		return true;
	return refuse(
	        k, ST_OVER_LIMIT,
	        arena_printf(k->a, "%s 含麻黄碱, 村卫生室每次最多请领 %lld %s", k->p->name, (long long)most, k->p->pack_name));
}

/* The same drug of another maker or pack that the list holds: what to ask for instead. */
SQL(select_instead,
    "SELECT p.code, p.name, p.spec FROM product mine JOIN drug md ON md.id = mine.drug_id JOIN drug d ON d.name = md.name JOIN "
    "product p ON p.drug_id = d.id AND p.active = 1 AND p.id <> mine.id JOIN level_list l ON l.product_id = p.id AND l.level = "
    ":level AND l.from_ymd <= :ymd AND (l.to_ymd IS NULL OR l.to_ymd >= :ymd) WHERE mine.id = :id ORDER BY p.code LIMIT 3");

static const char *instead_of(struct asking *k)
{
	const char *out = NULL;
	SCOPED(rows) r = db_query(k->db, select_instead, I64(":level", k->level), I64(":ymd", k->ymd), I64(":id", k->p->id));
	while (rows_next(&r))
		out = arena_printf(k->a, "%s%s%s %s %s", out ? out : "", out ? ", " : "", col_text(k->a, &r, 0),
		                   col_text(k->a, &r, 1), col_text(k->a, &r, 2));
	return out;
}

static bool check_list(struct asking *k)
{
	if (k->level == LEVEL_NONE || level_list_holds(k->db, k->level, k->p->id, k->ymd) || has_exception(k))
		return true;
	const char *instead = instead_of(k);
	k->answer->exception_helps = true;
	return refuse(k, ST_NOT_IN_LIST,
	              arena_printf(k->a, "%s %s 不在%s目录; %s%s%s申请临时采购", k->p->name, k->p->spec,
	                           list_level_title(k->level), instead ? "可改领同通用名的 " : "请", instead ? instead : "",
	                           instead ? ", 或" : ""));
}

typedef bool check(struct asking *k);

/* The first check that fails answers; checks end with NULL. */
static struct ask_answer ask(struct db *db, struct arena *a, int64_t site_id, const struct product *p, int64_t units, int32_t ymd,
                             check *const *checks)
{
	struct ask_answer answer = {.st = ST_OK};
	struct asking k = {db, a, site_id, units, p, ymd, list_level_of_site(db, site_id), &answer};
	while (*checks && (*checks)(&k))
		checks++;
	return answer;
}

struct ask_answer branch_may_ask(struct db *db, struct arena *a, int64_t site_id, const struct product *p, int64_t units,
                                 int32_t ymd)
{
	static check *const all[] = {
	        check_permits, check_preparation, check_psychotropic, check_antibiotic, check_ephedrine, check_list, NULL};
	return ask(db, a, site_id, p, units, ymd, all);
}

static enum status tell(struct tx *tx, int64_t site_id, struct ask_answer answer, const char *field, int64_t row)
{
	if (answer.st == ST_OK)
		return ST_OK;
	tx->refusal_site_id = site_id;
	return tx_fail(tx, answer.st, field, row, "%s", answer.why);
}

enum status branch_check_line(struct tx *tx, int64_t site_id, const struct product *p, int64_t units, const char *field,
                              int64_t row)
{
	return tell(tx, site_id, branch_may_ask(tx_db(tx), tx->arena, site_id, p, units, tx->today_ymd), field, row);
}

enum status branch_check_held(struct tx *tx, int64_t site_id, const struct product *p, const char *field, int64_t row)
{
	static check *const held[] = {check_permits, check_preparation_permit, check_psychotropic, check_grade, NULL};
	return tell(tx, site_id, ask(tx_db(tx), tx->arena, site_id, p, 0, tx->today_ymd, held), field, row);
}

/* ---- counting ---- */

SQL(use_exception, "UPDATE exception SET used_units = used_units + :units WHERE id = :id AND used_units + :units <= units"
                   " /*all sites: the site that asks*/");
SQL(note_exception, "INSERT INTO exception_use (exception_id, request_id, units) VALUES (:id, :request_id, :units) ON CONFLICT "
                    "(exception_id, request_id) DO UPDATE SET units = exception_use.units + excluded.units"
                    " /*all sites: the site that asks*/");
SQL(note_permit, "INSERT INTO entitlement_use (entitlement_id, request_id, units) VALUES (:id, :request_id, :units) ON CONFLICT "
                 "(entitlement_id, request_id) DO UPDATE SET units = entitlement_use.units + excluded.units"
                 " /*all sites: the site that asks*/");

enum status branch_take(struct tx *tx, int64_t document_id, int64_t site_id, const struct product *p, int64_t units)
{
	struct ask_answer answer = branch_may_ask(tx_db(tx), tx->arena, site_id, p, units, tx->today_ymd);
	if (answer.st != ST_OK)
		return tx_fail(tx, answer.st, NULL, 0, "%s", answer.why);
	if (answer.exception_id) {
		if (!db_exec(tx, use_exception, I64(":units", units), I64(":id", answer.exception_id)))
			return tx_fail(tx, ST_OVER_LIMIT, NULL, 0, "%s 的临时采购数量已用完", p->name);
		db_exec(tx, note_exception, I64(":id", answer.exception_id), I64(":request_id", document_id),
		        I64(":units", units));
	}
	if (answer.entitlement_id)
		db_exec(tx, note_permit, I64(":id", answer.entitlement_id), I64(":request_id", document_id),
		        I64(":units", units));
	return ST_OK;
}

SQL(select_used,
    "SELECT u.exception_id, u.units FROM exception_use u JOIN exception e ON e.id = u.exception_id JOIN document d ON d.id = "
    "e.id "
    "WHERE u.request_id = :request_id AND e.product_id = :product_id AND d.from_site_id = :site_id ORDER BY e.until_ymd, e.id "
    "/*all sites: the caller has the request*/");
SQL(give_exception,
    "UPDATE exception SET used_units = used_units - :units WHERE id = :id /*all sites: the caller has the request*/");
SQL(less_exception, "UPDATE exception_use SET units = units - :units WHERE exception_id = :id AND request_id = :request_id"
                    " /*all sites: the caller has the request*/");
SQL(select_permitted,
    "SELECT u.entitlement_id, u.units FROM entitlement_use u JOIN entitlement e ON e.id = u.entitlement_id WHERE u.request_id = "
    ":request_id AND e.product_id = :product_id AND e.site_id = :site_id ORDER BY e.to_ymd, e.id "
    "/*all sites: the caller has the request*/");
SQL(less_permit, "UPDATE entitlement_use SET units = units - :units WHERE entitlement_id = :id AND request_id = :request_id"
                 " /*all sites: the caller has the request*/");

/* What was counted is cut down to `units`; what runs out first is kept first. */
static void keep_only(struct tx *tx, int64_t document_id, bool permit, struct rows *r, int64_t units)
{
	while (rows_next(r)) {
		const int64_t id = col_i64(r, 0), counted = col_i64(r, 1), stays = counted < units ? counted : units;
		const struct arg less[] = {I64(":units", counted - stays), I64(":id", id), I64(":request_id", document_id)};
		units -= stays;
		if (stays == counted)
			continue;
		db_exec_n(tx, permit ? &less_permit : &less_exception, less, sizeof less / sizeof *less);
		if (!permit)
			db_exec(tx, give_exception, I64(":units", counted - stays), I64(":id", id));
	}
}

void branch_keep_only(struct tx *tx, int64_t document_id, int64_t site_id, int64_t product_id, int64_t units)
{
	const struct arg asked[] = {I64(":request_id", document_id), I64(":product_id", product_id), I64(":site_id", site_id)};
	SCOPED(rows) used = db_query_n(tx_db(tx), &select_used, asked, sizeof asked / sizeof *asked);
	keep_only(tx, document_id, false, &used, units);
	rows_drop(&used);
	SCOPED(rows) permitted = db_query_n(tx_db(tx), &select_permitted, asked, sizeof asked / sizeof *asked);
	keep_only(tx, document_id, true, &permitted, units);
}

/* ---- permissions on record ---- */

SQL(insert_permit,
    "INSERT INTO entitlement (id, site_id, kind, product_id, number, from_ymd, to_ymd, units, by_user, at_ms) VALUES "
    "(:id, :site_id, :kind_t, :product_id, :number_t, :from_ymd, :to_ymd, :units, :by_id, :at_ms)");
SQL(end_permit, "UPDATE entitlement SET to_ymd = :to_ymd WHERE id = :id AND to_ymd > :to_ymd AND site_id IN (SELECT site_id FROM "
                "user_site WHERE user_id = :me_id)");

static struct arg units_arg(int64_t units)
{
	return units == INT64_MIN ? (struct arg){.name = ":units", .type = ARG_NULL} : I64(":units", units);
}

enum status entitlement_add(struct tx *tx, const struct new_entitlement *in, int64_t *id)
{
	struct product p;
	bool preparation = strcmp(in->kind, "preparation") == 0;
	if (!me_at_site(tx_db(tx), &tx->me, in->site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (preparation != (in->product_id != 0))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, preparation ? "调剂批件须选择制剂" : "此类许可不指定品种");
	if (in->product_id &&
	    (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK || strcmp(p.kind, "preparation") != 0))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个院内制剂");
	if (in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日期早于起始日期");
	*id = tx_new_id(tx);
	db_exec(tx, insert_permit, I64(":id", *id), I64(":site_id", in->site_id), TEXT(":kind_t", in->kind),
	        ID(":product_id", in->product_id), TEXT(":number_t", in->number), I64(":from_ymd", in->from_ymd),
	        I64(":to_ymd", in->to_ymd), units_arg(in->units), ID(":by_id", tx->me.id), I64(":at_ms", tx->now_ms));
	return ST_OK;
}

enum status entitlement_end(struct tx *tx, int64_t id)
{
	int32_t yesterday = ymd_add_days(tx->today_ymd, -1);
	return db_exec(tx, end_permit, I64(":to_ymd", yesterday), I64(":id", id), I64(":me_id", tx->me.id)) ? ST_OK
	                                                                                                    : ST_NOT_FOUND;
}
