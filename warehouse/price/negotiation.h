/*
 * 议价, alone or in an alliance: a group of members of whom some may be recused (回避), products with the quotes of suppliers
 * side by side, one quote chosen per product, minutes. draft → submitted → decided by the 总药师 → executed: execution writes
 * the agreed price facts, and nothing else writes them. RULE DOMAIN-12.3-bargaining-group: at least three members who are
 * not recused, each named once; who is recused decides and executes nothing. RULE DOMAIN-12.3-bargaining-quotes: at least
 * two quotes for a product, or the reason why there is a single source.
 */
#pragma once
#include "core/document.h"

struct negotiation_member {
	const char *name, *duty, *reason;
	int64_t recused;
};
struct negotiation_quote {
	int64_t supplier_id, price_e4, chosen;
	const char *note;
};
struct negotiation_line {
	int64_t product_id;
	struct negotiation_quote *quotes;
	size_t quote_count;
	const char *single_reason; /* why there is only one */
};
struct negotiation_new {
	int64_t version; /* of a change only */
	const char *alliance, *minutes, *reference, *note;
	int64_t from_ymd, to_ymd; /* of the agreed prices; to_ymd 0: open */
	struct negotiation_member *members;
	size_t member_count;
	struct negotiation_line *lines;
	size_t line_count;
};

extern const struct doc_kind negotiation_kind;

/* Quotes are per pack of the product. Two quotes of one supplier for a product, or two chosen ones, are refused. */
MUST_CHECK enum status negotiation_make(struct tx *tx, const struct negotiation_new *in, struct doc *out);
/* Replaces everything in a draft. */
MUST_CHECK enum status negotiation_change(struct tx *tx, struct doc *d, const struct negotiation_new *in);
