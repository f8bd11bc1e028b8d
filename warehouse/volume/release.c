#include "warehouse/volume/release.h"

#include "core/people.h"
#include "warehouse/volume/round.h"

#include <string.h>

const struct word_title volume_reasons[] = {
        {"refused", "中选企业拒绝供货"}, {"timeout", "中选企业超时未响应"}, {"clinical", "临床必需"}, {NULL, NULL}};

SQL(insert_release, "INSERT INTO volume_release (id, round_id, product_id, reason, units, approved_units) VALUES (:id, "
                    ":round_id, :product_id, :reason_t, :units, 0)");
SQL(approve_release,
    "UPDATE volume_release SET approved_units = units WHERE id = :id /*all sites: the caller has the document*/");

static bool find_listing(struct tx *tx, const struct volume_release_new *in, struct volume_listing *l)
{
	if (in->round_id)
		return volume_listing_in(tx_db(tx), tx->arena, in->round_id, in->product_id, l);
	return volume_listing_on(tx_db(tx), tx->arena, in->product_id, tx->today_ymd, l);
}

static enum status check(struct tx *tx, const struct volume_release_new *in, const struct volume_listing *l)
{
	if (strcmp(l->role, "selected") == 0)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "该品种是中选品种, 不需要特批");
	if (strcmp(l->role, "reserve") == 0 && strcmp(in->reason, "clinical") == 0)
		return tx_fail(tx, ST_INVALID_FIELD, "reason", 0, "备选品种只在中选企业拒绝供货或超时未响应时使用");
	if (!in->note || !*in->note)
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "请写明经过 (哪张订单, 何时拒绝或超时, 或临床理由)");
	return ST_OK;
}

enum status volume_release_make(struct tx *tx, const struct volume_release_new *in, struct doc *out)
{
	struct volume_listing l;
	int64_t lead = site_root(tx_db(tx));
	tx->action = "volume.release";
	if (!me_at_site(tx_db(tx), &tx->me, lead))
		return tx_fail(tx, ST_FORBIDDEN, NULL, 0, "特批由牵头医院提出");
	if (!find_listing(tx, in, &l))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "该品种不在执行中的批次里");
	enum status st = check(tx, in, &l);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {lead, lead, in->reference, in->note, NULL};
	st = document_make(tx, &volume_release_kind, &head, out);
	db_exec(tx, insert_release, I64(":id", out->id), I64(":round_id", l.round_id), I64(":product_id", in->product_id),
	        TEXT(":reason_t", in->reason), I64(":units", in->units));
	return st;
}

static enum status approve(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, approve_release, I64(":id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {
        {"submitted", "待批准", true},  {"approved", "已批准", true}, {"rejected", "已驳回", false},
        {"cancelled", "已撤销", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"submitted", "approve", "approved", "批准", PERM_VOLUME_APPROVE, SIDE_ANY, false, NULL, approve},
        {"submitted", "reject", "rejected", "驳回", PERM_VOLUME_APPROVE, SIDE_ANY, true, NULL, NULL},
        {"submitted", "cancel", "cancelled", "撤销", PERM_VOLUME_EDIT, SIDE_ANY, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"approve", "make"}, {NULL, NULL}};
const struct doc_kind volume_release_kind = {"volume_release", "备选与非中选特批", "FZ", "volume-releases", states, steps,
                                             "submitted",      two_persons};
