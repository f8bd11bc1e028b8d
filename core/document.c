#include "core/document.h"

#include "core/audit.h"

#include <string.h>

const struct doc_kind *document_kind_find(const char *name)
{
	for (size_t i = 0; document_kinds[i]; i++)
		if (strcmp(document_kinds[i]->name, name) == 0)
			return document_kinds[i];
	return NULL;
}

const struct doc_state *document_state_find(const struct doc_kind *kind, const char *state)
{
	for (const struct doc_state *s = kind->states; s->name; s++)
		if (strcmp(s->name, state) == 0)
			return s;
	return NULL;
}

const char *document_state_title(const struct doc_kind *kind, const char *state)
{
	const struct doc_state *s = document_state_find(kind, state);
	return s ? s->title : state;
}

SQL(insert_state, "INSERT INTO document_state (kind, state, title) VALUES (:kind_t, :state_t, :title_t) ON CONFLICT DO NOTHING");
SQL(insert_step, "INSERT INTO document_step (kind, from_state, action, to_state) VALUES (:kind_t, :from_t, :action_t, :to_t) "
                 "ON CONFLICT DO NOTHING");

void document_register(struct tx *tx)
{
	for (size_t i = 0; document_kinds[i]; i++) {
		const struct doc_kind *k = document_kinds[i];
		for (const struct doc_state *s = k->states; s->name; s++)
			db_exec(tx, insert_state, TEXT(":kind_t", k->name), TEXT(":state_t", s->name),
			        TEXT(":title_t", s->title));
		for (const struct doc_step *s = k->steps; s->from; s++)
			db_exec(tx, insert_step, TEXT(":kind_t", k->name), TEXT(":from_t", s->from), TEXT(":action_t", s->action),
			        TEXT(":to_t", s->to));
	}
}

SQL(next_number,
    "INSERT INTO number_counter (prefix, ymd, last) VALUES (:prefix_t, :ymd, 1) ON CONFLICT (prefix, ymd) DO UPDATE SET "
    "last = number_counter.last + 1 RETURNING last");
SQL(insert_document,
    "INSERT INTO document (id, kind, number, state, version, from_site_id, to_site_id, reference, note, made_at_ms, "
    "made_by) VALUES (:id, :kind_t, :number_t, :state_t, 1, :from_id, :to_id, :reference_t, :note_t, :at_ms, :by_id)");
SQL(insert_scope,
    "INSERT INTO document_scope (site_id, kind, document_id, state) SELECT above_id, :kind_t, :id, :state_t FROM site_above "
    "WHERE site_id = :site_id ON CONFLICT DO NOTHING");

static void append_event(struct tx *tx, const struct doc *d, const char *action, const char *from, const char *note)
{
	const struct arg row[] = {
	        I64(":document_id", d->id),  TEXT(":action_t", action), TEXT(":from_t", from),      TEXT(":to_t", d->state),
	        I64(":version", d->version), I64(":at_ms", tx->now_ms), I64(":user_id", tx->me.id), TEXT(":note_t", note),
	};
	audit_row(tx, SEALED_DOCUMENT_EVENT, row, sizeof row / sizeof *row);
	tx_changed(tx, d->kind->topic, d->from_site_id, d->to_site_id, d->id);
	tx->ref_id = d->id;
}

void document_show_to(struct tx *tx, const struct doc *d, int64_t site_id)
{
	if (site_id)
		db_send(tx, insert_scope, TEXT(":kind_t", d->kind->name), I64(":id", d->id), TEXT(":state_t", d->state),
		        I64(":site_id", site_id));
}

