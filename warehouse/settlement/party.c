#include "warehouse/settlement/party.h"

#include "core/text.h"
#include "warehouse/settlement/permit.h"

#include <inttypes.h>
#include <string.h>

/* ---- names ---- */

static bool is_filler(uint32_t c)
{
	return c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || c == 0xB7 || c == 0x2022 || c == 0x30FB;
}

static uint32_t narrow(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c == 0x3014 || c == 0x3010) /* 〔 【 */
		return '(';
	if (c == 0x3015 || c == 0x3011)
		return ')';
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static char *without(char *s, const char *word)
{
	size_t n = strlen(word);
	for (char *at = s; (at = strstr(at, word)) != NULL;)
		memmove(at, at + n, strlen(at + n) + 1);
	return s;
}

/* In the arena. */
static char *bare(struct arena *a, const char *name)
{
	char *out = arena_alloc(a, strlen(name) + 1), *to = out;
	for (uint32_t c; (c = utf8_next(&name));)
		if (!is_filler(c))
			to += utf8_put(narrow(c), to);
	*to = 0;
	return without(without(out, "演示"), "()");
}

bool party_same(struct arena *a, const char *x, const char *y)
{
	return strcmp(x, y) == 0 || strcmp(bare(a, x), bare(a, y)) == 0;
}

bool party_is(struct arena *a, const char *text, const char *name, const char *code)
{
	return party_same(a, text, name) || (code && *code && party_same(a, text, code));
}

SQL(select_site, "SELECT name FROM site WHERE id = :id");
SQL(select_below,
    "SELECT s.id, s.name FROM site s WHERE EXISTS (SELECT 1 FROM site_above sa WHERE sa.site_id = s.id AND sa.above_id "
    "= :id) /*scan: some hundred sites, and only for a name that is neither its own nor the lead's*/");

static bool is_site(struct db *db, struct arena *a, const char *text, int64_t id)
{
	const char *name = db_text(db, a, select_site, I64(":id", id));
	return name && party_same(a, text, name);
}

int64_t party_site(struct db *db, struct arena *a, const char *text, int64_t site_id)
{
	int64_t root = site_root(db);
	if (is_site(db, a, text, site_id))
		return site_id;
	if (is_site(db, a, text, root))
		return root;
	SCOPED(rows) r = db_query(db, select_below, I64(":id", site_id));
	while (rows_next(&r))
		if (party_same(a, text, col_text(a, &r, 1)))
			return col_i64(&r, 0);
	return 0;
}

/* ---- who has issued it ---- */

SQL(select_goods,
    "SELECT l.n, p.name, p.maker, coalesce(pm.maker_id, 0), m.name, m.credit_code FROM invoice_line l JOIN product p ON p.id = "
    "l.product_id LEFT JOIN product_maker pm ON pm.product_id = p.id LEFT JOIN maker m ON m.id = pm.maker_id WHERE l.invoice_id "
    "= "
    ":id ORDER BY l.n /*all sites: the caller has the document*/");
SQL(select_equals,
    "SELECT s.name, s.credit_code FROM invoice_permit t JOIN supplier s ON s.id = t.supplier_id WHERE t.maker_id = "
    ":maker_id AND " PERMIT_HOLDS("t", ":ymd"));

/* RULE DOMAIN-6-counts-as-maker */
static bool counts_as_maker(struct tx *tx, const struct invoice *invoice, int64_t maker_id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_equals, I64(":maker_id", maker_id), I64(":ymd", invoice->issued_ymd));
	while (rows_next(&r))
		if (party_is(tx->arena, invoice->issuer, col_text(tx->arena, &r, 0), col_text(tx->arena, &r, 1)))
			return true;
	return false;
}

/* Row of select_goods. */
static bool is_its_maker(struct tx *tx, const struct invoice *invoice, struct rows *r)
{
	const char *words = col_text(tx->arena, r, 2), *name = col_text(tx->arena, r, 4);
	if (words && *words && party_same(tx->arena, invoice->issuer, words))
		return true;
	if (name && party_is(tx->arena, invoice->issuer, name, col_text(tx->arena, r, 5)))
		return true;
	return counts_as_maker(tx, invoice, col_i64(r, 3));
}

static enum status check_makers(struct tx *tx, const struct invoice *invoice)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_goods, I64(":id", invoice->id));
	while (rows_next(&r)) {
		if (is_its_maker(tx, invoice, &r))
			continue;
		const char *maker = col_text(tx->arena, &r, 2);
		return tx_fail(tx, ST_WRONG_PARTY, "issuer", col_i64(&r, 0),
		               "第 %" PRId64 " 行 %s 的首票须由生产企业 %s (或已批准的视同生产企业) 开出, 发票上的开票方是 %s",
		               col_i64(&r, 0), col_text(tx->arena, &r, 1), maker && *maker ? maker : "(目录中未登记)",
		               invoice->issuer);
	}
	return ST_OK;
}

/* RULE DOMAIN-6-remote-invoice: the one extra invoice only where it was approved. */
static enum status check_extra(struct tx *tx, const struct invoice *invoice)
{
	if (permit_remote_on(tx_db(tx), invoice->site_id, invoice->issued_ymd))
		return ST_OK;
	return tx_fail(tx, ST_EXTRA_INVOICE, "leg", 0, "该机构没有经批准可加开一票, 只认“生产→配送→本院”两票");
}

/* ---- leg by leg ---- */

static enum status check_ours(struct tx *tx, const struct invoice *invoice)
{
	if (!invoice->by_supplier)
		return tx_fail(tx, ST_WRONG_PARTY, "issuer", 0,
		               "本院这一票的开票方须是供应商 %s (名称或统一社会信用代码), 发票上是 %s", invoice->supplier_name,
		               invoice->issuer);
	if (!invoice->buyer_site_id)
		return tx_fail(tx, ST_WRONG_PARTY, "buyer", 0, "购买方须是收货或付款的本县机构, 发票上是 %s", invoice->buyer);
	return ST_OK;
}

static enum status check_first(struct tx *tx, const struct invoice *invoice)
{
	if (invoice->by_supplier)
		return tx_fail(tx, ST_WRONG_PARTY, "issuer", 0,
		               "首票是生产企业开给供应商的, 不能由 %s 自己开出; 视同生产企业的, 登记本院这一票即可",
		               invoice->supplier_name);
	enum status st = check_makers(tx, invoice);
	return st != ST_OK || invoice->to_supplier ? st : check_extra(tx, invoice);
}

static enum status check_between(struct tx *tx, const struct invoice *invoice)
{
	if (!invoice->to_supplier)
		return tx_fail(tx, ST_WRONG_PARTY, "buyer", 0, "加开一票的购买方须是供应商 %s, 发票上是 %s",
		               invoice->supplier_name, invoice->buyer);
	if (invoice->by_supplier)
		return tx_fail(tx, ST_WRONG_PARTY, "issuer", 0, "加开一票的开票方是上级配送企业, 不能是供应商 %s 自己",
		               invoice->supplier_name);
	return check_extra(tx, invoice);
}

enum status party_check(struct tx *tx, const struct invoice *invoice)
{
	if (invoice->leg == LEG_OURS)
		return check_ours(tx, invoice);
	return invoice->leg == LEG_MAKER ? check_first(tx, invoice) : check_between(tx, invoice);
}
