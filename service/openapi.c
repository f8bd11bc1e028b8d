/* The OpenAPI 3.1 document, made from the routes, the shapes of their bodies and the columns of the lists. */
#include "core/document.h"
#include "service/front.h"
#include "service/list.h"
#include "service/supervise.h"

#include <string.h>

extern const struct shape *const all_shapes[];

static const char *const methods[] = {"get", "post", "patch", "delete"};

static void put_type(struct jo *o, const char *type)
{
	jo_text(o, "type", type);
}

static void put_words(struct jo *o, const char *words)
{
	jo_name(o, "enum");
	jo_open(o, '[');
	while (*words) {
		char word[64];
		size_t n = strcspn(words, "|");
		size_t keep = n < sizeof word - 1 ? n : sizeof word - 1;
		memcpy(word, words, keep);
		word[keep] = '\0';
		jo_text(o, NULL, word);
		words += n + (words[n] == '|');
	}
	jo_close(o, ']');
}

static void put_ref(struct jo *o, const char *name)
{
	char ref[96] = "#/components/schemas/";
	strncat(ref, name, sizeof ref - strlen(ref) - 1);
	jo_text(o, "$ref", ref);
}

static void put_field(struct jo *o, const struct field *f)
{
	jo_name(o, f->name);
	jo_open(o, '{');
	switch (f->type) {
	case F_ID:
		put_type(o, "string");
		jo_text(o, "pattern", "^[1-9][0-9]*$");
		break;
	case F_INT:
		put_type(o, "integer");
		jo_i64(o, "minimum", f->min);
		jo_i64(o, "maximum", f->max);
		break;
	case F_YMD:
		put_type(o, "integer");
		jo_text(o, "format", "yyyymmdd");
		break;
	case F_PRICE:
		put_type(o, "string");
		jo_text(o, "pattern", "^[0-9]{1,9}(\\.[0-9]{1,4})?$");
		break;
	case F_BOOL:
		put_type(o, "boolean");
		break;
	case F_TEXT:
	case F_NOTE:
		put_type(o, "string");
		jo_i64(o, "maxLength", f->max);
		break;
	case F_WORD:
		put_type(o, "string");
		put_words(o, f->words);
		break;
	case F_LIST:
	case F_TEXTS:
		put_type(o, "array");
		jo_i64(o, "minItems", f->min);
		jo_i64(o, "maxItems", f->max);
		jo_name(o, "items");
		jo_open(o, '{');
		if (f->type == F_LIST)
			put_ref(o, f->items->name);
		else
			put_type(o, "string");
		jo_close(o, '}');
		break;
	}
	jo_text(o, "title", f->title);
	jo_close(o, '}');
}

static void put_shape(struct jo *o, const struct shape *s)
{
	jo_name(o, s->name);
	jo_open(o, '{');
	put_type(o, "object");
	jo_bool(o, "additionalProperties", false);
	jo_name(o, "required");
	jo_open(o, '[');
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].required)
			jo_text(o, NULL, s->fields[i].name);
	jo_close(o, ']');
	jo_name(o, "properties");
	jo_open(o, '{');
	for (size_t i = 0; i < s->count; i++)
		put_field(o, &s->fields[i]);
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_column(struct jo *o, const struct list_column *c)
{
	static const char *const types[] = {
	        [L_ID] = "string",  [L_INT] = "integer",  [L_TEXT] = "string",         [L_PRICE] = "string",
	        [L_FEN] = "string", [L_BOOL] = "boolean", [L_INT_OR_NULL] = "integer",
	};
	jo_name(o, c->name);
	jo_open(o, '{');
	jo_name(o, "type");
	jo_open(o, '[');
	jo_text(o, NULL, types[c->type]);
	jo_text(o, NULL, "null");
	jo_close(o, ']');
	jo_text(o, "title", c->title);
	jo_close(o, '}');
}

/* What several stores answer: each row says whose it is, and who did not answer is named. */
static const struct list_column whose[] = {{"consortium", L_TEXT, NULL, "医共体代码", NULL},
                                           {"consortium_name", L_TEXT, NULL, "医共体", NULL},
                                           {NULL, L_INT, NULL, NULL, NULL}};
static const struct list_column missing[] = {
        {"code", L_TEXT, NULL, "原因代码", NULL}, {"why", L_TEXT, NULL, "原因", NULL}, {NULL, L_INT, NULL, NULL, NULL}};

