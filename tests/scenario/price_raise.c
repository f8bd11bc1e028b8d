/* A ceiling that was raised lately: told where it matters, and never enough with one person behind it. */
#include "tests/scenario/price.h"

#include "tests/harness.h"

#include <string.h>

/* One row of a scenario, in short. */
#define DO(label, who, how, path, body)                \
	{                                              \
		label, who, how, path, body, 200, FINE \
	}
#define MAKE(label, who, path, body)                    \
	{                                               \
		label, who, POST, path, body, 201, FINE \
	}
#define STOPS(who, path, body, ...)                                                  \
	{                                                                            \
		NULL, who, POST, path, body, 403, "SAME_PERSON", {__VA_ARGS__}, NULL \
	}
#define SEES(who, path, ...)                                               \
	{                                                                  \
		NULL, who, GET, path, NULL, 200, NULL, {__VA_ARGS__}, NULL \
	}
#define AT(price) ",\"price\":\"" price "\""

/* RULE DOMAIN-6-ceiling-raised */
static const struct step one_login[] = {
        SEES("chief", "price-changes?raised=1", "rows#0"),
        MAKE("raise", "central", "prices", FACT("listed", "glucose", "99", "\"from_ymd\":20261121")),
        MAKE("own", "central", "orders", ORDER("glucose", "10", AT("99"))),
        DO(NULL, "central", POST, "orders/{own.id}/submit", "{\"version\":1}"),
        SEES("chief", "orders/{own.id}", "lines.0.raised_from=8.50", "lines.0.raised_by=central", "lines.0.raise_needed=true",
             "lines.0.ceiling_price=99.00"),
        DO(NULL, "chief", POST, "orders/{own.id}/approve", "{\"version\":2}"),
        MAKE("o", "buyer", "orders", ORDER("glucose", "10", AT("8.51"))),
        DO(NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}"),
        STOPS("central", "orders/{o.id}/approve", "{\"version\":2}", "errors.0.field=lines[0].price", "errors.0.row=1",
              "~葡萄糖注射液 单价 8.51 元高于限价 8.50 元, 这一限价由您本人于", "~上调到 99.00 元: 请由别人审批"),
        SEES("central", "orders/{o.id}", "state=submitted"),
        DO(NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}"),
        /* an order that does not need it is nobody's trouble */
        MAKE("low", "buyer", "orders", ORDER("glucose", "10", AT("8.50"))),
        DO(NULL, "buyer", POST, "orders/{low.id}/submit", "{\"version\":1}"),
        SEES("central", "orders/{low.id}", "lines.0.raised_from=8.50", "lines.0.raise_needed=false"),
        DO(NULL, "central", POST, "orders/{low.id}/approve", "{\"version\":2}"),
        SEES("chief", "price-changes?raised=1", "rows#1", "rows.0.price=99.00", "rows.0.price_before=8.50",
             "rows.0.made_by=central"),
        SEES("chief", "board", "~\"key\":\"price_raised\",\"title\":\"限价上调 (30 天内)\",\"count\":1,",
             "~\"path\":\"/price-changes?raised=1\""),
        SEES("chief", "refusals?code=SAME_PERSON", "rows#1"),
};

