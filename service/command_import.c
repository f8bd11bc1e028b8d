/*
 * yaocang import and export: a CSV file into a store, row by row, all or nothing unless --keep-good; also beside a running
 * service, whose writer then reads the file. What export writes, import takes.
 */
#include "core/xlsx.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/importer.h"
#include "service/options.h"
#include "warehouse/intake/staged.h"

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
#define ALONE_US 80000   /* of one write, where nobody else waits */
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
	SCOPED(sheet) sheet = {.fd = -1};
	st = sheet_from_file(&sheet, fd, "/tmp");
	if (st == ST_OK)
		st = intake_run(tx, kind, sheet.source, &options, NULL, &report);
	sheet_drop(&sheet);
	close(fd);
	write_report(result, &report);
	return st == ST_OK && member_is_true(request, "dry_run") ? ST_IMPORT_REFUSED : st; /* so that nothing stays */
}

/* ---- a long import beside a running service: its importer carries it through ---- */

enum status admin_import_begin(struct tx *tx, const struct json *request, struct buf *result)
{
	const char *name = member_text(request, "kind"), *path = member_text(request, "path"),
	           *file = member_text(request, "name");
	const struct intake_kind *kind = name ? intake_kind_find(name) : NULL;
	struct stat info;
	if (!kind || !kind->sliced || !path || !file)
		return ST_BAD_REQUEST;
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return tx_fail(tx, ST_STORE_UNAVAILABLE, NULL, 0, "不能读取 %s: %s", path, strerror(errno));
	const struct staged_new new = {.kind = kind,
	                               .file_name = file,
	                               .total_bytes = info.st_size,
	                               .keep_good = member_is_true(request, "keep_good"),
	                               .dry_run = member_is_true(request, "dry_run")};
	struct jo o = {result, false};
	jo_open(&o, '{');
	jo_id(&o, "id", staged_make(tx, &new));
	jo_close(&o, '}');
	return ST_OK;
}

void admin_import_begun(struct service *s, struct store *store, const struct json *request, const struct json *result)
{
	int64_t id = 0;
	const char *text = member_text(result, "id"), *path = member_text(request, "path");
	if (s->importer && text && path && text_to_i64(text, &id))
		importer_take_file(s->importer, store, id, path);
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

/* A bar on a terminal: [#######       ]  35%  写入 123456 / 300000. Elsewhere nothing. */
static void draw_bar(const char *state, int64_t done, int64_t total)
{
	static const char *const words[][2] = {
	        {"checking", "核对"}, {"comparing", "复核"}, {"indexing", "编制检索"}, {"applying", "写入"}};
	static const char full[] = "##############################";
	const char *word = "";
	if (!isatty(STDERR_FILENO) || total <= 0)
		return;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], state) == 0)
			word = words[i][1];
	int part = (int)(done >= total ? 30 : done * 30 / total);
	fprintf(stderr, "\r\033[K[%.*s%*s] %3d%%  %s %" PRId64 " / %" PRId64, part, full, 30 - part, "",
	        (int)(done >= total ? 100 : done * 100 / total), word, done, total);
}

