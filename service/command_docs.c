/*
 * yaocang docs: writes what the program knows of itself (roles, documents, errors, the API) as files for people. They are
 * made from the very tables that the service runs by, so they cannot say anything else; lint holds the committed files
 * against a fresh writing.
 */
#include "core/document.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/front.h"
#include "service/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OPENAPI_DEPTH 3 /* brackets up to here stand on lines of their own: one line is one operation or one shape */

static const char *const method_names[METHOD_COUNT] = {"GET", "POST", "PATCH", "DELETE"};

/* The site whose people take a step. */
static const char *side_title(enum doc_side side)
{
	static const char *const titles[] = {[SIDE_ANY] = "任一方", [SIDE_FROM] = "发起方", [SIDE_TO] = "接收方"};
	return titles[side];
}

/* Who takes a step: a permission on a side, or the program itself, following another document. */
static void put_taker(struct buf *out, const struct doc_step *s)
{
	if (s->permission == PERM_NONE)
		buf_puts(out, "自动");
	else
		buf_printf(out, "%s %s", permission_name(s->permission), side_title(s->side));
}

/* ---- roles.md ---- */

static bool role_may(int role, enum permission p)
{
	return p == PERM_NONE || (permission_roles(p) >> role & 1);
}

/* Steps of a document have permissions of their own and stand in their own list. */
static bool is_step_route(const struct route *r)
{
	return strstr(r->path, "{action}") != NULL;
}

static void put_matrix(struct buf *out)
{
	buf_puts(out, "## 权限与岗位\n\n| 权限 | |");
	for (int role = 0; role < ROLE_COUNT; role++)
		buf_printf(out, " %s |", role_title((enum role)role));
	buf_puts(out, "\n|---|---|");
	for (int role = 0; role < ROLE_COUNT; role++)
		buf_puts(out, ":-:|");
	for (int p = 0; p < PERM_COUNT; p++) {
		buf_printf(out, "\n| %s | `%s` |", permission_title((enum permission)p), permission_name((enum permission)p));
		for (int role = 0; role < ROLE_COUNT; role++)
			buf_puts(out, role_may(role, (enum permission)p) ? " ● |" : "  |");
	}
	buf_puts(out, "\n");
}

/* What everybody with an account may do is told once, not for each role. */
static bool is_for_all(const struct route *r)
{
	return r->permission == PERM_NONE || r->permission == PERM_SESSION;
}

static bool takes_a_step(int role, const struct doc_kind *k)
{
	for (const struct doc_step *s = k->steps; s->from; s++)
		if (s->permission != PERM_NONE && role_may(role, s->permission))
			return true;
	return false;
}

/* A write below a document under the right to read it (a scan): the handler wants whoever takes a step of that document. */
static bool role_writes(int role, const struct route *r)
{
	const char *name = permission_name(r->permission), *end = strrchr(name, '_');
	size_t n = strcspn(r->path, "/");
	if (!role_may(role, r->permission) || !end || strcmp(end, "_READ") != 0)
		return role_may(role, r->permission);
	for (const struct doc_kind *const *k = document_kinds; *k; k++)
		if (strlen((*k)->topic) == n && memcmp((*k)->topic, r->path, n) == 0)
			return takes_a_step(role, *k);
	return true;
}

static void put_common(struct buf *out)
{
	buf_puts(out, "\n## 所有岗位\n\n");
	for (size_t i = 0; i < route_count; i++)
		if (is_for_all(&routes[i]))
			buf_printf(out, "- %s `%s %s`\n", routes[i].title, method_names[routes[i].method], routes[i].path);
}

static void put_role_reads(struct buf *out, int role)
{
	bool first = true;
	for (size_t i = 0; i < route_count; i++) {
		const struct route *r = &routes[i];
		if (r->method != METHOD_GET || is_for_all(r) || !role_may(role, r->permission))
			continue;
		buf_printf(out, "%s%s `%s`", first ? "\n查看: " : ", ", r->title, r->path);
		first = false;
	}
	buf_puts(out, first ? "" : "\n");
}

static void put_role_writes(struct buf *out, int role)
{
	bool any = false;
	for (size_t i = 0; i < route_count; i++) {
		const struct route *r = &routes[i];
		if (r->method == METHOD_GET || is_step_route(r) || is_for_all(r) || !role_writes(role, r))
			continue;
		buf_printf(out, "%s- %s `%s %s`\n", any ? "" : "\n办理:\n\n", r->title, method_names[r->method], r->path);
		any = true;
	}
}

static void put_role_steps(struct buf *out, int role)
{
	bool any = false;
	for (const struct doc_kind *const *k = document_kinds; *k; k++)
		for (const struct doc_step *s = (*k)->steps; s->from; s++) {
			if (s->permission == PERM_NONE || !role_may(role, s->permission))
				continue;
			buf_puts(out, any ? "" : "\n单据流转:\n\n");
			buf_printf(out, "- %s: %s (%s → %s) `%s`, %s\n", (*k)->title, s->title, document_state_title(*k, s->from),
			           document_state_title(*k, s->to), s->action, side_title(s->side));
			any = true;
		}
}

static void write_roles(struct buf *out)
{
	buf_puts(out, "# 岗位与权限\n\n"
	              "由 `yaocang docs` 按 `core/people.def`, `service/routes.def` 和各单据的步骤表生成, 请勿手改.\n\n"
	              "路径都在 `/api/v1/{consortium}/` 之下. 权限只说能做什么; 能看到哪些机构的数据由账号所属机构决定 "
	              "(本机构及其下级). 单据的一步还要求办理人属于发起方或接收方.\n\n");
	put_matrix(out);
	put_common(out);
	for (int role = 0; role < ROLE_COUNT; role++) {
		buf_printf(out, "\n## %s `%s`\n", role_title((enum role)role), role_name((enum role)role));
		put_role_reads(out, role);
		put_role_writes(out, role);
		put_role_steps(out, role);
	}
}

