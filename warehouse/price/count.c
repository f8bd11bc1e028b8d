#include "warehouse/price/count.h"

#include "core/money.h"
#include "warehouse/balance.h"

#include <stdlib.h>
#include <string.h>

SQL(select_holdings, "SELECT place_id, batch_id, CAST(sum(units) AS BIGINT) FROM holding WHERE product_id = :product_id GROUP BY "
                     "place_id, batch_id /*all sites: one price for all*/");
/* What came behind the write is taken out again. */
SQL(select_since,
    "SELECT m.batch_id, m.units, m.from_place_id, f.kind IN ('depot', 'transit'), m.to_place_id, t.kind IN ('depot', 'transit') "
    "FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN place f ON f.id = m.from_place_id JOIN place t ON t.id = "
    "m.to_place_id WHERE m.seq > :seq AND b.product_id = :product_id /*all sites: one price for all*/");

static void add(struct balances *b, int64_t batch, int64_t place, int64_t units)
{
	const struct balance_key key = {batch, place, QUALITY_RELEASED};
	balance_add(b, &key, units);
}

static void read_stock(struct tx *tx, const struct price_count *c, struct balances *b)
{
	struct db *db = tx_db(tx);
	SCOPED(rows) now = db_query(db, select_holdings, I64(":product_id", c->product_id));
	while (rows_next(&now))
		add(b, col_i64(&now, 1), col_i64(&now, 0), col_i64(&now, 2));
	SCOPED(rows) since = db_query(db, select_since, I64(":seq", c->after_seq), I64(":product_id", c->product_id));
	while (rows_next(&since)) {
		if (col_i64(&since, 3))
			add(b, col_i64(&since, 0), col_i64(&since, 2), col_i64(&since, 1));
		if (col_i64(&since, 5))
			add(b, col_i64(&since, 0), col_i64(&since, 4), -col_i64(&since, 1));
	}
}

struct gather {
	struct tx *tx;
	struct price_count *c;
	size_t cap, dearer_cap;
};

/* A longer array where it is full; the old one stays in the arena. */
static void *grown(struct gather *g, void *old, size_t count, size_t *cap, size_t item)
{
	if (count < *cap)
		return old;
	size_t more = *cap * 2 + 64;
	void *out = arena_array(g->tx->arena, more, item);
	if (count)
		memcpy(out, old, count * item);
	*cap = more;
	return out;
}

static struct price_count_place *place_of(struct gather *g, int64_t place_id)
{
	struct price_count *c = g->c;
	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].place_id == place_id)
			return &c->places[i];
	c->places = grown(g, c->places, c->place_count, &g->cap, sizeof *c->places);
	c->places[c->place_count] = (struct price_count_place){place_id, 0, 0};
	return &c->places[c->place_count++];
}

static void add_dearer(struct gather *g, int64_t supplier_id, int64_t units, int64_t fen)
{
	struct price_count *c = g->c;
	size_t i = 0;
	while (i < c->dearer_count && c->dearer[i].supplier_id != supplier_id)
		i++;
	if (i == c->dearer_count) {
		c->dearer = grown(g, c->dearer, i, &g->dearer_cap, sizeof *c->dearer);
		c->dearer[c->dearer_count++] = (struct price_count_dearer){supplier_id, 0, 0};
	}
	c->dearer[i].units += units;
	c->dearer[i].fen += fen;
}

SQL(select_asked,
    "SELECT l.basis_e4, l.units_per_pack FROM batch b JOIN supplier_claim c ON c.supplier_id = b.supplier_id AND c.product_id = "
    "b.product_id JOIN price_adjustment a ON a.id = c.adjustment_id JOIN price_adjustment_line l ON l.id = c.line_id WHERE b.id "
    "= "
    ":batch_id AND a.effective_at_ms > b.made_at_ms /*all sites: one price for all*/");

/* What a supplier still answers for of the cost: how far he was asked before, while the batch was here, is not asked again. */
static int64_t unasked(struct tx *tx, const struct balance *b, int64_t cost)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_asked, I64(":batch_id", b->key.batch));
	for (int64_t then = 0; rows_next(&r);)
		if (amount_fen(b->units, col_i64(&r, 0), col_i64(&r, 1), &then) && then < cost)
			cost = then;
	return cost;
}

static void gather_one(void *arg, const struct balance *b)
{
	struct gather *g = arg;
	struct price_count *c = g->c;
	struct batch batch;
	int64_t cost = 0, now = 0;
	if (b->units <= 0 || batch_load(tx_db(g->tx), g->tx->arena, b->key.batch, &batch) != ST_OK)
		return;
	struct price_count_place *p = place_of(g, b->key.place);
	bool counted = amount_fen(b->units, batch.price_e4, batch.units_per_pack, &cost) &&
	               amount_fen(b->units, c->price_e4, c->units_per_pack, &now);
	p->units += b->units;
	p->cost_fen += cost;
	int64_t dearer = counted && batch.supplier_id && cost > now ? unasked(g->tx, b, cost) - now : 0;
	if (dearer > 0)
		add_dearer(g, batch.supplier_id, b->units, dearer);
}

static int by_place(const void *a, const void *b)
{
	const struct price_count_place *x = a, *y = b;
	return (x->place_id > y->place_id) - (x->place_id < y->place_id);
}

static int by_supplier(const void *a, const void *b)
{
	const struct price_count_dearer *x = a, *y = b;
	return (x->supplier_id > y->supplier_id) - (x->supplier_id < y->supplier_id);
}

void price_count_stock(struct tx *tx, struct price_count *c)
{
	struct balances b = {0};
	struct gather g = {tx, c, 0, 0};
	c->places = NULL;
	c->dearer = NULL;
	c->place_count = c->dearer_count = 0;
	read_stock(tx, c, &b);
	balances_each(&b, gather_one, &g);
	balances_drop(&b);
	if (c->dearer_count)
		qsort(c->dearer, c->dearer_count, sizeof *c->dearer, by_supplier);
	if (c->place_count)
		qsort(c->places, c->place_count, sizeof *c->places, by_place);
}
