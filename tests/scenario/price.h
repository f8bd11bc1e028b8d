/* What the scenarios of prices share. */
#pragma once
#include "tests/scenario/world.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define FACT(kind, product, price, dates) \
	"{\"kind\":\"" kind "\",\"product_id\":\"{" product "}\",\"price\":\"" price "\"," dates ",\"source\":\"测试\"}"
#define ORDER(product, units, price) \
	"{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":" units price "}]}"

/* Lets the flags of prices catch up with what was written. */
void take_turns(struct world *w);
/* Lets 调价单 whose moment has come take effect. */
void take_effect(struct world *w);
