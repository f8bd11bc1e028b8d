#include "service/command.h"

#include "core/clock.h"
#include "core/json.h"
#include "labels/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)
#define PICTURE_MAX ((size_t)64 << 20)

static const char usage_text[] =
        "usage: yaocang render LAYOUT --format png|pdf --out FILE|- [--page N]\n"
        "       yaocang render --list\n"
        "Reads {\"fields\":{…},\"rows\":[{…}]} on stdin. Values are texts, integers, true, false or null.\n"
        "--page chooses the page of a PNG; a PDF has all of them.\n";

struct render_options {
	const char *layout, *out;
	enum output_format format;
	bool has_format, list;
	size_t page;
};

/* Collects an object's members as label values. */
struct collector {
	struct arena *arena;
	struct label_value *values;
	size_t count, cap;
	const char *bad; /* the first name whose value is no text, integer, boolean or null */
};

static bool read_format(const char *word, struct render_options *o)
{
	o->format = strcmp(word, "png") == 0 ? OUTPUT_PNG : OUTPUT_PDF;
	o->has_format = strcmp(word, "png") == 0 || strcmp(word, "pdf") == 0;
	return o->has_format;
}

static bool read_page(const char *word, struct render_options *o)
{
	int64_t n = 0;
	if (!text_to_i64(word, &n) || n < 1 || n > LABEL_ROWS_MAX)
		return false;
	o->page = (size_t)n;
	return true;
}

static bool read_out(const char *word, struct render_options *o)
{
	o->out = word;
	return *word != '\0';
}

static bool read_options(int argc, char **argv, struct render_options *o)
{
	static const struct {
		const char *name;
		bool (*read)(const char *word, struct render_options *o);
	} known[] = {{"--format", read_format}, {"--out", read_out}, {"--page", read_page}};
	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		while (k < sizeof known / sizeof *known && strcmp(argv[i], known[k].name) != 0)
			k++;
		if (k < sizeof known / sizeof *known) {
			if (++i == argc || !known[k].read(argv[i], o))
				return false;
		} else if (strcmp(argv[i], "--list") == 0) {
			o->list = true;
		} else if (*argv[i] == '-' || o->layout) {
			return false;
		} else {
			o->layout = argv[i];
		}
	}
	return o->list ? argc == 2 : o->layout && o->out && o->has_format;
}

static void list_layout(void *arg, const char *name)
{
	SCOPED(arena) a = {0};
	struct layout l;
	char why[LABEL_WHY_MAX];
	(void)arg;
	if (layout_load(&a, name, &l, why) != ST_OK) {
		fprintf(stderr, "%s\n", why);
		return;
	}
	printf("%s  %s  %d.%d x %d.%d mm\n", l.name, l.title, l.width / 10, l.width % 10, l.height / 10, l.height % 10);
	for (size_t i = 0; i < l.field_count; i++)
		printf("  %s%s%s\n", l.fields[i].name, l.fields[i].required ? "" : "?", l.fields[i].in_rows ? "  (rows)" : "");
}

static enum status read_input(struct buf *in, char why[LABEL_WHY_MAX])
{
	char piece[65536];
	ssize_t n = 0;
	while ((n = read(STDIN_FILENO, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			snprintf(why, LABEL_WHY_MAX, "读取输入失败: %s", strerror(errno));
			return ST_INTERNAL;
		}
		buf_put(in, piece, (size_t)n);
		if (in->over) {
			snprintf(why, LABEL_WHY_MAX, "输入超过 %zu 字节", in->max);
			return ST_TOO_LARGE;
		}
	}
	return ST_OK;
}

/* false stands for "not there", so that if= and unless= can ask for it. */
static const char *value_text(struct arena *a, const struct json *v)
{
	size_t len = 0;
	if (jv_kind(v) == JV_TEXT)
		return jv_text(v, &len);
	if (jv_kind(v) == JV_INTEGER)
		return arena_printf(a, "%" PRId64, jv_integer(v));
	return jv_kind(v) == JV_BOOL && jv_boolean(v) ? "1" : NULL;
}

static bool collect(void *arg, const char *name, const struct json *v)
{
	struct collector *c = arg;
	enum jv_kind kind = jv_kind(v);
	if (kind == JV_REAL || kind == JV_ARRAY || kind == JV_OBJECT)
		c->bad = c->bad ? c->bad : name;
	if (c->count == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		struct label_value *more = arena_array(c->arena, c->cap, sizeof *more);
		if (c->count)
			memcpy(more, c->values, c->count * sizeof *more);
		c->values = more;
	}
	c->values[c->count++] = (struct label_value){name, value_text(c->arena, v)};
	return true;
}

static enum status read_row(struct arena *a, const struct json *object, struct label_row *out, char why[LABEL_WHY_MAX])
{
	struct collector c = {.arena = a};
	if (jv_kind(object) != JV_OBJECT) {
		snprintf(why, LABEL_WHY_MAX, "fields 和 rows 的每一行应为 JSON 对象");
		return ST_INVALID_FIELD;
	}
	jv_each((struct json *)(uintptr_t)object, collect, &c); /* only walks */
	*out = (struct label_row){c.values, c.count};
	if (!c.bad)
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "字段 %.40s 应为文字或整数", c.bad);
	return ST_INVALID_FIELD;
}

