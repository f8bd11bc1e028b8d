#include "warehouse/catalogue/flag.h"

#include "core/text.h"
#include "warehouse/catalogue/control.h"
#include "warehouse/catalogue/history.h"

#include <string.h>

#define WORDS_MAX 60

static const struct word_title yes[] = {{"yes", "是"}, {NULL, NULL}};
static const struct word_title controlled[] = {
        {"narcotic", "麻醉药品"},    {"psychotropic1", "第一类精神药品"}, {"psychotropic2", "第二类精神药品"},
        {"toxic", "医疗用毒性药品"}, {"radioactive", "放射性药品"},       {NULL, NULL}};
static const struct word_title antibiotic[] = {
        {"unrestricted", "非限制使用级"}, {"restricted", "限制使用级"}, {"special", "特殊使用级"}, {NULL, NULL}};
static const struct word_title high_alert[] = {{"A", "A 级"}, {"B", "B 级"}, {"C", "C 级"}, {NULL, NULL}};
static const struct word_title shortage[] = {{"short", "短缺"}, {"scarce", "易短缺"}, {NULL, NULL}};
static const struct word_title insurance[] = {{"A", "甲类"}, {"B", "乙类"}, {"C", "丙类"}, {NULL, NULL}};

const struct flag_kind flag_kinds[] = {
        {"controlled", "特殊管理", controlled,
         "麻醉、精一、毒性、放射: 没有相应许可 (印鉴卡等) 的机构不能请领; 精二: 村卫生室不能请领, 拣货人自己发出须逐盒扫过码",
         true},
        {"antibiotic", "抗菌药物分级", antibiotic,
         "乡镇只能请领基本药物目录内的非限制、限制级, 村级只能请领非限制级; 计入品种数上限和临时采购次数", true},
        {"high_alert", "高警示药品", high_alert,
         "拣货人自己发出: A 级不可以, B 级须逐盒扫过码, C 级每批扫过一盒; 目录、请领、配货明细显示标记", true},
        {"look_alike", "听似看似", NULL,
         "不能与易混淆的药同放一个货位; 拣货人自己发出须每批扫过一盒; 目录、请领、配货明细显示易混淆的药名", true},
        {"cold_chain", "冷链药品", yes, "储存条件须为冷藏; 收货单附运输温度记录才能判为合格", false},
        {"monitored", "重点监控", yes, "不能临时采购; 月度监测名单", false},
        {"negotiated", "国谈药", yes, "不计入一品两规", false},
        {"shortage", "短缺/易短缺", shortage, "无挂网价时可以短缺为由备案采购; 临时采购不受次数限制", false},
        {"rescue", "急抢救药", yes, "无挂网价时可以急抢救为由备案采购; 临时采购不受次数限制", true},
        {"precursor", "药品类易制毒", yes, "没有购用许可的机构不能请领", true},
        {"ephedrine", "含麻黄碱复方", yes, "村卫生室每次请领有数量上限", true},
        {"essential", "基本药物", yes, "抗菌药物进入乡镇、村的条件; 分级目录的基本药物占比", true},
        {"insurance", "医保类别", insurance, "分级目录衔接表的甲、乙、丙类通用名数", false},
        {"selected", "中选药品", yes, "同通用名中优先提示; 不计入一品两规", false},
        {"implant", "植入类耗材", yes, "收货须扫 UDI: 逐件带序列号, 只标批号的按批; 有序列号的逐件追溯", true},
        {NULL, NULL, NULL, NULL, false},
};

