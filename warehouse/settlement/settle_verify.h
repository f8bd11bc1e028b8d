/* Every settlement adds up again to the fen: invoices, matches, payables, payments, sheets, depots' books, the money ledger. */
#pragma once
#include "core/audit.h"

/* Answers the number of faults. RULE DOMAIN-12.3-re-add */
int64_t settle_verify(struct db *db, verify_report *report, void *arg);
