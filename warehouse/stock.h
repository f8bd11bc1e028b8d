/*
 * How many units of which batch lie where. Quantities are smallest units, dates yyyymmdd. Every change is a row of the
 * sealed ledger stock_move; the balance (table holding) is written in the same call and nowhere else. The moves of a batch
 * sum to zero over all places, and a balance never falls below zero or below what is in traced packs.
 */
#pragma once
#include "core/word.h"
#include "core/write.h"

enum quality { QUALITY_PENDING, QUALITY_RELEASED, QUALITY_REJECTED, QUALITY_RETURNED, QUALITY_COUNT };
const char *quality_name(enum quality q);
/* False for an unknown name. */
bool quality_find(const char *name, enum quality *out);

struct batch {
	int64_t id, lot_id, product_id, price_e4, units_per_pack, owner_site_id, supplier_id;
	int32_t expiry_ymd, made_ymd;
	const char *lot;
};

/*
 * The lot of a product by its name, made if new. LOT_CONFLICT where it is known with another expiry. made_ymd 0: unknown.
 */
MUST_CHECK enum status lot_ensure(struct tx *tx, int64_t product_id, const char *lot, int32_t made_ymd, int32_t expiry_ymd,
                                  int64_t *id);

struct new_batch {
	int64_t lot_id, product_id, source_line_id, supplier_id, price_e4, units_per_pack, owner_site_id; /* 0: none */
};
int64_t batch_make(struct tx *tx, const struct new_batch *in);
/* NOT_FOUND for an unknown id; texts in the arena. */
MUST_CHECK enum status batch_load(struct db *db, struct arena *a, int64_t id, struct batch *out);

struct stock_spot {
	int64_t place_id;
	enum quality quality;
};
struct stock_change {
	const struct batch *batch;
	int64_t units;        /* > 0 */
	int64_t traced_units; /* of them in packs with codes */
	struct stock_spot from, to;
	int64_t document_id, line_id;     /* line 0: none */
	const char *reason;               /* see stock_reasons */
	int64_t reverses_seq, reverses_n; /* 0: none */
};
/* A move m that takes nothing back and was not taken back, as SQL: what really was. */
#define MOVE_STANDS                                                                                                             \
	"m.reverses_seq IS NULL AND NOT EXISTS (SELECT 1 FROM stock_move rv WHERE rv.reverses_seq = m.seq AND rv.reverses_n = " \
	"m.n)"
/* Words of stock_move.reason, and of a holding's quality, with their titles. */
extern const struct word_title quality_words[];
extern const struct word_title stock_reasons[];

/*
 * Books one move. NOT_ENOUGH_STOCK where the place it comes from has fewer units of that batch and quality, or too few
 * outside packs. Outside places (supplier, patient …) hold no balance and always give.
 */
MUST_CHECK enum status stock_book(struct tx *tx, const struct stock_change *c);

/* Units of a holding that were in a pack and are loose now (a pack was split). */
void stock_untrace(struct tx *tx, struct stock_spot spot, const struct batch *batch, int64_t units);

/* Units of a batch in one quality at a place. */
int64_t stock_units(struct db *db, int64_t place_id, const struct batch *batch, enum quality q);
int64_t stock_traced_units(struct db *db, int64_t place_id, const struct batch *batch, enum quality q);
/* Units promised to documents. */
int64_t stock_reserved(struct db *db, int64_t place_id, int64_t batch_id);
/* Released, not reserved units of a product at a place that may be issued today (unexpired, not held). */
int64_t stock_issuable(struct db *db, int64_t place_id, int64_t product_id, int32_t today_ymd);
/* The same over all depots of a site. */
int64_t stock_at_site(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd);
bool lot_is_held(struct db *db, int64_t lot_id, int64_t place_id);

/* Projects the ledger's tail into the stock card, at most `limit` moves; answers how many. */
int64_t stock_card_catch_up(struct tx *tx, int64_t limit);
