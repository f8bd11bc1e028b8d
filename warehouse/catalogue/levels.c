#include "warehouse/catalogue/levels.h"

#include "warehouse/catalogue/history.h"

#include <string.h>

static const struct {
	const char *word, *title, *site_kind;
} levels[] = {
        [LEVEL_NONE] = {"", "", ""},
        [LEVEL_LIST_COUNTY] = {"county", "县级", "lead"},
        [LEVEL_LIST_TOWNSHIP] = {"township", "乡镇", "township"},
        [LEVEL_LIST_VILLAGE] = {"village", "村级", "clinic"},
};

enum list_level list_level_find(const char *word)
{
	for (int i = LEVEL_LIST_COUNTY; i <= LEVEL_LIST_VILLAGE; i++)
		if (strcmp(levels[i].word, word) == 0)
			return (enum list_level)i;
	return LEVEL_NONE;
}

const char *list_level_word(enum list_level level)
{
	return levels[level].word;
}

const char *list_level_title(enum list_level level)
{
	return levels[level].title;
}

SQL(select_kind, "SELECT kind FROM site WHERE id = :id");

enum list_level list_level_of_site(struct db *db, int64_t site_id)
{
	SCOPED(arena) a = {0};
	const char *kind = db_text(db, &a, select_kind, I64(":id", site_id));
	for (int i = LEVEL_LIST_COUNTY; kind && i <= LEVEL_LIST_VILLAGE; i++)
		if (strcmp(levels[i].site_kind, kind) == 0)
			return (enum list_level)i;
	return LEVEL_NONE;
}

SQL(select_row, "SELECT from_ymd FROM level_list WHERE level = :level AND product_id = :product_id AND from_ymd <= :ymd AND "
                "(to_ymd IS NULL OR to_ymd >= :ymd) ORDER BY from_ymd DESC LIMIT 1");
SQL(insert_row, "INSERT INTO level_list (level, product_id, from_ymd, to_ymd, document_id) VALUES (:level, :product_id, "
                ":from_ymd, NULL, :document_id) ON CONFLICT (level, product_id, from_ymd) DO UPDATE SET to_ymd = NULL, "
                "document_id = excluded.document_id");
SQL(end_row, "UPDATE level_list SET to_ymd = :to_ymd WHERE level = :level AND product_id = :product_id AND from_ymd = :from_ymd");
SQL(drop_row, "DELETE FROM level_list WHERE level = :level AND product_id = :product_id AND from_ymd = :from_ymd");

static int64_t row_of(struct db *db, enum list_level level, int64_t product_id, int32_t ymd)
{
	return db_i64(db, 0, select_row, I64(":level", level), I64(":product_id", product_id), I64(":ymd", ymd));
}

bool level_list_holds(struct db *db, enum list_level level, int64_t product_id, int32_t ymd)
{
	return row_of(db, level, product_id, ymd) != 0;
}

static void write_row(struct tx *tx, enum list_level level, int64_t product_id, const struct because *because, int32_t from)
{
	db_exec(tx, insert_row, I64(":level", level), I64(":product_id", product_id), I64(":from_ymd", from),
	        ID(":document_id", because ? because->document_id : 0));
}

/* A row that began on the day it ends never held. */
static void close_row(struct tx *tx, enum list_level level, int64_t product_id, int64_t began, int32_t from)
{
	if (began == from)
		db_exec(tx, drop_row, I64(":level", level), I64(":product_id", product_id), I64(":from_ymd", began));
	else
		db_exec(tx, end_row, I64(":to_ymd", ymd_add_days(from, -1)), I64(":level", level), I64(":product_id", product_id),
		        I64(":from_ymd", began));
}

void level_list_put(struct tx *tx, enum list_level level, int64_t product_id, bool holds, const struct because *because)
{
	int32_t from = because && because->from_ymd ? because->from_ymd : tx->today_ymd;
	int64_t began = row_of(tx_db(tx), level, product_id, from);
	if ((began != 0) == holds)
		return;
	if (holds)
		write_row(tx, level, product_id, because, from);
	else
		close_row(tx, level, product_id, began, from);
	product_history_add(tx, product_id, arena_printf(tx->arena, "level.%s", levels[level].word), holds ? "0" : "1",
	                    holds ? "1" : "0", because);
}

static bool names_level(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = list; *p; p += strcspn(p, ";"), p += *p == ';')
		if (strcspn(p, ";") == n && memcmp(p, word, n) == 0)
			return true;
	return false;
}

void level_list_open(struct tx *tx, int64_t product_id, const char *list, const struct because *because)
{
	int32_t from = because && because->from_ymd ? because->from_ymd : tx->today_ymd;
	for (int i = LEVEL_LIST_COUNTY; i <= LEVEL_LIST_VILLAGE; i++)
		if (!list || names_level(list, levels[i].word))
			write_row(tx, (enum list_level)i, product_id, because, from);
}

void level_list_sync(struct tx *tx, int64_t product_id, const char *list, const struct because *because)
{
	for (int i = LEVEL_LIST_COUNTY; list && i <= LEVEL_LIST_VILLAGE; i++)
		level_list_put(tx, (enum list_level)i, product_id, names_level(list, levels[i].word), because);
}
