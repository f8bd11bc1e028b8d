#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/price/negotiation.h"
#include "warehouse/price/price.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"alliance", L_TEXT, "n.alliance", "联盟", NULL},
        {"from_ymd", L_INT, "n.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "n.to_ymd", "截止日", NULL},
        {"lines", L_INT, "(SELECT count(*) FROM negotiation_line l WHERE l.negotiation_id = n.id)", "品种数", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, NO_FILTER};
static const struct list_path paths[] = {DOC_PATHS("negotiation", "JOIN negotiation n ON n.id = d.id")};
const struct list_spec list_negotiations = {.name = "negotiations",
                                            .title = "议价",
                                            .columns = columns,
                                            .filters = filters,
                                            .paths = paths,
                                            .served = doc_served,
                                            .q_as = doc_q};

SQL(select_head, "SELECT alliance, from_ymd, to_ymd, minutes FROM negotiation WHERE id = :id "
                 "/*all sites: the caller has the document*/");
static const struct list_column head[] = {COLUMN("alliance", L_TEXT), COLUMN("from_ymd", L_INT), COLUMN("to_ymd", L_INT),
                                          COLUMN("minutes", L_TEXT), NO_COLUMN};
SQL(select_members, "SELECT name, duty, recused, reason FROM negotiation_member WHERE negotiation_id = :id ORDER BY n "
                    "/*all sites: the caller has the document*/");
static const struct list_column member[] = {COLUMN("name", L_TEXT), COLUMN("duty", L_TEXT), COLUMN("recused", L_BOOL),
                                            COLUMN("reason", L_TEXT), NO_COLUMN};
/* The ceiling beside the quotes, and what was last paid. */
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, l.units_per_pack, " PRICE_FACT(
            "price_e4 * l.units_per_pack / pf.units_per_pack", "listed", "l.product_id",
            ":today_ymd") ", (SELECT g.price_e4 FROM price_paid g WHERE g.product_id = l.product_id AND g.return_id IS NULL "
                          "ORDER BY g.id DESC LIMIT 1), l.single_reason FROM "
                          "negotiation_line l JOIN product p ON p.id = l.product_id WHERE l.negotiation_id = :id ORDER BY l.n "
                          "/*all sites: the caller has the document*/");
static const struct list_column line[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("ceiling_price", L_PRICE),
        COLUMN("last_price", L_PRICE),
        COLUMN("single_reason", L_TEXT),
        NO_COLUMN,
};
SQL(select_quotes,
    "SELECT q.line_id, q.supplier_id, s.name, q.price_e4, q.note, q.chosen FROM negotiation_line l JOIN negotiation_quote q ON "
    "q.line_id = l.id JOIN supplier s ON s.id = q.supplier_id WHERE l.negotiation_id = :id ORDER BY l.n, q.n "
    "/*all sites: the caller has the document*/");
static const struct list_column quote[] = {COLUMN("line_id", L_ID),
                                           COLUMN("supplier_id", L_ID),
                                           COLUMN("supplier_name", L_TEXT),
                                           COLUMN("price", L_PRICE),
                                           COLUMN("note", L_TEXT),
                                           COLUMN("chosen", L_BOOL),
                                           NO_COLUMN};

enum status negotiation_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &negotiation_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "members", member, select_members, I64(":id", d.id));
	api_rows(x, db, "lines", line, select_lines, I64(":id", d.id), I64(":today_ymd", x->today_ymd));
	api_rows(x, db, "quotes", quote, select_quotes, I64(":id", d.id));
	return ST_OK;
}

enum status negotiation_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = negotiation_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status negotiation_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &negotiation_kind, &d);
	if (st == ST_OK)
		st = negotiation_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status negotiation_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &negotiation_kind, in->version, in->note);
}