enum status document_make(struct tx *tx, const struct doc_kind *kind, const struct doc_head *head, struct doc *out)
{
	int64_t last = db_i64(tx_db(tx), 0, next_number, TEXT(":prefix_t", kind->prefix), I64(":ymd", tx->today_ymd));
	*out = (struct doc){
	        .kind = kind,
	        .id = tx_new_id(tx),
	        .version = 1,
	        .from_site_id = head->from_site_id,
	        .to_site_id = head->to_site_id,
	        .made_at_ms = tx->now_ms,
	        .made_by = tx->me.id,
	        .number = arena_printf(tx->arena, "%s-%d-%04lld", kind->prefix, tx->today_ymd, (long long)last),
	        .state = head->state ? head->state : kind->first_state,
	        .reference = head->reference,
	        .note = head->note,
	};
	db_exec(tx, insert_document, I64(":id", out->id), TEXT(":kind_t", kind->name), TEXT(":number_t", out->number),
	        TEXT(":state_t", out->state), ID(":from_id", out->from_site_id), ID(":to_id", out->to_site_id),
	        TEXT(":reference_t", out->reference), TEXT(":note_t", out->note), I64(":at_ms", tx->now_ms),
	        I64(":by_id", tx->me.id));
	document_show_to(tx, out, out->from_site_id);
	if (out->to_site_id != out->from_site_id)
		document_show_to(tx, out, out->to_site_id);
	append_event(tx, out, "make", "", NULL);
	return ST_OK;
}

#define DOCUMENT_COLUMNS \
	"d.id, d.kind, d.number, d.state, d.version, d.from_site_id, d.to_site_id, d.reference, d.note, d.made_at_ms, d.made_by"
SQL(select_document, "SELECT " DOCUMENT_COLUMNS " FROM document d JOIN app_user u ON u.id = :me_id JOIN document_scope s ON "
                     "s.site_id = u.root_site_id AND s.kind = d.kind AND s.document_id = d.id WHERE d.id = :id");