static enum status read_rows(struct arena *a, const struct json *rows, struct label_data *out, char why[LABEL_WHY_MAX])
{
	size_t n = jv_count(rows);
	if (jv_kind(rows) != JV_ARRAY || n > LABEL_ROWS_MAX) {
		snprintf(why, LABEL_WHY_MAX, "rows 应为数组, 最多 %d 行", LABEL_ROWS_MAX);
		return ST_INVALID_FIELD;
	}
	struct label_row *list = arena_array(a, n, sizeof *list);
	enum status st = ST_OK;
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = read_row(a, jv_item(rows, i), &list[i], why);
	out->rows = list;
	out->row_count = n;
	return st;
}

static bool is_known_part(void *arg, const char *name, const struct json *v)
{
	(void)v;
	*(bool *)arg = strcmp(name, "fields") == 0 || strcmp(name, "rows") == 0;
	return *(bool *)arg;
}

static enum status read_data(struct arena *a, struct json *root, struct label_data *out, char why[LABEL_WHY_MAX])
{
	bool known = jv_kind(root) == JV_OBJECT;
	if (known)
		jv_each(root, is_known_part, &known);
	if (!known) {
		snprintf(why, LABEL_WHY_MAX, "输入应为 {\"fields\":{…},\"rows\":[…]}");
		return ST_UNKNOWN_FIELD;
	}
	const struct json *fields = jv_member(root, "fields"), *rows = jv_member(root, "rows");
	enum status st = fields ? read_row(a, fields, &out->fields, why) : ST_OK;
	return st == ST_OK && rows ? read_rows(a, rows, out, why) : st;
}

static enum status write_all(int fd, const struct buf *picture)
{
	for (size_t done = 0; done < picture->len;) {
		ssize_t n = write(fd, picture->data + done, picture->len - done);
		if (n < 0 && errno != EINTR)
			return ST_STORE_UNAVAILABLE;
		done += n > 0 ? (size_t)n : 0;
	}
	return ST_OK;
}

/* A file that could not be written whole is taken away: half a label must not look like one. Devices stay. */
static void remove_file(const char *path)
{
	struct stat info;
	if (lstat(path, &info) == 0 && S_ISREG(info.st_mode))
		unlink(path);
}

static enum status write_file(const char *path, const struct buf *picture)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return ST_STORE_UNAVAILABLE;
	enum status st = write_all(fd, picture);
	int cause = errno;
	if (close(fd) != 0 && st == ST_OK) {
		cause = errno;
		st = ST_STORE_UNAVAILABLE;
	}
	if (st != ST_OK)
		remove_file(path);
	errno = cause;
	return st;
}

static enum status write_picture(const char *path, const struct buf *picture, char why[LABEL_WHY_MAX])
{
	enum status st = strcmp(path, "-") == 0 ? write_all(STDOUT_FILENO, picture) : write_file(path, picture);
	if (st != ST_OK)
		snprintf(why, LABEL_WHY_MAX, "不能写入 %.80s: %s", path, strerror(errno));
	return st;
}

static enum status render(const struct render_options *o, char why[LABEL_WHY_MAX])
{
	SCOPED(arena) a = {0};
	SCOPED(buf) in = {.max = INPUT_MAX};
	SCOPED(buf) picture = {.max = PICTURE_MAX};
	SCOPED(jv_document) document = {0};
	struct layout layout;
	struct label_data data = {0};
	const struct clock clock = clock_system();
	enum status st = layout_load(&a, o->layout, &layout, why);
	if (st == ST_OK)
		st = read_input(&in, why);
	if (st == ST_OK)
		st = jv_parse(in.data ? in.data : "", in.len, &document, why);
	if (st == ST_OK)
		st = read_data(&a, document.root, &data, why);
	const struct output_request q = {&layout, &data, o->format, o->page, clock_now_ms(&clock)};
	if (st == ST_OK)
		st = output_render(&q, &picture, why);
	return st == ST_OK ? write_picture(o->out, &picture, why) : st;
}

/* What the data caused is "no"; a layout that does not exist is wrong use; the rest is "cannot". */
static int exit_status_of(enum status st)
{
	static const struct {
		enum status st;
		enum exit_status status;
	} known[] = {{ST_OK, EXIT_DONE},          {ST_NOT_FOUND, EXIT_USAGE}, {ST_INVALID_FIELD, EXIT_NO},
	             {ST_UNKNOWN_FIELD, EXIT_NO}, {ST_BAD_JSON, EXIT_NO},     {ST_TOO_LARGE, EXIT_NO}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].st == st)
			return (int)known[i].status;
	return EXIT_CANNOT;
}

int command_render(int argc, char **argv)
{
	struct render_options o = {0};
	char why[LABEL_WHY_MAX] = "";
	if (!read_options(argc, argv, &o)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (o.list) {
		layout_each(list_layout, NULL);
		return EXIT_DONE;
	}
	enum status st = render(&o, why);
	if (st != ST_OK)
		fprintf(stderr, "yaocang render: %s: %s\n", status_code(st), *why ? why : status_text(st));
	return exit_status_of(st);
}
