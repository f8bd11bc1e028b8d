/*
 * A wrong 库存登记 is taken back: by whoever may enter it, with a reason, once; not where the goods have left; in the open month
 * where the month of the first is closed. Every write is sent once more, and the store is proved.
 */
#include "tests/scenario/month.h"

#include "tests/harness.h"

#define LINE(product, lot, units) "{\"product_id\":\"{" product "}\",\"lot\":\"" lot "\",\"units\":" units "}"
#define ADDED(product, lot, units) \
	"{\"product_id\":\"{" product "}\",\"lot\":\"" lot "\",\"expiry_ymd\":20280101,\"units\":" units "}"
#define BOOK(reason, lines) "{\"reason\":\"" reason "\",\"lines\":[" lines "]}"
#define TOTAL "stock/total?product_id={glucose}&depot_id={lead_depot}"
#define BACK(version) "{\"version\":" version ",\"note\":\"数量录错\"}"

/* The 25th, the last day of November's book. RULE DOMAIN-12.3-reversal */
static const struct step taken_back[] = {
        {"o", "keeper", POST, "adjustments", BOOK("opening", ADDED("glucose", "G1", "100") "," ADDED("amoxicillin", "A1", "48")),
         201, FINE},
        {"u", "keeper", POST, "adjustments", BOOK("usage", LINE("glucose", "G1", "30")), 201, FINE},
        {"b", "keeper", POST, "adjustments", BOOK("broken", LINE("glucose", "G1", "2")), 201, FINE},
        {NULL, "keeper", GET, "adjustments/{u.id}", NULL, 200, SAYS("state=posted", "actions.0.action=reverse")},
        {NULL, "keeper", POST, "adjustments/{u.id}/reverse", "{\"version\":1}", 422, NOT("REASON_MISSING")},
        {NULL, "buyer", POST, "adjustments/{u.id}/reverse", BACK("1"), 403, NOT("FORBIDDEN")},
        {NULL, "west_user", POST, "adjustments/{u.id}/reverse", BACK("1"), 404, NOT("NOT_FOUND")},
        {NULL, "keeper", GET, TOTAL, NULL, 200, SAYS("units=68")},
        {"ur", "keeper", POST, "adjustments/{u.id}/reverse", BACK("1"), 200, SAYS("state=reversed", "version=2")},
        {NULL, "keeper", GET, TOTAL, NULL, 200, SAYS("units=98")},
        {"uv", "keeper", GET, "adjustments/{u.id}", NULL, 200,
         SAYS("state_title=已冲销", "related#1", "related.0.state=reversal", "events.0.note=数量录错")},
        {NULL, "keeper", GET, "adjustments/{uv.related.0.id}", NULL, 200,
         SAYS("state_title=冲销单", "related.0.id={u.id}", "reason=usage", "lines#1", "lines.0.units=30", "actions#0",
              "~数量录错")},
        {NULL, "keeper", GET, "stock-moves?document_id={uv.related.0.id}", NULL, 200,
         SAYS("rows#1", "rows.0.reversal=true", "rows.0.reason=usage", "rows.0.units=30")},
        {NULL, "keeper", POST, "adjustments/{u.id}/reverse", BACK("2"), 409, NOT("WRONG_STATE")},
        {NULL, "keeper", POST, "adjustments/{u.id}/reverse", BACK("1"), 409, NOT("STALE_VERSION")},
        {NULL, "keeper", POST, "adjustments/{uv.related.0.id}/reverse", BACK("1"), 409, NOT("WRONG_STATE")},
        /* two of the hundred are broken, and the other lot is frozen: both lines are named */
        {"l", "keeper", GET, "stock?product_id={amoxicillin}", NULL, 200, SAYS("rows#1")},
        {"h", "central", POST, "holds", "{\"lot_id\":\"{l.rows.0.lot_id}\",\"reason\":\"抽检\"}", 201, FINE},
        {NULL, "keeper", POST, "adjustments/{o.id}/reverse", BACK("1"), 409,
         NOT_AS("NOT_ENOUGH_STOCK", "~G1", "~第 1 行", "~第 2 行", "~A1", "~已冻结")},
        {NULL, "keeper", GET, "adjustments/{o.id}", NULL, 200, SAYS("state=posted", "related#0")},
        {NULL, "central", POST, "holds/{h.id}/release", "{\"note\":\"合格\"}", 200, FINE},
        /* a find that was none */
        {"f", "keeper", POST, "adjustments", BOOK("found", LINE("amoxicillin", "A1", "5")), 201, FINE},
        {NULL, "keeper", POST, "adjustments/{f.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {NULL, "keeper", GET, "stock/total?product_id={amoxicillin}&depot_id={lead_depot}", NULL, 200, SAYS("units=48")},
        /* what is promised to a shipment stays until it is not */
        {"i", "keeper", POST, "adjustments", BOOK("opening", ADDED("amoxicillin", "A9", "10")), 201, FINE},
        {"h1", "central", POST, "holds", "{\"lot_id\":\"{l.rows.0.lot_id}\",\"reason\":\"抽检\"}", 201, FINE},
        {"s", "keeper", POST, "shipments",
         "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":4}]}", 201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "adjustments/{i.id}/reverse", BACK("1"), 409, NOT_AS("NOT_ENOUGH_STOCK", "~只有 6", "~已预留")},
        {NULL, "keeper", POST, "shipments/{s.id}/cancel", "{\"version\":2,\"note\":\"不发了\"}", 200, FINE},
        {NULL, "keeper", POST, "adjustments/{i.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {NULL, "central", POST, "holds/{h1.id}/release", "{\"note\":\"合格\"}", 200, FINE},
        /* papers of a 库存登记, as of every document */
        {NULL, "keeper", POST, "attachments?owner_kind=adjustment&owner_id={u.id}&name=x.txt", "x", 201, FINE},
        {NULL, "keeper", GET, "attachments?owner_kind=adjustment&owner_id={u.id}", NULL, 200, SAYS("attachments#1")},
        {NULL, "west_user", GET, "attachments?owner_kind=adjustment&owner_id={u.id}", NULL, 404, NOT("NOT_FOUND")},
        {NULL, "keeper", GET, "adjustments/{u.id}", NULL, 200, SAYS("~添加附件", "state=reversed")},
};

