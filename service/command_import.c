/*
 * yaocang import and export: a CSV file into a store, row by row, all or nothing unless --keep-good; also beside a running
 * service, whose writer then reads the file. What export writes, import takes.
 */
#include "service/admin.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"
#include "warehouse/intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((off_t)64 << 20)
#define REFUSED_TOLD 300 /* rows in the answer; the count tells of the others */

static const char import_usage[] =
        "usage: yaocang import KIND FILE --data DIR [--consortium CODE] [--dry-run] [--keep-good]\n  KIND:";
static const char export_usage[] = "usage: yaocang export KIND --data DIR [--consortium CODE] [--to FILE]\n  KIND:";

static int usage(const char *text)
{
	fputs(text, stderr);
	for (const struct intake_kind *const *k = intake_kinds; *k; k++)
		fprintf(stderr, " %s", (*k)->name);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* ---- in whoever writes the store ---- */

static const char *member_text(const struct json *request, const char *name)
{
	size_t n = 0;
	const struct json *v = jv_member(request, name);
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &n) : NULL;
}

static bool member_is_true(const struct json *request, const char *name)
{
	const struct json *v = jv_member(request, name);
	return v && jv_kind(v) == JV_BOOL && jv_boolean(v);
}

static void write_refused(struct jo *o, const struct intake_refused *r)
{
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_i64(o, "row", r->row);
	jo_text(o, "field", r->field);
	jo_text(o, "code", status_code(r->st));
	jo_text(o, "message", r->message);
	jo_close(o, '}');
}

static void write_report(struct buf *out, const struct intake_report *report)
{
	struct jo o = {out, false};
	int told = 0;
	jo_open(&o, '{');
	jo_i64(&o, "added", report->added);
	jo_i64(&o, "changed", report->changed);
	jo_i64(&o, "unchanged", report->unchanged);
	jo_i64(&o, "refused_rows", report->refused_rows);
	jo_name(&o, "refused");
	jo_open(&o, '[');
	for (const struct intake_refused *r = report->first; r && told < REFUSED_TOLD; r = r->next, told++)
		write_refused(&o, r);
	jo_close(&o, ']');
	jo_close(&o, '}');
}

static void show_progress(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	fprintf(stderr, "\r%" PRId64 " / %" PRId64, done, total);
	if (done == total)
		fputc('\n', stderr);
}

