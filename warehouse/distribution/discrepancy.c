#include "warehouse/distribution/discrepancy.h"

#include "warehouse/pack.h"

#include <string.h>

const struct word_title discrepancy_reasons[] = {
        {"short", "短少"}, {"damaged", "破损"}, {"wrong", "批号不符"}, {"warm", "温度异常"}, {NULL, NULL},
};

SQL(insert_discrepancy,
    "INSERT INTO discrepancy (id, shipment_id, allocation_id, batch_id, place_id, units, reason) VALUES (:id, :shipment_id, "
    ":allocation_id, :batch_id, :place_id, :units, :reason_t)");

enum status discrepancy_open(struct tx *tx, const struct discrepancy_new *in, struct doc *out)
{
	const struct doc_head head = {in->receiver_site_id, in->sender_site_id, NULL, NULL, NULL};
	enum status st = document_make(tx, &discrepancy_kind, &head, out);
	db_exec(tx, insert_discrepancy, I64(":id", out->id), I64(":shipment_id", in->shipment_id),
	        I64(":allocation_id", in->allocation_id), I64(":batch_id", in->batch_id), I64(":place_id", in->place_id),
	        I64(":units", in->units), TEXT(":reason_t", in->reason));
	document_link(tx, out->id, in->shipment_id);
	return st;
}

SQL(select_discrepancy,
    "SELECT d.batch_id, d.place_id, d.units, d.allocation_id, s.from_place_id, s.to_place_id FROM discrepancy d JOIN "
    "shipment s ON s.id = d.shipment_id WHERE d.id = :id /*all sites: the caller has the document*/");
SQL(set_outcome, "UPDATE discrepancy SET outcome = :outcome_t WHERE id = :id /*all sites: the caller has the document*/");

SQL(found_allocation, "UPDATE shipment_allocation SET received_units = received_units + :units WHERE id = :id"
                      " /*all sites: the caller has the document*/");
SQL(found_request, "UPDATE request_line SET received_units = received_units + :units WHERE id = (SELECT l.request_line_id FROM "
                   "shipment_allocation a "
                   "JOIN shipment_line l ON l.id = a.line_id WHERE a.id = :id) /*all sites: the caller has the document*/");

/* What turned up after all counts as received. */
static void count_found(struct tx *tx, int64_t allocation_id, int64_t units)
{
	db_exec(tx, found_allocation, I64(":units", units), I64(":id", allocation_id));
	db_exec(tx, found_request, I64(":units", units), I64(":id", allocation_id));
}

static const struct outcome {
	const char *word, *reason, *event;
	int place_column; /* 4 sender, 5 receiver, -1 loss */
	enum quality quality;
} outcomes[] = {
        {"found", "arrive", "arrived", 5, QUALITY_RELEASED},
        {"returned", "returned", "returned", 4, QUALITY_RETURNED},
        {"lost", "lost", "lost", -1, QUALITY_RELEASED},
};

static const struct outcome *find_outcome(const char *word)
{
	for (size_t i = 0; word && i < sizeof outcomes / sizeof *outcomes; i++)
		if (strcmp(outcomes[i].word, word) == 0)
			return &outcomes[i];
	return NULL;
}

static enum status resolve(struct tx *tx, struct doc *d, const void *input)
{
	const struct discrepancy_answer *in = input;
	const struct outcome *o = find_outcome(in->outcome);
	struct batch batch;
	if (!o)
		return tx_fail(tx, ST_INVALID_FIELD, "outcome", 0,
		               "处理结果应为 found (已找到)、returned (已退回) 或 lost (丢失)");
	SCOPED(rows) r = db_query(tx_db(tx), select_discrepancy, I64(":id", d->id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	enum status st = batch_load(tx_db(tx), tx->arena, col_i64(&r, 0), &batch);
	if (st != ST_OK)
		return st;
	const struct stock_change c = {
	        .batch = &batch,
	        .units = col_i64(&r, 2),
	        .from = {col_i64(&r, 1), QUALITY_RELEASED},
	        .to = {o->place_column < 0 ? place_outside(tx_db(tx), "loss") : col_i64(&r, o->place_column), o->quality},
	        .document_id = d->id,
	        .line_id = col_i64(&r, 3),
	        .reason = o->reason,
	};
	if (strcmp(o->word, "found") == 0)
		count_found(tx, c.line_id, c.units);
	db_exec(tx, set_outcome, TEXT(":outcome_t", o->word), I64(":id", d->id));
	tx_changed(tx, "stock", d->from_site_id, d->to_site_id, d->id);
	st = goods_move(tx, &c, o->event);
	place_hide_if_empty(tx, c.from.place_id);
	return st;
}

static const struct doc_state states[] = {{"open", "待处理", true}, {"resolved", "已处理", true}, {NULL, NULL, false}};
static const struct doc_step steps[] = {
        {"open", "resolve", "resolved", "处理", PERM_TASK_ACT, SIDE_TO, true, NULL, resolve},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind discrepancy_kind = {"discrepancy", "差异单", "CY", "discrepancies", states, steps, "open", NULL};
