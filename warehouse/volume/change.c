#include "warehouse/volume/change.h"

#include <string.h>

const struct word_title volume_change_words[] = {
        {"basis", "进度口径"},
        {"other_pm", "非中选上限‰"},
        {"commit_pm", "约定比例‰"},
        {"warn_pm", "落后预警‰"},
        {"role", "中选情况"},
        {"measure_e3", "折算系数"},
        {NULL, NULL},
};

SQL(insert_change,
    "INSERT INTO volume_change (id, round_id, product_id, what, old_value, new_value, reason, at_ms, by_user) VALUES (:id, "
    ":round_id, :product_id, :what_t, :old_t, :new_t, :reason_t, :at_ms, :by_id)");
SQL(select_committed,
    "SELECT 1 FROM volume_group g JOIN drug d ON d.name = g.drug_name AND d.form = g.drug_form JOIN product p ON p.drug_id = "
    "d.id "
    "JOIN volume_progress v ON v.round_id = g.round_id AND v.product_id = p.id AND v.units > 0 WHERE g.generic_id = :generic_id "
    "LIMIT 1 /*all sites: the county buys as one*/");

bool volume_generic_committed(struct db *db, int64_t generic_id)
{
	return db_i64(db, 0, select_committed, I64(":generic_id", generic_id)) != 0;
}

static enum status may_change(struct tx *tx, const struct volume_change *c, const char *reason)
{
	const char *title = word_title(volume_change_words, c->what);
	if (tx->me.id && !me_may(&tx->me, PERM_VOLUME_APPROVE))
		return tx_fail(tx, ST_FORBIDDEN, c->what, 0, "已在执行的%s须由总药师 (批准约定量调剂与特批的人) 修改", title);
	if (!reason || !*reason)
		return tx_fail(tx, ST_REASON_MISSING, "reason", 0, "修改已在执行的%s须写明理由", title);
	return ST_OK;
}

enum status volume_change_take(struct tx *tx, int64_t round_id, const struct volume_change *c, bool binding, const char *reason)
{
	bool same = c->after ? strcmp(c->before, c->after) == 0 : c->before_no == c->after_no;
	enum status st = binding && !same ? may_change(tx, c, reason) : ST_OK;
	if (same || st != ST_OK)
		return st;
	const char *before = c->after ? c->before : arena_printf(tx->arena, "%lld", (long long)c->before_no);
	const char *after = c->after ? c->after : arena_printf(tx->arena, "%lld", (long long)c->after_no);
	db_exec(tx, insert_change, I64(":id", tx_new_id(tx)), I64(":round_id", round_id), ID(":product_id", c->product_id),
	        TEXT(":what_t", c->what), TEXT(":old_t", before), TEXT(":new_t", after), TEXT(":reason_t", reason),
	        I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	return ST_OK;
}
