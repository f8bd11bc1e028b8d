/* 生产企业 (MAH) and 配送关系: who makes what, and which distributor may deliver whose goods to us. */
#pragma once
#include "core/write.h"

struct maker_new {
	const char *code, *name, *credit_code, *phone; /* code NULL: a running one; credit_code and phone may be NULL */
};
/* ALREADY_EXISTS where code or name is taken. */
MUST_CHECK enum status maker_make(struct tx *tx, const struct maker_new *in, int64_t *id);
/* Ties a product to the maker that its words name; a new one is made where there is none of that name. */
void maker_of_product(struct tx *tx, int64_t product_id, const char *words);

struct delivery_right_new {
	int64_t supplier_id, maker_id, from_ymd, until_ymd; /* until 0: open */
	const char *region;                                 /* may be NULL */
};
/* INVALID_FIELD, ALREADY_EXISTS where the same right begins on the same day. */
MUST_CHECK enum status delivery_right_add(struct tx *tx, const struct delivery_right_new *in, int64_t *id);
/* Takes a right back from today on, with the reason. NOT_FOUND, WRONG_STATE. */
MUST_CHECK enum status delivery_right_end(struct tx *tx, int64_t id, const char *note);
