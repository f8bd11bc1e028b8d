/*
 * Attached papers over HTTP. Who may see a thing may see its papers; who may see it and holds the owner's right to write
 * may add to them. A document asks its own scope and the right of its read route; other owners stand in a table.
 */
#include "core/attachment.h"

#include "service/api/api.h"
#include "warehouse/settlement/permit.h"

#include <string.h>

/* An owner that is no document: who may see it, who may add, the statement that finds it, and the one that finds it where a
 * second person has confirmed it by its scan (NULL: nobody does). */
struct owner {
	const char *kind;
	enum permission see, add;
	const struct sql *find, *confirmed;
};

SQL(find_supplier, "SELECT id FROM supplier WHERE id = :id");
SQL(find_maker, "SELECT id FROM maker WHERE id = :id");
SQL(find_qualification, "SELECT id FROM qualification WHERE id = :id");
SQL(find_product, "SELECT id FROM product WHERE id = :id");
SQL(find_remote, "SELECT id FROM invoice_permit WHERE id = :id AND kind = '" PERMIT_REMOTE "'");
SQL(find_permit, "SELECT id FROM invoice_permit WHERE id = :id AND kind = '" PERMIT_MAKER "'");
SQL(find_right, "SELECT id FROM delivery_right WHERE id = :id");
SQL(confirmed_paper, "SELECT id FROM qualification WHERE id = :id AND confirmed_by IS NOT NULL");
SQL(approved_permit, "SELECT id FROM invoice_permit WHERE id = :id AND approved_at_ms IS NOT NULL");
static const struct owner owners[] = {
        {"supplier", PERM_PARTNER_READ, PERM_PARTNER_EDIT, &find_supplier, NULL},
        {"maker", PERM_PARTNER_READ, PERM_PARTNER_EDIT, &find_maker, NULL},
        {"qualification", PERM_PARTNER_READ, PERM_PARTNER_EDIT, &find_qualification, &confirmed_paper},
        {"delivery_right", PERM_PARTNER_READ, PERM_PARTNER_EDIT, &find_right, NULL},
        {PERMIT_MAKER_PAPERS, PERM_PARTNER_READ, PERM_PARTNER_EDIT, &find_permit, &approved_permit},
        {PERMIT_REMOTE_PAPERS, PERM_SETTLE_READ, PERM_SETTLE_ADMIN, &find_remote, &approved_permit},
        {"product", PERM_CATALOGUE_READ, PERM_CATALOGUE_EDIT, &find_product, NULL},
};

/* The right that the kind's own page asks for: that of GET {topic}/{id}. */
static enum permission see_document(const struct doc_kind *kind)
{
	size_t n = strlen(kind->topic);
	for (size_t i = 0; i < route_count; i++)
		if (routes[i].method == METHOD_GET && strncmp(routes[i].path, kind->topic, n) == 0 &&
		    strcmp(routes[i].path + n, "/{id}") == 0)
			return routes[i].permission;
	return PERM_COUNT;
}

/* The kinds whose decision asks for minutes. RULE DOMAIN-12.3-minutes */
static const struct {
	const char *owner, *kind;
} minutes[] = {{ATTACHMENT_MINUTES("catalogue_change"), "catalogue_change"}, {ATTACHMENT_MINUTES("negotiation"), "negotiation"}};

static const struct doc_kind *document_of(const char *owner)
{
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++)
		if (strcmp(minutes[i].owner, owner) == 0)
			return document_kind_find(minutes[i].kind);
	return document_kind_find(owner);
}

/* OK where the person may see the owner, and with `add` attach to it; *doc is the owner where it is a document (id 0: not). */
static enum status ask_owner(struct exchange *x, struct db *db, const char *kind, int64_t id, bool add, struct doc *doc)
{
	const struct doc_kind *of = document_of(kind);
	*doc = (struct doc){.id = 0};
	if (of) {
		enum permission see = see_document(of);
		if (see == PERM_COUNT || !me_may(&x->me, see))
			return ST_FORBIDDEN;
		return document_load(db, &x->arena, &x->me, of, id, doc);
	}
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
		const struct owner *o = &owners[i];
		if (strcmp(o->kind, kind) != 0)
			continue;
		if (!me_may(&x->me, add ? o->add : o->see))
			return ST_FORBIDDEN;
		return db_i64_n(db, 0, o->find, (const struct arg[]){I64(":id", id)}, 1) ? ST_OK : ST_NOT_FOUND;
	}
	return ST_NOT_FOUND;
}