/* A count that was wrong counts for nothing: its differences go back, and its lots are not counted. RULE DOMAIN-12.4-counted */
static const struct step count_taken_back[] = {
        {"k1", "keeper", POST, "adjustments", BOOK("count", LINE("glucose", "G1", "98")), 201, FINE},
        {"k2", "keeper", POST, "adjustments", BOOK("count", LINE("amoxicillin", "A1", "40")), 201, FINE},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, SAYS("rows.0.count_id={k2.id}", "rows.0.counted_lots=2")},
        {NULL, "keeper", POST, "adjustments/{k1.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, SAYS("rows.0.count_id={k2.id}", "rows.0.counted_lots=1")},
        {NULL, "keeper", POST, "adjustments/{k2.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, SAYS("rows.0.count_id=null")},
        {NULL, "keeper", GET, "stock/total?product_id={amoxicillin}&depot_id={lead_depot}", NULL, 200, SAYS("units=48")},
        {"c", "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202611}", 201, FINE},
        {"cv", "keeper", GET, "month-closes/{c.id}", NULL, 200,
         SAYS("lines.0.out=0.00", "lines.0.out_units=0", "lines.0.loss_units=2", "lines.0.count_units=0", "lines.0.in_units=148",
              "lines.0.closing_units=146")},
};

#define DECEMBER "depot-lines?depot_id={lead_depot}&from_ymd=20261126&to_ymd=20261225"
/* Broken in November, taken back in December: November stays, December's loss is less than nothing. RULE DOMAIN-12.3-late */
static const struct step in_the_open_month[] = {
        {NULL, "keeper", POST, "adjustments/{b.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {"n", "keeper", POST, "adjustments", BOOK("broken", LINE("glucose", "G1", "1")), 201, FINE},
        {NULL, "keeper", POST, "adjustments/{n.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
};
static const struct step december_closed[] = {
        {"c2", "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202612}", 201, FINE},
        {NULL, "keeper", GET, DECEMBER "&column=loss", NULL, 200,
         SAYS("rows#3", "rows.0.late=true", "rows.0.reversal=true", "rows.0.ymd=20261201", "rows.1.late=false",
              "rows.2.late=false", "rows.2.reversal=true")},
        {NULL, "keeper", GET, DECEMBER "&column=in", NULL, 200, SAYS("rows#0")},
        {NULL, "keeper", GET, "month-closes/{c2.id}", NULL, 200,
         SAYS("late_lines=1", "lines.0.opening={cv.lines.0.closing}", "lines.0.loss=-{cv.lines.0.loss}", "lines.0.loss_units=-2",
              "lines.0.in_units=0", "lines.0.closing_units=148")},
        {NULL, "keeper", GET, "month-closes/{c.id}", NULL, 200, SAYS("lines.0.loss_units=2", "lines.0.closing_units=146")},
        {NULL, "keeper", POST, "adjustments/{o.id}/reverse", BACK("1"), 200, SAYS("state=reversed")},
        {NULL, "keeper", GET, TOTAL, NULL, 200, SAYS("units=0")},
};

static void wrong_entries_are_taken_back(void)
{
	struct world *w = world_new();
	month_go_to(w, 20261125);
	PLAY(w, taken_back);
	PLAY(w, count_taken_back);
	month_go_to(w, 20261201);
	PLAY(w, in_the_open_month);
	month_go_to(w, 20261225);
	PLAY(w, december_closed);
	world_replay(w);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM stock_move m WHERE m.reverses_seq IS NOT NULL"), 8);
	world_end(w);
}

SUITE(taken_back, {"wrong_entries_are_taken_back", wrong_entries_are_taken_back});
