/* What the scenarios of invoices have in common: goods that came, invoices for them, and how they match. */
#pragma once

#include "tests/scenario/world.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define NO(n) "2534200000001235" n

/* 240 capsules (10 boxes of 24) at the price asked for; the answers are {o}, {ov}, {r}. */
#define BROUGHT(more, price)                                                                                                     \
	{"o",                                                                                                                    \
	 "central",                                                                                                              \
	 POST,                                                                                                                   \
	 "orders",                                                                                                               \
	 "{\"supplier_id\":\"{supplier}\"," more "\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":240,\"price\":\"" price \
	 "\"}]}",                                                                                                                \
	 201,                                                                                                                    \
	 FINE},                                                                                                                  \
	        {NULL, "central", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},                                   \
	        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},                                    \
	        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},                                       \
	        {"ov", "central", GET, "orders/{o.id}", NULL, 200, FINE},                                                        \
	        {"r",                                                                                                            \
	         "receiver",                                                                                                     \
	         POST,                                                                                                           \
	         "receipts",                                                                                                     \
	         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A1\",\"expiry_ymd\":"     \
	         "20290101,\"units\":240}]}",                                                                                    \
	         201,                                                                                                            \
	         FINE},                                                                                                          \
	{                                                                                                                        \
		NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE                                 \
	}
#define ON_THE_SHELF                                                                          \
	{                                                                                     \
		NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE \
	}
#define COME(more, price) BROUGHT(more, price), ON_THE_SHELF

#define INVOICE(no, leg, more, ymd, gross)                                                                           \
	"{\"invoice_no\":\"" no "\",\"leg\":" leg ",\"supplier_id\":\"{supplier}\"," more "\"issued_ymd\":" ymd      \
	",\"net\":\"" gross "\",\"tax\":\"0\",\"gross\":\"" gross "\",\"lines\":[{\"product_id\":\"{amoxicillin}\"," \
	"\"units\":240,\"amount\":\"" gross "\"}]}"
#define MATCH(label, version)                                                                                  \
	{                                                                                                      \
		NULL, "finance", POST, "invoices/{" label ".id}/match", "{\"version\":" version "}", 200, FINE \
	}
#define NO_MATCH(label, version, ...)                                                                                      \
	{                                                                                                                  \
		NULL, "finance", POST, "invoices/{" label ".id}/match", "{\"version\":" version "}", 422, "MATCH_DIFFERS", \
		        {__VA_ARGS__}, NULL                                                                                \
	}
