#include "tests/unit/warehouse/shop.h"
#include "warehouse/intake/note.h"
#include "warehouse/pack.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"

struct delivery {
	struct shop *shop;
	struct doc order, receipt;
	const char *text, *map;
	bool keep_good;
	struct note_report note;
	int64_t supplier;
	struct csv_alias aliases[3];
};

static enum status order_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	int64_t no = 0;
	const int64_t p1 = product_by_code(tx_db(tx), "P1"), p2 = product_by_code(tx_db(tx), "P2");
	struct order_line_new lines[] = {{.product_id = p1, .units = 4800, .price_e4 = PRICE_LEFT_OUT},
	                                 {.product_id = p2, .units = 1000, .price_e4 = PRICE_LEFT_OUT}};
	const struct order_new order = {
	        .supplier_id = d->supplier, .buyer_site_id = d->shop->lead, .lines = lines, .line_count = 2};
	enum status st = order_make(tx, &order, &d->order);
	static const int64_t units[] = {24, 240, 2400};
	for (int level = 1; level <= 3 && st == ST_OK; level++)
		st = prefix_bind(tx, arena_printf(tx->arena, "810000%d", level), p1, units[level - 1], level, 0, 1, &no);
	return st;
}

static enum status receipt_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	static const char *const steps[] = {"submit", "approve", "send"};
	enum status st = ST_OK;
	struct doc order = d->order;
	for (size_t i = 0; i < 3 && st == ST_OK; i++) {
		/* another person approves */
		tx->me = i == 1 ? (struct me){.id = 99, .roles = 1u << ROLE_chief_pharmacist} : (struct me){.id = 0};
		st = document_follow(tx, &order, steps[i], NULL);
	}
	const struct receipt_new receipt = {.order_id = d->order.id, .site_id = d->shop->lead};
	return st == ST_OK ? receipt_make(tx, &receipt, &d->receipt) : st;
}

static enum status note_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	struct csv_memory m = {d->text, strlen(d->text), 0};
	return note_take(tx, &d->receipt, csv_from_memory(&m), d->map, d->keep_good, &d->note, &d->shop->report);
}

static enum status map_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	return column_map_save(tx, d->supplier, d->aliases, 3);
}

static void delivery_begin(struct delivery *d, struct shop *s)
{
	*d = (struct delivery){.shop = s};
	shop_fill(s);
	d->supplier = supplier_by_code(s->w.db, "S1");
	CU_ASSERT_EQUAL_FATAL(shop_run(s, order_job, d), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_run(s, receipt_job, d), ST_OK);
}

static enum status take_note(struct delivery *d, const char *text)
{
	d->text = text;
	return shop_run(d->shop, note_job, d);
}

static int64_t announced(struct delivery *d, const char *product)
{
	return shop_ask(
	        d->shop,
	        arena_printf(&d->shop->a,
	                     "SELECT announced_units FROM order_line l JOIN product p ON p.id = l.product_id WHERE p.code = '%s'",
	                     product));
}

/* A case of 2400 in two boxes of 240 would not add up; so many boxes that it does. */
static const char *case_note(struct arena *a, int boxes)
{
	struct buf b = {0};
	buf_puts(&b, "product_code,lot,expiry_ymd,trace_code,parent_code,units\n");
	for (int i = 1; i <= boxes; i++)
		buf_printf(&b, "P1,N1,20281130,8100002%013d,81000030000000000001,\n", i);
	buf_puts(&b, "P1,N1,20281130,81000030000000000001,,\nP1,N1,20281130,81000020000000000099,,\nP2,W1,20281231,,,600\n");
	const char *text = arena_copy(a, b.data, b.len);
	buf_drop(&b);
	return text;
}

/* RULE DOMAIN-2.2-case-holds-children */
static void note_announces_a_case(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 9)), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "parent_code", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM pack"), 0);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	shop_expect(&s, 13, 0, 0, 0);
	CU_ASSERT(d.note.codes == 12 && d.note.lines == 2);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 2640);
	CU_ASSERT_EQUAL(announced(&d, "P2"), 600);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM pack WHERE state = 'announced' AND parent_id IS NOT NULL"), 10);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN lot l ON l.id = "
	                             "b.lot_id WHERE l.lot = 'N1'"),
	                0);
	int64_t events = shop_ask(&s, "SELECT count(*) FROM document_event");
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	shop_expect(&s, 0, 0, 13, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document_event"), events);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 2640);
}

