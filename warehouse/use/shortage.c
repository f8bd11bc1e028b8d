#include "warehouse/use/shortage.h"

#include "warehouse/catalogue/catalogue.h"

#include <string.h>

#define HOUR_MS (3600 * 1000LL)

/* Hours a case may stay in a state, by urgency. Ours: the paper gives none. */
static const struct deadline {
	const char *state;
	int64_t normal, urgent, critical;
} deadlines[] = {
        {"registered", 24, 8, 2},    {"verified", 24, 8, 2},     {"transferring", 72, 24, 8},
        {"purchasing", 168, 72, 24}, {"substituted", 72, 24, 8}, {"arrived", 168, 168, 72},
};

static int64_t due_at(const char *state, const char *urgency, int64_t now_ms)
{
	for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
		const struct deadline *d = &deadlines[i];
		if (strcmp(d->state, state) == 0)
			return now_ms + HOUR_MS * (strcmp(urgency, "critical") == 0 ? d->critical
			                           : strcmp(urgency, "urgent") == 0 ? d->urgent
			                                                            : d->normal);
	}
	return now_ms;
}

SQL(insert_shortage,
    "INSERT INTO shortage (id, product_id, drug_text, units, unit_name, needed_ymd, urgency, reason, patient_name, "
    "patient_phone, "
    "due_at_ms, open) VALUES (:id, :product_id, :drug_t, :units, :unit_t, :needed_ymd, :urgency_t, :reason_t, :patient_t, "
    ":phone_t, :due_ms, 1)");

enum status shortage_make(struct tx *tx, const struct shortage_new *in, struct doc *out)
{
	struct product p;
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id;
	const char *urgency = in->urgency ? in->urgency : "normal";
	tx->action = "shortage.make";
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (!in->product_id && (!in->drug_text || !*in->drug_text))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "请选择品种, 目录中没有的请填写药名");
	if (in->product_id && product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	const struct doc_head head = {site, site_root(tx_db(tx)), in->reference, in->note, NULL};
	enum status st = document_make(tx, &shortage_kind, &head, out);
	db_exec(tx, insert_shortage, I64(":id", out->id), ID(":product_id", in->product_id), TEXT(":drug_t", in->drug_text),
	        I64(":units", in->units), TEXT(":unit_t", in->unit_name), ID(":needed_ymd", in->needed_ymd),
	        TEXT(":urgency_t", urgency), TEXT(":reason_t", in->reason ? in->reason : "out_of_stock"),
	        TEXT(":patient_t", in->patient_name), TEXT(":phone_t", in->patient_phone),
	        I64(":due_ms", due_at(out->state, urgency, tx->now_ms)));
	return st;
}

SQL(select_urgency, "SELECT urgency FROM shortage WHERE id = :id /*all sites: the caller has the document*/");
SQL(set_due, "UPDATE shortage SET due_at_ms = :due_ms, open = :open WHERE id = :id"
             " /*all sites: the caller has the document*/");

/* Ties the document that will end the case, starts the next state's clock. */
static enum status move_on(struct tx *tx, struct doc *d, const struct shortage_step *in, const char *to, bool open)
{
	struct doc other;
	const char *urgency = db_text(tx_db(tx), tx->arena, select_urgency, I64(":id", d->id));
	if (in->link_document_id) {
		if (document_load(tx_db(tx), tx->arena, &tx->me, NULL, in->link_document_id, &other) != ST_OK)
			return tx_fail(tx, ST_INVALID_FIELD, "link_document_id", 0, "没有这张单据");
		document_link(tx, d->id, other.id);
	}
	db_exec(tx, set_due, I64(":due_ms", due_at(to, urgency ? urgency : "normal", tx->now_ms)), I64(":open", open),
	        I64(":id", d->id));
	return ST_OK;
}

#define MOVE(name, to, open)                                                     \
	static enum status name(struct tx *tx, struct doc *d, const void *input) \
	{                                                                        \
		return move_on(tx, d, input, to, open);                          \
	}
MOVE(to_verified, "verified", true)
MOVE(to_transferring, "transferring", true)
MOVE(to_purchasing, "purchasing", true)
MOVE(to_substituted, "substituted", true)
MOVE(to_arrived, "arrived", true)
MOVE(to_end, "closed", false)

static const struct doc_state states[] = {
        {"registered", "已登记", true},    {"verified", "已核实", true},
        {"transferring", "调剂中", false}, {"purchasing", "采购中", false},
        {"substituted", "已替代", false},  {"told_unavailable", "无法供应(已告知)", false},
        {"arrived", "已到货通知", true},   {"collected", "已取药", true},
        {"cancelled", "已撤销", false},    {NULL, NULL, false},
};
#define HANDLE PERM_SHORTAGE_HANDLE, SIDE_TO
#define ASK PERM_SHORTAGE_EDIT, SIDE_FROM
static const struct doc_step steps[] = {
        {"registered", "verify", "verified", "核实", HANDLE, false, NULL, to_verified},
        {"verified", "transfer", "transferring", "调剂", HANDLE, false, NULL, to_transferring},
        {"verified", "purchase", "purchasing", "采购", HANDLE, false, NULL, to_purchasing},
        {"verified", "substitute", "substituted", "替代", HANDLE, true, NULL, to_substituted},
        {"verified", "tell_unavailable", "told_unavailable", "无法供应, 已告知", HANDLE, true, NULL, to_end},
        {"transferring", "purchase", "purchasing", "改为采购", HANDLE, true, NULL, to_purchasing},
        {"purchasing", "transfer", "transferring", "改为调剂", HANDLE, true, NULL, to_transferring},
        {"transferring", "tell_unavailable", "told_unavailable", "无法供应, 已告知", HANDLE, true, NULL, to_end},
        {"purchasing", "tell_unavailable", "told_unavailable", "无法供应, 已告知", HANDLE, true, NULL, to_end},
        {"transferring", "arrive", "arrived", "到货通知", ASK, false, NULL, to_arrived},
        {"purchasing", "arrive", "arrived", "到货通知", ASK, false, NULL, to_arrived},
        {"substituted", "arrive", "arrived", "到货通知", ASK, false, NULL, to_arrived},
        {"arrived", "collect", "collected", "已取药", ASK, false, NULL, to_end},
        {"registered", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {"verified", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {"transferring", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {"purchasing", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {"substituted", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {"arrived", "cancel", "cancelled", "撤销", ASK, true, NULL, to_end},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind shortage_kind = {"shortage", "缺药登记", "QY", "shortages", states, steps, "registered", NULL};
