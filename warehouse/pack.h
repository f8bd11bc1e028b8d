/*
 * Traced packs (追溯码): announced, here or gone, and in exactly one place. A pack inside another is where its parent is;
 * only outermost packs have place, quality and events of their own, so a case of 200 boxes moves as one row. Taking a pack
 * out of its case detaches it for good.
 */
#pragma once
#include "core/code.h"
#include "warehouse/stock.h"

struct product;

struct pack {
	int64_t id, parent_id, detached_seq, product_id, level, lot_id, batch_id, place_id, units, units_left, order_line_id;
	const char *state; /* announced, here, gone */
	enum quality quality;
};

/* What a scan of a pack's code means in this store. */
struct pack_key {
	int64_t id;         /* 0: the prefix is unknown */
	int64_t product_id; /* 0: unknown */
	int64_t units, level;
	bool confirmed;     /* a second person has confirmed the binding of its prefix */
	const char *prefix; /* the first seven digits of a 20-digit code, else NULL */
	const char *code;   /* letter for letter */
};

/* CODE_NOT_TRACE where the code names no single pack. An unknown prefix gives id 0. */
MUST_CHECK enum status pack_key_of(struct db *db, struct arena *a, const struct code *code, struct pack_key *out);
/* NOT_FOUND where the store has never seen it. Children answer with the place, batch and state of their outermost parent. */
MUST_CHECK enum status pack_load(struct db *db, struct arena *a, int64_t id, struct pack *out);
/* The code as it was scanned, from the key. */
char *pack_code(struct db *db, struct arena *a, int64_t id);

/*
 * A 药品标识码 stands for multiplier ÷ divider packs of its product: 10 ÷ 1 is a carton of ten, 1 ÷ 2 half a pack. False
 * where that is no whole number of the smallest unit. RULE DOMAIN-2.1-prefix-ratio
 */
struct pack_ratio {
	int64_t multiplier, divider;
};
bool pack_ratio_units(int64_t units_per_pack, struct pack_ratio ratio, int64_t *units);
/* The same backwards, in lowest terms. */
struct pack_ratio pack_ratio_of(int64_t units_per_pack, int64_t units);
/* The same in SQL, as two columns: multiplier, divider. */
#define PACK_RATIO(units, per_pack)                                                                                \
	"CASE WHEN " units " % " per_pack " = 0 THEN " units " / " per_pack " WHEN " per_pack " % " units          \
	" = 0 THEN 1 ELSE " units " END, CASE WHEN " units " % " per_pack " = 0 THEN 1 WHEN " per_pack " % " units \
	" = 0 THEN " per_pack " / " units " ELSE " per_pack " END"
/* What a person said of a code: units, a ratio, or both that agree; 0 or INT64_MIN: not said. *units 0 where nothing was
 * said. NOT_WHOLE, INVALID_FIELD. */
MUST_CHECK enum status pack_units_said(struct tx *tx, int64_t units_per_pack, int64_t said, struct pack_ratio ratio,
                                       int64_t *units);
/* 1 smallest pack (or a part of it), 2 box, 3 case. */
int64_t pack_level_of(const struct product *p, int64_t units);

/* Binds a new 药品标识码; confirmed_by 0: waits for a second person. ALREADY_BOUND to another product. */
MUST_CHECK enum status prefix_bind(struct tx *tx, const char *prefix, int64_t product_id, int64_t units, int64_t level,
                                   int64_t order_line_id, int64_t confirmed_by, int64_t *no);
/* A second person confirms; SAME_PERSON where he bound it himself. */
MUST_CHECK enum status prefix_confirm(struct tx *tx, int64_t no);

struct new_pack {
	const struct pack_key *key;
	int64_t parent_id, lot_id, order_line_id; /* 0: none */
	int64_t units;                            /* 0: the prefix's */
};
/* A pack that the supplier has announced. ALREADY_EXISTS where the store knows the code. */
MUST_CHECK enum status pack_announce(struct tx *tx, const struct new_pack *in);
/* Makes an announced or new outermost pack be here, in a batch, at a place. */
MUST_CHECK enum status pack_arrive(struct tx *tx, const struct pack_key *key, const struct batch *batch, struct stock_spot at,
                                   int64_t document_id);
/* Moves an outermost pack that is here; to an outside place it is gone. Event: one word of pack_events. */
void pack_move(struct tx *tx, const struct pack *p, struct stock_spot to, const char *event, int64_t document_id);
/* Takes a pack out of its parents, so that it stands alone at the same place. Fills *p anew. */
MUST_CHECK enum status pack_detach(struct tx *tx, struct pack *p, int64_t document_id);

/*
 * Books a move of goods that nobody scanned: loose units first, then packs, the largest that fit; cases are opened and a
 * smallest pack is split (拆零) where needed. c->traced_units is found here. Event: what is told of each pack.
 */
MUST_CHECK enum status goods_move(struct tx *tx, const struct stock_change *c, const char *event);
/*
 * Before a move that takes back one of goods_move's is booked (c names it): the packs that left whole with it are here again,
 * at c->to. c->traced_units is found here. line: of the document, for a refusal. CODE_ALREADY_HERE where a pack was
 * registered anew meanwhile.
 */
MUST_CHECK enum status goods_back(struct tx *tx, struct stock_change *c, int64_t line);
/* Words of pack_event.event and pack.state, with their titles. */
extern const struct word_title pack_states[];
extern const struct word_title pack_events[];
