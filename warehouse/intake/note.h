/*
 * Delivery notes (随货同行单): what a supplier says is on the lorry, announced for a receipt's order. Lots and codes become
 * known, goods do not move. A code row may name its case; a case holds what its children hold. The same note again adds
 * nothing, and a corrected one replaces the announced quantities of the lines that it names.
 */
#pragma once
#include "core/document.h"
#include "warehouse/intake/intake.h"

/* The context of an import of this kind: order_id and receipt_id are given, the rest comes out. */
struct note_report {
	int64_t order_id, receipt_id;
	int64_t lines; /* different lots of order lines */
	int64_t codes; /* code rows that were taken */
	struct note_lot *lots;
	struct note_parent *parents;
	size_t lot_count, lot_cap, parent_count, parent_cap;
};
extern const struct intake_kind intake_note;

/* WRONG_STATE where the receipt is closed, FORBIDDEN at another site; else as intake_run. map NULL: the supplier's saved one. */
MUST_CHECK enum status note_take(struct tx *tx, struct doc *receipt, struct csv_source source, const char *map, bool keep_good,
                                 struct note_report *note, struct intake_report *out);

/* The columns of a supplier's notes by name; rows in the arena. */
size_t column_map_load(struct db *db, struct arena *a, int64_t supplier_id, struct csv_alias **out);
/* Replaces them. NOT_FOUND for an unknown supplier, INVALID_FIELD where a field stands twice. */
MUST_CHECK enum status column_map_save(struct tx *tx, int64_t supplier_id, const struct csv_alias *rows, size_t count);
