/*
 * Who must stand on an invoice for it to prove anything (两票制). RULE DOMAIN-6-invoice-parties:
 * leg 2: the supplier has issued it, to the site that receives or pays, or to the lead;
 * leg 1: the maker of each of its lines has issued it (or who counts as that maker on its day), to the supplier;
 * leg 3: somebody between the two has, to the supplier. A first leg to anybody else, and every third one, only where the site
 * has its approval. RULE DOMAIN-6-remote-invoice
 */
#pragma once
#include "warehouse/settlement/invoice.h"

/* The same party: written alike but for brackets and letters of either width, blanks, middle dots, and the mark 演示. */
bool party_same(struct arena *a, const char *x, const char *y);
/* Is this the party's name or its 统一社会信用代码? code may be NULL. */
bool party_is(struct arena *a, const char *text, const char *name, const char *code);
/* Which site a buyer's name means: this one, the lead, or one below it; 0: none of them. */
int64_t party_site(struct db *db, struct arena *a, const char *text, int64_t site_id);
/* WRONG_PARTY, EXTRA_INVOICE with the field and what is wanted. */
MUST_CHECK enum status party_check(struct tx *tx, const struct invoice *invoice);
