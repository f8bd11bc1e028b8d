#include "service/api/documents.h"

const struct query_parameter query_site[] = {{"site_id", L_ID, false, "机构; 不填为本机构"}, {NULL, L_INT, false, NULL}};

const char *const doc_served[] = {"state", NULL};
const char *const doc_q[] = {"number", "reference", NULL};

enum status api_document(struct exchange *x, struct db *db, const struct doc_kind *kind, struct doc *out)
{
	return x->id ? document_load(db, &x->arena, &x->me, kind, x->id, out) : ST_NOT_FOUND;
}

const char *api_action(const struct exchange *x)
{
	return x->params[1] ? x->params[1] : "";
}

const char *api_folder(const struct exchange *x)
{
	const struct config *config = x->service->config;
	return config && config->data ? config->data : "/tmp";
}

enum status api_written(struct exchange *x, enum status st, int64_t id, const char *state)
{
	if (st != ST_OK)
		return st;
	jo_id(&x->o, "id", id);
	jo_null(&x->o, "number");
	jo_text(&x->o, "state", state);
	jo_i64(&x->o, "version", 1);
	return ST_OK;
}

enum status api_written_to(struct exchange *x, struct tx *tx, enum status st, int64_t id, const char *state, const char *topic)
{
	if (st != ST_OK)
		return st;
	tx->ref_id = id;
	tx_changed(tx, topic, 0, 0, id);
	return api_written(x, ST_OK, id, state);
}

enum status api_step(struct exchange *x, struct tx *tx, const struct doc_kind *kind, int64_t version, const char *note)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), kind, &d);
	if (st == ST_OK)
		st = document_step(tx, &d, version, api_action(x), note, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

static void put_columns(struct exchange *x, struct rows *r, const struct list_column *columns)
{
	for (int i = 0; columns[i].name; i++)
		list_put_column(&x->o, r, i, &columns[i]);
}

void api_rows_n(struct exchange *x, struct db *db, const char *name, const struct list_column *columns, const struct sql *q,
                const struct arg *args, size_t n)
{
	jo_name(&x->o, name);
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query_n(db, q, args, n);
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		put_columns(x, &r, columns);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

bool api_one_n(struct exchange *x, struct db *db, const struct list_column *columns, const struct sql *q, const struct arg *args,
               size_t n)
{
	SCOPED(rows) r = db_query_n(db, q, args, n);
	bool found = rows_next(&r);
	if (found)
		put_columns(x, &r, columns);
	return found;
}

enum status session_read(struct exchange *x, struct db *db)
{
	session_write_json(x, db);
	return ST_OK;
}