SQL(select_any_document, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.id = :id /*all sites: the program itself*/");

enum status document_load(struct db *db, struct arena *a, const struct me *me, const struct doc_kind *kind, int64_t id,
                          struct doc *out)
{
	SCOPED(rows)
	r = me->id ? db_query(db, select_document, I64(":me_id", me->id), I64(":id", id))
	           : db_query(db, select_any_document, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const struct doc_kind *stored = document_kind_find(col_text(a, &r, 1));
	if (!stored || (kind && kind != stored))
		return ST_NOT_FOUND;
	*out = (struct doc){
	        .kind = stored,
	        .id = col_i64(&r, 0),
	        .number = col_text(a, &r, 2),
	        .state = col_text(a, &r, 3),
	        .version = col_i64(&r, 4),
	        .from_site_id = col_i64(&r, 5),
	        .to_site_id = col_i64(&r, 6),
	        .reference = col_text(a, &r, 7),
	        .note = col_text(a, &r, 8),
	        .made_at_ms = col_i64(&r, 9),
	        .made_by = col_i64(&r, 10),
	};
	return ST_OK;
}

static bool at_side(struct db *db, const struct me *me, const struct doc *d, enum doc_side side)
{
	if (side == SIDE_FROM)
		return me_at_site(db, me, d->from_site_id);
	return side == SIDE_ANY || me_at_site(db, me, d->to_site_id);
}

/* Moves the state; 0 rows means that somebody was quicker. */
SQL(move_document,
    "UPDATE document SET state = :to_t, version = version + 1 WHERE id = :id AND state = :from_t AND version = :version"
    " /*all sites: the caller has the document*/");
SQL(move_scope, "UPDATE document_scope SET state = :to_t WHERE document_id = :id");

static enum status move_state(struct tx *tx, struct doc *d, const char *to)
{
	int64_t moved = db_exec(tx, move_document, TEXT(":to_t", to), I64(":id", d->id), TEXT(":from_t", d->state),
	                        I64(":version", d->version));
	if (moved == 0)
		return ST_STALE_VERSION;
	if (strcmp(d->state, to) != 0)
		db_send(tx, move_scope, TEXT(":to_t", to), I64(":id", d->id));
	d->version++;
	d->state = to;
	return ST_OK;
}

/* The first step of that name from the present state whose guard passes; NULL with the reason in *why. */
static const struct doc_step *choose(struct tx *tx, const struct doc *d, const char *action, const void *input, enum status *why)
{
	*why = ST_WRONG_STATE;
	for (const struct doc_step *s = d->kind->steps; s->from; s++) {
		if (strcmp(s->from, d->state) != 0 || strcmp(s->action, action) != 0)
			continue;
		*why = s->guard ? s->guard(tx, d, input) : ST_OK;
		if (*why == ST_OK)
			return s;
	}
	return NULL;
}

static const struct doc_step *first_step(const struct doc_kind *kind, const char *action)
{
	for (const struct doc_step *s = kind->steps; s->from; s++)
		if (strcmp(s->action, action) == 0)
			return s;
	return NULL;
}

enum permission document_action_permission(const struct doc_kind *kind, const char *action)
{
	const struct doc_step *s = first_step(kind, action);
	return s ? s->permission : PERM_NONE;
}

const struct doc_kind *document_kind_of_path(const char *path)
{
	size_t n = strcspn(path, "/");
	for (size_t i = 0; document_kinds[i]; i++)
		if (strlen(document_kinds[i]->topic) == n && memcmp(document_kinds[i]->topic, path, n) == 0)
			return document_kinds[i];
	return NULL;
}

const char *document_action_title(const struct doc_kind *kind, const char *action)
{
	static const struct {
		const char *action, *title;
	} common[] = {{"make", "新建"},     {"edit", "修改"},       {"scan", "扫码"},        {"line", "登记明细"},
	              {"seal", "封签相符"}, {"attach", "添加附件"}, {"answer", "供应商答复"}};
	const struct doc_step *s = first_step(kind, action);
	for (size_t i = 0; !s && i < sizeof common / sizeof *common; i++)
		if (strcmp(common[i].action, action) == 0)
			return common[i].title;
	return s ? s->title : action;
}

static enum status wrong_state(struct tx *tx, const struct doc *d, const char *action)
{
	return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s %s 现在是“%s”, 不能%s", d->kind->title, d->number,
	               document_state_title(d->kind, d->state), document_action_title(d->kind, action));
}

static enum status run_step(struct tx *tx, struct doc *d, const struct doc_step *s, const char *note, const void *input)
{
	const char *from = d->state;
	enum status st = s->effect ? s->effect(tx, d, input) : ST_OK;
	if (st == ST_OK)
		st = move_state(tx, d, s->to);
	if (st == ST_OK)
		append_event(tx, d, s->action, from, note);
	return st;
}

SQL(select_since, "SELECT e.action, u.display_name, e.at_ms FROM document_event e LEFT JOIN app_user u ON u.id = e.user_id WHERE "
                  "e.document_id = :id "
                  "AND e.version > :version ORDER BY e.seq, e.n LIMIT 20 /*all sites: the caller has the document*/");

/* What happened since the version that the person saw: one fault each. */
static void tell_changes(struct tx *tx, const struct doc *d, int64_t version)
{
	char at[20];
	SCOPED(rows) r = db_query(tx_db(tx), select_since, I64(":id", d->id), I64(":version", version));
	while (rows_next(&r)) {
		const char *who = col_text(tx->arena, &r, 1);
		ms_local_text(col_i64(&r, 2), at);
		tx_fail(tx, ST_STALE_VERSION, "version", 0, "%s %s %s", at, who ? who : "系统",
		        document_action_title(d->kind, col_text(tx->arena, &r, 0)));
	}
}

static enum status check_version(struct tx *tx, const struct doc *d, int64_t version)
{
	if (d->version == version)
		return ST_OK;
	tx_fail(tx, ST_STALE_VERSION, "version", 0, "%s 已被他人修改 (现为第 %lld 版“%s”, 您看到的是第 %lld 版)", d->number,
	        (long long)d->version, document_state_title(d->kind, d->state), (long long)version);
	tell_changes(tx, d, version);
	return ST_STALE_VERSION;
}

SQL(select_wrote, "SELECT 1 FROM document_event WHERE document_id = :id AND action = 'edit' AND user_id = :user_id LIMIT 1 "
                  "/*all sites: the caller has the document*/");

/* Of those who took a step the last one counts; of those who wrote, everybody. */
static bool took(struct db *db, const struct doc *d, const char *action, int64_t user_id)
{
	if (strcmp(action, "make") == 0)
		return d->made_by == user_id;
	if (strcmp(action, "edit") == 0)
		return db_i64(db, 0, select_wrote, I64(":id", d->id), I64(":user_id", user_id)) != 0;
	return document_actor(db, d->id, action) == user_id;
}

bool document_needs_other(struct db *db, const struct doc *d, const char *action, int64_t user_id)
{
	for (const struct doc_two_persons *p = d->kind->two_persons; p && p->action; p++)
		if (strcmp(p->action, action) == 0 && took(db, d, p->than, user_id))
			return true;
	return false;
}

/* Is there such a step from the present state at all? */
static bool has_step(const struct doc *d, const char *action)
{
	for (const struct doc_step *s = d->kind->steps; s->from; s++)
		if (strcmp(s->from, d->state) == 0 && strcmp(s->action, action) == 0)
			return true;
	return false;
}

enum status document_step(struct tx *tx, struct doc *d, int64_t version, const char *action, const char *note, const void *input)
{
	enum status st = ST_OK;
	const struct doc_step *named = first_step(d->kind, action);
	tx->action = arena_printf(tx->arena, "%s.%s", d->kind->name, action);
	tx->ref_id = d->id;
	if (!named || named->permission == PERM_NONE)
		return ST_NOT_FOUND;
	if (!me_may(&tx->me, named->permission) || !at_side(tx_db(tx), &tx->me, d, named->side))
		return ST_FORBIDDEN;
	if ((st = check_version(tx, d, version)) != ST_OK)
		return st;
	if (has_step(d, action) && document_needs_other(tx_db(tx), d, action, tx->me.id))
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "%s %s 须由另一人%s", d->kind->title, d->number, named->title);
	const struct doc_step *s = choose(tx, d, action, input, &st);
	if (!s)
		return st == ST_WRONG_STATE && !tx->faults->count ? wrong_state(tx, d, action) : st;
	if (s->note_needed && (!note || !*note))
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "%s须填写原因", s->title);
	return run_step(tx, d, s, note, input);
}