static void end_bar(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

SQL(select_told,
    "SELECT row_no, field, message FROM import_row WHERE import_id = :id AND outcome = :outcome_t ORDER BY row_no, n LIMIT 301");

static void print_told(struct db *db, struct arena *a, int64_t id, const char *outcome)
{
	int64_t told = 0;
	SCOPED(rows) r = db_query(db, select_told, I64(":id", id), TEXT(":outcome_t", outcome));
	for (; rows_next(&r) && told < REFUSED_TOLD; told++) {
		const char *field = col_text(a, &r, 1);
		fprintf(stderr, "第 %" PRId64 " 行%s%s: %s\n", col_i64(&r, 0), field ? " " : "", field ? field : "",
		        col_text(a, &r, 2));
	}
	if (told == REFUSED_TOLD)
		fputs("… 其余不再列出\n", stderr);
}

/* What became of a long import, and the command's exit status. */
static int print_staged(struct db *db, int64_t id)
{
	SCOPED(arena) a = {0};
	struct staged s;
	db_read_begin(db);
	enum status st = staged_load(db, &a, id, &s);
	if (st == ST_OK) {
		print_told(db, &a, id, "refused");
		print_told(db, &a, id, "overtaken");
	}
	if (db_read_end(db) != ST_OK || st != ST_OK)
		return EXIT_CANNOT;
	printf("新增 %" PRId64 ", 修改 %" PRId64 ", 未变 %" PRId64 ", 拒绝 %" PRId64 "\n", s.added, s.changed, s.unchanged,
	       s.refused_rows);
	if (s.overtaken_rows)
		printf("他人先改, 未覆盖 %" PRId64 "\n", s.overtaken_rows);
	if (s.message)
		fprintf(stderr, "yaocang import: %s\n", s.message);
	if (strcmp(s.state, "refused") == 0)
		fprintf(stderr, "yaocang import: %s\n", status_text(ST_IMPORT_REFUSED));
	bool good = strcmp(s.state, "done") == 0 || strcmp(s.state, "ready") == 0;
	return good && !s.overtaken_rows ? EXIT_DONE : EXIT_NO;
}

/* One import of the command's own: it is the writer. */
struct alone {
	struct writer w;
	struct db *db;
};

static enum status write_alone(void *arg, struct write_job *job)
{
	struct alone *alone = arg;
	writer_run(&alone->w, (struct write_job *const[]){job}, 1);
	return job->outcome;
}

static int64_t budget_alone(void *arg)
{
	(void)arg;
	return ALONE_US;
}

static void progress_alone(void *arg, const char *state, int64_t done, int64_t total)
{
	(void)arg;
	draw_bar(state, done, total);
}

static enum status make_alone(struct tx *tx, void *arg)
{
	struct staged_new *new = arg;
	new->user_id = staged_make(tx, new); /* carries the number back */
	return ST_OK;
}

static enum status carry_alone(const struct staged_host *host, struct alone *alone, struct staged_new *new, int fd, int64_t *id)
{
	SCOPED(arena) a = {0};
	SCOPED(sheet) sheet = {.fd = -1};
	struct faults f = {.arena = &a};
	enum status st = staged_clean(host);
	if (st == ST_OK)
		st = staged_apply_all(host);
	if (st == ST_OK)
		st = sheet_from_file(&sheet, fd, host->folder);
	if (st == ST_OK)
		st = writer_run_one(&alone->w, make_alone, new, &a, &f);
	*id = new->user_id;
	if (st == ST_OK)
		st = staged_check(host, *id, sheet.source);
	return st == ST_OK ? staged_apply(host, *id) : st;
}

static int import_alone(struct staged_new *new, const char *path, const struct options *o)
{
	SCOPED(arena) a = {0};
	struct clock clock = clock_system();
	struct alone alone = {.db = NULL};
	char why[200] = "";
	const char *where = folder_store_where(&a, o->data, o->consortium);
	int64_t id = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st = fd >= 0 && folder_has_store(o->data, o->consortium) ? writer_open(where, false, &clock, &alone.w, why)
	                                                                     : ST_STORE_UNAVAILABLE;
	if (st == ST_OK)
		st = db_open(where, STORE_READ, &alone.db, why);
	const struct staged_host host = {.db = alone.db,
	                                 .folder = o->data,
	                                 .write = write_alone,
	                                 .budget_us = budget_alone,
	                                 .progress = progress_alone,
	                                 .arg = &alone};
	if (st == ST_OK)
		st = carry_alone(&host, &alone, new, fd, &id);
	end_bar();
	if (st != ST_OK)
		fprintf(stderr, "yaocang import: %s\n", *why ? why : status_text(st));
	int code = st == ST_OK ? print_staged(alone.db, id) : admin_exit_status(st);
	db_close(alone.db);
	if (alone.w.where)
		writer_close(&alone.w);
	if (fd >= 0)
		close(fd);
	return code;
}

/* Watches an import that the service carries through, by its row in the store. */
static int watch(const struct options *o, int64_t id)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[FOLDER_WHY_MAX] = "";
	struct staged s = {0};
	enum status st = db_open(folder_store_where(&a, o->data, o->consortium), STORE_READ, &db, why);
	for (int i = 1; st == ST_OK; i++) {
		SCOPED(folder_lock) lock = {-1};
		db_read_begin(db);
		st = staged_load(db, &a, id, &s);
		if (db_read_end(db) != ST_OK || st != ST_OK || staged_is_over(&s))
			break;
		draw_bar(s.state, s.done, s.total);
		if (i % 20 == 0 && folder_lock_take(o->data, &lock, why) == ST_OK) {
			fputs("\nyaocang import: 服务已停止; 已决定的导入会在下次启动时继续, 请在导入记录中核对\n", stderr);
			db_close(db);
			return EXIT_CANNOT;
		}
		usleep(150000);
	}
	end_bar();
	int code = st == ST_OK ? print_staged(db, id) : admin_exit_status(st);
	db_close(db);
	return code;
}