static enum status open_file(struct tx *tx, const char *path, int *fd)
{
	struct stat info;
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return tx_fail(tx, ST_STORE_UNAVAILABLE, NULL, 0, "不能读取 %s: %s", path, strerror(errno));
	if (fstat(*fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= FILE_MAX)
		return ST_OK;
	close(*fd);
	return tx_fail(tx, ST_TOO_LARGE, NULL, 0, "%s 不是普通文件, 或超过 64 MiB", path);
}

enum status admin_import(struct tx *tx, const struct json *request, struct buf *result)
{
	const char *name = member_text(request, "kind"), *path = member_text(request, "path"), *pid = member_text(request, "pid");
	const struct intake_kind *kind = name ? intake_kind_find(name) : NULL;
	struct intake_options options = {.keep_good = member_is_true(request, "keep_good")};
	struct intake_report report = {0};
	int fd = -1;
	if (!kind || !path || !pid)
		return ST_BAD_REQUEST;
	/* the bar belongs to the command's terminal, not to that of a service */
	if (isatty(STDERR_FILENO) && atoll(pid) == (long long)getpid())
		options.progress = show_progress;
	enum status st = open_file(tx, path, &fd);
	if (st != ST_OK)
		return st;
	st = intake_run(tx, kind, csv_from_file(&fd), &options, NULL, &report);
	close(fd);
	write_report(result, &report);
	return st == ST_OK && member_is_true(request, "dry_run") ? ST_IMPORT_REFUSED : st; /* so that nothing stays */
}

/* ---- in the command ---- */

struct options {
	const char *data, *consortium, *to;
	bool dry_run, keep_good;
};

static int64_t number_of(const struct json *report, const char *name)
{
	const struct json *v = jv_member(report, name);
	return v && jv_kind(v) == JV_INTEGER ? jv_integer(v) : 0;
}

static void print_refused(const struct json *r)
{
	const char *field = member_text(r, "field"), *message = member_text(r, "message");
	fprintf(stderr, "第 %" PRId64 " 行%s%s: %s\n", number_of(r, "row"), field ? " " : "", field ? field : "",
	        message ? message : "");
}

static void print_report(const struct json *report)
{
	const struct json *refused = jv_member(report, "refused");
	size_t told = refused && jv_kind(refused) == JV_ARRAY ? jv_count(refused) : 0;
	for (size_t i = 0; i < told; i++)
		print_refused(jv_item(refused, i));
	if (told == REFUSED_TOLD)
		fprintf(stderr, "… 其余不再列出, 共拒绝 %" PRId64 " 行\n", number_of(report, "refused_rows"));
	printf("新增 %" PRId64 ", 修改 %" PRId64 ", 未变 %" PRId64 ", 拒绝 %" PRId64 "\n", number_of(report, "added"),
	       number_of(report, "changed"), number_of(report, "unchanged"), number_of(report, "refused_rows"));
}

/* The one store of the folder where nobody names one. */
static enum exit_status choose_store(struct arena *a, const char *command, struct options *o)
{
	char why[FOLDER_WHY_MAX] = "";
	const char **codes = NULL;
	size_t count = 0;
	if (o->consortium && folder_code_is_valid(o->consortium))
		return EXIT_DONE;
	enum status st = o->consortium ? ST_INVALID_FIELD : folder_list(a, o->data, &codes, &count, why);
	if (st == ST_OK && count == 1) {
		o->consortium = codes[0];
		return EXIT_DONE;
	}
	fprintf(stderr, "yaocang %s: %s\n", command,
	        *why    ? why
	        : count ? "文件夹中有多个医共体, 请用 --consortium 指定一个"
	                : "没有这个医共体");
	return *why || (st == ST_OK && count == 0) ? EXIT_CANNOT : EXIT_USAGE;
}

static int finish(const struct options *o, enum status st, const struct buf *result, const char *why)
{
	SCOPED(jv_document) document = {0};
	char bad[160];
	bool has_report = result->len && jv_parse(result->data, result->len, &document, bad) == ST_OK;
	if (has_report)
		print_report(document.root);
	bool clean = has_report && (number_of(document.root, "refused_rows") == 0 || o->keep_good);
	if (st == ST_IMPORT_REFUSED && o->dry_run && clean)
		return EXIT_DONE;
	if (st != ST_OK)
		fprintf(stderr, "yaocang import: %s\n", why);
	return admin_exit_status(st);
}

static int run_import(const char *kind, const char *file, const struct options *o)
{
	SCOPED(buf) members = {.max = ADMIN_LINE_MAX};
	SCOPED(buf) result = {.max = ADMIN_LINE_MAX};
	struct jo out = {&members, false};
	char why[ADMIN_WHY_MAX] = "", path[PATH_MAX], pid[24];
	if (!realpath(file, path)) {
		fprintf(stderr, "yaocang import: 不能读取 %s: %s\n", file, strerror(errno));
		return EXIT_CANNOT;
	}
	snprintf(pid, sizeof pid, "%lld", (long long)getpid());
	jo_text(&out, "kind", kind);
	jo_text(&out, "path", path);
	jo_text(&out, "pid", pid);
	jo_bool(&out, "dry_run", o->dry_run);
	jo_bool(&out, "keep_good", o->keep_good);
	enum status st = admin_write(o->data, o->consortium, "import", members.data, &result, why);
	return finish(o, st, &result, why);
}

int command_import(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	struct options o = {0};
	const char *words[2] = {NULL, NULL};
	size_t count = 0;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.consortium},
	        {.name = "dry-run", .flag = &o.dry_run},
	        {.name = "keep-good", .flag = &o.keep_good},
	        {.name = NULL},
	};
	if (!options_read(argc, argv, slots, words, 2, &count) || count != 2 || !intake_kind_find(words[0]))
		return usage(import_usage);
	enum exit_status chosen = choose_store(&a, "import", &o);
	return chosen == EXIT_DONE ? run_import(words[0], words[1], &o) : (int)chosen;
}

static bool write_out(const char *to, const struct buf *csv)
{
	FILE *f = to ? fopen(to, "wbe") : stdout;
	bool ok = f && fwrite(csv->data, 1, csv->len, f) == csv->len && fflush(f) == 0;
	if (to && f)
		ok = fclose(f) == 0 && ok;
	if (!ok)
		fprintf(stderr, "yaocang export: 不能写入 %s: %s\n", to ? to : "标准输出", strerror(errno));
	return ok;
}

static int run_export(struct arena *a, const struct intake_kind *kind, const struct options *o)
{
	SCOPED(buf) csv = {0};
	struct db *db = NULL;
	char why[200] = "";
	enum status st = db_open(folder_store_where(a, o->data, o->consortium), STORE_READ, &db, why);
	if (st == ST_OK) {
		db_read_begin(db);
		intake_export(db, kind, &csv);
		snprintf(why, sizeof why, "%s", db_error(db));
		st = db_read_end(db);
		db_close(db);
	}
	if (st == ST_OK && !csv.over)
		return csv.len && write_out(o->to, &csv) ? EXIT_DONE : EXIT_CANNOT;
	fprintf(stderr, "yaocang export: 不能读取医共体 %s 的数据: %s\n", o->consortium, why);
	return EXIT_CANNOT;
}

int command_export(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	struct options o = {0};
	const char *word = NULL;
	size_t count = 0;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.consortium},
	        {.name = "to", .text = &o.to},
	        {.name = NULL},
	};
	bool right = options_read(argc, argv, slots, &word, 1, &count) && count == 1;
	const struct intake_kind *kind = right ? intake_kind_find(word) : NULL;
	if (!kind || !kind->every)
		return usage(export_usage);
	enum exit_status chosen = choose_store(&a, "export", &o);
	return chosen == EXIT_DONE ? run_export(&a, kind, &o) : (int)chosen;
}
