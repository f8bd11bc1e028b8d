#include "warehouse/distribution/shipment.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment_goods.h"

#include <string.h>

SQL(insert_shipment,
    "INSERT INTO shipment (id, from_place_id, to_place_id, request_id, tote_code) VALUES (:id, :from_id, :to_id, :request_id, "
    ":tote_t)");
SQL(insert_line, "INSERT INTO shipment_line (id, shipment_id, n, request_line_id, product_id, units, unmet_units) VALUES (:id, "
                 ":shipment_id, :n, "
                 ":request_line_id, :product_id, :units, :units)");

/* Both ends of a shipment. */
struct ends {
	int64_t from_site, from_place, to_site, to_place;
};

static enum status depot_of(struct tx *tx, int64_t site_id, int64_t asked, const char *field, int64_t *out)
{
	*out = asked ? asked : site_default_depot(tx_db(tx), site_id);
	if (*out && depot_site(tx_db(tx), *out) == site_id)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, field, 0, "该机构没有这个库房");
}

static enum status find_ends(struct tx *tx, const struct shipment_new *in, struct ends *e)
{
	struct db *db = tx_db(tx);
	e->from_site = in->from_depot_id ? depot_site(db, in->from_depot_id) : tx->me.root_site_id;
	if (!e->from_site || !me_at_site(db, &tx->me, e->from_site))
		return tx_fail(tx, ST_INVALID_FIELD, "from_depot_id", 0, "没有这个库房, 或不在您的管辖范围");
	enum status st = depot_of(tx, e->from_site, in->from_depot_id, "from_depot_id", &e->from_place);
	if (st != ST_OK)
		return st;
	if (!in->to_site_id || !me_at_site(db, &tx->me, in->to_site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "to_site_id", 0, "没有这个机构, 或不在您的配送范围");
	e->to_site = in->to_site_id;
	if ((st = depot_of(tx, e->to_site, in->to_depot_id, "to_depot_id", &e->to_place)) != ST_OK)
		return st;
	if (e->from_place == e->to_place)
		return tx_fail(tx, ST_INVALID_FIELD, "to_depot_id", 0, "发出与接收库房相同");
	return ST_OK;
}

static void add_line(struct tx *tx, const struct doc *d, int64_t n, int64_t request_line_id, int64_t product_id, int64_t units)
{
	db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":shipment_id", d->id), I64(":n", n),
	        ID(":request_line_id", request_line_id), I64(":product_id", product_id), I64(":units", units));
}

static enum status lines_given(struct tx *tx, const struct doc *d, const struct shipment_new *in)
{
	struct product p;
	int64_t *products = arena_array(tx->arena, in->line_count + 1, sizeof *products);
	for (size_t i = 0; i < in->line_count; i++)
		products[i] = in->lines[i].product_id;
	product_load_ahead(tx_db(tx), products, in->line_count);
	for (size_t i = 0; i < in->line_count; i++) {
		if (product_load(tx_db(tx), tx->arena, in->lines[i].product_id, &p) != ST_OK)
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1, "没有这个品种");
		if (in->lines[i].units < 1)
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1, "请填写数量");
		add_line(tx, d, (int64_t)i + 1, 0, p.id, in->lines[i].units);
	}
	return ST_OK;
}

/* What the request is still owed, beside what others are packing for it. */
static enum status lines_owed(struct tx *tx, const struct doc *d, int64_t request_id, const struct request_lines *lines)
{
	int64_t n = 0;
	for (size_t i = 0; i < lines->count; i++) {
		const struct request_line *l = &lines->items[i];
		int64_t packing = request_packing(tx_db(tx), request_id, l->id);
		int64_t owed = l->approved_units - l->shipped_units - packing;
		if (owed > 0)
			add_line(tx, d, ++n, l->id, l->product_id, owed);
	}
	return n ? ST_OK : tx_fail(tx, ST_NO_LINES, "request_id", 0, "请领单已全部发出或正在配货, 没有欠发的明细");
}

static enum status find_request(struct tx *tx, struct shipment_new *in, struct request_lines *lines)
{
	struct doc request;
	if (document_load(tx_db(tx), tx->arena, &tx->me, &request_kind, in->request_id, &request) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "request_id", 0, "没有这张请领单");
	if (strcmp(request.state, "submitted") != 0 && strcmp(request.state, "part_shipped") != 0)
		return tx_fail(tx, ST_WRONG_STATE, "request_id", 0, "请领单 %s 是“%s”, 不能配送", request.number,
		               document_state_title(&request_kind, request.state));
	request_lines_load(tx_db(tx), tx->arena, request.id, lines);
	in->to_site_id = in->to_site_id ? in->to_site_id : request.from_site_id;
	if (in->to_site_id == request.from_site_id && !in->to_depot_id)
		in->to_depot_id = lines->place_id;
	return ST_OK;
}

/* Letters of the tote's code: the running number without its hyphens. */
static char *tote_code(struct tx *tx, const char *number)
{
	char *code = arena_printf(tx->arena, "T%s", number + 3);
	char *hyphen = strchr(code, '-');
	if (hyphen)
		memmove(hyphen, hyphen + 1, strlen(hyphen));
	return code;
}

enum status shipment_make(struct tx *tx, const struct shipment_new *given, struct doc *out)
{
	struct shipment_new in = *given;
	struct request_lines owed = {0};
	struct ends e = {0};
	tx->action = "shipment.make";
	enum status st = in.request_id ? find_request(tx, &in, &owed) : ST_OK;
	if (st == ST_OK)
		st = find_ends(tx, &in, &e);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {e.from_site, e.to_site, in.reference, in.note, NULL};
	st = document_make(tx, &shipment_kind, &head, out);
	db_exec(tx, insert_shipment, I64(":id", out->id), I64(":from_id", e.from_place), I64(":to_id", e.to_place),
	        ID(":request_id", in.request_id), TEXT(":tote_t", tote_code(tx, out->number)));
	if (in.request_id)
		document_link(tx, out->id, in.request_id);
	if (st != ST_OK)
		return st;
	if (in.line_count)
		return lines_given(tx, out, &in);
	return in.request_id ? lines_owed(tx, out, in.request_id, &owed) : tx_fail(tx, ST_NO_LINES, "lines", 0, "配送单没有明细");
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},      {"allocated", "已配货", true},  {"picked", "已拣货", true}, {"shipped", "在途", true},
        {"received", "已签收", true}, {"cancelled", "已取消", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "allocate", "allocated", "配货", PERM_SHIP, SIDE_FROM, false, shipment_may_allocate, shipment_allocate},
        {"allocated", "pick", "picked", "拣货完成", PERM_SHIP, SIDE_FROM, false, NULL, shipment_pick},
        {"picked", "ship", "shipped", "发出", PERM_SHIP, SIDE_FROM, false, shipment_may_ship, shipment_ship},
        {"shipped", "receive", "received", "签收", PERM_SHIPMENT_RECEIVE, SIDE_TO, false, NULL, shipment_receive},
        {"draft", "cancel", "cancelled", "取消", PERM_SHIP, SIDE_FROM, false, NULL, shipment_cancel},
        {"allocated", "cancel", "cancelled", "取消", PERM_SHIP, SIDE_FROM, false, NULL, shipment_cancel},
        {"picked", "cancel", "cancelled", "取消", PERM_SHIP, SIDE_FROM, false, NULL, shipment_cancel},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind shipment_kind = {"shipment", "配送单", "PS", "shipments", states, steps, "draft", NULL};
