/*
 * UDI of consumables (医疗器械唯一标识): the DI says which product and package, the PI says lot, dates and serial. Read from
 * GS1 messages and links and from labels of MA; those of AHM are kept as unknown codes. An implant (flag `implant`) comes in
 * with its UDI or not at all: each piece by its serial, or, where the maker marks lots only, the line by a label with the lot.
 */
#pragma once
#include "core/code.h"
#include "core/write.h"

struct udi {
	const char *label;        /* as people read it: (01)…(17)…(10)…(21)… */
	const char *di;           /* GTIN of 14 digits, or 25 characters of MA */
	const char *lot, *serial; /* NULL: not on the label */
	int32_t made_ymd, expiry_ymd;
};
/* What a scan says as a UDI; false where it holds no DI, or a DI alone in a plain bar code. RULE DOMAIN-12.1-udi */
bool udi_of(struct arena *a, const struct code *code, struct udi *out);

/* What was typed beside a label. */
struct udi_line {
	const char *lot;
	int64_t made_ymd, expiry_ymd; /* 0: not given */
};
/*
 * Fills from the label what was not typed. CODE_UNKNOWN for a text that is no UDI, NOT_ON_ORDER for another product's,
 * INVALID_FIELD where the label says something else than was typed; field: of the label, row: from 1.
 */
MUST_CHECK enum status udi_fill(struct tx *tx, const char *text, int64_t product_id, const char *field, int64_t row,
                                struct udi *udi, struct udi_line *line);
/* NEEDS_UDI where an implant would come in without: covered: its pieces all have serials. RULE DOMAIN-12.1-implant */
MUST_CHECK enum status udi_check_implant(struct tx *tx, int64_t product_id, const char *name, const struct udi *udi, bool covered,
                                         const char *field, int64_t row);
