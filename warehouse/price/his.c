#include "warehouse/price/his.h"

SQL(insert_sites,
    "INSERT INTO price_adjustment_site (adjustment_id, site_id) SELECT :id, s.id FROM site s WHERE s.kind <> 'clinic' OR EXISTS "
    "(SELECT 1 FROM his_item h WHERE h.site_id = s.id) /*scan: all branches are told*/ /*all sites: one price for all*/");
SQL(drop_sites, "DELETE FROM price_adjustment_site WHERE adjustment_id = :id /*all sites: the caller has the document*/");
SQL(select_site, "SELECT confirmed_at_ms FROM price_adjustment_site WHERE adjustment_id = :id AND site_id = :site_id "
                 "/*all sites: the caller checks the site*/");
SQL(select_other,
    "SELECT 1 FROM price_adjustment_site WHERE adjustment_id = :id AND site_id <> :site_id AND confirmed_at_ms IS NULL "
    "LIMIT 1 /*all sites: the caller has the document*/");
SQL(set_confirmed,
    "UPDATE price_adjustment_site SET confirmed_at_ms = :now_ms, confirmed_by = :by_id, note = :note_t WHERE adjustment_id = :id "
    "AND site_id = :site_id /*all sites: the caller checks the site*/");
SQL(select_name, "SELECT name FROM site WHERE id = :id");

void price_his_ask(struct tx *tx, int64_t adjustment_id)
{
	price_his_forget(tx, adjustment_id);
	db_exec(tx, insert_sites, I64(":id", adjustment_id));
}

void price_his_forget(struct tx *tx, int64_t adjustment_id)
{
	db_exec(tx, drop_sites, I64(":id", adjustment_id));
}

static int64_t site_of(const struct tx *tx, const struct price_adjustment_step *in)
{
	return in && in->site_id ? in->site_id : tx->me.root_site_id;
}

enum standing { NOT_ASKED, WAITS, CONFIRMED };
static enum standing standing_of(struct tx *tx, int64_t adjustment_id, int64_t site_id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_site, I64(":id", adjustment_id), I64(":site_id", site_id));
	if (!rows_next(&r))
		return NOT_ASKED;
	return col_is_null(&r, 0) ? WAITS : CONFIRMED;
}

enum status price_his_may_confirm(struct tx *tx, const struct doc *d, const void *input)
{
	int64_t site = site_of(tx, input);
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_FORBIDDEN, "site_id", 0, "只能确认本机构及下级机构的 HIS");
	const char *name = db_text(tx_db(tx), tx->arena, select_name, I64(":id", site));
	switch (standing_of(tx, d->id, site)) {
	case CONFIRMED:
		return tx_fail(tx, ST_WRONG_STATE, "site_id", 0, "%s 的 HIS 已确认执行 %s", name, d->number);
	case NOT_ASKED:
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "%s 没有 HIS 对码, 不需要确认", name);
	case WAITS:
		break;
	}
	return ST_OK;
}

enum status price_his_is_last(struct tx *tx, const struct doc *d, const void *input)
{
	int64_t site = site_of(tx, input);
	if (!me_at_site(tx_db(tx), &tx->me, site) || standing_of(tx, d->id, site) != WAITS)
		return ST_WRONG_STATE; /* the next step of that name says why */
	return db_i64(tx_db(tx), 0, select_other, I64(":id", d->id), I64(":site_id", site)) ? ST_WRONG_STATE : ST_OK;
}

enum status price_his_confirm(struct tx *tx, struct doc *d, const void *input)
{
	const struct price_adjustment_step *in = input;
	db_exec(tx, set_confirmed, I64(":now_ms", tx->now_ms), ID(":by_id", tx->me.id), TEXT(":note_t", in ? in->note : NULL),
	        I64(":id", d->id), I64(":site_id", site_of(tx, in)));
	return ST_OK;
}
