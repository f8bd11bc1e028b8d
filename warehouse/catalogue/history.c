#include "warehouse/catalogue/history.h"

#include <string.h>

SQL(insert_history,
    "INSERT INTO product_history (id, product_id, field, old_value, new_value, from_ymd, at_ms, by_user, why, document_id) "
    "VALUES (:id, :product_id, :field_t, :old_t, :new_t, :from_ymd, :at_ms, :by_id, :why_t, :document_id)");

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

void product_history_add(struct tx *tx, int64_t product_id, const char *field, const char *old_value, const char *new_value,
                         const struct because *because)
{
	if (same_text(old_value, new_value))
		return;
	db_exec(tx, insert_history, I64(":id", tx_new_id(tx)), I64(":product_id", product_id), TEXT(":field_t", field),
	        TEXT(":old_t", old_value), TEXT(":new_t", new_value),
	        I64(":from_ymd", because && because->from_ymd ? because->from_ymd : tx->today_ymd), I64(":at_ms", tx->now_ms),
	        ID(":by_id", tx->me.id), TEXT(":why_t", because && because->why ? because->why : "导入"),
	        ID(":document_id", because ? because->document_id : 0));
}
