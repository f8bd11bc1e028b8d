/*
 * Invoices (发票) as lines of a file: rows with the same number are one invoice. An invoice that is known already changes
 * nothing where the row is on it, and is refused where it is not: what is entered is taken back by a red invoice, not by a file.
 * A row need not say the parties of our own leg (the supplier, the lead); the issuer of any other leg it must.
 */
#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/settlement/invoice.h"

#include <stdlib.h>
#include <string.h>

enum {
	NO,
	LEG,
	SUPPLIER,
	ISSUER,
	BUYER,
	ISSUED,
	NET,
	TAX,
	GROSS,
	RED_OF,
	RED_KIND,
	PRODUCT,
	LOT,
	UNITS,
	PER_PACK,
	PRICE,
	AMOUNT
};

static const struct intake_word red_kinds[] = {{"correct", "错票冲红"}, {"return", "退货"}, {"allowance", "补差"}, {NULL, NULL}};
static const struct intake_column columns[] = {
        [NO] = {.name = "invoice_no", .title = "发票号码", .type = IN_CODE, .need = MUST_HAVE, .max = 20},
        [LEG] = {.name = "leg", .title = "票次", .type = IN_INT, .need = MUST_HAVE, .min = 1, .max = 3},
        [SUPPLIER] = {.name = "supplier_code", .title = "供应商代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [ISSUER] = {.name = "issuer", .title = "开票方", .type = IN_TEXT, .need = MAY_KEEP, .max = 100},
        [BUYER] = {.name = "buyer", .title = "购买方", .type = IN_TEXT, .need = MAY_KEEP, .max = 100},
        [ISSUED] = {.name = "issued_ymd", .title = "开票日期", .type = IN_YMD, .need = MUST_HAVE},
        [NET] = {.name = "net", .title = "不含税金额", .type = IN_PRICE, .need = MUST_HAVE},
        [TAX] = {.name = "tax", .title = "税额", .type = IN_PRICE, .need = MAY_LACK},
        [GROSS] = {.name = "gross", .title = "价税合计", .type = IN_PRICE, .need = MUST_HAVE},
        [RED_OF] = {.name = "red_of_no", .title = "原发票号码", .type = IN_CODE, .need = MAY_LACK, .max = 20},
        [RED_KIND] = {.name = "red_kind", .title = "冲红原因", .type = IN_WORD, .need = MAY_LACK, .words = red_kinds},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [LOT] = {.name = "lot", .title = "批号", .type = IN_CODE, .need = MAY_LACK, .max = 64},
        [UNITS] = {.name = "units", .title = "数量", .type = IN_INT, .need = MUST_HAVE, .min = 0, .max = 1000000000},
        [PER_PACK] =
                {.name = "units_per_pack", .title = "计价包装数量", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        [PRICE] = {.name = "price", .title = "含税单价", .type = IN_PRICE, .need = MAY_KEEP},
        [AMOUNT] = {.name = "amount", .title = "行价税合计", .type = IN_PRICE, .need = MUST_HAVE},
        {.name = NULL},
};

static const char *const ignored[] = {"id",   "invoice_id", "state",     "supplier_name", "red", "product_name",
                                      "spec", "maker",      "unit_name", "pack_name",     NULL};

SQL(select_every,
    "SELECT i.invoice_no, i.leg, s.code, i.issuer, i.buyer, i.issued_ymd, abs(i.net_fen) * 100, nullif(abs(i.tax_fen) * 100, 0), "
    "abs(i.gross_fen) * 100, (SELECT o.invoice_no FROM invoice o WHERE o.id = i.red_of), i.red_kind, p.code, l.lot, "
    "abs(l.units), "
    "l.units_per_pack, nullif(l.price_e4, 0), abs(l.amount_fen) * 100 FROM invoice i JOIN document d ON d.id = i.id JOIN "
    "supplier s ON "
    "s.id = i.supplier_id JOIN invoice_line l ON l.invoice_id = i.id JOIN product p ON p.id = l.product_id WHERE d.state <> "
    "'void' "
    "ORDER BY i.id, l.n /*scan: export*/ /*all sites: export*/");
SQL(select_same,
    "SELECT 1 FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.id = :id AND i.leg = :leg AND i.supplier_id = "
    ":supplier_id AND abs(i.gross_fen) * 100 = :gross AND l.product_id = :product_id AND coalesce(l.lot, '') = :lot_t AND "
    "abs(l.units) = :units AND abs(l.amount_fen) * 100 = :amount LIMIT 1 /*all sites: numbers are unique*/");

/* A row that will be a line of its invoice. */
struct item {
	int64_t row, supplier_id, product_id;
	const struct intake_cell *c;
};
struct invoices {
	struct item *items;
	size_t count, cap;
};

static enum status begin(struct intake *in)
{
	in->context = arena_alloc(in->tx->arena, sizeof(struct invoices));
	return ST_OK;
}

static void add_item(struct intake *in, const struct item *item)
{
	struct invoices *o = in->context;
	if (o->count == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 256;
		struct item *more = arena_array(in->tx->arena, cap, sizeof *more);
		if (o->count)
			memcpy(more, o->items, o->count * sizeof *more);
		o->items = more;
		o->cap = cap;
	}
	o->items[o->count++] = *item;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct db *db = tx_db(in->tx);
	const struct item item = {row->row, supplier_by_code(db, c[SUPPLIER].text), product_by_code(db, c[PRODUCT].text), c};
	if (!item.supplier_id)
		return in_fail(in, SUPPLIER, ST_INVALID_FIELD, "没有代码为 %s 的供应商", c[SUPPLIER].text);
	if (!item.product_id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	int64_t known = invoice_by_no(db, c[NO].text);
	if (!known) {
		add_item(in, &item);
		*change = INTAKE_LATER;
		return ST_OK;
	}
	const struct arg args[] = {I64(":id", known),
	                           I64(":leg", c[LEG].value),
	                           I64(":supplier_id", item.supplier_id),
	                           I64(":gross", c[GROSS].value),
	                           I64(":product_id", item.product_id),
	                           TEXT(":lot_t", c[LOT].text ? c[LOT].text : ""),
	                           I64(":units", c[UNITS].value),
	                           I64(":amount", c[AMOUNT].value)};
	if (db_i64_n(db, 0, &select_same, args, sizeof args / sizeof *args))
		return ST_OK;
	return in_fail(in, NO, ST_ALREADY_EXISTS, "发票 %s 已登记, 且没有这一行; 请核对, 或用红字发票冲回", c[NO].text);
}

static int by_number(const void *left, const void *right)
{
	const struct item *x = left, *y = right;
	bool red[2] = {x->c[RED_OF].text != NULL, y->c[RED_OF].text != NULL};
	int order = strcmp(x->c[NO].text, y->c[NO].text);
	if (red[0] != red[1]) /* what they take back stands in the same file, perhaps */
		return red[0] ? 1 : -1;
	return order ? order : x->row < y->row ? -1 : 1;
}

struct paper {
	struct intake *in;
	const struct item *items;
	size_t count;
};

static enum status make_invoice(struct tx *tx, void *arg)
{
	const struct paper *d = arg;
	const struct intake_cell *c = d->items->c;
	struct doc doc;
	struct invoice_new new = {
	        .invoice_no = c[NO].text,
	        .leg = c[LEG].value,
	        .supplier_id = d->items->supplier_id,
	        .site_id = tx->me.id ? 0 : site_root(tx_db(tx)),
	        .issuer = c[ISSUER].text,
	        .buyer = c[BUYER].text,
	        .issued_ymd = c[ISSUED].value,
	        .net_e4 = c[NET].value,
	        .tax_e4 = c[TAX].text ? c[TAX].value : 0,
	        .gross_e4 = c[GROSS].value,
	        .red_of_id = c[RED_OF].text ? invoice_by_no(tx_db(tx), c[RED_OF].text) : 0,
	        .red_kind = c[RED_KIND].text,
	        .note = "文件导入",
	        .lines = arena_array(tx->arena, d->count, sizeof *new.lines),
	        .line_count = d->count,
	};
	if (c[RED_OF].text && !new.red_of_id)
		return tx_fail(tx, ST_INVALID_FIELD, columns[RED_OF].name, 0, "没有原发票 %s", c[RED_OF].text);
	for (size_t i = 0; i < d->count; i++) {
		const struct intake_cell *l = d->items[i].c;
		new.lines[i] = (struct invoice_line_new){.product_id = d->items[i].product_id,
		                                         .lot = l[LOT].text,
		                                         .units = l[UNITS].value,
		                                         .price_e4 = l[PRICE].text ? l[PRICE].value : -1,
		                                         .units_per_pack = l[PER_PACK].text ? l[PER_PACK].value : 0,
		                                         .amount_e4 = l[AMOUNT].value};
	}
	return invoice_make(tx, &new, &doc);
}

/* One invoice, or all its rows refused. */
static enum status take_paper(struct paper *d)
{
	struct tx *tx = d->in->tx;
	struct faults own = {.arena = tx->arena}, *outer = tx->faults;
	tx->faults = &own;
	enum status st = tx_attempt(tx, make_invoice, d);
	tx->faults = outer;
	const char *action = d->in->kind->action;
	tx->action = action;
	if (st == ST_OK)
		d->in->report->added += (int64_t)d->count;
	if (st == ST_OK || st == ST_STORE_UNAVAILABLE || st == ST_BUSY || st == ST_INTERNAL)
		return st;
	for (size_t i = 0; i < d->count; i++)
		intake_refuse(d->in, d->items[i].row, NULL, st, own.first ? own.first->message : status_text(st));
	return ST_OK;
}

static enum status finish(struct intake *in)
{
	struct invoices *o = in->context;
	enum status st = ST_OK;
	if (o->count)
		qsort(o->items, o->count, sizeof *o->items, by_number);
	for (size_t i = 0, n; i < o->count && st == ST_OK; i += n) {
		for (n = 1; i + n < o->count && strcmp(o->items[i + n].c[NO].text, o->items[i].c[NO].text) == 0;)
			n++;
		struct paper d = {in, &o->items[i], n};
		st = take_paper(&d);
	}
	return st;
}

const struct intake_kind intake_invoices = {.name = "invoices",
                                            .title = "发票",
                                            .action = "import.invoices",
                                            .columns = columns,
                                            .ignored = ignored,
                                            .begin = begin,
                                            .take = take,
                                            .finish = finish,
                                            .every = &select_every};