enum status document_follow(struct tx *tx, struct doc *d, const char *action, const void *input)
{
	enum status st = ST_OK;
	const struct doc_step *s = choose(tx, d, action, input, &st);
	return s ? run_step(tx, d, s, NULL, input) : st;
}

enum status document_edit(struct tx *tx, struct doc *d, int64_t version, const char *action, const char *note)
{
	enum status st = check_version(tx, d, version);
	if (st == ST_OK)
		st = move_state(tx, d, d->state);
	if (st == ST_OK)
		append_event(tx, d, action, d->state, note);
	return st;
}

void document_note(struct tx *tx, const struct doc *d, const char *action, const char *note)
{
	append_event(tx, d, action, d->state, note);
}

SQL(rename_document,
    "UPDATE document SET reference = coalesce(:reference_t, reference), note = coalesce(:note_t, note) WHERE id = :id"
    " /*all sites: the caller has the document*/");

void document_rename(struct tx *tx, const struct doc *d, const char *reference, const char *note)
{
	db_exec(tx, rename_document, TEXT(":reference_t", reference), TEXT(":note_t", note), I64(":id", d->id));
}

SQL(insert_link, "INSERT INTO document_link (document_id, other_id) VALUES (:a_id, :b_id) ON CONFLICT DO NOTHING");

void document_link(struct tx *tx, int64_t a, int64_t b)
{
	db_exec(tx, insert_link, I64(":a_id", a), I64(":b_id", b));
	db_exec(tx, insert_link, I64(":a_id", b), I64(":b_id", a));
}

SQL(select_actor,
    "SELECT user_id FROM document_event WHERE document_id = :id AND action = :action_t ORDER BY seq DESC, n DESC LIMIT 1 "
    "/*all sites: the caller has the document*/");

int64_t document_actor(struct db *db, int64_t id, const char *action)
{
	return db_i64(db, 0, select_actor, I64(":id", id), TEXT(":action_t", action));
}
