/*
 * Random settlement: receipts, invoices of both legs (right, wrong, red), estimates, payments, goods to a branch, returns, new
 * issue prices (at once and later, counted a while after their moment), closings and what is booked behind them. After every
 * day the whole store is proved: whatever people do, every settlement adds up again to the fen, every month at both prices.
 * Seed: YAOCANG_SEED, else drawn; it is printed. RULE DOMAIN-12.3-re-add RULE DOMAIN-12.3-balance RULE DOMAIN-12.3-month-close
 * RULE DOMAIN-12.3-price-change-book RULE DOMAIN-12.3-sheet-once
 */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/price/issue.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/settlement/settle_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS 18
#define ACTS_A_DAY 14
#define SETTLE_FIRST_DAY 20261121

struct play {
	struct world *w;
	uint64_t state;
	int64_t serial;
	int32_t today;
	int done[15], refused;
};

static int64_t draw(struct play *p, int64_t below)
{
	p->state ^= p->state << 13;
	p->state ^= p->state >> 7;
	p->state ^= p->state << 17;
	return (int64_t)(p->state >> 1) % below;
}

static bool ask(struct play *p, const char *who, const char *path, const char *body)
{
	p->w->service.clock.fixed_ms += draw(p, 3); /* often several writes in one millisecond */
	int http = world_ask(p->w, who, METHOD_POST, path, body, NULL);
	if (http >= 500)
		printf("  %s %s\n    %d %s\n", path, body, http, p->w->body);
	CU_ASSERT_TRUE_FATAL(http < 500);
	p->refused += http >= 300;
	return http < 300;
}

#define TEXT_OF(p, ...) arena_printf(&(p)->w->arena, __VA_ARGS__)

/* A step of the document that the last answer named. */
static bool step(struct play *p, const char *who, const char *topic, const char *id, int version, const char *action)
{
	return ask(p, who, TEXT_OF(p, "%s/%s/%s", topic, id, action), TEXT_OF(p, "{\"version\":%d,\"note\":\"因故\"}", version));
}

static void must(bool done)
{
	CU_ASSERT_TRUE_FATAL(done);
}

static const char *made(struct play *p)
{
	return arena_string(&p->w->arena, world_at(p->w, "id"));
}

/* Goods that come in one lot; prices that do not divide by the pack make amounts that must be rounded. */
static void receive(struct play *p)
{
	static const char *const products[] = {"amoxicillin", "glucose", "insulin"};
	int64_t units = 1 + draw(p, 500), which = draw(p, 3);
	const char *product = world_value(p->w, products[which]);
	const char *price[] = {TEXT_OF(p, "%lld.%02lld", (long long)(1 + draw(p, 10)), (long long)draw(p, 100)), "8.33", "29.99"};
	must(ask(p, "central", "orders",
	         TEXT_OF(p, "{\"supplier_id\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld,\"price\":\"%s\"}]}",
	                 world_value(p->w, draw(p, 2) ? "supplier" : "calm"), product, (long long)units, price[which])));
	const char *order = made(p);
	must(step(p, "central", "orders", order, 1, "submit") && step(p, "chief", "orders", order, 2, "approve") &&
	     step(p, "buyer", "orders", order, 3, "send"));
	world_ask(p->w, "central", METHOD_GET, TEXT_OF(p, "orders/%s", order), NULL, NULL);
	const char *line = arena_string(&p->w->arena, world_at(p->w, "lines.0.id"));
	must(ask(p, "receiver", "receipts",
	         TEXT_OF(p,
	                 "{\"order_id\":\"%s\",\"lines\":[{\"order_line_id\":\"%s\",\"lot\":\"L%lld\",\"expiry_ymd\":20290101,"
	                 "\"units\":%lld}]}",
	                 order, line, (long long)++p->serial, (long long)(1 + draw(p, units)))));
	const char *receipt = made(p);
	must(step(p, "inspector", "receipts", receipt, 1, "inspect") && step(p, "inspector", "receipts", receipt, 2, "post"));
}

