/* What the platform says of an order, beside what we say. */
#include "tests/unit/warehouse/shop.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/platform.h"

struct bought {
	struct shop *shop;
	struct doc order;
};

static enum status add_buyer(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	const struct new_user in = {.name = "buyer",
	                            .display_name = "采购员",
	                            .password_hash = "-",
	                            .roles = 1u << ROLE_buyer,
	                            .root_site_id = s->lead};
	return user_add(tx, &in, &s->user);
}

static enum status buy(struct tx *tx, void *arg)
{
	struct bought *b = arg;
	struct order_line_new line = {.product_id = product_by_code(tx_db(tx), "P1"), .units = 240, .price_e4 = PRICE_LEFT_OUT};
	const struct order_new in = {.supplier_id = supplier_by_code(tx_db(tx), "S1"), .lines = &line, .line_count = 1};
	enum status st = people_load(tx_db(tx), tx->arena, b->shop->user, &tx->me);
	if (st == ST_OK)
		st = order_make(tx, &in, &b->order);
	b->order.number = arena_string(&b->shop->a, b->order.number);
	return st;
}

struct said {
	struct bought *of;
	struct platform_row row;
	bool differs;
};

static enum status say(struct tx *tx, void *arg)
{
	struct said *s = arg;
	enum status st = people_load(tx_db(tx), tx->arena, s->of->shop->user, &tx->me);
	tx->action = "test";
	return st == ST_OK ? platform_take(tx, &s->row, &s->differs) : st;
}

static bool differs(struct bought *b, const char *code, const char *state, int64_t packs, int64_t price_e4)
{
	struct said s = {.of = b, .row = {"P-1", b->order.number, code, state, packs, price_e4, 2}};
	CU_ASSERT_EQUAL(shop_run(b->shop, say, &s), ST_OK);
	return s.differs;
}

static bool kept(struct bought *b, const char *what)
{
	return shop_ask(b->shop, arena_printf(&b->shop->a, "SELECT count(*) FROM platform_line WHERE difference = '%s'", what)) ==
	       1;
}

static void the_platform_is_compared_line_by_line(void)
{
	SCOPED(shop) s;
	struct bought b = {.shop = &s};
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_run(&s, add_buyer, &s), ST_OK);
	CU_ASSERT_EQUAL(shop_run(&s, buy, &b), ST_OK);
	/* a draft has not left us: the platform should not have it, but as withdrawn */
	CU_ASSERT_TRUE(differs(&b, "P1", "已提交", 10, 125000));
	CU_ASSERT_TRUE(kept(&b, "state"));
	CU_ASSERT_FALSE(differs(&b, "P1", "已撤单", 10, 125000));
	CU_ASSERT_TRUE(differs(&b, "P1", "已撤单", 11, 125000));
	CU_ASSERT_TRUE(kept(&b, "units"));
	CU_ASSERT_TRUE(differs(&b, "P1", "已撤单", 10, 125001));
	CU_ASSERT_TRUE(kept(&b, "price"));
	/* by another code of the product, and without a price; it is a line of its own until the codes are one */
	CU_ASSERT_FALSE(differs(&b, "6901234567892", "已撤单", 10, -1));
	CU_ASSERT_TRUE(differs(&b, "P2", "已撤单", 10, -1));
	CU_ASSERT_TRUE(kept(&b, "unknown_line"));
	b.order.number = "CG-19990101-0001";
	CU_ASSERT_TRUE(differs(&b, "P9", "已撤单", 10, -1));
	CU_ASSERT_TRUE(kept(&b, "unknown_order"));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM platform_line"), 4);
}

SUITE(platform, {"the_platform_is_compared_line_by_line", the_platform_is_compared_line_by_line});