/* RULE GSP-paper-confirmed: what the second person looked at stays; another scan may stand beside it. */
static enum status check_replacing(struct exchange *x, struct tx *tx, const char *kind, int64_t id)
{
	for (size_t i = 0; query_i64(x, "replaces", 0) && i < sizeof owners / sizeof *owners; i++) {
		const struct owner *o = &owners[i];
		if (strcmp(o->kind, kind) == 0 && o->confirmed &&
		    db_i64_n(tx_db(tx), 0, o->confirmed, (const struct arg[]){I64(":id", id)}, 1))
			return tx_fail(tx, ST_WRONG_STATE, "replaces", 0,
			               "已由另一人凭此扫描件确认, 不能替换; 请另外上传一份, 或重新登记");
	}
	return ST_OK;
}

#define OWNER                                     \
	{"owner_kind", L_TEXT, true, "对象类别"}, \
	{                                         \
		"owner_id", L_ID, true, "对象"  \
	}
const struct query_parameter query_attachment_owner[] = {OWNER, {NULL, L_INT, false, NULL}};
const struct query_parameter query_attachment_new[] = {
        OWNER, {"name", L_TEXT, true, "文件名"}, {"replaces", L_ID, false, "被替换的附件"}, {NULL, L_INT, false, NULL}};

struct asked {
	const char *kind;
	int64_t id;
};

static struct asked asked_owner(struct exchange *x)
{
	const char *kind = query_get(x, "owner_kind");
	return (struct asked){kind ? kind : "", query_i64(x, "owner_id", 0)};
}

enum status attachments_read(struct exchange *x, struct db *db)
{
	struct doc doc;
	const struct asked owner = asked_owner(x);
	enum status st = ask_owner(x, db, owner.kind, owner.id, false, &doc);
	if (st == ST_OK)
		attachment_write_json(db, &x->arena, owner.kind, owner.id, &x->o, "attachments");
	return st;
}

/* On a document the file stands in its sealed record too, with the beginning of its hash. */
static void tell(struct exchange *x, struct tx *tx, const struct doc *doc, const struct attachment_new *in, int64_t id)
{
	if (doc->id)
		document_note(tx, doc, "attach",
		              arena_printf(&x->arena, "%s (%.16s)", in->name, attachment_hash(tx_db(tx), &x->arena, id)));
	else
		tx_changed(tx, "attachments", 0, 0, in->owner_id);
	tx->ref_id = in->owner_id;
}

enum status attachment_post(struct exchange *x, struct tx *tx)
{
	struct doc doc;
	const struct asked owner = asked_owner(x);
	int64_t id = 0, before = 0;
	tx->action = "attachment.put";
	enum status st = ask_owner(x, tx_db(tx), owner.kind, owner.id, true, &doc);
	if (st == ST_OK)
		st = check_replacing(x, tx, owner.kind, owner.id);
	if (st != ST_OK)
		return st;
	const struct attachment_new in = {
	        .owner_kind = owner.kind,
	        .owner_id = owner.id,
	        .name = query_get(x, "name"),
	        .bytes = x->request.body,
	        .n = x->request.body_len,
	        .replaces_id = query_i64(x, "replaces", 0),
	};
	before = attachment_count(tx_db(tx), owner.kind, owner.id);
	st = attachment_put(tx, &in, &id);
	if (st != ST_OK)
		return st;
	if (in.replaces_id || attachment_count(tx_db(tx), owner.kind, owner.id) > before)
		tell(x, tx, &doc, &in, id);
	jo_id(&x->o, "id", id);
	jo_text(&x->o, "name", in.name);
	jo_text(&x->o, "type", attachment_type(in.bytes, in.n));
	jo_i64(&x->o, "bytes", (int64_t)in.n);
	return ST_OK;
}

static void put_bytes(void *arg, const void *bytes, size_t n)
{
	buf_put(arg, bytes, n);
}

enum status attachment_file(struct exchange *x, struct db *db)
{
	struct attachment a;
	struct doc doc;
	enum status st = attachment_load(db, &x->arena, x->id, &a);
	if (st == ST_OK)
		st = ask_owner(x, db, a.owner_kind, a.owner_id, false, &doc);
	if (st != ST_OK)
		return st == ST_FORBIDDEN ? ST_NOT_FOUND : st; /* a stranger does not learn that there is such a paper */
	attachment_read(db, a.content_id, put_bytes, &x->reply.body);
	x->reply.content_type = a.type;
	x->reply.foreign = a.name;
	return ST_OK;
}