/* Not by a file either, nor by a lower one after it, nor by telling again what was taken back. */
static const struct step by_other_ways[] = {
        {NULL, "central", POST, "imports/ceilings", "product_code,ceiling_price,from_ymd,source\nX001,50,20261121,平台\n", 200,
         FINE},
        MAKE("o", "buyer", "orders", ORDER("amoxicillin", "24", AT("12.01"))),
        DO(NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}"),
        STOPS("central", "orders/{o.id}/approve", "{\"version\":2}", "errors.0.field=lines[0].price"),
        MAKE(NULL, "central", "prices", FACT("listed", "amoxicillin", "49", "\"from_ymd\":20261122")),
        MAKE("back", "central", "prices", FACT("listed", "insulin", "70", "\"from_ymd\":20261123")),
        DO(NULL, "central", POST, "prices/{back.id}/end", "{\"to_ymd\":20261122,\"reason\":\"录错\"}"),
        MAKE(NULL, "chief", "prices", FACT("listed", "insulin", "70", "\"from_ymd\":20261123")),
};
static const struct step days_later[] = {
        STOPS("central", "orders/{o.id}/approve", "{\"version\":2}", "errors.0.field=lines[0].price", "~限价 12.00 元"),
        MAKE("p", "buyer", "orders", ORDER("insulin", "1", AT("70"))),
        DO(NULL, "buyer", POST, "orders/{p.id}/submit", "{\"version\":1}"),
        STOPS("chief", "orders/{p.id}/approve", "{\"version\":2}", "~限价 30.00 元"),
        SEES("buyer", "orders/{p.id}", "lines.0.raised_by=chief"),
        DO(NULL, "central", POST, "orders/{p.id}/approve", "{\"version\":2}"),
        /* what is taken back is told no more */
        SEES("chief", "price-changes?raised=1", "rows#2"),
};

/* A lower one that another entered is taken back. */
static const struct step taken_back[] = {
        MAKE("fall", "chief", "prices", FACT("listed", "glucose", "5", "\"from_ymd\":20261121")),
        DO(NULL, "central", POST, "prices/{fall.id}/end", "{\"to_ymd\":20261120,\"reason\":\"录错\"}"),
        MAKE("o", "buyer", "orders", ORDER("glucose", "10", "")),
        DO(NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}"),
        STOPS("central", "orders/{o.id}/approve", "{\"version\":2}", "errors.0.field=lines[0].price",
              "~单价 8.50 元高于限价 5.00 元, 这一限价由您本人于", "~撤回: 请由别人审批"),
        DO(NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}"),
};

/* Large sums: whoever countersigns is asked too. */
static const struct step countersigned[] = {
        MAKE(NULL, "chief", "approval-limits", "{\"role\":\"central_pharmacist\",\"amount\":\"10\"}"),
        MAKE("raise", "chief", "prices", FACT("listed", "glucose", "99", "\"from_ymd\":20261121")),
        MAKE("o", "buyer", "orders", ORDER("glucose", "10", AT("90"))),
        DO(NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}"),
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, NULL, {"state=countersigning"}, NULL},
        STOPS("chief", "orders/{o.id}/countersign", "{\"version\":3}", "errors.0.field=lines[0].price"),
        SEES("chief", "orders/{o.id}", "state=countersigning"),
};

/* After a month everybody knew; what is older than that is no raise of late. */
static const struct step month_later[] = {
        MAKE("late", "buyer", "orders", ORDER("glucose", "10", AT("90"))),
        DO(NULL, "buyer", POST, "orders/{late.id}/submit", "{\"version\":1}"),
        SEES("chief", "orders/{late.id}", "lines.0.raised_from=null", "lines.0.raised_by=null"),
        SEES("chief", "price-changes?raised=1", "rows#0"),
};

static void nobody_raises_a_ceiling_for_himself(void)
{
	struct world *w = world_new();
	PLAY(w, one_login);
	world_replay(w);
	world_end(w);
}

static void nor_by_another_way(void)
{
	struct world *w = world_new();
	PLAY(w, by_other_ways);
	world_later(w, 48);
	PLAY(w, days_later);
	world_end(w);
	w = world_new();
	PLAY(w, taken_back);
	world_end(w);
}

static void who_countersigns_is_asked_too(void)
{
	struct world *w = world_new();
	PLAY(w, countersigned);
	world_later(w, 31 * 24);
	PLAY(w, month_later);
	world_end(w);
}

SUITE(price_raise, {"nobody_raises_a_ceiling_for_himself", nobody_raises_a_ceiling_for_himself},
      {"nor_by_another_way", nor_by_another_way}, {"who_countersigns_is_asked_too", who_countersigns_is_asked_too});