/* ---- flows.md ---- */

static bool is_final(const struct doc_kind *k, const char *state)
{
	for (const struct doc_step *s = k->steps; s->from; s++)
		if (strcmp(s->from, state) == 0)
			return false;
	return true;
}

static void put_diagram(struct buf *out, const struct doc_kind *k)
{
	buf_puts(out, "```mermaid\nstateDiagram-v2\n");
	for (const struct doc_state *s = k->states; s->name; s++)
		buf_printf(out, "\tstate \"%s %s\" as %s\n", s->title, s->name, s->name);
	buf_printf(out, "\t[*] --> %s\n", k->first_state);
	for (const struct doc_step *s = k->steps; s->from; s++) {
		buf_printf(out, "\t%s --> %s : %s, ", s->from, s->to, s->title);
		put_taker(out, s);
		buf_puts(out, "\n");
	}
	for (const struct doc_state *s = k->states; s->name; s++)
		if (is_final(k, s->name))
			buf_printf(out, "\t%s --> [*]\n", s->name);
	buf_puts(out, "```\n");
}

static void put_step_table(struct buf *out, const struct doc_kind *k)
{
	if (!k->steps->from)
		return;
	buf_puts(out, "\n| 从 | 动作 | | 到 | 由谁 | 须填原因 |\n|---|---|---|---|---|:-:|\n");
	for (const struct doc_step *s = k->steps; s->from; s++) {
		buf_printf(out, "| %s | %s | `%s` | %s%s | ", document_state_title(k, s->from), s->title, s->action,
		           document_state_title(k, s->to), s->guard ? " (有条件)" : "");
		put_taker(out, s);
		buf_printf(out, " | %s |\n", s->note_needed ? "●" : "");
	}
}

static void write_flows(struct buf *out)
{
	buf_puts(out, "# 单据流转\n\n"
	              "由 `yaocang docs` 按各单据的步骤表生成, 请勿手改. 每个箭头: 动作名称, 所需权限, 由哪一方的人办理; "
	              "自动: 随另一张单据而变. 同一状态同一动作有几行时, 取条件成立的第一行.\n");
	for (const struct doc_kind *const *k = document_kinds; *k; k++) {
		buf_printf(out, "\n## %s `%s` (%s-)\n\n", (*k)->title, (*k)->name, (*k)->prefix);
		put_diagram(out, *k);
		put_step_table(out, *k);
	}
}

/* ---- errors.md ---- */

static void write_errors(struct buf *out)
{
	buf_puts(out,
	         "# 错误代码\n\n"
	         "由 `yaocang docs` 按 `core/status.def` 生成, 请勿手改. 代码的含义不变; 带 ● 的拒绝会留下记录 (拒绝记录).\n\n"
	         "| HTTP | 代码 | 说明 | 记录 |\n|---|---|---|:-:|\n");
	for (int st = ST_OK + 1; st < ST_COUNT; st++)
		buf_printf(out, "| %d | `%s` | %s | %s |\n", status_http((enum status)st), status_code((enum status)st),
		           status_text((enum status)st), status_is_recorded((enum status)st) ? "●" : "");
}

/* ---- openapi.json ---- */

static void put_break(struct buf *out, int depth)
{
	buf_putc(out, '\n');
	for (int i = 0; i < depth; i++)
		buf_putc(out, '\t');
}

/* Lays compact JSON out in lines that a diff can show. */
static void put_in_lines(struct buf *out, const struct buf *json)
{
	bool in_text = false;
	int depth = 0;
	for (size_t i = 0; i < json->len; i++) {
		char c = json->data[i];
		if (!in_text && (c == '}' || c == ']') && depth-- <= OPENAPI_DEPTH)
			put_break(out, depth);
		buf_putc(out, c);
		if (in_text && c == '\\')
			buf_putc(out, json->data[++i]);
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text &&
		         (((c == '{' || c == '[') && ++depth <= OPENAPI_DEPTH) || (c == ',' && depth <= OPENAPI_DEPTH)))
			put_break(out, depth);
	}
	buf_putc(out, '\n');
}

static void write_openapi(struct buf *out)
{
	SCOPED(buf) compact = {0};
	openapi_write(&compact);
	put_in_lines(out, &compact);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} files[] = {{"roles.md", write_roles}, {"flows.md", write_flows}, {"errors.md", write_errors}, {"openapi.json", write_openapi}};

static bool write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wbe");
	bool ok = f && fwrite(b->data, 1, b->len, f) == b->len;
	return f && fclose(f) == 0 && ok;
}

int command_docs(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	const char *to = NULL;
	char why[FOLDER_WHY_MAX] = "";
	const struct option_slot slots[] = {{.name = "to", .text = &to, .required = true}, {.name = NULL}};
	if (!options_read(argc, argv, slots, NULL, 0, NULL)) {
		fputs("usage: yaocang docs --to DIR\n", stderr);
		return EXIT_USAGE;
	}
	if (folder_make(to, why) != ST_OK) {
		fprintf(stderr, "yaocang docs: %s\n", why);
		return EXIT_CANNOT;
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		SCOPED(buf) b = {0};
		const char *path = arena_printf(&a, "%s/%s", to, files[i].name);
		files[i].write(&b);
		if (b.over || !write_file(path, &b)) {
			fprintf(stderr, "yaocang docs: %s: %s\n", path, strerror(errno));
			return EXIT_CANNOT;
		}
	}
	return EXIT_DONE;
}