static void put_array(struct jo *o, const char *name, const struct list_column *first, const struct list_column *more)
{
	jo_name(o, name);
	jo_open(o, '{');
	put_type(o, "array");
	jo_name(o, "items");
	jo_open(o, '{');
	put_type(o, "object");
	jo_name(o, "properties");
	jo_open(o, '{');
	for (const struct list_column *c = first; c && c->name; c++)
		put_column(o, c);
	for (const struct list_column *c = more; c && c->name; c++)
		put_column(o, c);
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_next(struct jo *o)
{
	jo_name(o, "next");
	jo_open(o, '{');
	jo_name(o, "type");
	jo_open(o, '[');
	jo_text(o, NULL, "string");
	jo_text(o, NULL, "null");
	jo_close(o, ']');
	jo_close(o, '}');
}

/* list: NULL, where several stores answer something else than a list. */
static void put_list_schema(struct jo *o, const struct list_spec *list, bool of_several)
{
	put_type(o, "object");
	jo_name(o, "required");
	jo_open(o, '[');
	jo_text(o, NULL, "rows");
	if (list)
		jo_text(o, NULL, "next");
	if (of_several)
		jo_text(o, NULL, "absent");
	jo_close(o, ']');
	jo_name(o, "properties");
	jo_open(o, '{');
	if (list)
		put_next(o);
	put_array(o, "rows", of_several ? whose : NULL, list ? list->columns : NULL);
	if (of_several)
		put_array(o, "absent", whose, missing);
	jo_close(o, '}');
}

static const char *query_type(enum list_type type)
{
	return type == L_INT || type == L_BOOL ? "integer" : "string";
}

static void put_parameter(struct jo *o, const char *name, const char *in, bool required, const char *type)
{
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "name", name);
	jo_text(o, "in", in);
	jo_bool(o, "required", required);
	jo_name(o, "schema");
	jo_open(o, '{');
	put_type(o, type);
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_path_parameters(struct jo *o, const char *path)
{
	for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
		char name[32] = "";
		size_t n = strcspn(p + 1, "}");
		memcpy(name, p + 1, n < sizeof name - 1 ? n : sizeof name - 1);
		put_parameter(o, name, "path", true, "string");
	}
}

static void put_parameters(struct jo *o, const struct route *r)
{
	jo_name(o, "parameters");
	jo_open(o, '[');
	put_parameter(o, "consortium", "path", true, "string");
	put_path_parameters(o, r->path);
	if (r->kind == ROUTE_CREATE || r->kind == ROUTE_STEP || r->kind == ROUTE_IMPORT || r->kind == ROUTE_UPLOAD)
		put_parameter(o, "Idempotency-Key", "header", true, "string");
	if (r->kind == ROUTE_LIST) {
		if (r->list->search_expr || r->list->q_as)
			put_parameter(o, "q", "query", false, "string");
		put_parameter(o, "limit", "query", false, "integer");
		put_parameter(o, "after", "query", false, "string");
		for (const char *const *name = r->list->parameters; name && *name; name++)
			put_parameter(o, *name, "query", false, "string");
	}
	const struct list_spec *filtered = r->kind == ROUTE_LIST ? r->list : r->filters_of;
	for (const struct list_filter *f = filtered ? filtered->filters : NULL; f && f->name; f++)
		put_parameter(o, f->name, "query", false, query_type(f->type));
	for (const struct query_parameter *q = r->query; q && q->name; q++)
		put_parameter(o, q->name, "query", q->required, query_type(q->type));
	jo_close(o, ']');
}

