/*
 * 收货 and 验收: received → inspected → posted. What a driver unloads is booked at once as 待验 (pending); a second
 * login inspects it line by line, posting moves it to 合格 or 不合格. Lines that stay pending keep their goods 待验
 * (state part_posted). What comes beyond the order goes on the refusal slip (拒收单) and is never booked.
 * RULE DOMAIN-12.2-two-acts: receiving and inspecting are two acts by two logins.
 */
#pragma once
#include "core/document.h"
#include "warehouse/pack.h"

struct receipt_line_new {
	int64_t id; /* of a line that exists, when inspecting */
	int64_t order_line_id;
	const char *lot;
	int64_t made_ymd, expiry_ymd, units; /* 0: not given; units INT64_MIN: not given */
	const char *outcome;                 /* accepted, pending, rejected; NULL: pending */
	const char *approval_no, *appearance, *reason;
	const char *udi; /* the scanned label of a consumable: fills lot and dates; with a serial it is a code as well */
	const char **codes;
	size_t code_count;
};
struct receipt_new {
	int64_t order_id, site_id, depot_id; /* site 0: the order's receiver; depot 0: that site's store */
	const char *reference, *note;
	struct receipt_line_new *lines;
	size_t line_count;
};
struct receipt_inspection {
	int64_t version;
	const char *note;
	struct receipt_line_new *lines; /* none: all as they stand, pending ones accepted */
	size_t line_count;
};
struct receipt_scan_in {
	const char *code;
	int64_t order_line_id, expiry_ymd; /* 0: not given */
	const char *lot;                   /* NULL: not given */
};
struct receipt_binding {
	const char *code;
	int64_t order_line_id, units_per_code;
	int64_t multiplier, divider; /* packs in one code, instead of units; INT64_MIN or 0: not said */
};
/* What one scan did. */
struct receipt_scan {
	const char *kind; /* pack, case, product, refused */
	const char *code, *product_name, *lot, *message;
	const char *udi, *serial; /* of a UDI; else NULL */
	int64_t product_id, order_line_id, made_ymd, expiry_ymd, units, line_id, line_units, order_left_units;
};

extern const struct doc_kind receipt_kind;

MUST_CHECK enum status receipt_make(struct tx *tx, const struct receipt_new *in, struct doc *out);
/* More typed lines on an open receipt. */
MUST_CHECK enum status receipt_add_lines(struct tx *tx, struct doc *d, const struct receipt_new *in);
/* One scan on an open receipt; several people may scan the same one. */
MUST_CHECK enum status receipt_scan(struct tx *tx, struct doc *d, const struct receipt_scan_in *in, struct receipt_scan *out);
/* Binds an unknown 药品标识码 to an order line on the spot; whoever accepts the line at inspection confirms it. */
MUST_CHECK enum status receipt_bind(struct tx *tx, struct doc *d, const struct receipt_binding *in);