static enum status scan_case_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	struct receipt_scan scan;
	const struct receipt_scan_in in = {.code = "81000030000000000001"};
	return receipt_scan(tx, &d->receipt, &in, &scan);
}

/* RULE DOMAIN-12.2-announced: one scan of the announced case brings lot, expiry and all that is inside. */
static void note_feeds_the_scan(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	CU_ASSERT_EQUAL(shop_run(&s, scan_case_job, &d), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s,
	                         "SELECT h.units FROM holding h JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id "
	                         "WHERE l.lot = 'N1' AND "
	                         "h.quality = 'pending' AND h.expiry_ymd = 20281130"),
	                2400);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	shop_expect(&s, 0, 0, 13, 0);
}

/* RULE DOMAIN-12.2-approval-number */
static void note_refuses_by_name(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, "product_code,gtin,lot,expiry_ymd,trace_code,parent_code,units,packs,approval_no\n"
	                              ",,N1,20281130,81999990000000000001,,,,\n"                       /* 2 unknown prefix */
	                              ",,N1,20281130,6901234567892,,,,\n"                              /* 3 no pack */
	                              "P2,,N1,20281130,81000010000000000001,,,,\n"                     /* 4 another product */
	                              "P1,,N1,20281130,81000010000000000002,81000030000000000009,,,\n" /* 5 no such case */
	                              "P1,,L2,20290101,,,24,,\n"                       /* 6 known with another expiry */
	                              "P1,,N2,,,,24,,\n"                               /* 7 no expiry */
	                              "P1,,N1,20281130,,,48,1,\n"                      /* 8 units against packs */
	                              "P1,,N1,20281130,,,,1,国药准字H9\n"              /* 9 another approval number */
	                              "P1,,N1,20281130,,,,,\n"                         /* 10 no quantity */
	                              ",6901234567892,N1,20281130,,,,2,国药准字H1\n"), /* 11 fine */
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "trace_code", ST_CODE_UNBOUND));
	CU_ASSERT(shop_refused(&s, 3, "trace_code", ST_CODE_NOT_TRACE));
	CU_ASSERT(shop_refused(&s, 4, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "parent_code", ST_NOT_FOUND));
	CU_ASSERT(shop_refused(&s, 6, "expiry_ymd", ST_LOT_CONFLICT));
	CU_ASSERT(shop_refused(&s, 7, "expiry_ymd", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 8, "units", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 9, "approval_no", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 10, "units", ST_INVALID_FIELD));
	shop_expect(&s, 1, 0, 0, 9);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 0);
}

static void note_uses_saved_columns(void)
{
	static const char text[] = "货号,生产批号,有效期,数量,车牌\nP1,N1,2028/11/30,480,皖A\n";
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, text), ST_IMPORT_REFUSED);
	d.aliases[0] = (struct csv_alias){"product_code", "货号"};
	d.aliases[1] = (struct csv_alias){"lot", "生产批号"};
	d.aliases[2] = (struct csv_alias){"lot", "有效期"};
	CU_ASSERT_EQUAL(shop_run(&s, map_job, &d), ST_INVALID_FIELD);
	d.aliases[2] = (struct csv_alias){"expiry_ymd", "有效期"};
	CU_ASSERT_EQUAL(shop_run(&s, map_job, &d), ST_OK);
	CU_ASSERT_EQUAL(take_note(&d, text), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "units", ST_INVALID_FIELD));
	d.map = "product_code:货号,lot:生产批号,expiry_ymd:有效期,units:数量";
	CU_ASSERT_EQUAL(take_note(&d, text), ST_OK);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 480);
	d.map = "units";
	CU_ASSERT_EQUAL(take_note(&d, text), ST_INVALID_FIELD);
	/* a corrected note replaces what was announced */
	d.map = "product_code:货号,lot:生产批号,expiry_ymd:有效期,units:数量";
	CU_ASSERT_EQUAL(take_note(&d, "货号,生产批号,有效期,数量\nP1,N1,2028/11/30,240\n"), ST_OK);
	shop_expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 240);
}

SUITE(note, {"note_announces_a_case", note_announces_a_case}, {"note_feeds_the_scan", note_feeds_the_scan},
      {"note_refuses_by_name", note_refuses_by_name}, {"note_uses_saved_columns", note_uses_saved_columns});