static int import_beside(const struct staged_new *new, const char *path, const struct options *o)
{
	SCOPED(buf) members = {.max = ADMIN_LINE_MAX};
	SCOPED(buf) result = {.max = ADMIN_LINE_MAX};
	SCOPED(jv_document) document = {0};
	struct jo out = {&members, false};
	char why[ADMIN_WHY_MAX] = "", bad[160] = "";
	int64_t id = 0;
	jo_text(&out, "kind", new->kind->name);
	jo_text(&out, "path", path);
	jo_text(&out, "name", new->file_name);
	jo_bool(&out, "dry_run", new->dry_run);
	jo_bool(&out, "keep_good", new->keep_good);
	enum status st = admin_write(o->data, o->consortium, "import.begin", members.data, &result, why);
	if (st != ST_OK)
		fprintf(stderr, "yaocang import: %s\n", why);
	if (st != ST_OK)
		return admin_exit_status(st);
	bool has = jv_parse(result.data ? result.data : "", result.len, &document, bad) == ST_OK;
	const char *text = has ? member_text(document.root, "id") : NULL;
	return text && text_to_i64(text, &id) ? watch(o, id) : EXIT_CANNOT;
}

/* Alone where nobody serves the folder, else by the service. */
static int import_staged(const struct intake_kind *kind, const char *path, const struct options *o)
{
	SCOPED(folder_lock) lock = {-1};
	char why[FOLDER_WHY_MAX] = "";
	const char *name = strrchr(path, '/');
	struct stat info = {0};
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
		fprintf(stderr, "yaocang import: 不能读取 %s: %s\n", path,
		        S_ISREG(info.st_mode) ? strerror(errno) : "不是普通文件");
		return EXIT_CANNOT;
	}
	struct staged_new new = {.kind = kind,
	                         .file_name = name ? name + 1 : path,
	                         .total_bytes = info.st_size,
	                         .keep_good = o->keep_good,
	                         .dry_run = o->dry_run};
	enum status st = folder_lock_take(o->data, &lock, why);
	if (st == ST_OK)
		return import_alone(&new, path, o);
	if (st == ST_BUSY)
		return import_beside(&new, path, o);
	fprintf(stderr, "yaocang import: %s\n", why);
	return EXIT_CANNOT;
}

static int run_import(const struct intake_kind *kind, const char *file, const struct options *o)
{
	SCOPED(buf) members = {.max = ADMIN_LINE_MAX};
	SCOPED(buf) result = {.max = ADMIN_LINE_MAX};
	struct jo out = {&members, false};
	char why[ADMIN_WHY_MAX] = "", path[PATH_MAX], pid[24];
	if (!realpath(file, path)) {
		fprintf(stderr, "yaocang import: 不能读取 %s: %s\n", file, strerror(errno));
		return EXIT_CANNOT;
	}
	if (kind->sliced)
		return import_staged(kind, path, o);
	snprintf(pid, sizeof pid, "%lld", (long long)getpid());
	jo_text(&out, "kind", kind->name);
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
	return chosen == EXIT_DONE ? run_import(intake_kind_find(words[0]), words[1], &o) : (int)chosen;
}

/* ---- export ---- */

/* Where an export goes. */
struct export_file {
	FILE *file;
	bool failed;
};

static bool write_out(void *arg, struct buf *csv)
{
	struct export_file *f = arg;
	f->failed = f->failed || fwrite(csv->data, 1, csv->len, f->file) != csv->len;
	buf_clear(csv);
	return !f->failed;
}

/* Row by row into the file; what is left half is told, and an unfinished file is no export. */
static bool export_to(struct db *db, const struct intake_kind *kind, const char *to)
{
	SCOPED(buf) csv = {0};
	struct export_file f = {.file = to ? fopen(to, "wbe") : stdout};
	if (f.file) {
		intake_export(db, kind, &csv, write_out, &f);
		(void)write_out(&f, &csv);
	}
	bool ok = f.file && !f.failed && fflush(f.file) == 0;
	if (to && f.file)
		ok = fclose(f.file) == 0 && ok;
	if (!ok)
		fprintf(stderr, "yaocang export: 不能写入 %s: %s\n", to ? to : "标准输出", strerror(errno));
	return ok;
}

static int run_export(struct arena *a, const struct intake_kind *kind, const struct options *o)
{
	struct db *db = NULL;
	bool written = false;
	char why[200] = "";
	enum status st = db_open(folder_store_where(a, o->data, o->consortium), STORE_READ, &db, why);
	if (st == ST_OK) {
		db_read_begin(db);
		written = export_to(db, kind, o->to);
		snprintf(why, sizeof why, "%s", db_error(db));
		st = db_read_end(db);
		db_close(db);
	}
	if (st == ST_OK)
		return written ? EXIT_DONE : EXIT_CANNOT;
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
