/*
 * 经营类别: what a supplier trades in, which kinds of goods that lets him deliver, and so which papers he is asked for
 * (paper.def). A supplier has one business, which is one trade or two; each trade stands on its own licence.
 */
#pragma once
#include <stddef.h>

/* Bits; a paper of a supplier names the trades that it is for. */
enum trade { TRADE_DRUGS = 1, TRADE_DEVICES = 2, TRADE_PIECES = 4, TRADE_PREPARATIONS = 8, TRADE_ANY = 15 };
/* Bits; a paper of a maker or a product names the kinds of goods that it is for. */
enum goods_bit {
	GOODS_DRUG = 1,
	GOODS_DECOCTION = 2,
	GOODS_GRANULE = 4,
	GOODS_PREPARATION = 8,
	GOODS_CONSUMABLE = 16,
	GOODS_ANY = 31
};

struct business {
	const char *word, *title;
	unsigned trades;
	const char *licence; /* the paper whose number and last day stand on the supplier himself (paper.def) */
};
extern const struct business businesses[]; /* ends with word NULL */
/* The first for a word that nobody knows. */
const struct business *business_of(const char *word);
#define BUSINESS_WORDS "drug|device|both|pieces|preparation"

/* The same in SQL. */
#define LICENCE_OF_BUSINESS(business)                                                                                   \
	"CASE " business " WHEN 'device' THEN 'device_licence' WHEN 'pieces' THEN 'pieces_licence' WHEN 'preparation' " \
	"THEN 'preparation_licence' ELSE 'drug_licence' END"

struct goods_kind {
	const char *word, *title; /* product.kind */
	unsigned bit, trades;     /* who may deliver it */
};
extern const struct goods_kind goods_kinds[]; /* ends with word NULL */
/* The first for a word that nobody knows. */
const struct goods_kind *goods_kind_of(const char *word);
/* The bit of a product's kind, in SQL. */
#define GOODS_BIT(kind)                                                                                            \
	"CASE " kind " WHEN 'decoction' THEN 2 WHEN 'granule' THEN 4 WHEN 'preparation' THEN 8 WHEN 'consumable' " \
	"THEN 16 ELSE 1 END"