const struct flag_kind *flag_kind_find(const char *name)
{
	for (const struct flag_kind *k = flag_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

#define OF_FLAG " FROM product_flag WHERE product_id = :product_id AND flag = :flag_t"
#define LATEST OF_FLAG " AND from_ymd <= :ymd AND (to_ymd IS NULL OR to_ymd >= :ymd) ORDER BY from_ymd DESC, id DESC LIMIT 1"
SQL(select_flag, "SELECT value" LATEST);
/* What begins behind a day and was not taken back before it began. */
#define LATER OF_FLAG " AND from_ymd > :ymd AND (to_ymd IS NULL OR to_ymd >= from_ymd) ORDER BY from_ymd, id"
SQL(select_next, "SELECT from_ymd" LATER " LIMIT 1");
SQL(select_later, "SELECT id, value, from_ymd" LATER " LIMIT 100");
SQL(insert_flag, "INSERT INTO product_flag (id, product_id, flag, value, from_ymd, to_ymd, source, by_user, at_ms, document_id) "
                 "VALUES (:id, :product_id, :flag_t, :value_t, :from_ymd, :to_ymd, :source_t, :by_id, :at_ms, :document_id)");
SQL(end_flag, "UPDATE product_flag SET to_ymd = :to_ymd WHERE id = :id");
SQL(end_held,
    "UPDATE product_flag SET to_ymd = :to_ymd WHERE product_id = :product_id AND flag = :flag_t AND from_ymd <= :ymd AND "
    "(to_ymd IS NULL OR to_ymd >= :ymd)");

const char *product_flag_on(struct db *db, struct arena *a, int64_t product_id, const char *flag, int32_t ymd)
{
	return db_text(db, a, select_flag, I64(":product_id", product_id), TEXT(":flag_t", flag), I64(":ymd", ymd));
}

/* The day on which the next value on record begins behind this one; 0: none. */
static int32_t next_begin(struct db *db, const struct new_flag *in)
{
	return (int32_t)db_i64(db, 0, select_next, I64(":product_id", in->product_id), TEXT(":flag_t", in->flag),
	                       I64(":ymd", in->from_ymd));
}

static void keep_history(struct tx *tx, const struct new_flag *in, const char *before, const char *after, int32_t from_ymd)
{
	const struct because because = {in->source, in->document_id, from_ymd};
	product_history_add(tx, in->product_id, arena_printf(tx->arena, "flag.%s", in->flag), before, after, &because);
}

/* What was to begin later does not: it stays on record as ended before its first day. */
static void keep_from_beginning(struct tx *tx, const struct new_flag *in)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_later, I64(":product_id", in->product_id), TEXT(":flag_t", in->flag),
	             I64(":ymd", in->from_ymd));
	while (rows_next(&r)) {
		int32_t from = (int32_t)col_i64(&r, 2);
		keep_history(tx, in, col_text(tx->arena, &r, 1), NULL, from);
		db_exec(tx, end_flag, I64(":to_ymd", ymd_add_days(from, -1)), I64(":id", col_i64(&r, 0)));
	}
}

/* A value without an end lasts until the next on record begins; one with an end says in the history what comes after it. */
static void begin_value(struct tx *tx, const struct new_flag *in)
{
	struct db *db = tx_db(tx);
	int32_t next = in->to_ymd ? 0 : next_begin(db, in), to = next ? ymd_add_days(next, -1) : in->to_ymd;
	db_exec(tx, insert_flag, I64(":id", tx_new_id(tx)), I64(":product_id", in->product_id), TEXT(":flag_t", in->flag),
	        TEXT(":value_t", in->value), I64(":from_ymd", in->from_ymd), ID(":to_ymd", to),
	        TEXT(":source_t", in->source ? in->source : "导入"), ID(":by_id", tx->me.id), I64(":at_ms", tx->now_ms),
	        ID(":document_id", in->document_id));
	if (!in->to_ymd)
		return;
	int32_t behind = ymd_add_days(in->to_ymd, 1);
	keep_history(tx, in, in->value, product_flag_on(db, tx->arena, in->product_id, in->flag, behind), behind);
}

SQL(is_open, "SELECT 1" OF_FLAG " AND value = :value_t AND from_ymd <= :ymd AND to_ymd IS NULL LIMIT 1");

/* A start before today that says what holds ever since anyway. */
static bool says_nothing_new(struct tx *tx, const struct new_flag *in)
{
	return in->value && !in->to_ymd && in->from_ymd < tx->today_ymd &&
	       db_i64(tx_db(tx), 0, is_open, I64(":product_id", in->product_id), TEXT(":flag_t", in->flag),
	              TEXT(":value_t", in->value), I64(":ymd", in->from_ymd)) != 0;
}

SQL(show_controlled, "UPDATE product SET controlled = :value_t WHERE id = :id");

void product_flag_put(struct tx *tx, const struct new_flag *in)
{
	struct db *db = tx_db(tx);
	const char *before = product_flag_on(db, tx->arena, in->product_id, in->flag, in->from_ymd);
	if (says_nothing_new(tx, in))
		return;
	db_exec(tx, end_held, I64(":to_ymd", ymd_add_days(in->from_ymd, -1)), I64(":product_id", in->product_id),
	        TEXT(":flag_t", in->flag), I64(":ymd", in->from_ymd));
	keep_history(tx, in, before, in->value, in->from_ymd);
	if (in->value)
		begin_value(tx, in);
	else
		keep_from_beginning(tx, in);
	if (strcmp(in->flag, "controlled") == 0)
		db_exec(tx, show_controlled,
		        TEXT(":value_t", product_flag_on(db, tx->arena, in->product_id, in->flag, tx->today_ymd)),
		        I64(":id", in->product_id));
}

