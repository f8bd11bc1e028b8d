/* How a document shows itself to the page: head, chain of states, allowed actions, events, related documents. */
#include "core/document.h"

#include <string.h>

SQL(select_site_name, "SELECT name FROM site WHERE id = :id");
SQL(select_user_name, "SELECT display_name FROM app_user WHERE id = :id");

static void put_site(struct db *db, struct arena *a, struct jo *o, const char *id_name, const char *name_name, int64_t id)
{
	jo_id(o, id_name, id);
	jo_text(o, name_name, id ? db_text(db, a, select_site_name, I64(":id", id)) : NULL);
}

static void put_head(struct db *db, struct arena *a, const struct doc *d, struct jo *o)
{
	jo_id(o, "id", d->id);
	jo_text(o, "number", d->number);
	jo_text(o, "kind", d->kind->name);
	jo_text(o, "kind_title", d->kind->title);
	jo_text(o, "state", d->state);
	jo_text(o, "state_title", document_state_title(d->kind, d->state));
	jo_i64(o, "version", d->version);
	put_site(db, a, o, "from_site_id", "from_site_name", d->from_site_id);
	put_site(db, a, o, "to_site_id", "to_site_name", d->to_site_id);
	jo_text(o, "reference", d->reference);
	jo_text(o, "note", d->note);
	jo_i64(o, "made_at_ms", d->made_at_ms);
	jo_text(o, "made_by", db_text(db, a, select_user_name, I64(":id", d->made_by)));
}

SQL(select_reached,
    "SELECT e.at_ms, u.display_name FROM document_event e LEFT JOIN app_user u ON u.id = e.user_id WHERE e.document_id = :id "
    "AND e.to_state = :state_t AND e.from_state <> e.to_state ORDER BY e.seq DESC, e.n DESC LIMIT 1 "
    "/*all sites: the caller has the document*/");

static void put_chain(struct db *db, struct arena *a, const struct doc *d, struct jo *o)
{
	jo_name(o, "chain");
	jo_open(o, '[');
	for (const struct doc_state *s = d->kind->states; s->name; s++) {
		bool current = strcmp(s->name, d->state) == 0;
		if (!s->on_chain && !current)
			continue;
		SCOPED(rows) r = db_query(db, select_reached, I64(":id", d->id), TEXT(":state_t", s->name));
		bool reached = rows_next(&r);
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, "state", s->name);
		jo_text(o, "title", s->title);
		if (reached)
			jo_i64(o, "at_ms", col_i64(&r, 0));
		else
			jo_null(o, "at_ms");
		jo_text(o, "by", reached ? col_text(a, &r, 1) : NULL);
		jo_bool(o, "current", current);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* Why a step is not for this person; NULL where it is. Guards speak only when the step is taken. */
static const char *why_not(struct db *db, const struct me *me, const struct doc *d, const struct doc_step *s)
{
	if (!me_may(me, s->permission))
		return "您的岗位没有此项权限";
	if (s->side == SIDE_FROM && !me_at_site(db, me, d->from_site_id))
		return "由发出方办理";
	if (s->side == SIDE_TO && !me_at_site(db, me, d->to_site_id))
		return "由接收方办理";
	if (document_needs_other(db, d, s->action, me->id))
		return "须由另一人办理";
	return NULL;
}

static bool seen_before(const struct doc_kind *kind, const struct doc_step *s)
{
	for (const struct doc_step *p = kind->steps; p < s; p++)
		if (strcmp(p->from, s->from) == 0 && strcmp(p->action, s->action) == 0)
			return true;
	return false;
}

static void put_actions(struct db *db, const struct me *me, const struct doc *d, struct jo *o)
{
	jo_name(o, "actions");
	jo_open(o, '[');
	for (const struct doc_step *s = d->kind->steps; s->from; s++) {
		if (strcmp(s->from, d->state) != 0 || s->permission == PERM_NONE || seen_before(d->kind, s))
			continue;
		const char *why = why_not(db, me, d, s);
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, "action", s->action);
		jo_text(o, "title", s->title);
		jo_text(o, "to", s->to);
		jo_bool(o, "allowed", !why);
		jo_bool(o, "note_needed", s->note_needed);
		jo_text(o, "why", why);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

SQL(select_events,
    "SELECT e.seq, e.action, e.from_state, e.to_state, e.at_ms, u.display_name, e.note FROM document_event e LEFT JOIN "
    "app_user u ON u.id = e.user_id WHERE e.document_id = :id ORDER BY e.seq DESC, e.n DESC LIMIT 200 "
    "/*all sites: the caller has the document*/");

static void put_events(struct db *db, struct arena *a, const struct doc *d, struct jo *o)
{
	jo_name(o, "events");
	jo_open(o, '[');
	SCOPED(rows) r = db_query(db, select_events, I64(":id", d->id));
	while (rows_next(&r)) {
		const char *action = col_text(a, &r, 1);
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_i64(o, "seq", col_i64(&r, 0));
		jo_text(o, "action", action);
		jo_text(o, "title", document_action_title(d->kind, action));
		jo_text(o, "from_state", col_text(a, &r, 2));
		jo_text(o, "to_state", col_text(a, &r, 3));
		jo_i64(o, "at_ms", col_i64(&r, 4));
		jo_text(o, "by", col_text(a, &r, 5));
		jo_text(o, "note", col_text(a, &r, 6));
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

SQL(select_related,
    "SELECT d.id, d.kind, d.number, d.state FROM document_link l JOIN document d ON d.id = l.other_id JOIN app_user u ON "
    "u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = d.kind AND s.document_id = d.id "
    "WHERE l.document_id = :id ORDER BY d.id LIMIT 100");

static void put_related(struct db *db, struct arena *a, const struct me *me, const struct doc *d, struct jo *o)
{
	jo_name(o, "related");
	jo_open(o, '[');
	SCOPED(rows) r = db_query(db, select_related, I64(":me_id", me->id), I64(":id", d->id));
	while (rows_next(&r)) {
		const struct doc_kind *kind = document_kind_find(col_text(a, &r, 1));
		const char *state = col_text(a, &r, 3);
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_id(o, "id", col_i64(&r, 0));
		jo_text(o, "kind", kind ? kind->name : "");
		jo_text(o, "kind_title", kind ? kind->title : "");
		jo_text(o, "number", col_text(a, &r, 2));
		jo_text(o, "state", state);
		jo_text(o, "state_title", kind ? document_state_title(kind, state) : state);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

void document_write_json(struct db *db, struct arena *a, const struct me *me, const struct doc *d, struct jo *o)
{
	put_head(db, a, d, o);
	put_chain(db, a, d, o);
	put_actions(db, me, d, o);
	put_events(db, a, d, o);
	put_related(db, a, me, d, o);
}

void document_write_answer(const struct doc *d, struct jo *o)
{
	jo_id(o, "id", d->id);
	jo_text(o, "number", d->number);
	jo_text(o, "kind", d->kind->name);
	jo_text(o, "state", d->state);
	jo_text(o, "state_title", document_state_title(d->kind, d->state));
	jo_i64(o, "version", d->version);
}
