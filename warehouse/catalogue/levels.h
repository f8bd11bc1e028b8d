/*
 * 分级目录: the lists of county, township and village, each row from a day on, and what a branch may ask for. The one
 * question a request puts is branch_may_ask; who plans or suggests asks it too.
 */
#pragma once
#include "warehouse/catalogue/catalogue.h"

enum list_level { LEVEL_NONE, LEVEL_LIST_COUNTY, LEVEL_LIST_TOWNSHIP, LEVEL_LIST_VILLAGE };
/* county, township, village; LEVEL_NONE for another word. */
enum list_level list_level_find(const char *word);
const char *list_level_word(enum list_level level);
const char *list_level_title(enum list_level level); /* 县级, 乡镇, 村级 */
/* The list that a site's kind asks from. */
enum list_level list_level_of_site(struct db *db, int64_t site_id);

/* Does the list hold the product on that day? RULE DOMAIN-6-level-lists */
bool level_list_holds(struct db *db, enum list_level level, int64_t product_id, int32_t ymd);
/* Puts a product on a list from a day on, or takes it off; history included. */
void level_list_put(struct tx *tx, enum list_level level, int64_t product_id, bool holds, const struct because *because);
/* The lists of a product that is there become those that are named; then of a new one: "county;township" or NULL for all lists,
 * from today or the day of because. */
void level_list_sync(struct tx *tx, int64_t product_id, const char *levels, const struct because *because);
void level_list_open(struct tx *tx, int64_t product_id, const char *levels, const struct because *because);
