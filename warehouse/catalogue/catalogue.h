/* The unified catalogue (统一目录): drugs, products with their codes and search pieces, suppliers. */
#pragma once
#include "core/write.h"

struct pairs;
/* Why a product changes; NULL where it is given: an import. */
struct because {
	const char *why;
	int64_t document_id; /* 0: none */
	int32_t from_ymd;    /* from when the change holds; 0: today */
};

struct new_product {
	int64_t id; /* reserved for it where it is new, and its pieces stand already (product_pieces); 0: none */
	const char *code;
	const char *drug_name, *form, *strength;
	const char *drug_class;        /* western, patent, decoction; NULL: what its drug has, western for a new one */
	const char *kind;              /* a word of product_kinds; NULL: what the class says */
	const char *origin, *standard; /* 产地, 执行标准; may be NULL */
	const char *name, *trade_name, *spec, *maker, *unit_name, *pack_name;
	int64_t units_per_pack, units_per_box, units_per_case;
	const char *approval_no, *storage, *controlled; /* controlled NULL: not */
	int64_t traced, warn_days;
	const char *gtin, *national_code, *nhsa_code; /* NULL: none; the caller has checked their form */
	const char *levels;                           /* "county;township": the lists a new product stands on; NULL: all three */
	const struct because *because;                /* NULL: an import */
};
/*
 * Adds or changes a product by its code; every field that changes leaves its history, a drug's new class with each of its
 * products. *added tells which. ALREADY_EXISTS
 * where the GTIN is another product's, VACCINE_REFUSED, INVALID_FIELD where a kind that was named lacks what it needs.
 */
MUST_CHECK enum status product_put(struct tx *tx, const struct new_product *in, int64_t *id, bool *added);

/* The search pieces of a product as pairs (piece, id), which may stand in the store before the product does. */
void product_pieces(struct arena *a, const struct new_product *in, int64_t id, struct pairs *out);
/* Stores pieces as far as they are not there. */
void product_pieces_put(struct tx *tx, int64_t piece, int64_t product_id);
/* Takes one back, of a product that did not come to be. */
void product_pieces_drop(struct tx *tx, int64_t piece, int64_t product_id);

struct product {
	int64_t id, units_per_pack, units_per_box, units_per_case, traced, active, warn_days;
	const char *code, *name, *spec, *maker, *unit_name, *pack_name, *approval_no, *storage, *controlled, *kind;
	const char *drug_name; /* 通用名 */
};
MUST_CHECK enum status product_load(struct db *db, struct arena *a, int64_t id, struct product *out);
/*
 * The class (类别) belongs to the drug, that is to every product of one generic name, form and strength. The class that the
 * drug of these words has, where it is another one and `but` is not its only product; NULL: nothing speaks against this class.
 */
const char *drug_class_conflict(struct db *db, struct arena *a, const struct new_product *in, int64_t but);
/* Where no class was given: that of the drug of these words; a new one's is western, of pieces and their granules decoction. */
void product_class_fill(struct db *db, struct arena *a, struct new_product *in);
/* These will be loaded now, one by one (db_ahead). */
void product_load_ahead(struct db *db, const int64_t *ids, size_t count);
/* What is stored of a product in the form in which product_put takes it; levels and because are NULL. */
MUST_CHECK enum status product_stored(struct db *db, struct arena *a, int64_t id, struct new_product *out);
/* Takes a product out of use, or back; history as above. */
void product_set_active(struct tx *tx, int64_t id, bool active, const struct because *because);
int64_t product_by_code(struct db *db, const char *code);
int64_t product_by_gtin(struct db *db, const char *gtin);
/* By what names it on a label (struct code): a GTIN, or the DI of another agency. */
int64_t product_by_di(struct db *db, const char *di);

struct new_supplier {
	const char *code, *name, *licence_no, *phone; /* licence_no NULL: as it is, of one who is known */
	int64_t licence_until_ymd;
	const char *business; /* 经营类别, a word of warehouse/partner/trade.h; NULL: as it is, drug for a new one */
};
/*
 * Adds or changes by code. A new one counts as known (首营), and his licence as confirmed, while the store has only opening
 * data, see partner.h; later another licence than the one on file waits for quality.
 */
MUST_CHECK enum status supplier_put(struct tx *tx, const struct new_supplier *in, int64_t *id, bool *added);
/* A new supplier, whom nobody may order from before his 首营 file is approved. ALREADY_EXISTS. */
MUST_CHECK enum status supplier_file(struct tx *tx, const struct new_supplier *in, int64_t *id);
struct supplier {
	int64_t id, active;
	int32_t licence_until_ymd;
	const char *code, *name, *business;
};
MUST_CHECK enum status supplier_load(struct db *db, struct arena *a, int64_t id, struct supplier *out);
int64_t supplier_by_code(struct db *db, const char *code);

/* The bin (货位) of a product in a depot. */
void depot_product_put(struct tx *tx, int64_t place_id, int64_t product_id, const char *bin);
/* Adds to a month's consumption; days_out: days of it without stock. month: yyyymm. */
void consumption_add(struct tx *tx, int64_t place_id, int64_t product_id, int64_t month, int64_t units, int64_t days_out);
