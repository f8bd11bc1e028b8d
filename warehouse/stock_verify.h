/*
 * Proof of what is projected: balances against the ledger, traced packs against balances, their trees and their events,
 * documents against their events. Reads everything once in key order; memory grows with the stock at hand, not with the
 * ledger's length.
 */
#pragma once
#include "core/audit.h"

/* Answers the number of faults; each is told to report with table, row and a Chinese phrase. The caller asks db_status. */
int64_t stock_verify(struct db *db, verify_report *report, void *arg);