static void put_medium(struct jo *o, const char *media, const struct shape *in)
{
	jo_name(o, media);
	jo_open(o, '{');
	jo_name(o, "schema");
	jo_open(o, '{');
	if (in)
		put_ref(o, in->name);
	else
		put_type(o, "string");
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_body(struct jo *o, const struct route *r)
{
	if (!r->in && r->kind != ROUTE_IMPORT && r->kind != ROUTE_UPLOAD)
		return;
	jo_name(o, "requestBody");
	jo_open(o, '{');
	jo_bool(o, "required", true);
	jo_name(o, "content");
	jo_open(o, '{');
	put_medium(o, r->in ? "application/json" : r->kind == ROUTE_IMPORT ? "text/csv" : "application/octet-stream", r->in);
	if (r->kind == ROUTE_IMPORT)
		put_medium(o, MEDIA_XLSX, NULL);
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_response(struct jo *o, const char *code, const char *description, const char *media, const struct list_spec *list)
{
	jo_name(o, code);
	jo_open(o, '{');
	jo_text(o, "description", description);
	jo_name(o, "content");
	jo_open(o, '{');
	jo_name(o, media);
	jo_open(o, '{');
	jo_name(o, "schema");
	jo_open(o, '{');
	if (list)
		put_list_schema(o, list, false);
	else if (strcmp(media, "application/problem+json") == 0)
		put_ref(o, "problem");
	else
		put_type(o, strcmp(media, "application/json") == 0 ? "object" : "string");
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
}

static const char *media_of(const struct route *r)
{
	if (r->kind == ROUTE_STREAM)
		return "text/event-stream";
	size_t n = strlen(r->path);
	if (r->kind == ROUTE_FILE)
		return n > 5 && strcmp(r->path + n - 5, ".xlsx") == 0 ? MEDIA_XLSX : "application/octet-stream";
	if (r->kind != ROUTE_PICTURE)
		return "application/json";
	return n > 4 && strcmp(r->path + n - 4, ".png") == 0 ? "image/png" : "application/pdf";
}

static void put_roles(struct jo *o, enum permission p)
{
	jo_name(o, "x-roles");
	jo_open(o, '[');
	for (int role = 0; role < ROLE_COUNT && p != PERM_NONE; role++)
		if (permission_roles(p) >> role & 1)
			jo_text(o, NULL, role_name((enum role)role));
	jo_close(o, ']');
}

static void put_operation(struct jo *o, const struct route *r)
{
	jo_name(o, methods[r->method]);
	jo_open(o, '{');
	jo_text(o, "summary", r->title);
	jo_text(o, "x-permission", permission_name(r->permission));
	put_roles(o, r->permission);
	put_parameters(o, r);
	put_body(o, r);
	jo_name(o, "responses");
	jo_open(o, '{');
	put_response(o, r->kind == ROUTE_CREATE || r->kind == ROUTE_UPLOAD ? "201" : "200", r->out ? r->out : r->title,
	             media_of(r), r->list);
	put_response(o, "default", "问题", "application/problem+json", NULL);
	jo_close(o, '}');
	jo_close(o, '}');
}

/* True for the first row of a path. */
static bool is_first(size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(routes[j].path, routes[i].path) == 0)
			return false;
	return true;
}

static void open_path(struct jo *o, const char *path, size_t n)
{
	char whole[160] = "/api/v1/{consortium}/";
	size_t used = strlen(whole), room = sizeof whole - used - 1;
	memcpy(whole + used, path, n < room ? n : room);
	jo_name(o, whole);
	jo_open(o, '{');
}

static bool is_first_step(const struct doc_kind *kind, const struct doc_step *step)
{
	for (const struct doc_step *s = kind->steps; s < step; s++)
		if (strcmp(s->action, step->action) == 0)
			return false;
	return step->permission != PERM_NONE;
}

/* A path ending in {action} is written out: each step with the right that it asks for. */
static void put_steps(struct jo *o, const struct route *r)
{
	const struct doc_kind *kind = document_kind_of_path(r->path);
	size_t stem = strlen(r->path) - strlen("{action}");
	for (const struct doc_step *s = kind ? kind->steps : NULL; s && s->from; s++) {
		char path[96] = "";
		struct route step = *r;
		if (!is_first_step(kind, s))
			continue;
		memcpy(path, r->path, stem < sizeof path ? stem : 0);
		strncat(path, s->action, sizeof path - strlen(path) - 1);
		step.permission = s->permission;
		step.title = s->title;
		step.path = path;
		open_path(o, path, strlen(path));
		put_operation(o, &step);
		jo_close(o, '}');
	}
}

static void put_path(struct jo *o, size_t first)
{
	open_path(o, routes[first].path, strlen(routes[first].path));
	for (size_t j = first; j < route_count; j++)
		if (strcmp(routes[j].path, routes[first].path) == 0)
			put_operation(o, &routes[j]);
	jo_close(o, '}');
}

/* ---- what is asked of several stores at once ---- */

static void put_answer(struct jo *o, const char *title, const struct list_spec *list, bool of_several)
{
	jo_name(o, "200");
	jo_open(o, '{');
	jo_text(o, "description", title);
	jo_name(o, "content");
	jo_open(o, '{');
	jo_name(o, "application/json");
	jo_open(o, '{');
	jo_name(o, "schema");
	jo_open(o, '{');
	put_list_schema(o, list, of_several);
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_ask(struct jo *o, const struct supervise_ask *ask)
{
	const struct route *r = supervise_route(ask);
	jo_name(o, methods[ask->method]);
	jo_open(o, '{');
	jo_text(o, "summary", ask->title);
	jo_text(o, "x-permission", permission_name(r->permission));
	put_roles(o, r->permission);
	jo_name(o, "parameters");
	jo_open(o, '[');
	for (const struct query_parameter *q = ask->filters; q && q->name; q++)
		put_parameter(o, q->name, "query", q->required, query_type(q->type));
	jo_close(o, ']');
	put_body(o, r);
	jo_name(o, "responses");
	jo_open(o, '{');
	put_answer(o, ask->title, ask->list, true);
	put_response(o, "default", "问题", "application/problem+json", NULL);
	jo_close(o, '}');
	jo_close(o, '}');
}

/* Before anybody signs in: which consortia there are. */
static void put_consortia(struct jo *o)
{
	static const struct list_column columns[] = {
	        {"code", L_TEXT, NULL, "代码", NULL}, {"name", L_TEXT, NULL, "名称", NULL}, {NULL, L_INT, NULL, NULL, NULL}};
	static const struct list_spec list = {.columns = columns};
	jo_name(o, "/api/v1/-/consortia");
	jo_open(o, '{');
	jo_name(o, "get");
	jo_open(o, '{');
	jo_text(o, "summary", "此服务有哪些医共体");
	jo_text(o, "x-permission", permission_name(PERM_NONE));
	put_roles(o, PERM_NONE);
	jo_name(o, "parameters");
	jo_open(o, '[');
	jo_close(o, ']');
	jo_name(o, "responses");
	jo_open(o, '{');
	put_answer(o, "此服务有哪些医共体", &list, false);
	put_response(o, "default", "问题", "application/problem+json", NULL);
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
}

static void put_asks(struct jo *o)
{
	const struct supervise_ask *before = NULL;
	for (const struct supervise_ask *ask = supervise_asks; ask->path; before = ask, ask++) {
		bool same = before && strcmp(before->path, ask->path) == 0;
		char path[96] = "/api/v1/-/";
		strncat(path, ask->path, sizeof path - strlen(path) - 1);
		if (before && !same)
			jo_close(o, '}');
		if (!same) {
			jo_name(o, path);
			jo_open(o, '{');
		}
		put_ask(o, ask);
	}
	jo_close(o, '}');
}

static void put_paths(struct jo *o)
{
	jo_name(o, "paths");
	jo_open(o, '{');
	for (size_t i = 0; i < route_count; i++) {
		if (strstr(routes[i].path, "{action}"))
			put_steps(o, &routes[i]);
		else if (is_first(i))
			put_path(o, i);
	}
	put_consortia(o);
	put_asks(o);
	jo_close(o, '}');
}

static void put_problem(struct jo *o)
{
	static const char *const texts[] = {"code", "title", "detail", "request_id"};
	jo_name(o, "problem");
	jo_open(o, '{');
	put_type(o, "object");
	jo_name(o, "properties");
	jo_open(o, '{');
	jo_name(o, "status");
	jo_open(o, '{');
	put_type(o, "integer");
	jo_close(o, '}');
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		jo_name(o, texts[i]);
		jo_open(o, '{');
		put_type(o, "string");
		jo_close(o, '}');
	}
	jo_name(o, "errors");
	jo_open(o, '{');
	put_type(o, "array");
	jo_close(o, '}');
	jo_close(o, '}');
	jo_close(o, '}');
}

void openapi_write(struct buf *out)
{
	struct jo o = {out, false};
	jo_open(&o, '{');
	jo_text(&o, "openapi", "3.1.0");
	jo_name(&o, "info");
	jo_open(&o, '{');
	jo_text(&o, "title", "药仓 yaocang");
	jo_text(&o, "version", "1");
	jo_close(&o, '}');
	put_paths(&o);
	jo_name(&o, "components");
	jo_open(&o, '{');
	jo_name(&o, "schemas");
	jo_open(&o, '{');
	put_problem(&o);
	for (const struct shape *const *s = all_shapes; *s; s++)
		put_shape(&o, *s);
	jo_close(&o, '}');
	jo_close(&o, '}');
	jo_close(&o, '}');
}