/* One row of numbers of the store. */
static bool pick(struct play *p, const char *sql, int64_t *out, int columns)
{
	db_read_begin(p->w->db);
	struct rows r = db_query_text(p->w->db, sql, NULL, 0);
	bool found = rows_next(&r);
	for (int i = 0; found && i < columns; i++)
		out[i] = col_i64(&r, i);
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_read_end(p->w->db), ST_OK);
	return found;
}

static const char *yuan(struct play *p, int64_t fen)
{
	return TEXT_OF(p, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
}

static bool put_invoice(struct play *p, int leg, const int64_t row[], int64_t units, int64_t fen, const char *more)
{
	const char *amount = yuan(p, fen), *issuer = leg == 1 ? "\"issuer\":\"演示药厂\"," : "";
	return ask(p, "finance", "invoices",
	           TEXT_OF(p,
	                   "{\"invoice_no\":\"2534%016lld\",\"leg\":%d,\"supplier_id\":\"%lld\",%s\"issued_ymd\":%d,\"net\":\"%"
	                   "s\",\"tax\":\"0\","
	                   "\"gross\":\"%s\",%s\"lines\":[{\"product_id\":\"%lld\",\"units\":%lld,\"amount\":\"%s\"}]}",
	                   (long long)++p->serial, leg, (long long)row[0], issuer, p->today, amount, amount, more,
	                   (long long)row[1], (long long)units, amount));
}

/* Part of what has no invoice, at the order's amount or beside it; what differs is explained by one and accepted by another. */
static void invoice(struct play *p)
{
	int64_t row[5];
	if (!pick(p,
	          TEXT_OF(p,
	                  "SELECT supplier_id, product_id, units - invoiced_units - returned_units, price_e4, units_per_pack "
	                  "FROM payable "
	                  "WHERE invoiced_units + returned_units < units ORDER BY (id / 7) %% %lld LIMIT 1",
	                  (long long)(2 + draw(p, 9))),
	          row, 5))
		return;
	int64_t units = 1 + draw(p, row[2] + (draw(p, 8) == 0 ? 50 : 0)), fen = units * row[3] / row[4] / 100 + draw(p, 3);
	if (!put_invoice(p, 2, row, units, fen ? fen : 1, ""))
		return;
	const char *id = made(p);
	if (step(p, "finance", "invoices", id, 1, "match"))
		return;
	if (step(p, "finance", "invoices", id, 1, "explain"))
		must(step(p, "chief", "invoices", id, 2, "accept"));
	else
		must(step(p, "finance", "invoices", id, 1, "void"));
}

static void maker_invoice(struct play *p)
{
	int64_t row[3];
	if (!pick(p,
	          "SELECT supplier_id, product_id, units FROM payable WHERE proven = 0 AND leg1_units = 0 ORDER BY id DESC LIMIT "
	          "1",
	          row, 3))
		return;
	must(put_invoice(p, 1, row, row[2] + draw(p, 1000), 100 + draw(p, 100000), ""));
	(void)step(p, "finance", "invoices", made(p), 1, "match");
}

/* Takes back part of something that was booked. */
static void red_invoice(struct play *p)
{
	static const char *const kinds[] = {"correct", "return", "allowance"};
	int64_t row[5], which = draw(p, 3), nth = 2 + draw(p, 9);
	static const char waiting[] =
	        "SELECT i.supplier_id, l.product_id, i.id, CASE WHEN m.left_units < r.due_units - r.red_units THEN m.left_units "
	        "ELSE "
	        "r.due_units - r.red_units END AS due, m.left_fen * (CASE WHEN m.left_units < r.due_units - r.red_units THEN "
	        "m.left_units ELSE r.due_units - r.red_units END) / m.left_units AS fen FROM supplier_return_line r JOIN "
	        "invoice_match "
	        "m ON m.payable_id = r.payable_id JOIN invoice i ON i.id = m.invoice_id JOIN invoice_line l ON l.id = "
	        "m.invoice_line_id WHERE r.due_units > r.red_units AND m.leg = 2 AND m.left_fen > 1 AND m.left_units > 0 ORDER "
	        "BY r.id "
	        "LIMIT 1";
	if (which == 1 && !pick(p, waiting, row, 5))
		return;
	if (which != 1 &&
	    !pick(p,
	          TEXT_OF(p,
	                  "SELECT i.supplier_id, l.product_id, i.id, m.left_units, m.left_fen FROM invoice_match m JOIN invoice "
	                  "i ON i.id = "
	                  "m.invoice_id JOIN invoice_line l ON l.id = m.invoice_line_id WHERE m.leg = 2 AND m.left_fen > 1 AND "
	                  "m.left_units > 0 "
	                  "ORDER BY (m.id / 11) %% %lld LIMIT 1",
	                  (long long)nth),
	          row, 5))
		return;
	int64_t units = which == 2 ? 0 : 1 + draw(p, row[3]);
	int64_t fen = which == 2 ? 1 + draw(p, row[4] / 2 + 1) : row[4] * units / row[3];
	const char *more = TEXT_OF(p, "\"red_of_id\":\"%lld\",\"red_kind\":\"%s\",", (long long)row[2], kinds[which]);
	if (fen && put_invoice(p, 2, row, units, fen, more)) {
		const char *id = made(p);
		if (!step(p, "finance", "invoices", id, 1, "match"))
			must(step(p, "finance", "invoices", id, 1, "void"));
	}
}

/* Goods go back to where they came from. */
static void send_back(struct play *p)
{
	int64_t row[5];
	if (!pick(p,
	          TEXT_OF(p,
	                  "SELECT b.supplier_id, h.batch_id, h.units, 0, 0 FROM holding h JOIN batch b ON b.id = h.batch_id "
	                  "WHERE "
	                  "h.place_id = %s AND h.quality = 'released' AND b.supplier_id IS NOT NULL ORDER BY (h.batch_id / 11) "
	                  "%% "
	                  "%lld, h.batch_id LIMIT 1",
	                  world_value(p->w, "lead_depot"), (long long)(2 + draw(p, 9))),
	          row, 5))
		return;
	if (!ask(p, "central", "supplier-returns",
	         TEXT_OF(p, "{\"supplier_id\":\"%lld\",\"lines\":[{\"batch_id\":\"%lld\",\"units\":%lld,\"reason\":\"recall\"}]}",
	                 (long long)row[0], (long long)row[1], (long long)(1 + draw(p, row[2] + row[2] / 8)))))
		return;
	const char *id = made(p);
	must(step(p, "central", "supplier-returns", id, 1, "submit") &&
	     !step(p, "central", "supplier-returns", id, 2, "approve"));
	must(step(p, "chief", "supplier-returns", id, 2, "approve") && step(p, "keeper", "supplier-returns", id, 3, "ship"));
	if (draw(p, 8) == 0)
		(void)step(p, "chief", "supplier-returns", id, 4, "close");
}

/* All that is due, or one of it. */
static void pay(struct play *p)
{
	const char *supplier = world_value(p->w, draw(p, 2) ? "supplier" : "calm"), *only = "";
	int64_t one = 0;
	if (draw(p, 3) == 0 &&
	    pick(p,
	         TEXT_OF(p,
	                 "SELECT id FROM payable WHERE supplier_id = %s AND invoiced_fen > paid_fen + held_fen "
	                 "ORDER BY (id / 7) %% %lld LIMIT 1",
	                 supplier, (long long)(2 + draw(p, 9))),
	         &one, 1))
		only = TEXT_OF(p, ",\"payables\":[{\"payable_id\":\"%lld\"}]", (long long)one);
	if (!ask(p, "buyer", "payments",
	         TEXT_OF(p, "{\"supplier_id\":\"%s\",\"channel\":\"bank\",\"until_ymd\":%d%s}", supplier,
	                 ymd_add_days(p->today, draw(p, 60)), only)))
		return;
	const char *id = made(p);
	must(step(p, "finance", "payments", id, 1, "review"));
	if (draw(p, 4) == 0) {
		must(step(p, "buyer", "payments", id, 2, "cancel"));
		return;
	}
	must(!step(p, "finance", "payments", id, 2, "approve"));
	must(step(p, "chief", "payments", id, 2, "approve") && step(p, "finance", "payments", id, 3, "pay"));
	must(draw(p, 3) || step(p, "finance", "payments", id, 4, "return"));
}

/* A payment of any day comes back. RULE DOMAIN-12.4-payment-returned */
static void bounce(struct play *p)
{
	int64_t row[2];
	if (pick(p,
	         TEXT_OF(p,
	                 "SELECT id, version FROM document WHERE kind = 'payment' AND state = 'paid' ORDER BY (id / 7) %% %lld "
	                 "LIMIT 1",
	                 (long long)(2 + draw(p, 9))),
	         row, 2))
		must(step(p, "finance", "payments", TEXT_OF(p, "%lld", (long long)row[0]), (int)row[1], "return"));
}

/* A supplier counts as the maker from some day on, or no longer. RULE DOMAIN-6-counts-as-maker */
static void permit(struct play *p)
{
	int64_t row[1];
	if (pick(p, "SELECT id FROM invoice_permit WHERE ended_at_ms IS NULL AND approved_at_ms IS NOT NULL", row, 1)) {
		must(ask(p, "buyer", TEXT_OF(p, "maker-permits/%lld/end", (long long)row[0]), "{\"note\":\"到期\"}"));
		return;
	}
	must(pick(p, "SELECT maker_id FROM product_maker LIMIT 1", row, 1) &&
	     ask(p, "buyer", "maker-permits",
	         TEXT_OF(p, "{\"supplier_id\":\"%s\",\"maker_id\":\"%lld\",\"reason\":\"maker\",\"paper\":\"1\",\"from_ymd\":%d}",
	                 world_value(p->w, draw(p, 2) ? "supplier" : "calm"), (long long)row[0],
	                 ymd_add_days(p->today, draw(p, 9) - 6))));
	const char *id = made(p);
	must(ask(p, "buyer", TEXT_OF(p, "attachments?owner_kind=maker_permit&owner_id=%s&name=x.pdf", id), "%PDF-1.4\n%%EOF\n") &&
	     ask(p, "chief", TEXT_OF(p, "maker-permits/%s/approve", id), "{}"));
}

/* Goods leave for the east, break, or are found. */
static void move(struct play *p)
{
	static const char *const reasons[] = {"broken", "lost", "usage"};
	const char *product = world_value(p->w, draw(p, 2) ? "amoxicillin" : "glucose");
	if (draw(p, 2)) {
		(void)ask(p, "keeper", "adjustments",
		          TEXT_OF(p, "{\"reason\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld}]}",
		                  reasons[draw(p, 3)], product, (long long)(1 + draw(p, 7))));
		return;
	}
	must(ask(p, "keeper", "shipments",
	         TEXT_OF(p, "{\"to_site_id\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld}]}",
	                 world_value(p->w, "east"), product, (long long)(1 + draw(p, 60)))));
	const char *id = made(p);
	if (step(p, "keeper", "shipments", id, 1, "allocate") && step(p, "keeper", "shipments", id, 2, "pick"))
		must(ask(p, "keeper", TEXT_OF(p, "shipments/%s/ship", id), "{\"version\":3,\"seal_no\":\"F\"}") &&
		     step(p, "east_user", "shipments", id, 4, "receive"));
}

/* What a patient brings back, what was found: a batch of its own, at the price in force. */
static void come_back(struct play *p)
{
	bool east = draw(p, 2) != 0;
	(void)ask(p, east ? "east_user" : "keeper", "adjustments",
	          TEXT_OF(p,
	                  "{\"reason\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"lot\":\"L%lld\",\"expiry_ymd\":20290101,"
	                  "\"units\":%lld}]}",
	                  draw(p, 2) ? "return" : "found", world_value(p->w, draw(p, 2) ? "amoxicillin" : "glucose"),
	                  (long long)(1 + draw(p, 30)), (long long)(1 + draw(p, 9))));
}

/* What lies there of a lot, more or less. */
static void count(struct play *p)
{
	bool east = draw(p, 2) != 0;
	(void)ask(p, east ? "east_user" : "keeper", "adjustments",
	          TEXT_OF(p,
	                  "{\"reason\":\"count\",\"lines\":[{\"product_id\":\"%s\",\"lot\":\"L%lld\",\"expiry_ymd\":20290101,"
	                  "\"units\":%lld}]}",
	                  world_value(p->w, draw(p, 2) ? "amoxicillin" : "glucose"), (long long)(1 + draw(p, 30)),
	                  (long long)draw(p, 60)));
}

/* Any 库存登记 that stands, of today or of a closed month, where its goods still lie there. RULE DOMAIN-12.3-reversal */
static void take_back(struct play *p)
{
	int64_t row[2];
	if (pick(p,
	         TEXT_OF(p,
	                 "SELECT id, version FROM document WHERE kind = 'adjustment' AND state = 'posted' ORDER BY (id / 7) %% "
	                 "%lld "
	                 "LIMIT 1",
	                 (long long)(2 + draw(p, 90))),
	         row, 2))
		(void)step(p, "keeper", "adjustments", TEXT_OF(p, "%lld", (long long)row[0]), (int)row[1], "reverse");
}

static enum status take_effect(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

/* The program comes to count, sooner or later; it looks whether there is something to do, like the service. */
static void count_now(struct play *p)
{
	while (price_adjustment_is_due(p->w->store.writer.db, p->w->service.clock.fixed_ms))
		world_write(p->w, take_effect, NULL);
}

static enum status keep_books(struct tx *tx, void *arg)
{
	struct play *p = arg;
	tx->action = "test.books";
	(void)depot_book_catch_up(tx, 1 + draw(p, 40));
	return ST_OK;
}

/* A new issue price below what the product costs, at once or some days on; the books follow as they like. */
static void change_price(struct play *p)
{
	int64_t moment = p->w->service.clock.fixed_ms + (draw(p, 2) ? 0 : draw(p, 5 * 86400000LL));
	if (ask(p, "central", "price-adjustments",
	        TEXT_OF(p, "{\"effective_at_ms\":%lld,\"lines\":[{\"product_id\":\"%s\",\"price\":\"%lld.%02lld\"}]}",
	                (long long)moment, world_value(p->w, draw(p, 2) ? "amoxicillin" : "glucose"), (long long)draw(p, 8),
	                (long long)draw(p, 100)))) {
		const char *id = made(p);
		must(step(p, "central", "price-adjustments", id, 1, "submit"));
		(void)step(p, "chief", "price-adjustments", id, 2, "approve");
	}
	for (int64_t acts = draw(p, 4); acts > 0; acts--)
		(draw(p, 2) ? move : come_back)(p);
	if (draw(p, 2))
		world_write(p->w, keep_books, p);
	if (draw(p, 3))
		count_now(p);
}

static void estimate(struct play *p)
{
	(void)ask(p, "finance", "estimates", TEXT_OF(p, "{\"to_ymd\":%d}", p->today));
}

static void sign_in_all(struct play *p)
{
	static const char *const people[] = {"central", "buyer", "receiver", "inspector",
	                                     "keeper",  "chief", "finance",  "east_user"};
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		CU_ASSERT_EQUAL(world_ask(p->w, people[i], METHOD_POST, "session",
		                          TEXT_OF(p, "{\"user\":\"%s\",\"password\":\"a long word 9\"}", people[i]), ""),
		                200);
}

/* A sheet that is not the newest one stands. RULE DOMAIN-12.3-sheet-once */
static void try_old_sheets(struct play *p)
{
	int64_t row[2];
	if (pick(p,
	         "SELECT d.id, d.version FROM sheet t JOIN document d ON d.id = t.id WHERE t.current = 1 AND d.state = 'issued' "
	         "AND EXISTS "
	         "(SELECT 1 FROM sheet o WHERE o.current = 1 AND o.month > t.month AND (o.supplier_id = t.supplier_id OR "
	         "o.party_site_id = t.party_site_id))",
	         row, 2))
		must(!step(p, "finance", "sheets", TEXT_OF(p, "%lld", (long long)row[0]), (int)row[1], "withdraw"));
}

/* Of the branch and both suppliers, now and then left out or made anew; people go on working on the same day. */
static void put_sheets(struct play *p, int64_t month)
{
	const char *parties[] = {TEXT_OF(p, "branch\",\"site_id\":\"%s", world_value(p->w, "east")),
	                         TEXT_OF(p, "supplier\",\"supplier_id\":\"%s", world_value(p->w, "supplier")),
	                         TEXT_OF(p, "supplier\",\"supplier_id\":\"%s", world_value(p->w, "calm"))};
	for (size_t i = 0; i < 3; i++) {
		const char *body = TEXT_OF(p, "{\"kind\":\"%s\",\"month\":%lld}", parties[i], (long long)month);
		if (draw(p, 4) == 0)
			continue;
		must(ask(p, "finance", "sheets", body));
		const char *sheet = made(p);
		must(!ask(p, "finance", "sheets", body));
		if (draw(p, 3) == 0) {
			must(step(p, "finance", "sheets", sheet, 1, "withdraw"));
			pay(p);
			must(ask(p, "finance", "sheets", body));
		} else if (i == 0)
			must(draw(p, 3) == 0 || step(p, "east_user", "sheets", sheet, 1, "confirm"));
		(draw(p, 2) ? invoice : pay)(p);
	}
	try_old_sheets(p);
}

/* On the close day both depots close, now and then after the chief reopened; then the sheets. */
static void close_month(struct play *p)
{
	static const char *const depots[] = {"lead_depot", "east_depot"}, *const people[] = {"keeper", "east_user"};
	int64_t month = p->today / 100;
	if (price_adjustment_is_due(p->w->store.writer.db, p->w->service.clock.fixed_ms)) {
		const char *early =
		        TEXT_OF(p, "{\"depot_id\":\"%s\",\"month\":%lld}", world_value(p->w, depots[0]), (long long)month);
		CU_ASSERT_EQUAL(world_ask(p->w, people[0], METHOD_POST, "month-closes", early, NULL), 409);
	}
	count_now(p);
	for (int i = 0; i < 2; i++) {
		const char *body =
		        TEXT_OF(p, "{\"depot_id\":\"%s\",\"month\":%lld}", world_value(p->w, depots[i]), (long long)month);
		must(ask(p, people[i], "month-closes", body));
		const char *id = made(p);
		must(!ask(p, people[i], "month-closes", body));
		if (draw(p, 2) == 0) {
			must(step(p, "chief", "month-closes", id, 1, "reopen"));
			move(p);
			must(ask(p, people[i], "month-closes", body));
		}
		move(p);
		change_price(p);
		count_now(p);
	}
	put_sheets(p, month);
	bounce(p);
	invoice(p);
	move(p);
}

static void tell(void *arg, const char *table, const char *row, const char *what)
{
	(void)arg;
	printf("  verify: %s %s: %s\n", table, row, what);
}

/* Lines that rounding alone does not explain: the books would have held other goods than were counted. */
static int64_t rounded_much(struct play *p)
{
	int64_t lines = 0;
	struct rows r =
	        db_query_text(p->w->db,
	                      "SELECT count(*) FROM depot_line WHERE abs(rounding_fen) > 1 OR abs(issue_rounding_fen) > CASE "
	                      "WHEN change_no IS NULL THEN 1 ELSE 40 END",
	                      NULL, 0);
	if (rows_next(&r))
		lines = col_i64(&r, 0);
	rows_drop(&r);
	return lines;
}

static int64_t count_of(struct play *p, const char *sql)
{
	struct rows r = db_query_text(p->w->db, sql, NULL, 0);
	int64_t n = rows_next(&r) ? col_i64(&r, 0) : 0;
	rows_drop(&r);
	return n;
}

/* RULE DOMAIN-12.3-sheet-once: of a supplier's entries up to its newest sheet each stands in one sheet, but those of the days
 * before the first one; and one that stands in none is behind the newest. */
#define IN_SHEETS                                                                                                            \
	"(SELECT count(*) FROM sheet_line l JOIN sheet s ON s.id = l.sheet_id WHERE s.current = 1 AND s.supplier_id IS NOT " \
	"NULL "                                                                                                              \
	"AND l.seq = e.seq AND l.entry_n = e.n)"
#define OF_SUPPLIERS                                                                                                             \
	"FROM money_entry e JOIN sheet f ON f.current = 1 AND f.supplier_id = e.supplier_id AND f.month = (SELECT min(x.month) " \
	"FROM "                                                                                                                  \
	"sheet x WHERE x.current = 1 AND x.supplier_id = e.supplier_id) JOIN sheet n ON n.current = 1 AND n.supplier_id = "      \
	"e.supplier_id AND n.month = (SELECT max(y.month) FROM sheet y WHERE y.current = 1 AND y.supplier_id = e.supplier_id) "  \
	"WHERE "                                                                                                                 \
	"e.account = 'payable' AND "
static void prove_sheets(struct play *p)
{
	CU_ASSERT_EQUAL(
	        count_of(p, "SELECT count(*) " OF_SUPPLIERS "e.seq <= n.upto_seq AND e.ymd >= f.from_ymd AND " IN_SHEETS " <> 1"),
	        0);
	CU_ASSERT_EQUAL(
	        count_of(p, "SELECT count(*) " OF_SUPPLIERS "(e.seq > n.upto_seq OR e.ymd < f.from_ymd) AND " IN_SHEETS " <> 0"),
	        0);
}

static void prove(struct play *p)
{
	db_read_begin(p->w->db);
	prove_sheets(p);
	CU_ASSERT_EQUAL_FATAL(settle_verify(p->w->db, tell, NULL), 0);
	CU_ASSERT_EQUAL(rounded_much(p), 0);
	CU_ASSERT_EQUAL(db_read_end(p->w->db), ST_OK);
}

/* Some days on, but never past a close day. */
static void go_on(struct play *p)
{
	for (int64_t days = 1 + draw(p, 6); days > 0; days--) {
		p->today = ymd_add_days(p->today, 1);
		if (p->today % 100 == 25)
			return;
	}
}

static void every_settlement_adds_up(void)
{
	static void (*const acts[])(struct play *) = {receive, invoice,   invoice,   maker_invoice, red_invoice,
	                                              pay,     move,      estimate,  come_back,     change_price,
	                                              count,   send_back, take_back, bounce,        permit};
	const char *said = getenv("YAOCANG_SEED");
	struct play p = {.w = world_new(), .today = SETTLE_FIRST_DAY};
	p.state = said ? strtoull(said, NULL, 10) : (uint64_t)clock_monotonic_ms() * 2654435761u + 1;
	printf("  YAOCANG_SEED=%llu\n", (unsigned long long)p.state);
	for (int day = 0; day < DAYS; day++) {
		for (int i = 0; i < ACTS_A_DAY; i++) {
			size_t which = (size_t)draw(&p, sizeof acts / sizeof *acts);
			acts[which](&p);
			p.done[which]++;
		}
		if (p.today % 100 == 25)
			close_month(&p);
		prove(&p);
		go_on(&p);
		p.w->service.clock.fixed_ms = ymd_begin_ms(p.today) + 8 * 3600 * 1000LL;
		sign_in_all(&p);
	}
	printf("  receipts %d, invoices %d, red %d, payments %d, returns %lld (%lld settled); %d refused; %lld entries\n",
	       p.done[0], p.done[1] + p.done[2], p.done[4], p.done[5],
	       (long long)world_number(p.w, "SELECT count(*) FROM supplier_return"),
	       (long long)world_number(p.w, "SELECT count(*) FROM document WHERE kind = 'supplier_return' AND state = 'settled'"),
	       p.refused, (long long)world_number(p.w, "SELECT count(*) FROM money_entry"));
	printf("  %lld taken back\n",
	       (long long)world_number(p.w, "SELECT count(*) FROM document WHERE kind = 'adjustment' AND state = 'reversed'"));
	printf("  %d new prices, %lld lines of books, %lld of them late, 调价 %lld fen\n", p.done[9],
	       (long long)world_number(p.w, "SELECT count(*) FROM depot_line"),
	       (long long)world_number(p.w, "SELECT count(*) FROM depot_line WHERE late = 1"),
	       (long long)world_number(p.w,
	                               "SELECT coalesce(sum(abs(issue_fen)), 0) FROM depot_line WHERE change_no IS NOT NULL"));
	CU_ASSERT_TRUE(world_number(p.w, "SELECT count(*) FROM money_entry") > 100);
	world_end(p.w);
}

SUITE(settle_random, {"every_settlement_adds_up", every_settlement_adds_up});