bool flag_value_fits(struct arena *a, const struct flag_kind *kind, const char *value, const char **why)
{
	const struct word_title *w = kind->values;
	if (!w && *value && utf8_count(value) <= WORDS_MAX)
		return true;
	while (w && w->word && strcmp(w->word, value) != 0)
		w++;
	if (w && w->word)
		return true;
	*why = arena_printf(a, "%s没有这个值: %.40s", kind->title, value);
	return false;
}

static enum status check_product(struct tx *tx, const struct new_flag *in)
{
	struct product p;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_NOT_FOUND, NULL, 0, "没有这个品种");
	/* RULE DOMAIN-12.3-cold-flag */
	if (in->value && strcmp(in->flag, "cold_chain") == 0 && strcmp(p.storage, "cold") != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "flag", 0, "%s 的储存条件不是冷藏, 不能标为冷链药品", p.name);
	/* RULE DOMAIN-12.1-implant */
	if (in->value && strcmp(in->flag, "implant") == 0 && strcmp(p.kind, "consumable") != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "flag", 0, "%s 不是医用耗材, 不能标为植入类", p.name);
	return ST_OK;
}

/*
 * RULE DOMAIN-12.3-flags-not-undone: whoever names an end names days that nobody has spoken for, and what begins before today
 * adds to the past; it changes nothing that is on record. A decision of the committee comes into force on its day, even told
 * late.
 */
static enum status check_days(struct tx *tx, const struct new_flag *in)
{
	struct db *db = tx_db(tx);
	int32_t next = next_begin(db, in);
	bool past = in->from_ymd < tx->today_ymd && !in->document_id, reaches = next && (!in->to_ymd || in->to_ymd >= next);
	if (in->to_ymd && in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日期早于起始日期");
	if (says_nothing_new(tx, in))
		return ST_OK;
	if (past && product_flag_on(db, tx->arena, in->product_id, in->flag, in->from_ymd))
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0,
		               "起始日期早于今天, 而那一天已登记有此标识; 已登记的不能倒改, 请从今天起设定");
	if (reaches && (past || (in->to_ymd && in->value)))
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "自 %d 起已另有登记; 请把截止日期定在它之前, 或先结束它",
		               (int)next);
	return ST_OK;
}

static enum status check_flag(struct tx *tx, const struct new_flag *in)
{
	const char *why = NULL;
	const struct flag_kind *kind = flag_kind_find(in->flag);
	if (!kind)
		return tx_fail(tx, ST_INVALID_FIELD, "flag", 0, "没有这个标识: %.40s", in->flag);
	if (in->value && !flag_value_fits(tx->arena, kind, in->value, &why))
		return tx_fail(tx, ST_INVALID_FIELD, "value", 0, "%s", why);
	enum status st = check_product(tx, in);
	return st == ST_OK ? check_days(tx, in) : st;
}

enum status product_flag_set(struct tx *tx, const struct new_flag *in)
{
	enum status st = check_flag(tx, in);
	if (st == ST_OK)
		product_flag_put(tx, in);
	return st;
}

enum status product_flag_check_hand(struct tx *tx, const struct new_flag *in)
{
	const struct flag_kind *kind = flag_kind_find(in->flag);
	if (kind && kind->governed && catalogue_is_controlled(tx_db(tx), tx->today_ymd))
		return tx_fail(tx, ST_CATALOGUE_CONTROLLED, "flag", 0, "%s须经目录调整 (药事委员会), 不能直接设定", kind->title);
	if (kind && kind->governed && tx->me.id && !me_may(&tx->me, PERM_CATALOGUE_DECIDE))
		return tx_fail(tx, ST_FORBIDDEN, "flag", 0, "%s由总药师设定", kind->title);
	return check_flag(tx, in);
}

enum status product_flag_by_hand(struct tx *tx, const struct new_flag *in)
{
	enum status st = product_flag_check_hand(tx, in);
	if (st == ST_OK)
		product_flag_put(tx, in);
	return st;
}

/* A flag that begins or ends on a day of its own needs nobody to write it: only the column that shows it follows. */
SQL(show_day, "UPDATE product SET controlled = " FLAG_ON(
                      "product.id", "controlled") " WHERE id IN (SELECT product_id FROM product_flag "
                                                  "WHERE flag = 'controlled') AND coalesce(controlled, '') <> coalesce(" FLAG_ON(
                                                          "product.id", "controlled") ", '')");

int64_t product_flag_take_day(struct tx *tx)
{
	return db_exec(tx, show_day, I64(":today_ymd", tx->today_ymd));
}
